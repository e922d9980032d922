package simulator

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ids of the default artifacts.
const (
	catalogID  = "90cec2ff3c81b896013c81b8c1780001"
	offeringID = "90cec2ff3c81b896013c81b8c1780097"
	designID   = "90cec2023cc75f8a013cc7643ad00034"
	computeID  = "90cec2023cc75f8a013cc7643ad00051"
	paletteID  = "2c9030e44bdb3bfe014c0e47ee680001"
	providerID = "8a8185f4497d011b01497d028a210003"
)

// csaClient sends requests to the CSA servers without a network.
type csaClient struct {
	client
	user map[string]string
}

func newCSA(t *testing.T, opts Options) *csaClient {
	t.Helper()
	sim, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	return &csaClient{client{t: t, sim: sim}, map[string]string{
		"dev": sim.UserIdentifier("dev", csaOrganization, csaUser), "prod": sim.UserIdentifier("prod", csaOrganization, csaUser),
	}}
}

// ask makes a request with the account of the server; "?" in the path stands
// before the userIdentifier.
func (c *csaClient) ask(method, server, path, contentType, body string) *http.Request {
	path = strings.Replace(path, "?", "?userIdentifier="+c.user[server]+"&", 1)
	r := c.request(method, "/"+server+"/csa/rest/"+path, contentType, body)
	r.SetBasicAuth(csaAccount, c.sim.csa[server].password)
	return r
}

func (c *csaClient) get(server, path string) answer {
	c.t.Helper()
	return c.send(c.ask(http.MethodGet, server, path, "", ""))
}

// exported is the archive of an artifact of dev.
func (c *csaClient) exported(id string) []byte {
	c.t.Helper()
	got := c.get("dev", "export/"+id+"?")
	got.status(http.StatusOK)
	return got.Body.Bytes()
}

// imported sends an archive to prod, with fields in front of it.
func (c *csaClient) imported(query string, file []byte, fields ...string) answer {
	c.t.Helper()
	var body bytes.Buffer
	var parts []any
	for pair := range slices.Chunk(fields, 2) {
		parts = append(parts, pair[0], "", []byte(pair[1]))
	}
	contentType := form(c.t, &body, append(parts, csaPart, "archive.zip", file)...)
	return c.send(c.ask(http.MethodPost, "prod", "import?"+query, contentType, body.String()))
}

func (a answer) status(want int) {
	a.t.Helper()
	if a.aborted || a.Code != want {
		a.t.Fatalf("got status %d (aborted: %v), want %d: %.400s", a.Code, a.aborted, want, a.Body.String())
	}
}

// page checks an error page.
func (a answer) page(status int, text string) {
	a.t.Helper()
	a.status(status)
	if got := a.Header().Get("Content-Type"); got != htmlType || !strings.Contains(a.Body.String(), text) {
		a.t.Errorf("%s, want a text with %q: %s", got, text, a.Body)
	}
}

// operation is the answer to an import as a client reads it, white space and
// all.
type operation struct {
	XMLName  xml.Name `xml:"ImportOperationResult"`
	Messages []string `xml:"additionalSummaryMessages"`
	Record   string   `xml:"importResultRecord"`
	Status   string   `xml:"importStatus"`
	Summary  string   `xml:"importSummary"`
}

func (a answer) operation(status string) operation {
	a.t.Helper()
	a.status(http.StatusOK)
	var o operation
	a.xml(&o)
	if o.Status != status {
		a.t.Fatalf("importStatus %q, want %q: %s", o.Status, status, a.Body)
	}
	return o
}

func (a answer) xml(into any) {
	a.t.Helper()
	if got := a.Header().Get("Content-Type"); got != xmlType {
		a.t.Errorf("content type %q", got)
	}
	if err := xml.Unmarshal(a.Body.Bytes(), into); err != nil {
		a.t.Fatalf("%v: %.300s", err, a.Body)
	}
}

var messageID = regexp.MustCompile(`^\s+(.+?) \(Id=([0-9a-f]{25})\n([0-9a-f]{7})\)\s+$`)

// ids are the ids in messages by the text before them.
func (o operation) ids(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, m := range o.Messages {
		match := messageID.FindStringSubmatch(m)
		if match == nil {
			t.Fatalf("message %q", m)
		}
		all[match[1]] = match[2] + match[3]
	}
	return all
}

// on are the artifacts of a server, by type and name.
func (c *csaClient) on(server string) map[string]Artifact {
	all := make(map[string]Artifact)
	for _, a := range c.sim.State().CSA[server].Artifacts {
		all[a.Type+" "+a.Name] = a
	}
	return all
}

// until waits for something that another goroutine does.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Error("it did not happen")
			return
		}
		runtime.Gosched()
	}
}

func escaped(text string) string {
	return url.PathEscape(text)
}
