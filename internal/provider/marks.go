package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Terraform asks for a Delete to destroy a resource and to replace it, and says
// nothing of the difference. Private state does: a Delete gets what the plan left
// there, which in a replacement is the plan of the successor. So the plan says what
// follows, also where it is applied by another process, from a file.

const (
	// markKey has what a plan expects to follow.
	markKey = "planned"
	// madeKey is in the private state of every resource that was created or
	// updated. Core passes it to the second half of the plan of a replacement, and
	// to no plan of a resource that is new.
	madeKey = "made"
)

const (
	followsCreate  = "create"
	followsDestroy = "destroy"
)

// mark is what a plan expects to follow; the zero value that it did not say so.
type mark struct {
	Next string `json:"next"`
	// Path is that of the export that is created; empty where it is not known.
	Path string `json:"path,omitempty"`
	// Asks is the fingerprint of what it asks for; empty where that is not known.
	Asks string `json:"asks,omitempty"`
}

func (m mark) encode() []byte {
	// Strings always marshal.
	text, _ := json.Marshal(m)
	return text
}

// readMark reads what the plan of a Delete expected.
func readMark(ctx context.Context, private privateStore, diags *diag.Diagnostics) (m mark) {
	text, more := private.GetKey(ctx, markKey)
	diags.Append(more...)
	if len(text) > 0 && json.Unmarshal(text, &m) != nil {
		return mark{}
	}
	return m
}

// destroys says whether nothing follows a Delete.
func (m mark) destroys() bool { return m.Next == followsDestroy }

// writes says whether a successor writes to path.
func (m mark) writes(path string) bool {
	return m.Next == followsCreate && m.Path != "" && locationKey(m.Path) == locationKey(path)
}

// mayWrite says whether a successor may write to a path that the plan did not know.
func (m mark) mayWrite() bool { return m.Next == followsCreate && m.Path == "" && m.Asks != "" }

// isMade says whether private state is that of a resource that is there.
func isMade(ctx context.Context, private privateStore, diags *diag.Diagnostics) bool {
	text, more := private.GetKey(ctx, madeKey)
	diags.Append(more...)
	return len(text) > 0
}

// setMade notes that a resource is there.
func setMade(ctx context.Context, private privateWriter) diag.Diagnostics {
	return private.SetKey(ctx, madeKey, []byte("true"))
}
