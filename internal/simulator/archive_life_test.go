package simulator

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestArchiveLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{JobTime: time.Minute, ArchiveLife: time.Hour})
		id := c.export(ordersBody).started()
		time.Sleep(time.Minute)
		archiveID := str(c.job("dev", id).json()["archive_id"])
		if archiveID == "" {
			t.Fatal("the export has no archive")
		}
		// Its life begins when it is made, not when it is asked for.
		time.Sleep(time.Hour - time.Nanosecond)
		if got := str(c.job("dev", id).json()["archive_id"]); got != archiveID {
			t.Errorf("before its end the archive is %q", got)
		}
		time.Sleep(time.Nanosecond)
		if got := c.download(archiveID); got.Code != http.StatusNotFound {
			t.Errorf("an archive whose life has ended: %d", got.Code)
		}
		if got := c.job("dev", id).json(); got["archive_id"] != nil || got["status"] != "SUCCEEDED" {
			t.Errorf("its job: %v", got)
		}
		if n := c.sim.State().Instances["dev"].Archives; n != 0 {
			t.Errorf("%d archives wait", n)
		}
	})
}

func TestExpireArchives(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	id := c.export(ordersBody).started()
	archiveID := str(c.job("dev", id).json()["archive_id"])
	r := c.request(http.MethodPost, "/_simulator/expire?what=archives", "", "")
	if got := c.send(r); got.Code != http.StatusOK {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	c.download(archiveID).wants(http.StatusNotFound)
	// Tokens are another matter: the one of this client still counts.
	c.job("dev", id).wants(http.StatusOK)
}
