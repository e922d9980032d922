package fastpath

import (
	"context"
	"sync/atomic"
	"time"
)

// emptied has a request answered, and empties its context when it has been: the framework's server keeps
// the contexts of all requests until Terraform stops it, which makes hundreds of MiB in the plan of a
// thousand resources.
func emptied[Req, Resp any](ctx context.Context, req Req, ask func(context.Context, Req) (Resp, error)) (Resp, error) {
	kept := &emptiedContext{}
	kept.inner.Store(&ctx)
	defer kept.inner.Store(&ended)
	return ask(kept, req)
}

// emptiedContext is a context that forgets where it comes from.
type emptiedContext struct {
	inner atomic.Pointer[context.Context]
}

// ended is what is left of a context.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *emptiedContext) now() context.Context { return *c.inner.Load() }

// Deadline, Done, Err and Value are those of the request, as long as it lasts.
func (c *emptiedContext) Deadline() (time.Time, bool) { return c.now().Deadline() }

// Done is as above.
func (c *emptiedContext) Done() <-chan struct{} { return c.now().Done() }

// Err is as above.
func (c *emptiedContext) Err() error { return c.now().Err() }

// Value is as above.
func (c *emptiedContext) Value(key any) any { return c.now().Value(key) }
