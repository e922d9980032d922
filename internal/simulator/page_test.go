package simulator

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ask sends a request as the given headers say. "Host" is the host.
func ask(t *testing.T, c *client, method, path string, headers map[string]string, body string) answer {
	t.Helper()
	r := c.request(method, path, "", body)
	r.Header.Del("X-Auth-Token")
	r.Host = "127.0.0.1:8080"
	for name, value := range headers {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	return c.send(r)
}

func TestPage(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	got := ask(t, c, http.MethodGet, "/", nil, "")
	if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "text/html; charset=utf-8" || got.Body.String() != pageHTML {
		t.Fatalf("%d %v", got.Code, got.Header())
	}
	if head := ask(t, c, http.MethodHead, "/", nil, ""); head.Code != http.StatusOK || head.Header().Get("Content-Type") != got.Header().Get("Content-Type") {
		t.Errorf("its head is %d %v", head.Code, head.Header())
	}
	policy := got.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "script-src 'sha256-"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q has no %q", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	// The only address is the name of a language.
	for _, address := range regexp.MustCompile(`[a-z]+://[^'" )]*`).FindAllString(pageHTML, -1) {
		if address != "http://www.w3.org/2000/svg" {
			t.Errorf("the page has the address %s", address)
		}
	}
	if log := c.sim.Requests(); len(log) != 1 {
		t.Errorf("looking is in the log: %+v", log)
	}
	// For everything but a look at this host the root is what it is in the cloud.
	for _, other := range []answer{
		ask(t, c, http.MethodPost, "/", nil, ""),
		ask(t, c, http.MethodGet, "/", map[string]string{"Host": "roma.example.com"}, ""),
	} {
		other.refused(http.StatusNotFound, gatewayNotPublished, "not been published")
	}
}

// TestHead asks for the headers alone, as link checkers and curl -I do.
func TestHead(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	for _, what := range []string{"", "_simulator/state", "_simulator/events", "_simulator/nothing"} {
		var kinds []string
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			r, err := http.NewRequestWithContext(t.Context(), method, srv.Info.Page+what, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
			kinds = append(kinds, resp.Status+" "+resp.Header.Get("Content-Type")+" "+resp.Header.Get("Cache-Control"))
		}
		if kinds[0] != kinds[1] {
			t.Errorf("/%s: HEAD %s, GET %s", what, kinds[0], kinds[1])
		}
	}
}

// TestOnlyItsOwnOrigin plays what browsers send for pages of others, and what
// programs send.
func TestOnlyItsOwnOrigin(t *testing.T) {
	t.Parallel()
	const here = "127.0.0.1:8080"
	for name, tc := range map[string]struct {
		headers map[string]string
		allowed bool
		// reads tells that a GET is answered all the same: a browser hides the
		// answer from other origins.
		reads bool
	}{
		"curl":                        {nil, true, true},
		"the page":                    {map[string]string{"Origin": "http://" + here, "Sec-Fetch-Site": "same-origin"}, true, true},
		"the page in an old browser":  {map[string]string{"Origin": "http://" + here}, true, true},
		"the page at localhost":       {map[string]string{"Host": "localhost:8080", "Origin": "http://localhost:8080"}, true, true},
		"the page at IPv6":            {map[string]string{"Host": "[::1]:8080", "Origin": "http://[::1]:8080"}, true, true},
		"the address bar":             {map[string]string{"Sec-Fetch-Site": "none"}, true, true},
		"another site":                {map[string]string{"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"}, false, true},
		"another site, old browser":   {map[string]string{"Origin": "https://example.com"}, false, true},
		"another port":                {map[string]string{"Origin": "http://127.0.0.1:9", "Sec-Fetch-Site": "same-site"}, false, true},
		"another port, old browser":   {map[string]string{"Origin": "http://127.0.0.1:9"}, false, true},
		"a sandbox":                   {map[string]string{"Origin": "null"}, false, true},
		"a name that was made local":  {map[string]string{"Host": "evil.example:8080", "Origin": "http://evil.example:8080", "Sec-Fetch-Site": "same-origin"}, false, false},
		"such a name without origin":  {map[string]string{"Host": "evil.example:8080"}, false, false},
		"a name like an address":      {map[string]string{"Host": "127.0.0.1.evil.example"}, false, false},
		"a name that begins the same": {map[string]string{"Host": "localhost.evil.example"}, false, false},
		"an address of the network":   {map[string]string{"Host": "192.0.2.1:8080"}, false, false},
		"no host":                     {map[string]string{"Host": ""}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{})
			ordered := ask(t, c, http.MethodPost, "/_simulator/faults", tc.headers, `{"on":"export","do":"busy"}`)
			read := ask(t, c, http.MethodGet, "/_simulator/faults", tc.headers, "")
			dropped := ask(t, c, http.MethodDelete, "/_simulator/requests", tc.headers, "")
			want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}
			if ordered.Code != want[tc.allowed] || dropped.Code != want[tc.allowed] || read.Code != want[tc.reads] {
				t.Errorf("POST %d %s, GET %d, DELETE %d", ordered.Code, ordered.Body, read.Code, dropped.Code)
			}
			if faults, log := len(c.sim.PendingFaults()), len(c.sim.Requests()); (faults == 1) != tc.allowed || (log == 0) != tc.allowed {
				t.Errorf("%d faults were ordered, %d requests are in the log", faults, log)
			}
			for _, got := range []answer{ordered, read} {
				if got.Header().Get("Access-Control-Allow-Origin") != "" || got.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" {
					t.Errorf("headers %v", got.Header())
				}
			}
		})
	}
}

// TestFaultForms compares what the form asks for with what is accepted.
func TestFaultForms(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	got := c.send(c.request(http.MethodGet, "/_simulator/actions", "", ""))
	var forms []faultForm
	if err := json.Unmarshal(got.Body.Bytes(), &forms); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(forms) != len(actions) || len(actionSentences) != len(actions) {
		t.Errorf("%d forms, %d sentences, %d actions", len(forms), len(actionSentences), len(actions))
	}
	for _, form := range forms {
		if form.Says == "" || !strings.Contains(string(readme), "`"+form.Do+"`") {
			t.Errorf("%s says %q, or is not in the README", form.Do, form.Says)
		}
		// Each field that is offered is taken, with a value of its kind.
		values := map[string]any{
			"text": "http://localhost/x", "number": 300, "flag": true, "headers": map[string]string{"A": "b"},
			"lines": []string{"a"}, "reasons": []Reason{{ErrorMsg: "a"}},
		}
		for _, kind := range form.Kinds {
			order := map[string]any{"do": form.Do, "on": kind}
			for _, field := range form.Fields {
				order[field.Name] = values[field.Kind]
				if len(field.Words) > 0 {
					order[field.Name] = field.Words[0]
				}
				if field.Name == "count" {
					order[field.Name] = maxReasons
				}
			}
			data, err := json.Marshal(order)
			if err != nil {
				t.Fatal(err)
			}
			if got := ask(t, c, http.MethodPost, "/_simulator/faults", nil, string(data)); got.Code != http.StatusOK {
				t.Errorf("%s: %s", data, got.Body)
			}
		}
	}
	if !slices.ContainsFunc(forms, func(f faultForm) bool {
		return f.Do == "bad_zip" && f.Fields[0].Required && len(f.Fields[0].Words) == 6
	}) {
		t.Error("bad_zip does not ask for its variant")
	}
}
