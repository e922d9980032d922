package provider_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// wire notes every credential that travels to and from a simulator.
type wire struct {
	url  string
	mu   sync.Mutex
	seen map[string]bool
}

// tap puts a proxy in front of a simulator.
func tap(t *testing.T, server *simulator.Server) *wire {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{seen: map[string]bool{}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			w.note(r.In.Header)
			r.In.Body, r.Out.Body = w.noteBody(r.In.URL.Path, r.In.Body)
			r.SetURL(target)
		},
		ModifyResponse: func(resp *http.Response) error {
			w.note(resp.Header)
			_, resp.Body = w.noteBody(resp.Request.URL.Path, resp.Body)
			return nil
		},
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	w.url = front.URL
	return w
}

func (w *wire) note(header http.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range []string{"X-Auth-Token", "X-Subject-Token", "X-Security-Token", "X-Amz-Security-Token", "Authorization"} {
		for _, value := range header.Values(name) {
			// The key id and the names of signed headers are no secrets.
			_, signature, ok := strings.Cut(value, "Signature=")
			if ok {
				value = signature
			}
			w.seen[value] = true
		}
	}
}

// noteBody notes the credentials in what IAM is asked and answers, and returns
// the body for whoever reads it next.
func (w *wire) noteBody(path string, body io.ReadCloser) (read, again io.ReadCloser) {
	if body == nil || !strings.HasPrefix(path, "/v3.0/") && !strings.HasPrefix(path, "/v3/auth/") {
		return body, body
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return body, body
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, found := range secretFields.FindAllSubmatch(data, -1) {
		w.seen[string(found[1])+string(found[2])] = true
	}
	return io.NopCloser(bytes.NewReader(data)), io.NopCloser(bytes.NewReader(data))
}

// secretFields finds tokens, secret keys and passwords in the bodies of IAM; a
// long id is a token.
var secretFields = regexp.MustCompile(`"(?:secret|securitytoken|password)"\s*:\s*"([^"]{8,})"|"id"\s*:\s*"([^"]{65,})"`)

// forms are the spellings in which a secret might get out.
func forms(secret string) []string {
	data := []byte(secret)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString(data), base64.RawStdEncoding.EncodeToString(data),
		base64.URLEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data),
	}
}

// notSecret are the variables of a way to log in that messages may name.
var notSecret = []string{
	"HW_ACCESS_KEY", "HW_USER_NAME", "HW_DOMAIN_NAME", "HW_SHARED_CONFIG_FILE", "HW_ASSUME_ROLE_IDP_ID", "HW_ASSUME_ROLE_AGENCY_NAME",
	"HW_ASSUME_ROLE_DOMAIN_ID",
}

// TestNoSecretGetsOut runs promotions that succeed and requests that fail with
// each way to log in, with terraform's fullest log, and searches everything
// that was written for every credential that was given or travelled.
func TestNoSecretGetsOut(t *testing.T) {
	t.Parallel()
	main, err := os.ReadFile("../../examples/promotion/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	for name, login := range map[string]func(*testing.T, *simulator.Server) map[string]string{
		"key pair": func(_ *testing.T, s *simulator.Server) map[string]string {
			return map[string]string{"HW_ACCESS_KEY": s.Info.ROMA.AccessKey, "HW_SECRET_KEY": s.Info.ROMA.SecretKey}
		},
		"temporary key pair": func(_ *testing.T, s *simulator.Server) map[string]string {
			keys := s.Simulator.TemporaryKeys()
			return map[string]string{
				"HW_ACCESS_KEY": keys.AccessKey, "HW_SECRET_KEY": keys.SecretKey, "HW_SECURITY_TOKEN": keys.SecurityToken,
			}
		},
		"password": func(_ *testing.T, s *simulator.Server) map[string]string {
			return map[string]string{
				"HW_USER_NAME": s.Info.ROMA.UserName, "HW_USER_PASSWORD": s.Info.ROMA.Password, "HW_DOMAIN_NAME": s.Info.ROMA.DomainName,
			}
		},
		"token": func(t *testing.T, s *simulator.Server) map[string]string {
			t.Helper()
			return map[string]string{"HW_AUTH_TOKEN": tokenFrom(t, s)}
		},
		"profile with an agency": func(t *testing.T, s *simulator.Server) map[string]string {
			t.Helper()
			o := s.Info.ROMA.Operator
			return map[string]string{"HW_SHARED_CONFIG_FILE": profileFile(t, map[string]any{
				"mode": "agency", "accessKeyId": o.AccessKey, "secretAccessKey": o.SecretKey,
				"agencyName": s.Info.ROMA.AgencyName, "agencyDomainName": s.Info.ROMA.DomainName,
			}), "secret in the file": o.SecretKey}
		},
		"identity token": func(_ *testing.T, s *simulator.Server) map[string]string {
			info := s.Info.ROMA
			return map[string]string{
				"HW_ASSUME_ROLE_IDP_ID": info.OIDC.IDPID, "HW_ASSUME_ROLE_ID_TOKEN": info.OIDC.IDToken,
				"HW_ASSUME_ROLE_AGENCY_NAME": info.AgencyName, "HW_ASSUME_ROLE_DOMAIN_ID": info.DomainID,
			}
		},
	} {
		if !everything && name != "key pair" && name != "identity token" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			given := login(t, server)
			network := tap(t, server)
			w := newWorkspace(t, server, string(main))
			w.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "ROMA_ENDPOINT="+network.url, "HW_AUTH_URL="+network.url+"/v3",
				"TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))
			for variable, value := range given {
				w.setenv(variable + "=" + value)
			}

			// A server that echoes what it was sent, as the gateway does.
			echo := "verify aksk signature fail, canonicalRequest:POST|/v2/|type=Merge&hidden_query=1|"
			for _, value := range given {
				echo += "x-echo:" + value + "|" + url.QueryEscape(value) + "|" + base64.StdEncoding.EncodeToString([]byte(value)) + "|"
			}
			other := serve(t, simulator.Options{})
			order(t, server,
				simulator.Fault{On: "export", Do: "redirect", Location: other.URL + "/elsewhere?hidden_query=" + url.QueryEscape(echo)},
				simulator.Fault{On: "export", Skip: 1, Do: "status", Status: 400, Code: "ROMA.13000", Message: echo},
				simulator.Fault{On: "import", Do: "status", Status: 500, Body: "<html><title>" + echo + "</title></html>", ContentType: "text/html"},
				simulator.Fault{On: "job", Do: "status", Status: 502, Message: echo, Code: "APIGW.0301"},
			)
			printed := w.apply(1).out
			if !strings.Contains(printed, "not followed") || len(other.Simulator.Requests()) > 0 {
				t.Errorf("%d requests followed the redirect:\n%s", len(other.Simulator.Requests()), printed)
			}
			printed += w.apply(1).out
			printed += w.apply(1).out
			printed += w.apply(0).out
			printed += w.plan(false, "-out", "saved").out
			printed += w.terraform("show", "-json", "saved").out

			written := map[string]string{"output": printed}
			for _, file := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup"} {
				data, err := os.ReadFile(w.path(file))
				if err != nil {
					t.Fatal(err)
				}
				written[file] = string(data)
			}
			if log := written["trace.log"]; !strings.Contains(log, "assets/export") || !strings.Contains(log, "job_id") {
				t.Error("the log does not show the requests: there is nothing to search")
			}
			secrets := maps.Clone(network.seen)
			for variable, value := range given {
				if !slices.Contains(notSecret, variable) {
					secrets[value] = true
				}
			}
			if len(secrets) == 0 {
				t.Fatalf("no secret to look for")
			}
			secrets["hidden_query"] = true
			secrets["type=Merge"] = true
			for where, text := range written {
				for secret := range secrets {
					for _, form := range forms(secret) {
						if i := strings.Index(text, form); i >= 0 {
							t.Errorf("%s holds a secret (%q) near %q", where, form, text[max(0, i-200):i])
						}
					}
				}
			}
			leftInDir(t, w.dir)
		})
	}
}

// leftInDir fails the test if a temporary file of a download was left.
func leftInDir(t *testing.T, dir string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(dir, ".*asset-part*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// tokenFrom logs in at the simulator as a user of its API would.
func tokenFrom(t *testing.T, server *simulator.Server) string {
	t.Helper()
	info := server.Info.ROMA
	body := fmt.Sprintf(`{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": %q, "password": %q, "domain": {"name": %q}}}},
		"scope": {"project": {"name": %q}}}}`, info.UserName, info.Password, info.DomainName, info.Region)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, info.AuthURL+"/auth/tokens", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	token := resp.Header.Get("X-Subject-Token")
	if resp.StatusCode != http.StatusCreated || token == "" {
		t.Fatalf("login ended with %d", resp.StatusCode)
	}
	return token
}
