package simulator

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	ordersID     = "b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"
	ordersTaskID = "b2e6a456-1234-4a80-aa45-f4b8029f95a4"
	ordersBody   = `{"apps":[{"id":"` + ordersID + `"}],"tasks":[{"id":"` + ordersTaskID + `"}]}`
	jsonType     = "application/json;charset=UTF-8"
)

// client sends requests to a Simulator without a network, with a token.
type client struct {
	t     *testing.T
	sim   *Simulator
	token string
}

func newClient(t *testing.T, opts Options) *client {
	t.Helper()
	sim, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	c := &client{t: t, sim: sim}
	c.login()
	return c
}

func (c *client) login() {
	c.t.Helper()
	got := c.send(c.request(http.MethodPost, "/v3/auth/tokens?nocatalog=true", jsonType, loginBody(c.sim.promoter.password)))
	got.wants(http.StatusCreated)
	c.token = got.Header().Get("X-Subject-Token")
}

func loginBody(password string) string {
	return `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + userName + `","password":"` +
		password + `","domain":{"name":"` + domainName + `"}}}},"scope":{"project":{"name":"` + region + `"}}}}`
}

// answer is what came back. It is aborted when the connection was closed.
type answer struct {
	*httptest.ResponseRecorder
	t       *testing.T
	aborted bool
}

func (c *client) request(method, path, contentType, body string) *http.Request {
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	if strings.HasPrefix(path, controlPrefix) {
		// The Simulator itself is asked at its own address only.
		r.Host = "127.0.0.1:8080"
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		r.Header.Set("X-Auth-Token", c.token)
	}
	return r
}

func (c *client) send(r *http.Request) (a answer) {
	a = answer{ResponseRecorder: httptest.NewRecorder(), t: c.t}
	defer func() {
		p := recover()
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			a.aborted = true
		} else if p != nil {
			panic(p)
		}
	}()
	c.sim.ServeHTTP(a.ResponseRecorder, r)
	return a
}

func (a answer) wants(status int) {
	a.t.Helper()
	if a.aborted || a.Code != status {
		a.t.Fatalf("got status %d (aborted: %v), want %d: %.300s", a.Code, a.aborted, status, a.Body.String())
	}
	if a.Header().Get("X-Request-Id") == "" {
		a.t.Error("the answer has no X-Request-Id")
	}
}

// refused checks an error of the platform.
func (a answer) refused(status int, code, text string) {
	a.t.Helper()
	a.wants(status)
	body := a.json()
	if body["error_code"] != code || !strings.Contains(str(body["error_msg"]), text) {
		a.t.Errorf("got %v, want code %s and a text with %q", body, code, text)
	}
}

func (a answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.Body.Bytes(), &v); err != nil {
		a.t.Fatalf("the answer is no JSON object: %v: %.200s", err, a.Body.String())
	}
	return v
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

// path is a path below an instance of the simulated project.
func path(instance, rest string) string {
	return "/v2/" + projectID + "/instances/" + instanceIDs[instance] + rest
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.send(c.request(http.MethodGet, path, "", ""))
}

func (c *client) export(body string) answer {
	c.t.Helper()
	return c.send(c.request(http.MethodPost, path("dev", "/assets/export"), jsonType, body))
}

// upload is an import of a file to prod.
func (c *client) upload(query, fileName string, file []byte) answer {
	c.t.Helper()
	var body bytes.Buffer
	contentType := form(c.t, &body, importPart, fileName, file)
	r := c.request(http.MethodPost, path("prod", "/assets/import")+query, contentType, body.String())
	return c.send(r)
}

func form(t *testing.T, body *bytes.Buffer, parts ...any) (contentType string) {
	t.Helper()
	w := multipart.NewWriter(body)
	for part := range slices.Chunk(parts, 3) {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, part[0], part[1]))
		pw, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		data, ok := part[2].([]byte)
		if !ok {
			t.Fatalf("a part of type %T", part[2])
		}
		if _, err := pw.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType()
}

// started is the id of the job that a request started.
func (a answer) started() string {
	a.t.Helper()
	a.wants(http.StatusOK)
	id := str(a.json()["job_id"])
	if len(id) != 32 {
		a.t.Fatalf("job id %q", id)
	}
	return id
}

func (c *client) job(instance, id string) answer {
	c.t.Helper()
	return c.get(path(instance, "/assets/jobs/"+id))
}

// exported is the archive id of an export that is finished at the first look.
func (c *client) exported() string {
	c.t.Helper()
	view := c.job("dev", c.export(ordersBody).started()).json()
	if view["status"] != "SUCCEEDED" || str(view["archive_id"]) == "" {
		c.t.Fatalf("export: %v", view)
	}
	return str(view["archive_id"])
}

func (c *client) download(archiveID string) answer {
	c.t.Helper()
	return c.get(path("dev", "/assets/archives/"+archiveID))
}

// archive exports and downloads the orders app and task.
func (c *client) archive() []byte {
	c.t.Helper()
	got := c.download(c.exported())
	got.wants(http.StatusOK)
	return got.Body.Bytes()
}

// names are the names of the apps in a list.
func (c *client) appNames(instance string) []string {
	c.t.Helper()
	var list struct {
		Apps []struct {
			Name string `json:"name"`
		} `json:"apps"`
	}
	got := c.get(path(instance, "/apps?limit=100"))
	got.wants(http.StatusOK)
	if err := json.Unmarshal(got.Body.Bytes(), &list); err != nil {
		c.t.Fatal(err)
	}
	names := []string{}
	for _, app := range list.Apps {
		names = append(names, app.Name)
	}
	return names
}

// entries are the names and contents of a zip.
func entries(t *testing.T, data []byte) map[string]string {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(content)
	}
	return all
}

// sign signs a request as a client would.
func sign(t *testing.T, r *http.Request, key Keys, payloadHash string) {
	t.Helper()
	r.Header.Del("X-Auth-Token")
	r.Header.Set(headerDate, time.Now().UTC().Format(signingDate))
	signed := []string{"host", "x-sdk-date"}
	if key.SecurityToken != "" {
		r.Header.Set(headerSecurity, key.SecurityToken)
		signed = append(signed, "x-security-token")
	}
	canonical, err := canonicalRequest(r, signed, payloadHash)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", signingAlgorithm+" Access="+key.AccessKey+", SignedHeaders="+
		strings.Join(signed, ";")+", Signature="+signature(key.SecretKey, r.Header.Get(headerDate), canonical))
}

// keysOf are those of a user.
func keysOf(u *user) Keys {
	return Keys{AccessKey: u.key.access, SecretKey: u.key.secret}
}
