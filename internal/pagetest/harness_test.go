package pagetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what the page should show.
const patience = 20 * time.Second

// started is what the program prints.
type started struct {
	Page string `json:"page"`
	ROMA struct {
		Endpoint   string            `json:"endpoint"`
		AuthURL    string            `json:"auth_url"`
		Region     string            `json:"region"`
		ProjectID  string            `json:"project_id"`
		UserName   string            `json:"user_name"`
		Password   string            `json:"password"`
		DomainName string            `json:"domain_name"`
		Instances  map[string]string `json:"instances"`
	} `json:"roma"`
	CSA map[string]struct {
		Endpoint     string `json:"endpoint"`
		Username     string `json:"username"`
		Password     string `json:"password"`
		Organization string `json:"organization"`
		User         string `json:"user"`
	} `json:"csa"`
}

// rig is a running simulator and a client of the platforms that it plays.
type rig struct {
	t *testing.T
	started
	token   string
	process *os.Process
}

// start runs the program for the length of a test and logs in.
func start(t *testing.T, args ...string) *rig {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), simulator, args...)
	cmd.Stderr = t.Output()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The context of the test has ended it: its exit code says nothing.
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	s := &rig{t: t, process: cmd.Process}
	if err := json.Unmarshal(line, &s.started); err != nil {
		t.Fatal(err)
	}
	s.login()
	return s
}

func (s *rig) login() {
	s.t.Helper()
	body := fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,"domain":{"name":%q}}}},`+
		`"scope":{"project":{"name":%q}}}}`, s.ROMA.UserName, s.ROMA.Password, s.ROMA.DomainName, s.ROMA.Region)
	header, _ := s.send(http.MethodPost, s.ROMA.AuthURL+"/auth/tokens", "application/json", []byte(body), http.StatusCreated)
	s.token = header.Get("X-Subject-Token")
}

// send sends a request and wants a status.
func (s *rig) send(method, url, contentType string, body []byte, want int) (http.Header, []byte) {
	s.t.Helper()
	header, answer, err := s.try(method, url, contentType, body, want)
	if err != nil {
		s.t.Fatal(err)
	}
	return header, answer
}

// try sends a request with the credentials of the platform that it is for.
func (s *rig) try(method, url, contentType string, body []byte, want int) (http.Header, []byte, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if s.token != "" {
		r.Header.Set("X-Auth-Token", s.token)
	}
	for _, csa := range s.CSA {
		if strings.HasPrefix(url, csa.Endpoint+"/csa/") {
			r.SetBasicAuth(csa.Username, csa.Password)
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != want {
		err = fmt.Errorf("%s %s: %d %s", method, url, resp.StatusCode, answer)
	}
	return resp.Header, answer, err
}

// assets is an address below the assets of an instance.
func (s *rig) assets(instance, rest string) string {
	return s.ROMA.Endpoint + "/v2/" + s.ROMA.ProjectID + "/instances/" + s.ROMA.Instances[instance] + "/assets/" + rest
}

const ordersBody = `{"apps":[{"id":"b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"}],"tasks":[{"id":"b2e6a456-1234-4a80-aa45-f4b8029f95a4"}]}`

// export starts a job on dev.
func (s *rig) export() (job string) {
	s.t.Helper()
	_, answer := s.send(http.MethodPost, s.assets("dev", "export"), "application/json", []byte(ordersBody), http.StatusOK)
	return s.field(answer, "job_id")
}

// download takes the archive of a job that has ended.
func (s *rig) download(job string) []byte {
	s.t.Helper()
	_, answer := s.send(http.MethodGet, s.assets("dev", "jobs/"+job), "", nil, http.StatusOK)
	_, file := s.send(http.MethodGet, s.assets("dev", "archives/"+s.field(answer, "archive_id")), "", nil, http.StatusOK)
	return file
}

// upload imports an archive into prod.
func (s *rig) upload(file []byte) {
	s.t.Helper()
	contentType, body := s.form("ImportAssetRequestBody", "orders-1.zip", file)
	s.send(http.MethodPost, s.assets("prod", "import?type=Merge"), contentType, body, http.StatusOK)
}

func (s *rig) form(part, name string, file []byte) (contentType string, body []byte) {
	s.t.Helper()
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	w, err := form.CreateFormFile(part, name)
	if err == nil {
		_, err = w.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return form.FormDataContentType(), buffer.Bytes()
}

func (s *rig) field(answer []byte, name string) string {
	s.t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(answer, &fields); err != nil {
		s.t.Fatal(err)
	}
	text, ok := fields[name].(string)
	if !ok || text == "" {
		s.t.Fatalf("no %s in %s", name, answer)
	}
	return text
}

// control asks the simulator itself.
func (s *rig) control(method, what, body string) []byte {
	s.t.Helper()
	_, answer := s.send(method, s.Page+"_simulator/"+what, "", []byte(body), http.StatusOK)
	return answer
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// open opens the page in a tab of its own and waits until it shows something.
func (s *rig) open(options ...chromedp.Action[chromedp.Void]) *tab {
	s.t.Helper()
	p := newTab(s.t)
	p.do(options...)
	p.do(chromedp.Navigate(s.Page))
	p.until(`document.querySelectorAll('#roma .card').length === 2`)
	return p
}

func newTab(t *testing.T) *tab {
	t.Helper()
	ctx, end := openTab()
	t.Cleanup(end)
	p := &tab{t, ctx}
	// The first call opens the tab, which ends with the context of that call.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1440, 960))
	return p
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// until waits in the page for an expression that is true.
func (p *tab) until(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	wait := "new Promise(done => { const look = () => (" + expression + ") ? done(true) : setTimeout(look, 30); look(); })"
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise)); err != nil {
		shown := value[string](p, `document.body.innerText`)
		p.t.Fatalf("%s: %v\n%s", expression, err, shown)
	}
}

// value is what an expression is in the page.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// text is what an element shows, all white space being alike.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return strings.Join(strings.Fields(value[string](p, fmt.Sprintf(`document.querySelector(%q).innerText`, selector))), " ")
}
