package simulator

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Kinds of requests to a store, as named in the log and in faults.
const (
	kindStoreHead     = "store_head"
	kindStoreGet      = "store_get"
	kindStorePut      = "store_put"
	kindStoreBegin    = "store_begin"
	kindStoreAbort    = "store_abort"
	kindStoreDelete   = "store_delete"
	kindStorePart     = "store_part"
	kindStoreComplete = "store_complete"
	kindStoreOther    = "store_other"
)

// Query parameters of the protocol.
const (
	queryVersion = "versionId"
	queryUpload  = "uploadId"
	queryUploads = "uploads"
	queryPart    = "partNumber"
	// queryOperation is a comment that AWS SDKs add.
	queryOperation = "x-id"
)

// bucketName is the rule for new buckets (CreateBucket, OBS and S3 API
// references).
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// target is the object that a request is for.
type target struct {
	store       *store
	bucket, key string
	// version and upload are those of the query.
	version, upload string
	// host is without a port. virtual tells that it names the bucket.
	host    string
	virtual bool
	// path is the path on the wire, with its escapes.
	path string
}

// locate finds the object that a request is for. The bucket is in the host
// (virtual-hosted style), else in the path.
func (st *store) locate(r *http.Request) *target {
	at := &target{store: st, host: hostOf(r.Host), path: pathOnTheWire(r)}
	query := r.URL.Query()
	at.version, at.upload = query.Get(queryVersion), query.Get(queryUpload)
	escaped := strings.TrimPrefix(at.path, "/")
	if at.bucket, at.virtual = st.bucketOfHost(at.host); !at.virtual {
		at.bucket, escaped, _ = strings.Cut(escaped, "/")
	}
	key, err := url.PathUnescape(escaped)
	if err != nil {
		// net/http refuses such a path before; without a key nothing is done.
		key = ""
	}
	at.key = key
	return at
}

// pathOnTheWire is the path as it was sent, also where the whole URL was sent
// because the store is used as a proxy.
func pathOnTheWire(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") {
		path = r.URL.EscapedPath()
	}
	return path
}

func hostOf(hostPort string) string {
	host := hostPort
	if h, _, err := net.SplitHostPort(hostPort); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// bucketOfHost is what stands before the host of the store, whatever the
// domain: before a label "obs", or "s3" with or without a region behind a
// hyphen, else before "localhost". In any other domain the first label counts
// if there is such a bucket. An address names no bucket.
func (st *store) bucketOfHost(host string) (string, bool) {
	if net.ParseIP(host) != nil || host == "localhost" {
		return "", false
	}
	if name, ok := strings.CutSuffix(host, ".localhost"); ok {
		return name, true
	}
	labels := strings.Split(host, ".")
	own := slices.IndexFunc(labels, func(label string) bool { return storeLabel(label) == st.name })
	if own >= 0 {
		return strings.Join(labels[:own], "."), own > 0
	}
	st.sim.mu.Lock()
	defer st.sim.mu.Unlock()
	return labels[0], st.buckets[labels[0]] != nil
}

// storeLabel is the store whose hosts have a label, if there is one.
func storeLabel(label string) string {
	switch {
	case label == platformOBS:
		return platformOBS
	case label == platformS3 || strings.HasPrefix(label, platformS3+"-"):
		return platformS3
	default:
		return ""
	}
}

// proxiedStore is the store of a request that was sent with its whole URL, as
// to a proxy, or nil.
func (s *Simulator) proxiedStore(r *http.Request) *store {
	if !r.URL.IsAbs() {
		return nil
	}
	for label := range strings.SplitSeq(hostOf(r.Host), ".") {
		if st := s.stores[storeLabel(label)]; st != nil {
			return st
		}
	}
	return nil
}

// checkHost refuses path style where OBS does: under every name of its own
// (VirtualHostDomainRequired, error codes of the OBS API reference).
func (at *target) checkHost() *refusal {
	if at.virtual || at.store.name != platformOBS || net.ParseIP(at.host) != nil || at.host == "localhost" {
		return nil
	}
	return &refusal{
		status: http.StatusForbidden, code: "VirtualHostDomainRequired",
		message: "Virtual host domain is required while accessing a specific bucket.",
	}
}

// elsewhere sends the client to the region of the bucket. The host is one that
// nobody can have (RFC 2606), in case a client follows.
func (at *target) elsewhere(region string) *refusal {
	endpoint := at.store.name + "." + region + ".invalid"
	return &refusal{
		status: http.StatusMovedPermanently, code: "PermanentRedirect", region: region,
		message: "The bucket you are attempting to access must be addressed using the specified endpoint. " +
			"Please send all future requests to this endpoint.",
		endpoint: at.bucket + "." + endpoint,
		location: "http://" + at.bucket + "." + endpoint + "/" + encodeKey(at.key),
	}
}

// route is the operation that a request asks for.
func (at *target) route(r *http.Request) route {
	rt := route{r.Method, "", at.store.name, kindStoreOther, (*Simulator).storeOther}
	query := r.URL.Query()
	if at.key == "" || at.bucket == "" || r.Header.Get("X-Amz-Copy-Source") != "" || hasOther(query) {
		return rt
	}
	begin, upload := query.Has(queryUploads), query.Has(queryUpload)
	switch {
	case r.Method == http.MethodPost && begin:
		rt.kind, rt.serve = kindStoreBegin, (*Simulator).storeBegin
	case begin:
	case upload && r.Method == http.MethodDelete:
		rt.kind, rt.serve = kindStoreAbort, (*Simulator).storeAbort
	case upload && r.Method == http.MethodPut:
		rt.kind = kindStorePart
	case upload && r.Method == http.MethodPost:
		rt.kind = kindStoreComplete
	case upload:
	case r.Method == http.MethodHead:
		rt.kind, rt.serve = kindStoreHead, (*Simulator).storeGet
	case r.Method == http.MethodGet:
		rt.kind, rt.serve = kindStoreGet, (*Simulator).storeGet
	case r.Method == http.MethodPut:
		rt.kind, rt.serve = kindStorePut, (*Simulator).storePut
	case r.Method == http.MethodDelete:
		rt.kind, rt.serve = kindStoreDelete, (*Simulator).storeDelete
	}
	return rt
}

// hasOther tells whether a query asks for something that is not simulated.
// A signature in the query is refused later.
func hasOther(query url.Values) bool {
	known := []string{queryVersion, queryUpload, queryUploads, queryPart, queryOperation}
	for name := range query {
		if !slices.Contains(known, name) && !strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			return true
		}
	}
	return false
}

// encodeKey escapes a key as in a path.
func encodeKey(key string) string {
	segments := strings.Split(key, "/")
	for i, segment := range segments {
		segments[i] = encode(segment)
	}
	return strings.Join(segments, "/")
}
