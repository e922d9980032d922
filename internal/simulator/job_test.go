package simulator

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobInBothVocabularies(t *testing.T) {
	t.Parallel()
	for vocabulary, want := range map[Vocabulary]struct {
		running, succeeded, taken, failed, reasons, busy string
		begin, end                                       any
	}{
		Current: {
			"RUNNING", "SUCCEEDED", "SUCCEEDED", "FAILED", "reason", "ROMA.10012",
			"2000-01-01T00:00:00Z", "2000-01-01T00:00:10Z",
		},
		Vocabulary2022: {
			"Running", "Success", "Finished", "Failed", "reasons", "ROMA.00010012",
			float64(946684800000), float64(946684810000),
		},
	} {
		t.Run(string(vocabulary), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{Vocabulary: vocabulary, JobTime: 10 * time.Second})
				id := c.export(ordersBody).started()
				time.Sleep(3500 * time.Millisecond)
				view := c.job("dev", id).json()
				if view["status"] != want.running || view["progress_percent"] != 0.35 || view["begin_time"] != want.begin ||
					view["type"] != "exportAsset" || view["id"] != id {
					t.Errorf("running: %v", view)
				}
				if _, ok := view["archive_id"]; ok {
					t.Errorf("archive of a running job: %v", view)
				}
				c.export(ordersBody).refused(http.StatusBadRequest, want.busy, "already running")

				time.Sleep(6500 * time.Millisecond)
				view = c.job("dev", id).json()
				if view["status"] != want.succeeded || view["progress_percent"] != 1.0 || view["end_time"] != want.end {
					t.Errorf("ended: %v", view)
				}
				c.download(str(view["archive_id"])).wants(http.StatusOK)
				view = c.job("dev", id).json()
				if _, ok := view["archive_id"]; ok || view["status"] != want.taken {
					t.Errorf("taken: %v", view)
				}

				id = c.export(`{"apps":[{"id":"nobody"}],"tasks":[{"id":"nothing"}]}`).started()
				time.Sleep(10 * time.Second)
				view = c.job("dev", id).json()
				reasons, _ := view[want.reasons].([]any)
				if view["status"] != want.failed || len(reasons) != 2 {
					t.Errorf("failed: %v", view)
				}
			})
		})
	}
}

func TestOneJobAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{JobTime: time.Minute})
		file := c.packed()
		id := c.upload("", "asset.zip", file).started()
		c.upload("", "asset.zip", file).refused(http.StatusBadRequest, "ROMA.10012", "already running")
		c.export(ordersBody).refused(http.StatusBadRequest, "ROMA.10012", "already running")
		c.send(c.request(http.MethodPost, path("dev", "/assets/delete"), jsonType, ordersBody)).
			refused(http.StatusBadRequest, "ROMA.10012", "already running")
		if names := c.appNames("prod"); len(names) != 0 {
			t.Errorf("prod has %v before the import has ended", names)
		}
		time.Sleep(time.Minute)
		if names := c.appNames("prod"); !slices.Equal(names, []string{"orders"}) {
			t.Errorf("prod has %v after the import", names)
		}
		c.export(ordersBody).started()
		if view := c.job("prod", id).json(); view["status"] != "SUCCEEDED" || view["type"] != "importAsset" {
			t.Errorf("import: %v", view)
		}
	})
}

// packed is a package that needs no export job.
func (c *client) packed() []byte {
	c.t.Helper()
	var buf bytes.Buffer
	in := c.sim.instances[0]
	a := newArchive(in, selection{Apps: []selected{{ordersID}}, Tasks: []selected{{ordersTaskID}}}, time.Now())
	if err := a.writeTo(&buf); err != nil {
		c.t.Fatal(err)
	}
	return buf.Bytes()
}

func TestUnknownJob(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	c.job("dev", "nobody").refused(http.StatusNotFound, "ROMA.13000", "nobody")
	c.job("dev", "a%2Fb").refused(http.StatusNotFound, "ROMA.13000", "a/b")
	id := c.export(ordersBody).started()
	c.job("prod", id).refused(http.StatusNotFound, "ROMA.13000", id)
	c.job("dev", id).wants(http.StatusOK)
}

func TestSelectionRules(t *testing.T) {
	t.Parallel()
	assets := DefaultAssets()
	assets.Instances["dev"] = InstanceAssets{Apps: []App{{ID: "theirs", Name: "theirs", Forbidden: true}}}
	c := newClient(t, Options{Assets: assets})
	many := `[` + strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 101), ",") + `]`
	for name, tc := range map[string]struct{ body, code, text string }{
		"no body":       {"", "ROMA.13001", "missing"},
		"no JSON":       {"{", "ROMA.13000", "JSON"},
		"text as apps":  {`{"apps":"orders","tasks":[]}`, "ROMA.13000", "JSON"},
		"no tasks":      {`{"apps":[{"id":"x"}]}`, "ROMA.13000", "tasks"},
		"no apps":       {`{"tasks":[{"id":"x"}]}`, "ROMA.13000", "apps"},
		"null":          {`{"apps":[{"id":"x"}],"tasks":null}`, "ROMA.13000", "tasks"},
		"nothing":       {`{"apps":[],"tasks":[]}`, "ROMA.13000", "At least one"},
		"101 apps":      {`{"apps":` + many + `,"tasks":[]}`, "ROMA.13000", "At most 100"},
		"101 tasks":     {`{"apps":[],"tasks":` + many + `}`, "ROMA.13000", "At most 100"},
		"an empty id":   {`{"apps":[{"app_id":"x"}],"tasks":[]}`, "ROMA.13000", "1 to 64"},
		"a long id":     {`{"apps":[{"id":"` + strings.Repeat("x", 65) + `"}],"tasks":[]}`, "ROMA.13000", "1 to 64"},
		"somebody's":    {`{"apps":[{"id":"theirs"}],"tasks":[]}`, "ROMA.12001", "theirs"},
		"not allowed":   {`{"apps":[{"id":"theirs"}],"tasks":[{"id":"x"}]}`, "ROMA.12001", "theirs"},
		"old task ids":  {`{"apps":[],"tasks":[{"task_id":"x"}]}`, "ROMA.13000", "1 to 64"},
		"list of texts": {`{"apps":["x"],"tasks":[]}`, "ROMA.13000", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim, token: c.token}
			for _, operation := range []string{"export", "delete"} {
				r := c.request(http.MethodPost, path("dev", "/assets/"+operation), jsonType, tc.body)
				c.send(r).refused(http.StatusBadRequest, tc.code, tc.text)
			}
		})
	}
	r := c.request(http.MethodPost, path("dev", "/assets/export"), "text/plain", ordersBody)
	c.send(r).refused(http.StatusBadRequest, "ROMA.13000", "content type")
	if len(c.appNames("dev")) != 0 {
		t.Error("an app of somebody else is in the list")
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	remove := func() string {
		return c.send(c.request(http.MethodPost, path("dev", "/assets/delete"), jsonType, ordersBody)).started()
	}
	if view := c.job("dev", remove()).json(); view["status"] != "SUCCEEDED" {
		t.Errorf("delete: %v", view)
	}
	if names := c.appNames("dev"); slices.Contains(names, "orders") {
		t.Errorf("dev still has %v", names)
	}
	if view := c.job("dev", remove()).json(); view["status"] != "FAILED" {
		t.Errorf("second delete: %v", view)
	}
}
