package provider

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// TestQuotedIsShort has servers say as much as the client lets through.
func TestQuotedIsShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 1<<10)
	reasons := make([]asset.Reason, 200)
	for i := range reasons {
		reasons[i] = asset.Reason{ResourceType: "application", ResourceName: long, Message: long}
	}
	for name, err := range map[string]error{
		"three long texts": &httpapi.Error{Status: 400, Message: long, Details: long + "!", Suggestion: long + "?"},
		"many reasons":     &asset.FailedError{Job: asset.Job{Reasons: reasons}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := quoted(serverWords(err))
			if n := len(strings.Join(lines, "\n")); n > mostQuoted+40 || n < mostQuoted/2 {
				t.Errorf("%d bytes are quoted", n)
			}
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "(and ") {
				t.Errorf("it does not say what is left out: %q", last)
			}
		})
	}
	if got := quoted([]string{"one", "two"}); strings.Join(got, " ") != "one two" {
		t.Errorf("short words became %q", got)
	}
}
