package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
)

// defaultTimeout is the default of each of the timeouts.
const defaultTimeout = 30 * time.Minute

// pathError is a path to which an archive cannot be written.
type pathError struct {
	path string
	err  error
	// asked: the archive had been asked for already, so it is no longer on
	// the server. Only data sources, which cannot export again, look at it.
	asked bool
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }

// Reason is why, without the path, which messages name.
func (e *pathError) Reason() string { return e.err.Error() }

func (e *pathError) Unwrap() error { return e.err }

var errPathTwice = errors.New("another export of this configuration writes the same path")

// privateStore is the private state of a resource.
type privateStore interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// stateOf reads a state, or returns nil where there is none.
func stateOf[T any](ctx context.Context, state tfsdk.State, diags *diag.Diagnostics) *T {
	if state.Raw.IsNull() {
		return nil
	}
	model := new(T)
	diags.Append(state.Get(ctx, model)...)
	return model
}

// pendingJob reads what an earlier, interrupted update left in private state.
func pendingJob(ctx context.Context, private privateStore, diags *diag.Diagnostics) *jobrun.Pending {
	text, more := private.GetKey(ctx, privateKey)
	diags.Append(more...)
	return jobrun.DecodePending(text)
}

// privateKey has the job of an update that nobody saw end.
const privateKey = "unfinished_job"

// keep leaves an entry for the next update, where this one may have left something.
func keep(ctx context.Context, entry *jobrun.Pending, private privateWriter) diag.Diagnostics {
	if entry == nil {
		return nil
	}
	return private.SetKey(ctx, privateKey, entry.Encode())
}
