package simulator

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ObjectRequest is what the log tells of a request to a store. It holds no
// credentials.
type ObjectRequest struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	// Addressing is "virtual" where the host names the bucket, else "path".
	Addressing string `json:"addressing"`
	Host       string `json:"host"`
	VersionID  string `json:"version_id,omitempty"`
	// UploadID is that of the query or, for store_begin, of the answer.
	UploadID string `json:"upload_id,omitempty"`
	Range    string `json:"range,omitempty"`
	// Conditions are if-match, if-none-match and x-obs-forbid-overwrite, as far
	// as they were sent.
	Conditions []string `json:"conditions,omitempty"`
	// Signature is "v4", "other" or "none"; it tells nothing about whether it
	// was right. Region is that of its scope.
	Signature string `json:"signature"`
	Region    string `json:"region,omitempty"`
	// Payload is the payload word: UNSIGNED-PAYLOAD, another word, "sha256" for
	// a hash, or empty.
	Payload string `json:"payload,omitempty"`
	// ContentLength is that of the request, -1 if it was not announced.
	ContentLength int64 `json:"content_length"`
	// Size, SHA256 are those of the body of store_put once it was read.
	// StoredVersion is the version that it became, "null" without versioning;
	// it is empty if nothing was stored.
	Size          int64  `json:"size,omitempty"`
	SHA256        string `json:"sha256,omitempty"`
	StoredVersion string `json:"stored_version,omitempty"`
	// Metadata is the user metadata that was sent, without the prefixes.
	Metadata map[string]string `json:"metadata,omitempty"`
}

// logged describes a request.
func (at *target) logged(r *http.Request) *ObjectRequest {
	entry := &ObjectRequest{
		Bucket: at.bucket, Key: at.key, Addressing: "path", Host: at.host, VersionID: at.version, UploadID: at.upload,
		Range: r.Header.Get("Range"), Signature: signatureKind(r), Payload: r.Header.Get(headerAmzHash),
		ContentLength: r.ContentLength, Metadata: plainMetadata(at.metadata(r.Header)),
	}
	if at.virtual {
		entry.Addressing = "virtual"
	}
	if payloadHash64.MatchString(entry.Payload) {
		entry.Payload = "sha256"
	}
	for _, name := range []string{"if-match", "if-none-match", "x-obs-forbid-overwrite"} {
		if r.Header.Get(name) != "" {
			entry.Conditions = append(entry.Conditions, name)
		}
	}
	return entry
}

func (o *ObjectRequest) clone() *ObjectRequest {
	if o == nil {
		return nil
	}
	copied := *o
	copied.Conditions, copied.Metadata = slices.Clone(o.Conditions), maps.Clone(o.Metadata)
	return &copied
}

// redactSigned puts asterisks in the place of what a signed URL must not tell.
func redactSigned(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		escaped, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escaped)
		if err != nil || strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			pairs[i] = escaped + "=***"
		}
	}
	return strings.Join(pairs, "&")
}
