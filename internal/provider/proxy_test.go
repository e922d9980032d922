package provider_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// tunnel is a proxy that connects every host to one server, and notes what it
// was asked for.
type tunnel struct {
	target string
	mu     sync.Mutex
	asked  []string
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	for _, name := range []string{"Authorization", "X-Auth-Token", "X-Security-Token"} {
		if r.Header.Get(name) != "" {
			p.asked = append(p.asked, "a credential")
		}
	}
	p.mu.Unlock()
	server, err := new(net.Dialer).DialContext(r.Context(), "tcp", p.target)
	if err != nil || r.Method != http.MethodConnect {
		http.Error(w, "only tunnels", http.StatusBadGateway)
		return
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, err = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	}
	if err != nil {
		_ = server.Close()
		return
	}
	go func() {
		// Either end may close first.
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

// TestProxyOfTheEnvironment reaches a host that nobody else knows through the
// proxy of HTTPS_PROXY, which sees tunnels and nothing of what is in them.
func TestProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{TLSDir: t.TempDir(), Certificate: simulator.CertificateOtherHost})
	proxy := &tunnel{target: strings.TrimPrefix(server.URL, "https://")}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	w := newWorkspace(t, server, exportOnly)
	w.setenv("ROMA_ENDPOINT=https://roma.example.com", "HW_AUTH_URL=https://roma.example.com/v3", "HW_CA_FILE="+server.Info.CAFile,
		"HTTPS_PROXY="+front.URL, "NO_PROXY=", "HW_MAX_RETRIES=0")
	w.apply(0)
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	if len(proxy.asked) == 0 {
		t.Error("nothing went through the proxy")
	}
	for _, asked := range proxy.asked {
		if asked != "CONNECT roma.example.com:443" {
			t.Errorf("the proxy saw %s", asked)
		}
	}
}

// TestCertificateOfProxy: the message names the proxy, and not the platform
// that nobody has reached.
func TestCertificateOfProxy(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{TLSDir: t.TempDir()})
	front := httptest.NewTLSServer(&tunnel{})
	t.Cleanup(front.Close)
	w := newWorkspace(t, server, exportOnly)
	w.setenv("ROMA_ENDPOINT=https://roma.example.com", "HW_AUTH_URL=https://roma.example.com/v3", "HW_CA_FILE="+server.Info.CAFile,
		"HTTPS_PROXY="+front.URL, "NO_PROXY=", "HW_MAX_RETRIES=0")
	said := strings.Join(strings.Fields(w.apply(1).out), " ")
	if !strings.Contains(said, "The certificate of the proxy 127.0.0.1 was not accepted") || !strings.Contains(said, "in roma.ca_file (HW_CA_FILE)") {
		t.Error(said)
	}
}

// TestProxiesThatDoNotOpenTheWay are named, with what helps, and asked once where they refused.
func TestProxiesThatDoNotOpenTheWay(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"forbids": 403, "wants a login": 407, "cannot": 503, "socks5 at a dead port": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(status)
			}))
			t.Cleanup(front.Close)
			proxy, retries := front.URL, "3"
			if status == 0 {
				proxy, retries = "socks5://127.0.0.1:9", "0"
			}
			server := serve(t, simulator.Options{})
			w := newWorkspace(t, server, exportOnly)
			w.setenv("ROMA_ENDPOINT=https://roma.example.com", "HW_AUTH_URL=https://roma.example.com/v3", "HTTPS_PROXY="+proxy, "NO_PROXY=", "HW_MAX_RETRIES="+retries)
			r := w.apply(1, "-json")
			if n := asked.Load(); status != 0 && n != 1 {
				t.Errorf("asked %d times", n)
			}
			golden(t, "proxy "+name, strings.ReplaceAll(messages(t, r.out), strings.TrimPrefix(front.URL, "http://"), "127.0.0.1:3128"))
		})
	}
}
