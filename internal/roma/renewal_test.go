package roma

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A renewal may fail so slowly that the pair ends meanwhile: then it is not used any more.
func TestPairThatEndsWhileItsRenewalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &pairs{life: 15 * time.Minute}
		slow := time.Duration(0)
		network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
			if r.URL.Path != assetsPath+"jobs/"+jobID {
				time.Sleep(slow)
			}
			return cloud.answer(r, body)
		}}
		c := newClient(t, roleConfig(network))
		if err := lookWith(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		time.Sleep(14 * time.Minute)
		cloud.trouble, slow = 403, 30*time.Second
		if err := lookWith(t.Context(), c); err != nil {
			t.Errorf("half a minute before the end: %v", err)
		}
		time.Sleep(25 * time.Second)
		err := lookWith(t.Context(), c)
		if _, ok := errors.AsType[*SourceError](err); !ok {
			t.Errorf("after the end: %v", err)
		}
		if n := network.count(jobLine); n != 2 {
			t.Errorf("%d looks were sent, one of them with a pair that had ended", n)
		}
	})
}

// The pause after a renewal that failed does not outlast the pair.
func TestPauseEndsWithThePair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &pairs{life: 15 * time.Minute}
		network := &fakeNetwork{answer: cloud.answer}
		c := newClient(t, roleConfig(network))
		if err := lookWith(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		time.Sleep(15*time.Minute - 10*time.Second)
		cloud.trouble = 403
		if err := lookWith(t.Context(), c); err != nil {
			t.Errorf("before the end: %v", err)
		}
		time.Sleep(15 * time.Second)
		cloud.trouble = 0
		if err := lookWith(t.Context(), c); err != nil {
			t.Errorf("after the end: %v", err)
		}
		if got, want := network.lines(), []string{pairLine, jobLine, pairLine, jobLine, pairLine, jobLine}; !slices.Equal(got, want) {
			t.Errorf("sent %q", got)
		}
	})
}

// The clock of a server tells seconds: a pair is not taken for one that lives a second longer.
func TestLifeOfAPairIsRoundedDown(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 900_000_000, time.UTC)
	g, err := parsePair(http.Header{"Date": {now.Format(http.TimeFormat)}}, []byte(pairBody(1, now.Add(15*time.Minute))))
	if err != nil || g.life > 15*time.Minute || g.life < 15*time.Minute-time.Second {
		t.Errorf("%s %v", g.life, err)
	}
}

// The redactor forgets grants that are over, and none that is in use, however long.
func TestOldGrantsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The token has no end; pairs for a store are exchanged for it every hour.
		cloud := &pairs{life: time.Hour}
		network := &fakeNetwork{answer: cloud.answer}
		c := newClient(t, loginConfig(network))
		for range 24 * 10 {
			if _, err := c.StorePair(t.Context(), "releases", "dev/", ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		for text, want := range map[string]string{
			"iam-token": redacted, password: redacted, "session-240": redacted, "secret-217": redacted, "AKT217": redacted,
			"secret-210": "secret-210", "session-1": "session-1",
		} {
			if got := c.Redact(text); got != want {
				t.Errorf("%s is shown as %s", text, got)
			}
		}
	})
}

const redacted = "***"
