package simulator

import (
	"io"
	"maps"
	"slices"
	"time"
)

// Kinds of credentials that a request carries, as named in the log. authBasic
// is that of CSA.
const (
	authNone         = "none"
	authToken        = "token"
	authKey          = "key"
	authTemporaryKey = "temporary_key"
	authMetadata     = "metadata_token"
)

// underWay is the DurationMS of a request whose answer is not complete.
const underWay = -1

// Request is one entry of the request log. It holds no credentials.
type Request struct {
	Seq  int       `json:"seq"`
	Time time.Time `json:"time"`
	// Platform is "roma", "iam", "metadata", "csa", "obs" or "s3".
	Platform string `json:"platform"`
	// Kind is login, oidc, temporary_keys, assume, projects, domains,
	// metadata_token, metadata_key, export, import, delete, job, download, apps,
	// tasks, instances or other; for CSA csa_login, csa_export, csa_import,
	// csa_preview, csa_import_result, csa_artifact, csa_artifacts,
	// csa_catalogs, csa_offerings, csa_organizations or csa_other; for a store
	// store_head, store_get, store_put, store_begin, store_abort, store_delete,
	// store_part, store_complete or store_other.
	Kind string `json:"kind"`
	// Instance is the name of the CSA server.
	Instance string `json:"instance,omitempty"`
	Method   string `json:"method"`
	// Path is as it was on the wire, with its escapes.
	Path string `json:"path"`
	// Query is as it was on the wire; a userIdentifier has three asterisks
	// for its value.
	Query string `json:"query,omitempty"`
	// Status is 0 as long as no answer was sent, and for ever if none was.
	Status int `json:"status"`
	// DurationMS is how many milliseconds the answer took, to its last byte or
	// to the end of the connection; -1 as long as it is under way.
	DurationMS int64 `json:"duration_ms"`
	// Auth is the kind of the credential in the headers of the request: "token",
	// "key", "temporary_key" (one with a security token), "basic",
	// "metadata_token" or "none". It tells nothing about whether it was right.
	Auth string `json:"auth"`
	// Subject is on whose behalf the request was made, once that was proven:
	// "user promoter", "agency asset-promotion", "federated pipeline". For
	// a request for credentials that carries none it is who got them.
	Subject string `json:"subject,omitempty"`
	// Scope is what a token was issued for: project, domain or none.
	Scope string `json:"scope,omitempty"`
	// Agency and DurationSeconds are what a request for a temporary key pair
	// asked for; the agency is empty for the caller's own.
	Agency          string `json:"agency,omitempty"`
	DurationSeconds int    `json:"duration_seconds,omitempty"`
	// Policy is what a temporary key pair was to be narrowed to, as JSON.
	Policy string `json:"policy,omitempty"`
	// Cookie tells that a request to CSA carried a cookie.
	Cookie      bool   `json:"cookie,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	UserAgent   string `json:"user_agent,omitempty"`
	// BytesIn and BytesOut count the bodies only.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`
	// Fault names the ordered faults that applied, separated by commas.
	Fault string `json:"fault,omitempty"`
	// JobID is the import result record for CSA.
	JobID     string `json:"job_id,omitempty"`
	ArchiveID string `json:"archive_id,omitempty"`
	// Apps and Tasks are the ids of an export or a delete request.
	Apps  []string `json:"apps,omitempty"`
	Tasks []string `json:"tasks,omitempty"`
	// Upload is what an import request sent.
	Upload *Upload `json:"upload,omitempty"`
	// Object is what a request to a store was for.
	Object *ObjectRequest `json:"object,omitempty"`
	// Concurrent is how many imports and previews were under way on the CSA
	// server when this one began, with itself.
	Concurrent int `json:"concurrent,omitempty"`
}

// Upload describes an import request.
type Upload struct {
	// Type, Prefix and DatasourceOverwrite are the query options as sent.
	Type                string `json:"type,omitempty"`
	Prefix              string `json:"prefix,omitempty"`
	DatasourceOverwrite string `json:"datasource_overwrite,omitempty"`
	// Options are the options of an import to CSA, FormFields the names of
	// those that were in the form.
	Options    map[string]string `json:"options,omitempty"`
	FormFields []string          `json:"form_fields,omitempty"`
	PartName   string            `json:"part_name,omitempty"`
	// PartType is the content type of the part of an import to CSA.
	PartType string `json:"part_type,omitempty"`
	FileName string `json:"file_name,omitempty"`
	// ContentLength is the length of the whole body, -1 if it was chunked.
	ContentLength int64 `json:"content_length"`
	// Size and SHA256 are those of the file in the part.
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
}

// Requests is a copy of the request log, in the order of arrival.
func (s *Simulator) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.log))
	for i, entry := range s.log {
		all[i] = *entry
		all[i].Apps, all[i].Tasks = slices.Clone(entry.Apps), slices.Clone(entry.Tasks)
		all[i].Object = entry.Object.clone()
		if entry.Upload != nil {
			upload := *entry.Upload
			upload.Options, upload.FormFields = maps.Clone(upload.Options), slices.Clone(upload.FormFields)
			all[i].Upload = &upload
		}
	}
	return all
}

// ResetRequests empties the request log; numbering goes on.
func (s *Simulator) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// locked does something under mu, for example to the log entry of a request
// that is under way.
func (s *Simulator) locked(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// countedBody counts what is read of a request.
type countedBody struct {
	body  io.ReadCloser
	sim   *Simulator
	entry *Request
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.sim.locked(func() { b.entry.BytesIn += int64(n) })
	return n, err
}

func (b *countedBody) Close() error {
	return b.body.Close()
}
