package provider_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// wayFaults are those of what lies between this machine and the server.
func wayFaults() []fault {
	insecure := []string{"HW_INSECURE=true"}
	tlsRow := func(name string, create *outcome, config *tls.Config) fault {
		return fault{
			group: "way", name: name, env: insecure, create: create,
			before: func(t *testing.T, c *cell) {
				t.Helper()
				server := httptest.NewUnstartedServer(http.NotFoundHandler())
				server.TLS = config.Clone()
				server.StartTLS()
				t.Cleanup(server.Close)
				c.setenv("ROMA_ENDPOINT=" + server.URL)
			},
			after: func(_ *testing.T, c *cell) { c.setenv("ROMA_ENDPOINT=" + c.server.Info.ROMA.Endpoint) },
		}
	}
	proxyRow := func(name string, create *outcome, status int) fault {
		return fault{
			group: "way", name: name, create: create, ownProcess: true,
			before: func(t *testing.T, c *cell) {
				t.Helper()
				proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
				t.Cleanup(proxy.Close)
				// This machine is reached without a proxy, whatever the variables say.
				c.setenv("HTTPS_PROXY="+proxy.URL, "ROMA_ENDPOINT=https://roma.example.com")
			},
			after: func(_ *testing.T, c *cell) { c.setenv("HTTPS_PROXY=", "ROMA_ENDPOINT="+c.server.Info.ROMA.Endpoint) },
		}
	}
	encoded := func(on string, status int, text string) simulator.Fault {
		return simulator.Fault{
			On: on, Do: "raw_body", Status: status, Body: gzipped(text), ContentType: "application/json", Headers: map[string]string{"Content-Encoding": "gzip"},
		}
	}
	return []fault{
		tlsRow("the server wants a client certificate", wrong("Client certificate wanted", 0), &tls.Config{ClientAuth: tls.RequireAnyClientCert}),
		tlsRow("the server has TLS 1.1 only", wrong("TLS not possible", 0, "GODEBUG=tlsrsakex=1"), &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}),
		proxyRow("the proxy wants a login", wrong("Proxy refused", 0, "repeated refusals lock accounts"), 407),
		proxyRow("the proxy forbids the host", wrong("Proxy refused", 0, "allows this host and port"), 403),
		{
			group: "way", name: "the gateway knows no such API", orders: []simulator.Fault{status("export", 404, "APIGW.0101", "The API does not exist")},
			create: wrong("Export request refused", 1, "check roma.endpoint (ROMA_ENDPOINT) and roma.region (HW_REGION_NAME)"),
		},
		{
			group: "way", name: "a refusal that is compressed", orders: []simulator.Fault{encoded("export", 400, `{"error_code":"ROMA.13000","error_msg":"Invalid parameters"}`)},
			create: wrong("Export request refused", 1, "Invalid parameters", "Error code: ROMA.13000"),
		},
		{
			group: "way", name: "a look that is compressed", orders: []simulator.Fault{encoded("job", 502, `{"error_msg":"try later"}`)},
			create: fine(1),
		},
		{
			group: "way", name: "417 to the announcement of a body", resource: "import",
			before: func(t *testing.T, c *cell) { t.Helper(); longer(t, c.path("it.zip")) },
			orders: []simulator.Fault{{On: "import", Do: "status", Status: 417, Unread: true}},
			create: fine(2), update: fine(2),
		},
	}
}

func gzipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	// A buffer takes everything.
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

// longer makes an archive so long that its request is announced first.
func longer(t *testing.T, file string) {
	t.Helper()
	from, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, entry := range from.File {
		if err := w.Copy(entry); err != nil {
			t.Fatal(err)
		}
	}
	// Stored, so that its length is that of the file.
	padding, err := w.CreateHeader(&zip.FileHeader{Name: "padding.bin", Method: zip.Store})
	if err == nil {
		_, err = padding.Write(make([]byte, 2<<20))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []func() error{w.Close, from.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
