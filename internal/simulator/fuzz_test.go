package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// fuzzed is a request as somebody may send it, or nil if net/http would not let it through.
func fuzzed(t *testing.T, method, target, contentType, body string) *http.Request {
	t.Helper()
	if !strings.HasPrefix(target, "/") || strings.ContainsAny(contentType, "\r\n\x00") {
		return nil
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:8080"+target, strings.NewReader(body))
	if err != nil || strings.ContainsAny(target, " \r\n\x00#") {
		return nil
	}
	r.RequestURI = target
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Content-Type", contentType)
	return r
}

// answered sends a request and checks that its answer is one that a server gives: whole,
// of the type that it says, and no failure that nobody ordered.
func answered(t *testing.T, handler http.Handler, r *http.Request) {
	t.Helper()
	w := httptest.NewRecorder()
	defer func() {
		// A connection that is closed is an answer, too.
		p := recover()
		if err, ok := p.(error); p != nil && (!ok || !errors.Is(err, http.ErrAbortHandler)) {
			panic(p)
		}
	}()
	handler.ServeHTTP(w, r)
	if w.Code < 200 || w.Code == http.StatusInternalServerError && !strings.Contains(r.URL.Path, "/csa/") || w.Code > 599 {
		t.Fatalf("%s %s: %d %.300s", r.Method, r.URL, w.Code, w.Body)
	}
	for name, values := range w.Header() {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") {
				t.Fatalf("%s is %q", name, value)
			}
		}
	}
	data, contentType := w.Body.Bytes(), w.Header().Get("Content-Type")
	switch {
	case len(data) == 0:
	case strings.Contains(contentType, "json") && !json.Valid(data):
		t.Fatalf("%s %s: %q", r.Method, r.URL, data)
	case strings.Contains(contentType, "xml"):
		d := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s %s: %v in %q", r.Method, r.URL, err, data)
			}
		}
	}
}

const formBody = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\nPK\x05\x06\r\n--b--\r\n"

// Requests to ROMA Connect and IAM, with a token and without, with whatever body.
func FuzzROMARequest(f *testing.F) {
	in := "/v2/" + projectID + "/instances/x/assets/"
	for _, seed := range [][4]string{
		{"POST", "/v3/auth/tokens", jsonType, loginBody("x")},
		{"POST", "/v3.0/OS-CREDENTIAL/securitytokens", jsonType, `{"auth":{"identity":{"methods":["token"],"token":{"duration_seconds":900},"policy":{"Version":"1.1","Statement":[{}]}}}}`},
		{"POST", "/v5/agencies/assume", jsonType, `{"agency_urn":"x","duration_seconds":-1}`},
		{"POST", "/v3.0/OS-AUTH/id-token/tokens", jsonType, `{"auth":{"id_token":{"id":"a.b.c"}}}`},
		{"POST", in + "export", jsonType, ordersBody},
		{"POST", in + "export", jsonType, `{"apps":[null,{"id":""}]}`},
		{"POST", in + "import", "multipart/form-data; boundary=b", formBody},
		{"POST", in + "import", "multipart/form-data; boundary=", "--"},
		{"GET", in + "jobs/%2e%2e", "", ""},
		{"GET", in + "archives/a", "", ""},
		{"GET", "/v2/" + projectID + "/instances/x/apps?limit=-1&offset=99999999999999999999&name=%ff", "", ""},
		{"GET", "/v3/projects?name=%zz", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], true)
	}
	sim := fuzzedSimulator(f)
	instance := sim.instances[0].id
	f.Fuzz(func(t *testing.T, method, target, contentType, body string, known bool) {
		r := fuzzed(t, method, strings.Replace(target, "/instances/x/", "/instances/"+instance+"/", 1), contentType, body)
		if r == nil || strings.HasPrefix(target, controlPrefix) {
			return
		}
		if known {
			login := httptest.NewRecorder()
			sim.ServeHTTP(login, fuzzed(t, http.MethodPost, "/v3/auth/tokens", jsonType, loginBody(sim.promoter.password)))
			r.Header.Set("X-Auth-Token", login.Header().Get("X-Subject-Token"))
		}
		answered(t, sim, r)
		sim.ResetRequests()
	})
}

// Requests to CSA, on behalf of a person, with whatever archive and options.
func FuzzCSARequest(f *testing.F) {
	for _, seed := range [][4]string{
		{"GET", "/prod/csa/rest/login/CSA-Provider/admin/", "", ""},
		{"GET", "/dev/csa/rest/export/x?", "", ""},
		{"GET", "/dev/csa/rest/catalog?detail=full&", "", ""},
		{"POST", "/prod/csa/rest/import?update=maybe&previewImport=1&", "multipart/form-data; boundary=b", formBody},
		{"POST", "/prod/csa/rest/import?", "multipart/form-data; boundary=\"b", formBody},
		{"GET", "/prod/csa/rest/import_result/%00?", "", ""},
		{"GET", "/prod/csa/rest/userLookup?userName=%ff", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	sim := fuzzedSimulator(f)
	person := sim.UserIdentifier("prod", csaOrganization, csaUser)
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		r := fuzzed(t, method, strings.Replace(target, "?", "?userIdentifier="+person+"&", 1), contentType, body)
		if r == nil || !strings.Contains(target, "/csa/") {
			return
		}
		r.SetBasicAuth(csaAccount, sim.csa["prod"].password)
		answered(t, sim, r)
		sim.ResetRequests()
	})
}

// Requests to a store, signed or not, with whatever header.
func FuzzStoreRequest(f *testing.F) {
	for _, seed := range [][4]string{
		{"PUT", "/releases/a.zip", "If-None-Match: *", "content"},
		{"GET", "/releases/a.zip?versionId=x", "Range: bytes=5-1", ""},
		{"HEAD", "/releases/", "If-Match: \"", ""},
		{"POST", "/releases/a?uploads", "", ""},
		{"DELETE", "/releases/a?uploadId=%00", "", ""},
		{"GET", "/releases/a/../b", "Range: bytes=-99999999999999999999", ""},
		{"PUT", "/releases/\xff", "X-Amz-Meta-A: \xff", "x"},
		{"GET", "/releases?list-type=2&max-keys=-1", "Authorization: AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=;, Signature=", ""},
		{"GET", "/x?X-Amz-Signature=1&X-Amz-Date=1&X-Amz-Credential=a/b", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], true)
	}
	sim := fuzzedSimulator(f)
	f.Fuzz(func(t *testing.T, method, target, header, body string, signed bool) {
		for _, c := range []*storeClient{newStoreClient(t, sim, platformOBS), newStoreClient(t, sim, platformS3)} {
			r := fuzzed(t, method, target, "application/zip", body)
			if r == nil {
				return
			}
			if name, value, ok := strings.Cut(header, ": "); ok && !strings.ContainsAny(header, "\r\n\x00") {
				r.Header.Set(name, value)
			}
			if signed {
				c.sign(r)
			}
			handler := sim.OBS()
			if c.store == platformS3 {
				handler = sim.S3()
			}
			answered(t, handler, r)
		}
		sim.ResetRequests()
	})
}

// What orders faults and assets is taken or refused as a whole, in JSON, and leaves a
// simulator that can be looked at.
func FuzzControlRequest(f *testing.F) {
	for _, seed := range [][3]string{
		{"POST", "faults", `{"kind":"error","request":"export","status":503}`},
		{"POST", "faults", `[{"kind":"slow","delay":"-1h"}]`},
		{"POST", "faults", `{"kind":"\u202e"}`},
		{"POST", "assets", `{"instances":[{"name":"","apps":[{"id":"` + "\xff" + `"}]}]}`},
		{"POST", "store", `{"obs":[{"name":"a/b"}]}`},
		{"POST", "expire?what=x", ""},
		{"POST", "id-token?life=-99999999h", ""},
		{"GET", "view", ""},
		{"GET", "archives/..%2f", ""},
		{"POST", "requests?reset", ""},
		{"DELETE", "faults", "{"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	sim := fuzzedSimulator(f)
	f.Fuzz(func(t *testing.T, method, what, body string) {
		r := fuzzed(t, method, controlPrefix+what, "application/json", body)
		if r == nil || strings.Contains(strings.ToLower(r.URL.Path), "events") {
			// A stream of events does not end.
			return
		}
		answered(t, sim, r)
		for _, look := range []string{"state", "view", "faults", "requests"} {
			answered(t, sim, fuzzed(t, http.MethodGet, controlPrefix+look, "", ""))
		}
		sim.ClearFaults()
	})
}

func fuzzedSimulator(f *testing.F) *Simulator {
	f.Helper()
	sim, err := New(Options{Assets: DefaultAssets()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(sim.Close)
	return sim
}
