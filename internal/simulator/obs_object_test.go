package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestObjects(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		const key, body = "releases/orders 1+2 ü%.zip", "0123456789"
		c.do(http.MethodHead, key, "", nil).is(http.StatusNotFound, "")
		c.do(http.MethodGet, key, "", nil).is(http.StatusNotFound, "NoSuchKey")
		got := c.put(key, body, header{"Content-Type": "application/zip", "X-Amz-Meta-Asset-Sha256": "ab", "If-None-Match": "*"})
		if got.Header().Get("Etag") != etagOf(body) || got.Header().Get("X-Amz-Version-Id") != "" {
			t.Errorf("PUT: %v", got.Header())
		}
		sum := sha256.Sum256([]byte(body))
		entry := last(c.sim)
		o := entry.Object
		if entry.Kind != kindStorePut || entry.Status != 200 || o.Size != 10 || o.ContentLength != 10 || o.SHA256 != hex.EncodeToString(sum[:]) ||
			!slices.Equal(o.Conditions, []string{"if-none-match"}) || o.Payload != unsignedPayload || o.Metadata["asset-sha256"] != "ab" {
			t.Errorf("logged %+v: %+v", entry, o)
		}
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			got := c.do(method, key, "", nil)
			got.is(http.StatusOK, "")
			h := got.Header()
			if h.Get("Etag") != etagOf(body) || h.Get("Content-Length") != "10" || h.Get("X-Amz-Meta-Asset-Sha256") != "ab" ||
				h.Get("Content-Type") != "application/zip" || h.Get("Accept-Ranges") != "bytes" || h.Get("Last-Modified") == "" {
				t.Errorf("%s: %v", method, h)
			}
			if (h.Get("X-Obs-Request-Id") != "") != (c.store == platformOBS) {
				t.Errorf("%s: %v", method, h)
			}
			want := body
			if method == http.MethodHead {
				want = ""
			}
			if got.Body.String() != want {
				t.Errorf("%s: body %q", method, got.Body)
			}
		}
		held := c.held()
		if len(held.Objects) != 1 || !held.Objects[0].Latest || held.Objects[0].Metadata["asset-sha256"] != "ab" || held.Objects[0].VersionID != nullVersion {
			t.Errorf("held %+v", held)
		}
		if data, err := c.sim.Object(c.store, c.bucket, key, ""); err != nil || string(data) != body {
			t.Errorf("%q, %v", data, err)
		}
		c.put(key, "again", nil)
		c.do(http.MethodDelete, key, "", nil).is(http.StatusNoContent, "")
		c.do(http.MethodDelete, key, "", nil).is(http.StatusNoContent, "")
		if held := c.held(); len(held.Objects) != 0 {
			t.Errorf("held %+v", held)
		}
		if _, err := c.sim.Object(c.store, c.bucket, key, ""); err == nil {
			t.Error("an object that was deleted")
		}
	})
}

func TestRanges(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		c.put("ten", "0123456789", nil)
		c.put("empty", "", nil)
		for _, tc := range []struct {
			key, spec, body, content string
			status                   int
		}{
			{"ten", "bytes=0-0", "0", "bytes 0-0/10", 206},
			{"ten", "bytes=2-4", "234", "bytes 2-4/10", 206},
			{"ten", "bytes=8-", "89", "bytes 8-9/10", 206},
			{"ten", "bytes=8-99", "89", "bytes 8-9/10", 206},
			{"ten", "bytes=-3", "789", "bytes 7-9/10", 206},
			{"ten", "bytes=-99", "0123456789", "bytes 0-9/10", 206},
			{"ten", "bytes=10-", "", "bytes */10", 416},
			{"ten", "bytes=-0", "", "bytes */10", 416},
			{"empty", "bytes=0-", "", "bytes */0", 416},
			{"empty", "bytes=-5", "", "bytes */0", 416},
			{"ten", "bytes=4-2", "0123456789", "", 200},
			{"ten", "bytes=0-1,3-4", "0123456789", "", 200},
			{"ten", "bytes=x-", "0123456789", "", 200},
			{"ten", "bytes=--1", "0123456789", "", 200},
			{"ten", "lines=0-1", "0123456789", "", 200},
		} {
			got := c.do(http.MethodGet, tc.key, "", header{"Range": tc.spec})
			if got.Code != tc.status || got.Header().Get("Content-Range") != tc.content || tc.status != 416 && got.Body.String() != tc.body {
				t.Errorf("%s: %d %q %q", tc.spec, got.Code, got.Header().Get("Content-Range"), got.Body)
			}
			if tc.status == 416 {
				got.is(416, "InvalidRange")
			}
			if last(c.sim).Object.Range != tc.spec {
				t.Errorf("logged %+v", last(c.sim).Object)
			}
		}
	})
}

// TestConditions sends each condition for an object that is there and for one
// that is not.
func TestConditions(t *testing.T) {
	t.Parallel()
	forbid := func(store string) (int, string) {
		if store == platformOBS {
			return http.StatusConflict, "ObjectAlreadyExists"
		}
		// S3 does not know the header of OBS.
		return http.StatusOK, ""
	}
	for _, ignored := range []bool{false, true} {
		eachStore(t, Bucket{IgnoreConditions: ignored}, func(t *testing.T, c *storeClient) {
			status, code := forbid(c.store)
			for _, tc := range []struct {
				method, key string
				headers     header
				status      int
				code        string
			}{
				{"PUT", "there", header{"If-None-Match": "*"}, 412, "PreconditionFailed"},
				{"PUT", "there", header{"If-None-Match": `"x"`}, 501, "NotImplemented"},
				{"PUT", "there", header{"If-Match": `"x"`}, 412, "PreconditionFailed"},
				{"PUT", "there", header{"If-Match": etagOf("x")}, 200, ""},
				{"PUT", "missing", header{"If-Match": `"x"`}, 404, "NoSuchKey"},
				{"PUT", "there", header{"X-Obs-Forbid-Overwrite": "true"}, status, code},
				{"PUT", "there", header{"X-Obs-Forbid-Overwrite": "false"}, 200, ""},
				{"PUT", "new", header{"X-Obs-Forbid-Overwrite": "true", "If-None-Match": "*"}, 200, ""},
				{"GET", "there", header{"If-Match": `"y"`}, 412, "PreconditionFailed"},
				{"GET", "there", header{"If-Match": etagOf("x")}, 200, ""},
				{"GET", "there", header{"If-Match": `"y", ` + etagOf("x")}, 200, ""},
				{"HEAD", "there", header{"If-Match": `"y"`}, 412, ""},
				{"GET", "there", header{"If-None-Match": etagOf("x")}, 304, ""},
			} {
				if err := c.sim.PutObject(c.store, c.bucket, "there", []byte("x"), nil); err != nil {
					t.Fatal(err)
				}
				got := c.do(tc.method, tc.key, "y", tc.headers)
				if ignored {
					got.is(http.StatusOK, "")
					continue
				}
				got.is(tc.status, tc.code)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{Versioning: true}, func(t *testing.T, c *storeClient) {
		first := c.put("a", "1", nil).Header().Get("X-Amz-Version-Id")
		c.do(http.MethodPut, "a", "2", header{"If-None-Match": "*"}).is(412, "PreconditionFailed")
		second := c.put("a", "2", nil).Header().Get("X-Amz-Version-Id")
		if first == "" || first == second || last(c.sim).Object.StoredVersion != second {
			t.Fatalf("versions %q and %q", first, second)
		}
		read := func(key, version, body string) {
			t.Helper()
			got := c.do(http.MethodGet, key, "", nil)
			got.is(http.StatusOK, "")
			if got.Body.String() != body || got.Header().Get("X-Amz-Version-Id") != version {
				t.Errorf("%s: %q, %v", key, got.Body, got.Header())
			}
			if c.store == platformOBS && got.Header().Get("X-Obs-Version-Id") != version {
				t.Errorf("%s: %v", key, got.Header())
			}
		}
		read("a", second, "2")
		read("a?versionId="+first, first, "1")
		c.do(http.MethodHead, "a?versionId="+first, "", nil).is(http.StatusOK, "")
		c.do(http.MethodGet, "a?versionId=x", "", nil).is(http.StatusNotFound, "NoSuchVersion")
		got := c.do(http.MethodDelete, "a", "", nil)
		got.is(http.StatusNoContent, "")
		marker := got.Header().Get("X-Amz-Version-Id")
		if got.Header().Get("X-Amz-Delete-Marker") != "true" || marker == "" {
			t.Errorf("DELETE: %v", got.Header())
		}
		got = c.do(http.MethodGet, "a", "", nil)
		got.is(http.StatusNotFound, "NoSuchKey")
		if got.Header().Get("X-Amz-Delete-Marker") != "true" {
			t.Errorf("GET: %v", got.Header())
		}
		c.do(http.MethodGet, "a?versionId="+marker, "", nil).is(http.StatusMethodNotAllowed, "MethodNotAllowed")
		read("a?versionId="+second, second, "2")
		if held := c.held().Objects; len(held) != 3 || !held[2].DeleteMarker || !held[2].Latest || held[0].Latest {
			t.Errorf("held %+v", held)
		}
		c.put("a", "3", header{"If-None-Match": "*"})
		c.do(http.MethodDelete, "a?versionId="+first, "", nil).is(http.StatusNoContent, "")
		c.do(http.MethodDelete, "a?versionId="+marker, "", nil).is(http.StatusNoContent, "")
		if held := c.held().Objects; len(held) != 2 {
			t.Errorf("held %+v", held)
		}
		if err := c.sim.RemoveObject(c.store, c.bucket, "a"); err != nil || len(c.held().Objects) != 0 {
			t.Errorf("held %+v, %v", c.held(), err)
		}
	})
}

// TestNullVersion is about what was stored before versions were kept.
func TestNullVersion(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		c.put("a", "1", nil)
		versioned := []Bucket{{Name: defaultBucket, Versioning: true}}
		if err := c.sim.PutBuckets(StoreAssets{OBS: versioned, S3: versioned}); err != nil {
			t.Fatal(err)
		}
		if got := c.do(http.MethodHead, "a", "", nil); got.Header().Get("X-Amz-Version-Id") != nullVersion {
			t.Errorf("HEAD: %v", got.Header())
		}
		c.put("a", "2", nil)
		if got := c.do(http.MethodGet, "a?versionId=null", "", nil); got.Body.String() != "1" {
			t.Errorf("GET: %q", got.Body)
		}
	})
}

func TestWorm(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{Worm: true}, func(_ *testing.T, c *storeClient) {
		c.put("a", "1", nil)
		c.do(http.MethodPut, "a", "2", nil).is(403, "AccessDenied")
		c.do(http.MethodPut, "a", "2", header{"If-None-Match": "*"}).is(412, "PreconditionFailed")
		c.do(http.MethodDelete, "a", "", nil).is(403, "AccessDenied")
		c.do(http.MethodDelete, "a?versionId=null", "", nil).is(403, "AccessDenied")
	})
	eachStore(t, Bucket{Worm: true, Versioning: true}, func(t *testing.T, c *storeClient) {
		version := c.put("a", "1", nil).Header().Get("X-Amz-Version-Id")
		c.put("a", "2", nil)
		c.do(http.MethodDelete, "a?versionId="+version, "", nil).is(403, "AccessDenied")
		c.do(http.MethodDelete, "a", "", nil).is(204, "")
		if held := c.held().Objects; len(held) != 3 {
			t.Errorf("held %+v", held)
		}
	})
}

func TestForbidMissing(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{ForbidMissing: true}, func(_ *testing.T, c *storeClient) {
		c.do(http.MethodHead, "a", "", nil).is(403, "")
		c.do(http.MethodGet, "a", "", nil).is(403, "AccessDenied")
		c.do(http.MethodGet, "a?versionId=x", "", nil).is(403, "AccessDenied")
		c.put("a", "1", nil)
		c.do(http.MethodHead, "a", "", nil).is(200, "")
	})
}

// TestPutRefuses has one row for each body that is not stored.
func TestPutRefuses(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		for name, tc := range map[string]struct {
			change func(*http.Request)
			status int
			code   string
		}{
			"no length":  {func(r *http.Request) { r.ContentLength = -1 }, 411, "MissingContentLength"},
			"too short":  {func(r *http.Request) { r.ContentLength = 10 }, 400, "IncompleteBody"},
			"too large":  {func(r *http.Request) { r.ContentLength = maxPut + 1 }, 400, "EntityTooLarge"},
			"bad digest": {func(r *http.Request) { r.Header.Set("Content-Md5", "AAAA") }, 400, "BadDigest"},
			"a copy":     {func(r *http.Request) { r.Header.Set("X-Amz-Copy-Source", "b/a") }, 501, "NotImplemented"},
		} {
			r := c.request(http.MethodPut, "a", "body", nil)
			tc.change(r)
			c.sign(r)
			got := c.send(r)
			if got.Code != tc.status || !strings.Contains(got.Body.String(), tc.code) {
				t.Errorf("%s: %d %s", name, got.Code, got.Body)
			}
		}
		if c.store == platformS3 {
			c.word = emptyHash
			c.do(http.MethodPut, "a", "body", nil).is(400, "XAmzContentSHA256Mismatch")
		}
		if held := c.held().Objects; len(held) != 0 {
			t.Errorf("held %+v", held)
		}
	})
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		got := c.do(http.MethodPost, "a?uploads", "", nil)
		got.is(http.StatusOK, "")
		_, rest, _ := strings.Cut(got.Body.String(), "<UploadId>")
		id, _, found := strings.Cut(rest, "</UploadId>")
		if !found || last(c.sim).Object.UploadID != id || c.held().Uploads != 1 || !strings.Contains(got.Body.String(), "<InitiateMultipartUploadResult ") {
			t.Fatalf("began %s, held %+v", got.Body, c.held())
		}
		c.do(http.MethodPut, "a?partNumber=1&uploadId="+id, "x", nil).is(501, "NotImplemented")
		c.do(http.MethodPost, "a?uploadId="+id, "", nil).is(501, "NotImplemented")
		c.do(http.MethodDelete, "b?uploadId="+id, "", nil).is(404, "NoSuchUpload")
		c.do(http.MethodDelete, "a?uploadId="+id, "", nil).is(204, "")
		c.do(http.MethodDelete, "a?uploadId="+id, "", nil).is(404, "NoSuchUpload")
		if held := c.held(); held.Uploads != 0 || len(held.Objects) != 0 {
			t.Errorf("held %+v", held)
		}
		var kinds []string
		for _, entry := range c.sim.Requests() {
			kinds = append(kinds, entry.Kind)
		}
		if want := []string{kindStoreBegin, kindStorePart, kindStoreComplete, kindStoreAbort, kindStoreAbort, kindStoreAbort}; !slices.Equal(kinds, want) {
			t.Errorf("logged %v", kinds)
		}
	})
}

// TestNotSimulated has what is answered with 501.
func TestNotSimulated(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		for _, key := range []string{"", "?list-type=2", "a?acl", "a?uploads"} {
			c.do(http.MethodGet, key, "", nil).is(501, "NotImplemented")
			if last(c.sim).Kind != kindStoreOther {
				t.Errorf("%s: logged %+v", key, last(c.sim))
			}
		}
	})
}

func TestStoreHelpers(t *testing.T) {
	t.Parallel()
	sim := bothStores(t, Options{})[0].sim
	for _, err := range []error{
		sim.PutObject("x", defaultBucket, "a", nil, nil), sim.PutObject("obs", "x", "a", nil, nil),
		sim.RemoveObject("obs", "x", "a"), sim.RemoveObject("obs", defaultBucket, "a"),
		sim.PutBuckets(StoreAssets{OBS: []Bucket{{Name: "A"}}}),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
	if _, err := New(Options{Assets: &Assets{Stores: &StoreAssets{S3: []Bucket{{}}}}}); err == nil {
		t.Error("a bucket without a name")
	}
	const switches = `{"s3":[{"name":"mine","versioning":true,"worm":true,"ignore_conditions":true,"forbid_missing":true,"region":"x-1"}]}`
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1"+controlPrefix+"store", strings.NewReader(switches))
	got := httptest.NewRecorder()
	sim.ServeHTTP(got, r)
	want := Bucket{Name: "mine", Region: "x-1", Versioning: true, Worm: true, IgnoreConditions: true, ForbidMissing: true}
	if b := sim.State().Stores["s3"].Buckets["mine"].Bucket; got.Code != http.StatusOK || b != want {
		t.Errorf("%s: %+v", got.Body, b)
	}
}

// TestInfoOfStores names a bucket that can be used.
func TestInfoOfStores(t *testing.T) {
	t.Parallel()
	far, mine := Bucket{Name: "a-far-one", Region: "x-1"}, Bucket{Name: "mine"}
	assets := &Assets{Stores: &StoreAssets{OBS: []Bucket{mine, far}, S3: []Bucket{far}}}
	sim, err := New(Options{Assets: assets, MaxBody: 3})
	if err != nil {
		t.Fatal(err)
	}
	info := sim.Info("http://x")
	if info.OBS.Bucket != "mine" || info.S3.Bucket != "" || info.S3.Region != s3Region || info.S3.AccessKey == "" {
		t.Errorf("info %+v, %+v", info.OBS, info.S3)
	}
	c := newStoreClient(t, sim, platformOBS)
	c.bucket = "mine"
	c.do(http.MethodPut, "a", "1234", nil).is(400, "EntityTooLarge")
}
