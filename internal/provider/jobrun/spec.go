// Package jobrun is one run of a resource's job: what it is asked to do, the job that an earlier run left
// and this one continues, the run itself as a value, and the words of how it ended. It knows no platform
// and no schema.
package jobrun

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// Spec is what a job is asked to do. Two runs with equal specs (and, for
// an import, equal content) are the same job. A path is not part of it: it
// says where an archive is kept, not what is in it.
type Spec struct {
	Kind     string            `json:"kind"`
	Platform string            `json:"platform"`
	Instance string            `json:"instance"`
	Options  string            `json:"options"`
	Triggers map[string]string `json:"triggers"`
	// Source is where an import reads its archive. It identifies the job
	// only while there is no file, and is not part of the fingerprint.
	Source string `json:"-"`
}

// Fingerprint is the SHA-256, in lower-case hex, of the spec in canonical
// JSON: struct fields in order, map keys sorted.
func (s Spec) Fingerprint() string {
	if len(s.Triggers) == 0 {
		s.Triggers = nil
	}
	// Strings and a map of strings always marshal.
	text, _ := json.Marshal(s)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Pending is a job whose end nobody saw. It travels from a Delete to a
// Create in memory, and from one Update to the next in private state.
type Pending struct {
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

// Ended is the job of the entry, as far as it is known without asking.
func (p *Pending) Ended() asset.Job {
	return asset.Job{ID: p.Job, Status: asset.Succeeded, ArchiveID: p.ArchiveID, Begin: p.Begin, End: p.End}
}

// Archive is that of the entry.
func (p *Pending) Archive() asset.Stored {
	return asset.Stored{Path: p.Path, SHA256: p.SHA256, ContentDigest: p.ContentDigest, Size: p.Size}
}

// Matches says whether the job does what a spec asks for. content is the content
// digest of the archive at its source, or empty where there is none now; then
// the same source has to do.
func (p *Pending) Matches(s Spec, content string) bool {
	if p == nil || p.Job == "" || p.Fingerprint != s.Fingerprint() {
		return false
	}
	if content != "" {
		return p.ContentDigest == content
	}
	return p.Source == s.Source
}

// Encode is the entry as private state keeps it.
func (p *Pending) Encode() []byte {
	// Strings and a number always marshal.
	text, _ := json.Marshal(p)
	return text
}

// DecodePending returns nil where there is no entry, or none that this
// version understands.
func DecodePending(text []byte) *Pending {
	var p Pending
	if len(text) == 0 || json.Unmarshal(text, &p) != nil || p.Fingerprint == "" {
		return nil
	}
	return &p
}
