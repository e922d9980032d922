package simulator

import (
	"net/http"
	"strings"
	"testing"
)

// TestStoreAnswers orders what answers in the place of a store, or shapes its
// answer, for a PUT over nothing.
func TestStoreAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault  Fault
		status int // 0 for a closed connection
		text   string
		stored bool
	}{
		{Fault{Do: "status", Status: 503}, 503, "SlowDown", false},
		{Fault{Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "7"}}, 429, "SlowDown", false},
		{Fault{Do: "status", Status: 500}, 500, "InternalError", false},
		{Fault{Do: "status", Status: 403}, 403, "AccessDenied", false},
		{Fault{Do: "status", Status: 404, Code: "NoSuchBucket", Message: "gone <away>"}, 404, "gone &lt;away&gt;", false},
		{Fault{Do: "status", Status: 409}, 409, "OperationAborted", false},
		{Fault{Do: "status", Status: 412}, 412, "PreconditionFailed", false},
		{Fault{Do: "status", Status: 301}, 301, "PermanentRedirect", false},
		{Fault{Do: "status", Status: 400, Unread: true}, 400, "InvalidRequest", false},
		{Fault{Do: "status", Status: 501}, 501, "NotImplemented", false},
		{Fault{Do: "raw_body", Body: "<html>", ContentType: "text/html", Status: 502}, 502, "<html>", false},
		{Fault{Do: "html_page"}, 200, "Bad Gateway", false},
		{Fault{Do: "endless_body", Bytes: 100_000}, 200, "<Error><Message>aaa", false},
		{Fault{Do: "redirect", Location: "http://127.0.0.1:1/"}, 307, "moved", false},
		{Fault{Do: "drop_before"}, 0, "", false},
		{Fault{Do: "drop_after"}, 0, "", true},
		{Fault{Do: "half"}, 0, "", false},
		{Fault{Do: "half", Bytes: 1}, 0, "", false},
		{Fault{Do: "expired_token"}, 400, "ExpiredToken", false},
		{Fault{Do: "expired_token", Unread: true}, 400, "ExpiredToken", false},
		{Fault{Do: "slow", DelayMS: 1}, 200, "", true},
		{Fault{Do: "expire_keys"}, 200, "", true},
	} {
		tc.fault.On = kindStorePut
		eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
			c.order(tc.fault)
			got := c.do(http.MethodPut, "a", "0123456789", header{"If-None-Match": "*"})
			if got.aborted != (tc.status == 0) || tc.status != 0 && got.Code != tc.status || !strings.Contains(got.Body.String(), tc.text) {
				t.Errorf("%s: status %d, aborted %v: %.300s", tc.fault.Do, got.Code, got.aborted, got.Body)
			}
			for name, value := range tc.fault.Headers {
				if got.Header().Get(name) != value {
					t.Errorf("header %s: %q", name, got.Header().Get(name))
				}
			}
			if (len(c.held().Objects) == 1) != tc.stored {
				t.Errorf("%s: held %+v", tc.fault.Do, c.held())
			}
			entry := last(c.sim)
			if entry.Fault != tc.fault.Do || (entry.Object.StoredVersion != "") != tc.stored {
				t.Errorf("logged %+v: %+v", entry, entry.Object)
			}
			read := map[bool]int64{true: 0, false: 10}[tc.fault.Unread]
			if tc.fault.Do == doHalf {
				read = orDefault(tc.fault.Bytes, 5)
			}
			if entry.BytesIn != read {
				t.Errorf("%s: read %d bytes", tc.fault.Do, entry.BytesIn)
			}
		})
	}
}

// TestIntruders are other clients that come in between.
func TestIntruders(t *testing.T) {
	t.Parallel()
	for _, ignored := range []bool{false, true} {
		eachStore(t, Bucket{IgnoreConditions: ignored}, func(t *testing.T, c *storeClient) {
			content := func(want string) {
				t.Helper()
				if data, err := c.sim.Object(c.store, c.bucket, "a", ""); err != nil || string(data) != want {
					t.Errorf("holds %q, %v; want %q", data, err, want)
				}
			}
			c.order(Fault{On: kindStorePut, Do: doRaced, Body: "theirs"})
			got := c.do(http.MethodPut, "a", "ours", header{"If-None-Match": "*"})
			if ignored {
				got.is(200, "")
				content("ours")
			} else {
				got.is(412, "PreconditionFailed")
				content("theirs")
			}
			c.order(Fault{On: kindStorePut, Do: doReplaced})
			c.put("a", "ours", header{"X-Amz-Meta-A": "b"})
			content(defaultIntruder)

			c.put("a", "ours", header{"X-Amz-Meta-A": "b"})
			c.order(Fault{On: kindStoreHead, Do: doReplaced, Body: "theirs"})
			seen := c.do(http.MethodHead, "a", "", nil)
			seen.is(200, "")
			if seen.Header().Get("Etag") != etagOf("ours") || seen.Header().Get("X-Amz-Meta-A") != "b" {
				t.Errorf("HEAD: %v", seen.Header())
			}
			got = c.do(http.MethodGet, "a", "", header{"If-Match": seen.Header().Get("Etag")})
			if ignored {
				got.is(200, "")
			} else {
				got.is(412, "PreconditionFailed")
			}
			c.put("a", "ours", nil)
			c.order(Fault{On: kindStoreGet, Do: doReplaced, Body: "theirs again"})
			if got := c.do(http.MethodGet, "a", "", nil); got.Body.String() != "theirs again" {
				t.Errorf("GET: %q", got.Body)
			}
		})
	}
}

// TestStoreFaultsOnReads has faults of HEAD, GET and the small requests.
func TestStoreFaultsOnReads(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		c.put("a", "0123456789", header{"X-Amz-Meta-Asset-Sha256": "ab"})
		c.order(Fault{On: kindStoreHead, Do: doWrongMetadata})
		got := c.do(http.MethodHead, "a", "", nil)
		got.is(200, "")
		if got.Header().Get("X-Amz-Meta-Asset-Sha256") != "" || got.Header().Get("Etag") == "" {
			t.Errorf("HEAD: %v", got.Header())
		}
		c.order(Fault{On: kindStoreHead, Do: "status", Status: 503})
		got = c.do(http.MethodHead, "a", "", nil)
		got.is(503, "")
		if got.Body.Len() != 0 {
			t.Errorf("HEAD: %q", got.Body)
		}
		c.order(Fault{On: kindStoreGet, Do: doCut, Bytes: 4})
		if got := c.do(http.MethodGet, "a", "", nil); !got.aborted || got.Body.String() != "0123" {
			t.Errorf("cut: %q", got.Body)
		}
		for _, tc := range []struct{ kind, method, key string }{
			{kindStoreBegin, http.MethodPost, "a?uploads"},
			{kindStoreAbort, http.MethodDelete, "a?uploadId=x"},
			{kindStoreDelete, http.MethodDelete, "a"},
			{kindStorePart, http.MethodPut, "a?partNumber=1&uploadId=x"},
			{kindStoreComplete, http.MethodPost, "a?uploadId=x"},
		} {
			c.order(Fault{On: tc.kind, Do: "status", Status: 503, PathContains: "/a"})
			c.do(tc.method, tc.key, "", nil).is(503, "SlowDown")
		}
		if len(c.held().Objects) != 1 {
			t.Errorf("held %+v", c.held())
		}
	})
	sim := bothStores(t, Options{})[0].sim
	for _, f := range []Fault{
		{On: kindStoreGet, Do: doHalf},
		{On: kindStoreDelete, Do: doReplaced},
		{On: kindExport, Do: doRaced},
		{On: kindStorePut, Do: "expire_token"},
		{On: kindStorePut, Do: "busy"},
		{On: kindStorePut, Do: doRaced, Bytes: 1},
	} {
		if sim.Order(f) == nil {
			t.Errorf("%s on %s was taken", f.Do, f.On)
		}
	}
}

// TestExpireKeysOfStores ends the temporary pairs of IAM for the request too.
func TestExpireKeysOfStores(t *testing.T) {
	t.Parallel()
	c := bothStores(t, Options{})[0]
	c.key = c.sim.TemporaryKeys()
	c.order(Fault{On: kindStorePut, Do: doExpireKeys})
	c.do(http.MethodPut, "a", "x", nil).is(400, "ExpiredToken")
}
