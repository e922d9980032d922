package httpapi

import "testing"

// TestOwnBytes: what is parsed does not depend on what is a secret.
func TestOwnBytes(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Transport: one(400, `{"error_code":"ROMA.10012","error_msg":"busy as ROMA is"}`), Secrets: []string{"ROMA"}})
	got := asError(discard(t.Context(), c, get(Poll)))
	if got == nil || got.Code != "***.10012" || got.Own().Code != "ROMA.10012" || got.Own().Words() != "busy as ROMA is " {
		t.Errorf("got %+v", got)
	}
}
