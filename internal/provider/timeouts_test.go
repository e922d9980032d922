package provider

import (
	"strings"
	"testing"
	"time"
)

// The default that is documented is the one that holds.
func TestDefaultTimeoutIsDocumented(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(timeoutMeaning, "Default `")
	text, _, _ = strings.Cut(text, "`")
	if d, err := time.ParseDuration(text); err != nil || d != defaultTimeout {
		t.Errorf("documented as %q, %v; it is %s", text, err, defaultTimeout)
	}
}
