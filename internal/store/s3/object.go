package s3

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// Names of the metadata that an archive has in a store.
const (
	MetaSHA256        = "asset-sha256"
	MetaContentDigest = "asset-content-digest"
)

// Object is what a store tells about an object.
type Object struct {
	// Address is the one that was asked for.
	Address store.Address
	// Size is in bytes.
	Size int64
	// ETag binds requests to the same content, with its quotes. It is no identity: with KMS and
	// multipart uploads it is no hash of the content. It is empty where the store has none
	// that a condition could name.
	ETag string
	// VersionID is empty where the bucket keeps no versions. The version "null", which the
	// next writer overwrites, counts as none.
	VersionID string
	// SHA256 and ContentDigest are the metadata of those names if they are 64 hexadecimal
	// digits, else empty. The store did not check them.
	SHA256, ContentDigest string
	// Metadata has the names in small letters.
	Metadata map[string]string
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// etag is one that names one content. If-Match never finds a weak one, as a hop makes it,
// and takes "*" and a list for any of several (RFC 9110, 8.8.3 and 13.1.1). Some stores leave
// the quotes away.
var etag = regexp.MustCompile(`^("[!#-~]*"|[0-9A-Za-z._-]+)$`)

// objectOf reads the header of an answer. Size is that of Content-Length, -1 if it is not there.
func objectOf(a store.Address, h http.Header) Object {
	o := Object{Address: a, Size: -1, ETag: h.Get("ETag"), VersionID: header(h, "Version-Id"), Metadata: make(map[string]string)}
	if size, err := strconv.ParseUint(h.Get("Content-Length"), 10, 63); err == nil {
		o.Size = int64(size)
	}
	if !etag.MatchString(o.ETag) {
		o.ETag = ""
	}
	if o.VersionID == "null" {
		o.VersionID = ""
	}
	for name, values := range h {
		for _, prefix := range []string{"X-Amz-Meta-", "X-Obs-Meta-"} {
			if meta, ok := strings.CutPrefix(name, prefix); ok && len(values) > 0 {
				o.Metadata[strings.ToLower(meta)] = values[0]
			}
		}
	}
	for field, name := range map[*string]string{&o.SHA256: MetaSHA256, &o.ContentDigest: MetaContentDigest} {
		if value := o.Metadata[name]; digest.MatchString(value) {
			*field = value
		}
	}
	return o
}

// versioned is the query for a version, nil for none.
func versioned(a store.Address) url.Values {
	if a.Version == "" {
		return nil
	}
	return url.Values{"versionId": {a.Version}}
}

// Head asks for an object. The error is an *Error; where the answer is 400, 403 or a redirect
// without a region, its reason comes from one GET of one byte. NotFound may be a bucket that is
// not there: Get and ProveWritable tell the two apart.
func (c *Client) Head(ctx context.Context, a store.Address) (Object, error) {
	req := request{kind: httpapi.Lookup, method: http.MethodHead, address: a, query: versioned(a)}
	answer, err := c.do(ctx, req)
	if err != nil {
		return Object{}, err
	}
	defer func() { _ = answer.Close() }()
	o := objectOf(a, answer.Header)
	if o.Size < 0 {
		return Object{}, unusable(req, answer, "no length of the object")
	}
	return o, nil
}
