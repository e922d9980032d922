package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// request is what a job is asked to do. Two runs with equal requests (and, for
// an import, equal content) are the same job. A path is not part of it: it
// says where an archive is kept, not what is in it.
type request struct {
	Kind     string            `json:"kind"`
	Platform string            `json:"platform"`
	Instance string            `json:"instance"`
	Options  string            `json:"options"`
	Triggers map[string]string `json:"triggers"`
	// Source is where an import reads its archive. It identifies the request
	// only while there is no file, and is not part of the fingerprint.
	Source string `json:"-"`
}

// fingerprint is the SHA-256, in lower-case hex, of the request in canonical
// JSON: struct fields in order, map keys sorted.
func (r request) fingerprint() string {
	if len(r.Triggers) == 0 {
		r.Triggers = nil
	}
	// Strings and a map of strings always marshal.
	text, _ := json.Marshal(r)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// unfinished is a job whose end nobody saw. It travels from a Delete to a
// Create in memory, and from one Update to the next in private state.
type unfinished struct {
	Fingerprint string `json:"fingerprint"`
	// Job is empty when nothing is known to run; the entry then says only
	// that the request has to be sent again.
	Job string `json:"job,omitempty"`
	// Source is that of an import.
	Source string `json:"source,omitempty"`
	// These are of the archive: that an import sends, or that an export brought
	// whole and could not put at its path.
	SHA256        string `json:"sha256,omitempty"`
	ContentDigest string `json:"content_digest,omitempty"`
	Size          int64  `json:"size,omitempty"`
	// These belong to a kept archive: where it should have been, and its job.
	Path      string    `json:"path,omitempty"`
	ArchiveID string    `json:"archive_id,omitempty"`
	Begin     time.Time `json:"begin,omitzero"`
	End       time.Time `json:"end,omitzero"`
}

// job is that of the entry, as far as it is known without asking.
func (u *unfinished) job() asset.Job {
	return asset.Job{ID: u.Job, Status: asset.Succeeded, ArchiveID: u.ArchiveID, Begin: u.Begin, End: u.End}
}

// archive is that of the entry.
func (u *unfinished) archive() asset.Stored {
	return asset.Stored{Path: u.Path, SHA256: u.SHA256, ContentDigest: u.ContentDigest, Size: u.Size}
}

// found is where an export's archive lies that could not be put at its path; empty
// where there is none.
func (u *unfinished) found() string {
	if u == nil || u.SHA256 == "" || u.Path == "" {
		return ""
	}
	return asset.Target{Path: localName(u.Path), Job: u.Job}.Find(u.archive())
}

// matches says whether the job does what r asks for. content is the content
// digest of the archive at r.Source, or empty where there is none now; then
// the same source has to do.
func (u *unfinished) matches(r request, content string) bool {
	if u == nil || u.Job == "" || u.Fingerprint != r.fingerprint() {
		return false
	}
	if content != "" {
		return u.ContentDigest == content
	}
	return u.Source == r.Source
}

const privateKey = "unfinished_job"

func (u *unfinished) encode() []byte {
	// Strings and a number always marshal.
	text, _ := json.Marshal(u)
	return text
}

// decodeUnfinished returns nil where there is no entry, or none that this
// version understands.
func decodeUnfinished(text []byte) *unfinished {
	var u unfinished
	if len(text) == 0 || json.Unmarshal(text, &u) != nil {
		return nil
	}
	return &u
}
