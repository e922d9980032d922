package simulator

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// obsHost is a host of OBS as in the cloud, without a bucket.
const obsHost = "obs." + region + ".myhuaweicloud.com"

// storeClient sends signed requests to a store without a network.
type storeClient struct {
	t      *testing.T
	sim    *Simulator
	store  string
	bucket string
	// host is that of the store; an address makes it path style.
	host   string
	key    Keys
	region string
	word   string
	clock  time.Duration
}

func newStoreClient(t *testing.T, sim *Simulator, store string) *storeClient {
	t.Helper()
	c := &storeClient{t: t, sim: sim, store: store, bucket: defaultBucket, host: "127.0.0.1:9000", word: unsignedPayload}
	switch store {
	case platformOBS:
		c.key, c.region = keysOf(sim.promoter), region
	case platformS3:
		info := sim.Info("http://x").S3
		c.key, c.region = Keys{AccessKey: info.AccessKey, SecretKey: info.SecretKey}, info.Region
	}
	return c
}

// bothStores has a client for each store of a new Simulator.
func bothStores(t *testing.T, opts Options) []*storeClient {
	t.Helper()
	sim, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	return []*storeClient{newStoreClient(t, sim, platformOBS), newStoreClient(t, sim, platformS3)}
}

// eachStore runs a test for OBS and for S3, with the switches of its bucket.
func eachStore(t *testing.T, b Bucket, test func(*testing.T, *storeClient)) {
	t.Helper()
	b.Name = defaultBucket
	for _, store := range []string{platformOBS, platformS3} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			assets := DefaultAssets()
			assets.Stores = &StoreAssets{OBS: []Bucket{b}, S3: []Bucket{b}}
			sim, err := New(Options{Assets: assets})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(sim.Close)
			test(t, newStoreClient(t, sim, store))
		})
	}
}

type header map[string]string

// request is a request for a key, with a query behind it, that is not signed.
func (c *storeClient) request(method, key, body string, headers header) *http.Request {
	c.t.Helper()
	key, query, _ := strings.Cut(key, "?")
	path, host := "/"+escapeKey(key), c.bucket+"."+c.host
	if strings.HasPrefix(c.host, "127.") {
		path, host = "/"+c.bucket+path, c.host
	}
	if query != "" {
		path += "?" + query
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	r.Host = host
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return r
}

func (c *storeClient) sign(r *http.Request) {
	r.Header.Set("X-Amz-Date", time.Now().Add(c.clock).UTC().Format("20060102T150405Z"))
	if c.word != "" {
		r.Header.Set("X-Amz-Content-Sha256", c.word)
	}
	if c.key.SecurityToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.key.SecurityToken)
	}
	names := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") || name == "range" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	signNames(r, c.key, c.region, "s3", names)
}

// signNames is signature V4 as a client does it.
func signNames(r *http.Request, key Keys, region, service string, names []string) {
	date := r.Header.Get("X-Amz-Date")
	path, query, _ := strings.Cut(r.RequestURI, "?")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if pair != "" && !strings.Contains(pair, "=") {
			pairs[i] += "="
		}
	}
	slices.Sort(pairs)
	text := r.Method + "\n" + path + "\n" + strings.Join(pairs, "&") + "\n"
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		text += name + ":" + value + "\n"
	}
	text += "\n" + strings.Join(names, ";") + "\n" + r.Header.Get("X-Amz-Content-Sha256")
	scope := date[:min(8, len(date))] + "/" + region + "/" + service + "/aws4_request"
	toSign := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	sum := []byte("AWS4" + key.SecretKey)
	for _, part := range append(strings.Split(scope, "/"), toSign) {
		mac := hmac.New(sha256.New, sum)
		mac.Write([]byte(part))
		sum = mac.Sum(nil)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key.AccessKey+"/"+scope+
		", SignedHeaders="+strings.Join(names, ";")+", Signature="+hex.EncodeToString(sum))
}

// escapeKey escapes as signature V4 wants it.
func escapeKey(key string) string {
	var b strings.Builder
	for _, c := range []byte(key) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// do sends a signed request.
func (c *storeClient) do(method, key, body string, headers header) answer {
	c.t.Helper()
	r := c.request(method, key, body, headers)
	c.sign(r)
	return c.send(r)
}

func (c *storeClient) send(r *http.Request) (a answer) {
	a = answer{ResponseRecorder: httptest.NewRecorder(), t: c.t}
	defer func() {
		p := recover()
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			a.aborted = true
		} else if p != nil {
			panic(p)
		}
	}()
	handler := c.sim.OBS()
	if c.store == platformS3 {
		handler = c.sim.S3()
	}
	handler.ServeHTTP(a.ResponseRecorder, r)
	return a
}

// is checks a status and, unless it is empty, the code of an error.
func (a answer) is(status int, code string) {
	a.t.Helper()
	body := a.Body.String()
	if a.aborted || a.Code != status || !strings.Contains(body, code) {
		a.t.Fatalf("got status %d (aborted: %v), want %d and %q: %.600s", a.Code, a.aborted, status, code, body)
	}
	if a.Header().Get("X-Amz-Request-Id") == "" {
		a.t.Error("the answer has no x-amz-request-id")
	}
	if code != "" && !strings.Contains(body, "<Code>"+code+"</Code>") {
		a.t.Errorf("not the code %s: %s", code, body)
	}
}

// order orders faults.
func (c *storeClient) order(faults ...Fault) {
	c.t.Helper()
	if err := c.sim.Order(faults...); err != nil {
		c.t.Fatal(err)
	}
}

// put stores an object.
func (c *storeClient) put(key, body string, headers header) answer {
	c.t.Helper()
	got := c.do(http.MethodPut, key, body, headers)
	got.is(http.StatusOK, "")
	return got
}

// held is what the bucket of the client holds.
func (c *storeClient) held() BucketState {
	c.t.Helper()
	return c.sim.State().Stores[c.store].Buckets[c.bucket]
}

func etagOf(body string) string {
	return fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum([]byte(body))))
}
