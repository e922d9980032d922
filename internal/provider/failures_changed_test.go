package provider

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

// TestSourceChanged: a file that shrinks while it is sent is neither the
// network's fault nor an outcome that nobody knows.
func TestSourceChanged(t *testing.T) {
	t.Parallel()
	cut := fmt.Errorf("%w: %w", asset.ErrNotSent, &httpapi.TransportError{
		Method: "POST", Host: "server", Path: "/import", Sent: httpapi.SentInPart, Cause: httpapi.ErrChanged,
	})
	for name, err := range map[string]error{
		romaplatform.Name: cut,
		csaplatform.Name:  &csa.PreviewError{Cause: cut},
	} {
		d := told(t, name, err)
		if d.Summary() != "Source changed while it was sent" || !strings.Contains(d.Detail(), "Request: POST server/import") ||
			strings.Contains(d.Detail(), "network") {
			t.Errorf("%s: %s: %s", name, d.Summary(), d.Detail())
		}
	}
	d := told(t, romaplatform.Name, errors.Join(asset.ErrOutcomeUnknown, httpapi.ErrChanged))
	if d.Summary() != "Outcome unknown" {
		t.Errorf("a request that may have been performed: %s", d.Summary())
	}
}

// told is what is said of an import that ended with an error.
func told(t *testing.T, on string, err error) diag.Diagnostic {
	t.Helper()
	out := (&jobrun.Run{Verb: message.Import, Platform: on}).Refused(err)
	diags := unconfigured(t).explain(t.Context(), &out)
	if len(diags) != 1 {
		t.Fatal(diags)
	}
	return diags[0]
}
