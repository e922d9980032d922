package csa

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	account    = "csaTransportUser"
	password   = "transport secret/1"
	personID   = "90d96588360da0c701360da0f1d600a1"
	artifactID = "90cec2ff3dc1d73b013dc1df0b750028"
	recordID   = "0e3f1f2a-5c1d-4b8e-9d5f-3a1c9c1d2e3f"
	personBody = `<person><id>` + personID + `</id><userName>admin</userName><organization><id>other</id></organization></person>`
	loginLine  = "GET /csa/rest/login/CSA-Provider/admin/"
	importLine = "POST /csa/rest/import"
	recordLine = "GET /csa/rest/import_result/" + recordID
)

// arrival is a request that a server got.
type arrival struct {
	// line is method and path as they were sent, without the query.
	line   string
	query  string
	header http.Header
	length int64
	body   []byte
}

// server answers by request line; what has no handler is 404.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	arrivals []arrival
}

func serve(t *testing.T, handlers map[string]http.HandlerFunc) *server {
	t.Helper()
	s := new(server)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			// The other side gave up; nobody reads an answer.
			return
		}
		line := r.Method + " " + r.URL.EscapedPath()
		s.mu.Lock()
		s.arrivals = append(s.arrivals, arrival{line, r.URL.RawQuery, r.Header, r.ContentLength, body})
		s.mu.Unlock()
		if handler := handlers[line]; handler != nil {
			handler(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) got() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrivals
}

func (s *server) lines() []string {
	var lines []string
	for _, a := range s.got() {
		lines = append(lines, a.line)
	}
	return lines
}

func (s *server) count(line string) int {
	n := 0
	for _, l := range s.lines() {
		if l == line {
			n++
		}
	}
	return n
}

func (s *server) config() Config {
	return Config{Endpoint: s.URL, Username: account, Password: password, Settings: httpapi.Settings{UserAgent: "test"}}
}

// known is a configuration that needs no login.
func (s *server) known() Config {
	config := s.config()
	config.UserIdentifier = personID
	return config
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp closes the connection, after the text if there is one.
func hangUp(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

func newClient(t *testing.T, config Config) *Client {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// entry is one file of a zip.
type entry struct{ name, content string }

// streamed is a zip as a Java server streams it: deflated, sizes behind the
// data.
func streamed(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err == nil {
			_, err = io.WriteString(f, e.content)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buffer.Bytes()
}

// plain is a zip without compression and data descriptors.
func plain(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, e := range entries {
		f, err := w.CreateRaw(&zip.FileHeader{
			Name: e.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(e.content)),
			CompressedSize64: uint64(len(e.content)), UncompressedSize64: uint64(len(e.content)),
		})
		if err == nil {
			_, err = io.WriteString(f, e.content)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buffer.Bytes()
}

// designManifest is the manifest of a real archive, with another id.
const designManifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<manifest>
    <archiveItems>
        <item>SERVICE_DESIGN_DesignTemplate_v4_` + artifactID + `.xml</item>
        <itemLocation>com.hp.csa.model.vo.service.ServiceBlueprintVO</itemLocation>
        <itemType>com.hp.csa.model.vo.service.ServiceBlueprintVO</itemType>
    </archiveItems>
    <archiveItems>
        <item>x.png</item>
        <itemLocation>\images\library\x.png</itemLocation>
        <itemType>File</itemType>
    </archiveItems>
    <csaVersion>04.20.0000.0</csaVersion>
</manifest>`

func newArchive(t *testing.T) (*asset.Archive, []byte) {
	t.Helper()
	data := streamed(t, entry{ManifestName, designManifest}, entry{"x.png", "png"})
	file := filepath.Join(t.TempDir(), "my (strange) archive.zip")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := asset.OpenArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	return archive, data
}

func importBody(status string, messages ...string) string {
	text := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n<ImportOperationResult>\n"
	for _, m := range messages {
		text += "<additionalSummaryMessages>" + m + "</additionalSummaryMessages>\n"
	}
	return text + fmt.Sprintf("<importResultRecord>\n%s </importResultRecord>\n<importStatus> %s\n</importStatus>\n"+
		"<importSummary>The archive\n  was looked at.</importSummary></ImportOperationResult>", recordID, status)
}
