package pagetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOtherOriginsCannotOrder lets pages of others try, in a real browser, what
// a browser allows them to try.
func TestOtherOriginsCannotOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>foreign</title>"))
	}))
	defer foreign.Close()
	at, err := url.Parse(s.Page)
	if err != nil {
		t.Fatal(err)
	}
	const fault = `{"on":"export","do":"busy"}`
	for name, host := range map[string]string{
		"another port":            foreign.URL,
		"a name for this machine": strings.Replace(foreign.URL, "127.0.0.1", "localhost", 1),
	} {
		p := newTab(t)
		p.do(chromedp.Navigate(host))
		// Such an order is sent; its answer is kept from the page.
		value[string](p, fmt.Sprintf(`fetch(%q, {method: 'POST', mode: 'no-cors', body: %q}).then(a => a.type, e => e.name)`, s.Page+"_simulator/faults", fault))
		if got := value[string](p, fmt.Sprintf(`fetch(%q).then(a => a.text(), e => e.name)`, s.Page+"_simulator/state")); got != "TypeError" {
			t.Errorf("%s reads %.80s", name, got)
		}
		if got := value[string](p, fmt.Sprintf(`new Promise(done => { const e = new EventSource(%q); e.onmessage = e.onopen = () => done('open'); e.onerror = () => done('refused') })`, s.Page+"_simulator/events")); got != "refused" {
			t.Errorf("%s follows: %s", name, got)
		}
	}
	// A name of somebody else that leads here makes both one origin.
	rebound := newTab(t)
	rebound.do(chromedp.Navigate("http://rebound.example:" + at.Port() + "/"))
	if got := value[string](rebound, `location.host + ' ' + document.body.innerText`); !strings.HasPrefix(got, "rebound.example:") || strings.Contains(got, "Asset simulator") {
		t.Errorf("the page is at %.80s", got)
	}
	for _, request := range []string{`fetch('/_simulator/state')`, `fetch('/_simulator/events')`, `fetch('/_simulator/faults', {method: 'POST', body: '` + fault + `'})`} {
		if got := value[int](rebound, request+`.then(a => a.status)`); got != http.StatusForbidden {
			t.Errorf("%s from another name: %d", request, got)
		}
	}
	if got := string(s.control("GET", "faults", "")); strings.TrimSpace(got) != "[]" {
		t.Errorf("somebody else ordered %s", got)
	}
	// The page itself may.
	p := s.open()
	if got := value[int](p, `fetch('/_simulator/faults', {method: 'POST', body: '`+fault+`'}).then(a => a.status)`); got != http.StatusOK {
		t.Errorf("the page itself: %d", got)
	}
}
