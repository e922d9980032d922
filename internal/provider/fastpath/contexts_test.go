package fastpath

import (
	"context"
	"errors"
	"testing"
)

type key struct{}

// TestRequestEndsWithItsContext holds that an interrupt reaches a request under
// way, and that what outlives a request sees an ended context.
func TestRequestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "there"))
	outlives := make(chan context.Context, 1)
	_, err := emptied(ctx, struct{}{}, func(ctx context.Context, _ struct{}) (struct{}, error) {
		inner, stop := context.WithCancel(ctx)
		defer stop()
		if inner.Err() != nil || inner.Value(key{}) != "there" {
			t.Errorf("a request under way: %v, %v", inner.Err(), inner.Value(key{}))
		}
		cancel()
		<-inner.Done()
		outlives <- ctx
		return struct{}{}, inner.Err()
	})
	after := <-outlives
	<-after.Done()
	if !errors.Is(err, context.Canceled) || after.Err() == nil || after.Value(key{}) != nil {
		t.Errorf("the request ended with %v; after it: %v, %v", err, after.Err(), after.Value(key{}))
	}
}
