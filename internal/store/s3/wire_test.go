package s3

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

const (
	sum    = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	upload = `<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket><UploadId>up+1/=</UploadId></InitiateMultipartUploadResult>`
)

func temporaryPair(c *Config) {
	c.Credentials = Static(Credentials{AccessKey: accessKey, SecretKey: secretKey, SessionToken: session})
}

// What is on the wire for each request, on a real socket; the recorder checks the signatures.
func TestWire(t *testing.T) {
	t.Parallel()
	answers := map[string]http.HandlerFunc{
		"HEAD": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "7")
			w.Header().Set("ETag", `"e1"`)
			w.Header().Set("X-Obs-Version-Id", "v1")
			w.Header().Set("X-Obs-Meta-Asset-Sha256", sum)
			w.Header().Set("X-Amz-Meta-Asset-Content-Digest", strings.ToUpper(sum))
		},
		"GET": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 2-4/7")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "ten")
		},
		"PUT":    func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Amz-Version-Id", "null") },
		"POST":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, upload) },
		"DELETE": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	}
	c, rec := newServer(t, func(w http.ResponseWriter, r *http.Request) { answers[r.Method](w, r) }, temporaryPair)
	const host = "releases.obs.cn-north-4.example.com"
	a := orders
	a.Key = "/a b+ü%20//z~(1)'*.zip"
	const path = host + "//a%20b%2B%C3%BC%2520//z~%281%29%27%2A.zip"

	o, err := c.Head(t.Context(), a.WithVersion("G/+="))
	if err != nil || o.Size != 7 || o.ETag != `"e1"` || o.VersionID != "v1" || o.SHA256 != sum || o.ContentDigest != "" || o.Metadata["asset-content-digest"] == "" {
		t.Errorf("%+v %v", o, err)
	}
	if got := rec.last(); got.line() != "HEAD "+path+"?versionId=G%2F%2B%3D" {
		t.Errorf("HEAD: %s", got.line())
	}

	body, o, err := c.Get(t.Context(), a, Range{2, 3}, `"e1"`)
	if err != nil || readAll(t, body) != "ten" || o.Size != 7 {
		t.Errorf("%+v %v", o, err)
	}
	got := rec.last()
	if got.line() != "GET "+path || got.header.Get("Range") != "bytes=2-4" || got.header.Get("If-Match") != `"e1"` {
		t.Errorf("GET: %s %v", got.line(), got.header)
	}

	o, err = c.Put(t.Context(), a, strings.NewReader("content"), 7, PutOptions{Metadata: map[string]string{MetaSHA256: sum}, OnlyIfAbsent: true})
	if err != nil || o.VersionID != "" || o.Size != 7 || o.SHA256 != sum {
		t.Errorf("%+v %v", o, err)
	}
	got = rec.last()
	if got.line() != "PUT "+path || got.body != "content" || got.length != 7 {
		t.Errorf("PUT: %s %q %d", got.line(), got.body, got.length)
	}
	for name, want := range map[string]string{
		"If-None-Match": "*", "X-Obs-Forbid-Overwrite": "true", "X-Amz-Meta-Asset-Sha256": sum, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
		"X-Amz-Security-Token": session, "Transfer-Encoding": "", "Content-Encoding": "", "Expect": "", "X-Amz-Trailer": "", "X-Amz-Checksum-Sha256": "", "Content-Length": "7",
	} {
		if got.header.Get(name) != want {
			t.Errorf("PUT: %s: %q", name, got.header.Get(name))
		}
	}
	if authorization := got.header.Get("Authorization"); !strings.Contains(authorization, "Credential="+accessKey+"/") ||
		!strings.Contains(authorization, "x-amz-security-token") || !strings.Contains(authorization, "x-obs-forbid-overwrite") {
		t.Errorf("PUT: %s", authorization)
	}

	if err := c.ProveWritable(t.Context(), a); err != nil {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), a.WithVersion("1")); err != nil {
		t.Error(err)
	}
	if lines := rec.lines()[3:]; !slices.Equal(lines, []string{
		"POST " + path + "?uploads=", "DELETE " + path + "?uploadId=up%2B1%2F%3D", "DELETE " + path + "?versionId=1",
	}) {
		t.Errorf("%q", lines)
	}
}

// An empty object, one without conditions, and one that is long enough to wait for the leave of the store.
func TestPutBodies(t *testing.T) {
	t.Parallel()
	c, rec := newServer(t, func(http.ResponseWriter, *http.Request) {}, func(c *Config) { c.OBS = false })
	if _, err := c.Put(t.Context(), orders, strings.NewReader(""), 0, PutOptions{}); err != nil {
		t.Error(err)
	}
	if got := rec.last(); got.length != 0 || got.header.Get("Content-Length") != "0" || got.header.Get("If-None-Match") != "" {
		t.Errorf("%+v", got)
	}
	long := strings.Repeat("x", 2<<20)
	if _, err := c.Put(t.Context(), orders, strings.NewReader(long), int64(len(long)), PutOptions{OnlyIfAbsent: true}); err != nil {
		t.Error(err)
	}
	got := rec.last()
	if got.body != long || got.length != int64(len(long)) || got.header.Get("Expect") != "100-continue" ||
		got.header.Get("If-None-Match") != "*" || got.header.Get("X-Obs-Forbid-Overwrite") != "" {
		t.Errorf("%d bytes, %v", len(got.body), got.header)
	}
}

// Where the bucket stands.
func TestHosts(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		endpoint, bucket string
		change           func(*Config)
		want             string
	}{
		"virtual":                 {"https://obs.example.com", "abc", func(*Config) {}, "abc.obs.example.com/k"},
		"port and prefix":         {"https://obs.example.com:9000/s3/", "abc", func(*Config) {}, "abc.obs.example.com:9000/s3/k"},
		"default port":            {"https://obs.example.com:443", "abc", func(*Config) {}, "abc.obs.example.com:443/k"},
		"path style":              {"https://obs.example.com", "abc", func(c *Config) { c.PathStyle = true }, "obs.example.com/abc/k"},
		"IP address":              {"https://10.1.2.3", "abc", func(*Config) {}, "10.1.2.3/abc/k"},
		"IPv6":                    {"http://[::1]:9000", "abc", func(*Config) {}, "[::1]:9000/abc/k"},
		"localhost":               {"http://localhost:9000", "abc", func(*Config) {}, "localhost:9000/abc/k"},
		"dots":                    {"https://s3.example.com", "a.b.c", func(c *Config) { c.OBS = false }, "s3.example.com/a.b.c/k"},
		"dots at OBS":             {"https://obs.example.com", "a.b.c", func(*Config) {}, ""},
		"dots at OBS, insecure":   {"https://obs.example.com", "a.b.c", func(c *Config) { c.Insecure = true }, "a.b.c.obs.example.com/k"},
		"dots at OBS, path style": {"https://obs.example.com", "a.b.c", func(c *Config) { c.PathStyle = true }, "obs.example.com/a.b.c/k"},
		"AWS without an endpoint": {"", "abc", func(c *Config) { c.OBS = false }, "abc.s3." + region + ".amazonaws.com.cn/k"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, rec := newStore(t, func(http.ResponseWriter, *http.Request) {}, func(c *Config) { c.Endpoint = row.endpoint }, row.change)
			err := c.Delete(t.Context(), store.Address{Scheme: store.S3, Bucket: row.bucket, Key: "k"})
			if row.want == "" {
				if KindOf(err) != DottedBucket || len(rec.lines()) != 0 {
					t.Error(err, rec.lines())
				}
				return
			}
			if got := rec.lines(); err != nil || len(got) != 1 || strings.Replace(got[0], ":443", "", 1) != "DELETE "+strings.Replace(row.want, ":443", "", 1) {
				t.Error(err, got)
			}
		})
	}
}
