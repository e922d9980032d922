package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestStoreRefuses has one row for each request that a store does not take. The
// second code is that of S3 where it differs; "-" stands for no refusal.
func TestStoreRefuses(t *testing.T) {
	t.Parallel()
	const headers = "x-amz-content-sha256;x-amz-date"
	change := func(name, value string) func(*storeClient, *http.Request) {
		return func(c *storeClient, r *http.Request) {
			r.Header.Set(name, value)
			c.sign(r)
		}
	}
	word := func(word string) func(*storeClient, *http.Request) {
		return func(c *storeClient, r *http.Request) {
			c.word = word
			c.sign(r)
		}
	}
	replaced := func(from, to string) func(*storeClient, *http.Request) {
		return func(c *storeClient, r *http.Request) {
			c.sign(r)
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), from, to, 1))
		}
	}
	for name, tc := range map[string]struct {
		send   func(*storeClient, *http.Request)
		status int
		code   string
		s3     string
	}{
		"not signed":        {func(*storeClient, *http.Request) {}, 403, "AccessDenied", ""},
		"signature V2":      {func(_ *storeClient, r *http.Request) { r.Header.Set("Authorization", "AWS AK:sig") }, 400, "InvalidRequest", ""},
		"signature of OBS":  {func(_ *storeClient, r *http.Request) { r.Header.Set("Authorization", "OBS AK:sig") }, 400, "InvalidRequest", ""},
		"signed URL":        {func(_ *storeClient, r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=secret" }, 400, "InvalidRequest", ""},
		"malformed":         {replaced("SignedHeaders=", "Signed="), 400, "AuthorizationHeaderMalformed", ""},
		"short scope":       {replaced("/aws4_request", ""), 400, "AuthorizationHeaderMalformed", ""},
		"end of the scope":  {replaced("aws4_request", "aws5_request"), 400, "AuthorizationHeaderMalformed", ""},
		"region":            {func(c *storeClient, r *http.Request) { c.region = "x-1"; c.sign(r) }, 400, "AuthorizationHeaderMalformed", ""},
		"service":           {replaced("/s3/", "/obs/"), 400, "AuthorizationHeaderMalformed", ""},
		"another day":       {func(c *storeClient, r *http.Request) { c.sign(r); r.Header.Set("X-Amz-Date", "20200101T000000Z") }, 400, "AuthorizationHeaderMalformed", ""},
		"no date":           {func(c *storeClient, r *http.Request) { c.sign(r); r.Header.Del("X-Amz-Date") }, 403, "AccessDenied", ""},
		"late":              {func(c *storeClient, r *http.Request) { c.clock = -16 * time.Minute; c.sign(r) }, 403, "RequestTimeTooSkewed", ""},
		"early":             {func(c *storeClient, r *http.Request) { c.clock = 16 * time.Minute; c.sign(r) }, 403, "RequestTimeTooSkewed", ""},
		"in time":           {func(c *storeClient, r *http.Request) { c.clock = 14 * time.Minute; c.sign(r) }, 0, "-", ""},
		"unknown key":       {func(c *storeClient, r *http.Request) { c.key.AccessKey = "AKX"; c.sign(r) }, 403, "InvalidAccessKeyId", ""},
		"key of the other":  {func(c *storeClient, r *http.Request) { c.key = keysOf(c.sim.operator); c.sign(r) }, 403, "AccessDenied", "InvalidAccessKeyId"},
		"secret":            {func(c *storeClient, r *http.Request) { c.key.SecretKey = "x"; c.sign(r) }, 403, "SignatureDoesNotMatch", ""},
		"a token too much":  {func(c *storeClient, r *http.Request) { c.key.SecurityToken = "x"; c.sign(r) }, 400, "InvalidToken", ""},
		"path changed":      {func(c *storeClient, r *http.Request) { c.sign(r); r.RequestURI += "x" }, 403, "SignatureDoesNotMatch", ""},
		"query changed":     {func(c *storeClient, r *http.Request) { c.sign(r); r.URL.RawQuery = "versionId=1" }, 403, "SignatureDoesNotMatch", ""},
		"method changed":    {func(c *storeClient, r *http.Request) { c.sign(r); r.Method = http.MethodDelete }, 403, "SignatureDoesNotMatch", ""},
		"host changed":      {func(c *storeClient, r *http.Request) { c.sign(r); r.Host = "127.0.0.2" }, 403, "SignatureDoesNotMatch", ""},
		"host not signed":   {replaced("host;"+headers, headers), 400, "AuthorizationHeaderMalformed", ""},
		"not sorted":        {replaced("host;"+headers, headers+";host"), 400, "AuthorizationHeaderMalformed", ""},
		"header not signed": {func(c *storeClient, r *http.Request) { c.sign(r); r.Header.Set("X-Amz-Meta-A", "b") }, 403, "AccessDenied", ""},
		"no word":           {word(""), 400, "InvalidRequest", ""},
		"a hash":            {word(emptyHash), 400, "InvalidArgument", "-"},
		"another word":      {word("UNSIGNED"), 400, "InvalidArgument", ""},
		"chunks":            {word(v4Streaming), 501, "NotImplemented", ""},
		"trailer":           {word("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), 400, "InvalidArgument", "NotImplemented"},
		"aws-chunked":       {change("Content-Encoding", "aws-chunked"), 400, "InvalidArgument", "NotImplemented"},
		"trailer header":    {change("X-Amz-Trailer", "x-amz-checksum-crc32"), 400, "InvalidArgument", "-"},
		"checksum":          {change("X-Amz-Checksum-Crc32", "AAAAAA=="), 400, "InvalidArgument", "-"},
		"checksum name":     {change("X-Amz-Sdk-Checksum-Algorithm", "CRC32"), 400, "InvalidArgument", "-"},
	} {
		for _, store := range []string{platformOBS, platformS3} {
			t.Run(name+" "+store, func(t *testing.T) {
				t.Parallel()
				sim, err := New(Options{})
				if err != nil {
					t.Fatal(err)
				}
				c := newStoreClient(t, sim, store)
				if err := sim.PutObject(store, defaultBucket, "a.zip", nil, nil); err != nil {
					t.Fatal(err)
				}
				r := c.request(http.MethodGet, "a.zip", "", nil)
				tc.send(c, r)
				got := c.send(r)
				code, status := tc.code, tc.status
				if store == platformS3 && tc.s3 != "" {
					code = tc.s3
				}
				switch code {
				case "-":
					got.is(http.StatusOK, "")
					return
				case "NotImplemented":
					status = http.StatusNotImplemented
				}
				got.is(status, code)
				if entry := last(sim); strings.Contains(entry.Query, "secret") || entry.Object == nil || entry.Kind == kindStoreOther {
					t.Errorf("logged %+v", entry)
				}
			})
		}
	}
}

// TestStoreAddresses is about the places where a bucket can be named.
func TestStoreAddresses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		store, host, path string
		absolute          bool
		status            int
		code              string
	}{
		{platformOBS, "127.0.0.1:9000", "/asset-releases/", false, 200, ""},
		{platformOBS, "[::1]:9000", "/asset-releases/", false, 200, ""},
		{platformOBS, "localhost", "/asset-releases/", false, 200, ""},
		{platformOBS, "asset-releases.localhost:9000", "/", false, 200, ""},
		{platformOBS, "asset-releases." + obsHost, "/", false, 200, ""},
		{platformOBS, "asset-releases." + obsHost, "/", true, 200, ""},
		{platformOBS, "ASSET-RELEASES.obs.cloud.example.com:443", "/", false, 200, ""},
		{platformOBS, "asset-releases.store.example.com", "/", false, 200, ""},
		{platformOBS, obsHost, "/asset-releases/", false, 403, "VirtualHostDomainRequired"},
		{platformOBS, "store.example.com", "/asset-releases/", false, 403, "VirtualHostDomainRequired"},
		{platformOBS, "a.b." + obsHost, "/", false, 404, "NoSuchBucket"},
		{platformOBS, "127.0.0.1", "/other/", false, 404, "NoSuchBucket"},
		{platformS3, "127.0.0.1:9000", "/asset-releases/", false, 200, ""},
		{platformS3, "s3.eu-central-1.amazonaws.com", "/asset-releases/", false, 200, ""},
		{platformS3, "s3.eu-central-1.amazonaws.com", "/asset-releases/", true, 200, ""},
		{platformS3, "s3-fips.us-east-1.amazonaws.com", "/asset-releases/", false, 200, ""},
		{platformS3, "asset-releases.s3.eu-central-1.amazonaws.com", "/", false, 200, ""},
		{platformS3, "asset-releases.s3-accelerate.amazonaws.com", "/", false, 200, ""},
		{platformS3, "minio.example.com", "/asset-releases/", false, 200, ""},
		{platformS3, "asset-releases.minio.example.com", "/", false, 200, ""},
	} {
		t.Run(tc.host+tc.path, func(t *testing.T) {
			t.Parallel()
			sim, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := newStoreClient(t, sim, tc.store)
			const key = "a b+c/ü%.zip"
			if err := sim.PutObject(tc.store, defaultBucket, key, []byte("x"), nil); err != nil {
				t.Fatal(err)
			}
			r := c.request(http.MethodGet, key, "", nil)
			r.Host, r.RequestURI = tc.host, tc.path+escapeKey(key)
			if r.URL, err = r.URL.Parse(r.RequestURI); err != nil {
				t.Fatal(err)
			}
			c.sign(r)
			if tc.absolute {
				r.RequestURI = "http://" + tc.host + r.RequestURI
				r.URL.Scheme, r.URL.Host = "http", tc.host
				got := answer{ResponseRecorder: httptest.NewRecorder(), t: t}
				sim.ServeHTTP(got, r)
				got.is(tc.status, tc.code)
			}
			c.send(r).is(tc.status, tc.code)
			want := "virtual"
			if tc.path != "/" {
				want = "path"
			}
			if entry := last(sim); entry.Object.Addressing != want || entry.Object.Key != key || entry.Platform != tc.store || entry.Object.Signature != "v4" {
				t.Errorf("logged %+v: %+v", entry, entry.Object)
			}
		})
	}
}

// TestUnescaped is about clients that do not escape what S3 escapes.
func TestUnescaped(t *testing.T) {
	t.Parallel()
	c := bothStores(t, Options{})[1]
	r := c.request(http.MethodGet, "a", "", nil)
	r.RequestURI = "/asset-releases/a+b.zip"
	c.sign(r)
	c.send(r).is(http.StatusForbidden, "SignatureDoesNotMatch")
}

// TestBucketElsewhere is answered with the place where the bucket is.
func TestBucketElsewhere(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		far := []Bucket{{Name: "far", Region: "other-1"}}
		if err := c.sim.PutBuckets(StoreAssets{OBS: far, S3: far}); err != nil {
			t.Fatal(err)
		}
		c.bucket = "far"
		got := c.do(http.MethodGet, "a b", "", nil)
		got.is(http.StatusMovedPermanently, "PermanentRedirect")
		if got.Header().Get("X-Amz-Bucket-Region") != "other-1" ||
			got.Header().Get("Location") != "http://far."+c.store+".other-1.invalid/a%20b" ||
			!strings.Contains(got.Body.String(), "<Endpoint>far."+c.store+".other-1.invalid</Endpoint>") {
			t.Errorf("headers %v, body %s", got.Header(), got.Body)
		}
		got = c.do(http.MethodHead, "a b", "", nil)
		got.is(http.StatusMovedPermanently, "")
		if got.Body.Len() != 0 || got.Header().Get("X-Amz-Bucket-Region") != "other-1" {
			t.Errorf("headers %v, body %s", got.Header(), got.Body)
		}
	})
}

// TestTemporaryKeysOfStores end.
func TestTemporaryKeysOfStores(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, c := range bothStores(t, Options{TemporaryKeyLife: time.Hour}) {
			c.key = c.sim.TemporaryKeys()
			if c.store == platformS3 {
				c.key = c.sim.TemporaryS3Keys(time.Hour)
			}
			c.put("a", "x", nil)
			if entry := last(c.sim); entry.Auth != authTemporaryKey || entry.Subject == "" || entry.Object.StoredVersion != nullVersion {
				t.Errorf("logged %+v", entry)
			}
			whole := c.key
			c.key.SecurityToken = ""
			c.do(http.MethodGet, "a", "", nil).is(http.StatusForbidden, "InvalidAccessKeyId")
			c.key.SecurityToken = "x"
			c.do(http.MethodGet, "a", "", nil).is(http.StatusBadRequest, "InvalidToken")
			c.key = whole
			c.sim.SetClockSkew(time.Hour)
			c.clock = time.Hour
			c.do(http.MethodGet, "a", "", nil).is(http.StatusBadRequest, "ExpiredToken")
			c.sim.SetClockSkew(0)
		}
	})
}
