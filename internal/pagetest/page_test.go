package pagetest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestShowsWhatIsThere opens the page of a simulator in which nothing happened.
func TestShowsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.open()
	p.until(`document.getElementById('link').textContent === 'live'`)
	for selector, want := range map[string][]string{
		"#roma > :nth-child(1)":   {"ROMA Connect dev", s.ROMA.Instances["dev"], "orders", "billing", "price_updates"},
		"#roma > :nth-child(2)":   {"ROMA Connect prod", s.ROMA.Instances["prod"], "Nothing is here."},
		"#csa > :nth-child(1)":    {"CSA dev", "at rest", "Simple Compute Linux"},
		"#csa > :nth-child(2)":    {"CSA prod", "No artifacts."},
		"#stores > :nth-child(1)": {"OBS asset-releases", "No objects."},
		"#stores > :nth-child(2)": {"S3 asset-releases", "No objects."},
		"#jobs":                   {"No job was started yet."},
		"#all":                    {"Nothing was exported yet.", "Every request is answered as the documents say."},
		"#request-list":           {"login", "/v3/auth/tokens", "201"},
		"#facts":                  {"current", "tokens: 1 valid, 0 ended"},
	} {
		got := p.text(selector)
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s shows %q, not %q", selector, got, part)
			}
		}
	}
}

// TestFollowsAPromotion moves an archive from dev to prod while the page is
// open, and ends each job by the button.
func TestFollowsAPromotion(t *testing.T) {
	t.Parallel()
	s := start(t, "-job-time", "1h")
	p := s.open()
	const first = "#job-list > :nth-child(1)"
	finish := chromedp.Click(chromedp.CSS(`[data-post="finish"]`))
	job := s.export()
	p.until(`document.querySelector('#job-list progress')`)
	if got := p.text(first); !strings.Contains(got, "running export on ROMA dev 1 app, 1 task") || !strings.Contains(got, job) {
		t.Errorf("the job is shown as %q", got)
	}
	p.do(finish)
	p.until(`document.querySelector('#job-list .succeeded') && document.querySelector('#archive-list .waiting')`)
	p.until(`document.getElementById('said').textContent.startsWith('export on ROMA dev: succeeded')`)
	file := s.download(job)
	p.until(`document.querySelector('#archive-list .taken')`)
	s.upload(file)
	p.until(`document.querySelectorAll('#job-list > li').length === 2`)
	p.do(finish)
	p.until(`document.querySelectorAll('#roma > :nth-child(2) li').length === 2`)
	if got := p.text(first); !strings.Contains(got, "succeeded import on ROMA prod orders-1.zip") {
		t.Errorf("the import is shown as %q", got)
	}
	// An archive that nobody takes.
	s.export()
	p.until(`document.querySelector('#job-list .running')`)
	p.do(finish)
	p.until(`document.querySelector('#archive-list .waiting')`)
	p.do(chromedp.Click(chromedp.CSS(`[data-post="expire?what=archives"]`)))
	p.until(`document.querySelector('#archive-list .expired')`)
}

// TestFollowsCSA imports while the page is open.
func TestFollowsCSA(t *testing.T) {
	t.Parallel()
	s := start(t, "-job-time", "1h")
	p := s.open()
	user := func(server string) string {
		csa := s.CSA[server]
		_, answer := s.send(http.MethodGet, csa.Endpoint+"/csa/rest/login/"+csa.Organization+"/"+csa.User+"/", "", nil, http.StatusOK)
		_, id, _ := strings.Cut(string(answer), "<id>")
		id, _, _ = strings.Cut(id, "</id>")
		return "userIdentifier=" + url.QueryEscape(strings.TrimSpace(id))
	}
	const design = "90cec2023cc75f8a013cc7643ad00034"
	_, file := s.send(http.MethodGet, s.CSA["dev"].Endpoint+"/csa/rest/export/"+design+"?"+user("dev"), "", nil, http.StatusOK)
	contentType, body := s.form("file", "design.zip", file)
	imported := make(chan error)
	prod := s.CSA["prod"].Endpoint + "/csa/rest/import?" + user("prod")
	go func() {
		_, _, err := s.try(http.MethodPost, prod, contentType, body, http.StatusOK)
		imported <- err
	}()
	p.until(`document.querySelector('#csa > :nth-child(2) .running') && document.querySelector('#job-list .running')`)
	p.do(chromedp.Click(chromedp.CSS(`[data-post="finish"]`)))
	if err := <-imported; err != nil {
		t.Fatal(err)
	}
	p.until(`document.querySelector('#job-list .succeeded')`)
	if got := p.text("#job-list"); !strings.Contains(got, "import on CSA prod design.zip") || !strings.Contains(got, "Service design Simple Compute Linux imported successfully.") {
		t.Errorf("shown as %q", got)
	}
	if got := p.text("#csa > :nth-child(2)"); !strings.Contains(got, "Simple Compute Linux") {
		t.Errorf("CSA prod is shown as %q", got)
	}
}

// TestOrdersAFault fills in the form, mistakes and all, and sees the fault
// played.
func TestOrdersAFault(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.open()
	p.do(chromedp.Click(chromedp.CSS("#open-fault")))
	p.until(`document.getElementById('fault-dialog').open`)
	choose := func(what, value string) {
		t.Helper()
		p.do(chromedp.Focus(chromedp.CSS("#"+what)), chromedp.SetValue(chromedp.CSS("#"+what), value),
			chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.getElementById(%q).dispatchEvent(new Event('change', {bubbles: true}))`, what)))
	}
	choose("fault-do", "redirect")
	choose("fault-on", "export")
	p.do(chromedp.SendKeys(chromedp.CSS("#fault-form [name=location]"), "nowhere"), chromedp.Click(chromedp.CSS("#fault-form [type=submit]")))
	p.until(`document.querySelector('#fault-form [role=alert]').textContent.includes('location is not an absolute URL')`)
	choose("fault-do", "fail_job")
	if got := value[string](p, `document.getElementById('fault-on').value`); got != "export" {
		t.Errorf("the choice of requests became %q", got)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#fault-form [name=reasons]"), "application | orders | ROMA.13000 | No room | left"),
		chromedp.SendKeys(chromedp.CSS("#fault-form [name=times]"), "2"))
	const order = `{"on":"export","do":"fail_job","reasons":[{"resource_type":"application","resource_name":"orders","error_code":"ROMA.13000","error_msg":"No room | left"}],"times":2}`
	if got := p.text("#fault-json"); got != order {
		t.Errorf("the form would send %s", got)
	}
	p.do(chromedp.Click(chromedp.CSS("#fault-form [type=submit]")))
	p.until(`!document.getElementById('fault-dialog').open && document.querySelector('#fault-list li')`)
	if got := p.text("#fault-list"); got != "fail_job on export 2 left, 0 seen" {
		t.Errorf("it waits as %q", got)
	}
	s.export()
	p.until(`document.querySelector('#request-list .fault')`)
	p.until(`document.querySelector('#job-list .failed') || document.querySelector('#job-list .running')`)
	s.control("POST", "finish", "")
	p.until(`document.querySelector('#job-list .messages')?.innerText.includes('application orders: No room | left (ROMA.13000)')`)
	if got := p.text("#fault-list"); got != "fail_job on export 1 left, 1 seen" {
		t.Errorf("then it waits as %q", got)
	}
	p.do(chromedp.Click(chromedp.CSS(`[data-delete="faults"]`)))
	p.until(`!document.querySelector('#fault-list li')`)
}

// TestKeyboard does everything without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := start(t, "-job-time", "1h")
	p := s.open()
	press := func(keys string) {
		t.Helper()
		p.do(chromedp.KeyEvent(keys))
	}
	// reach goes on with the Tab key until an element has the focus.
	reach := func(what string) {
		t.Helper()
		for range 40 {
			press(kb.Tab)
			if value[bool](p, fmt.Sprintf(`document.activeElement.matches(%q)`, what)) {
				if !value[bool](p, `document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle !== 'none'`) {
					t.Errorf("the focus on %s cannot be seen", what)
				}
				return
			}
		}
		t.Fatalf("%s is out of reach", what)
	}
	press(kb.Tab)
	if got := value[string](p, `document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q", got)
	}
	reach("#open-app")
	press(kb.Enter)
	p.until(`document.getElementById('app-dialog').open`)
	reach("#app-form [name=name]")
	press("returns")
	press(kb.Enter)
	p.until(`document.querySelector('#roma > :nth-child(1)').innerText.includes('returns')`)
	p.until(`document.activeElement.id === 'open-app'`)

	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	reach("#open-fault")
	press(kb.Enter)
	p.until(`document.getElementById('fault-dialog').open`)
	press("h")
	p.until(`document.getElementById('fault-do').value === 'half' || document.getElementById('fault-do').value === 'hang'`)
	press(kb.Escape)
	p.until(`!document.getElementById('fault-dialog').open`)
	press(kb.Enter)
	p.until(`document.getElementById('fault-dialog').open`)
	reach("#fault-form [name=times]")
	press("3")
	press(kb.Enter)
	p.until(`document.querySelector('#fault-list')?.innerText.includes('3 left')`)

	s.control("DELETE", "faults", "")
	s.export()
	p.until(`document.querySelector('#job-list .running')`)
	reach(`[data-post="finish"]`)
	press(" ")
	p.until(`document.querySelector('#job-list .succeeded')`)
	reach(`[data-post="expire?what=tokens"]`)
	press(kb.Enter)
	p.until(`document.getElementById('facts').textContent.includes('tokens: 0 valid, 1 ended')`)
	s.send(http.MethodGet, s.assets("dev", "jobs/x"), "", nil, http.StatusUnauthorized)
	reach(".shelf")
}

// TestComesBack ends the simulator and starts another one at the same address.
func TestComesBack(t *testing.T) {
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
	second := start(t, "-listen", at.Host)
	second.control(http.MethodPost, "assets", `{"instances":{"prod":{"apps":[{"id":"returns","name":"returns"}],"tasks":[]}}}`)
	p.until(`document.getElementById('link').textContent === 'live' && document.querySelector('#roma > :nth-child(2)').innerText.includes('returns')`)
}

// TestStaysAtHome looks at each request of the browser for the page.
func TestStaysAtHome(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := newTab(t)
	var mu sync.Mutex
	var asked []string
	if err := chromedp.Listen(p.ctx, func(event any) {
		if sent, ok := event.(*network.EventRequestWillBeSent); ok {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, sent.Request.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	p.do(func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		return chromedp.Void{}, err
	}, chromedp.Navigate(s.Page))
	p.until(`document.querySelectorAll('#roma .card').length === 2`)
	p.do(chromedp.Click(chromedp.CSS("#open-fault")))
	p.until(`document.getElementById('fault-dialog').open`)
	mu.Lock()
	defer mu.Unlock()
	seen := strings.Join(asked, " ")
	if !strings.Contains(seen, "/_simulator/events") || !strings.Contains(seen, "/_simulator/actions") {
		t.Fatalf("seen were %s", seen)
	}
	for _, one := range asked {
		if !strings.HasPrefix(one, s.Page) && !strings.HasPrefix(one, "data:") {
			t.Errorf("the page asks for %s", one)
		}
	}
	// What is no part of the page does not run, and may not be reached.
	if value[bool](p, `new Promise(done => { const s = document.createElement('script'); s.textContent = 'window.foreign = true'; document.body.append(s); done(Boolean(window.foreign)) })`) {
		t.Error("a script that is not the page's own runs")
	}
	if got := value[string](p, `fetch('http://localhost:9/').then(() => 'sent', e => e.name)`); got != "TypeError" {
		t.Errorf("another host: %s", got)
	}
}
