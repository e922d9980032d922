package pagetest

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTextsAreNoMarkup has markup in every text that somebody else can choose.
func TestTextsAreNoMarkup(t *testing.T) {
	t.Parallel()
	const markup = `<img src=x onerror=alert(1)><b id=injected>x</b>`
	s := start(t, "-job-time", "1h")
	order := func(what, format string) {
		t.Helper()
		s.control(http.MethodPost, what, strings.ReplaceAll(format, "MARKUP", markup))
	}
	order("assets", `{"instances": {"dev": {"apps": [{"id": "a", "name": "plain", "remark": "MARKUP remark"}], "tasks": []}},
		"csa": {"prod": {"artifacts": [{"id": "`+strings.Repeat("a", 32)+`", "type": "RESOURCE_OFFERING", "name": "x", "display_name": "MARKUP artifact"}]}}}`)
	order("faults", `[{"on": "*", "do": "hang", "skip": 1000, "path_contains": "MARKUP fault"},
		{"on": "export", "do": "fail_job", "reasons": [{"resource_type": "MARKUP type", "resource_name": "MARKUP name", "error_code": "c", "error_msg": "MARKUP reason"}]}]`)
	p := s.open()
	s.export()
	p.until(`document.querySelector('#job-list .running')`)
	s.control(http.MethodPost, "finish", "")
	s.send(http.MethodGet, s.ROMA.Endpoint+"/"+url.PathEscape(markup), "", nil, http.StatusNotFound)
	p.until(`document.querySelector('#job-list .failed')`)
	for selector, want := range map[string]string{
		"#roma": "remark", "#csa": "artifact", "#fault-list": "fault", "#job-list": "reason", "#said": "type",
	} {
		if got := p.text(selector); !strings.Contains(got, markup+" "+want) {
			t.Errorf("%s shows %q", selector, got)
		}
	}
	if got := value[int](p, `document.querySelectorAll('#injected, img').length`); got != 0 {
		t.Errorf("%d texts became elements", got)
	}
}

// TestComesBackFromSomebodyElse has another server at the address for a while,
// as a proxy or a forwarded port has. Browsers give up then.
func TestComesBackFromSomebodyElse(t *testing.T) {
	t.Parallel()
	first := start(t)
	p := first.open()
	p.until(`document.getElementById('link').textContent === 'live'`)
	at, err := url.Parse(first.Page)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.until(`document.getElementById('link').textContent === 'not connected, trying again'`)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	other := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, "nobody", http.StatusBadGateway)
	}))
	_ = other.Listener.Close()
	other.Listener = listener
	other.Start()
	for range 2 {
		p.until(fmt.Sprintf(`new Date() > %d`, value[int64](p, `Date.now()`)+3000))
		if asked.Load() > 0 {
			break
		}
	}
	other.Close()
	if asked.Load() == 0 {
		t.Fatal("the other server was not asked")
	}
	start(t, "-listen", at.Host)
	p.until(`document.getElementById('link').textContent === 'live'`)
	// A screen reader is told of both.
	if got := value[string](p, `document.getElementById('link').getAttribute('role')`); got != "status" {
		t.Errorf("the state of the connection has the role %q", got)
	}
}
