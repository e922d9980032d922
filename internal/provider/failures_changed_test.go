package provider

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
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
		w := &work{session: unconfigured(t), model: jobModel{Platform: types.StringValue(name)}, verb: message.Import}
		d := w.failure(err)
		if d.Summary() != "Source changed while it was sent" || !strings.Contains(d.Detail(), "Request: POST server/import") ||
			strings.Contains(d.Detail(), "network") {
			t.Errorf("%s: %s: %s", name, d.Summary(), d.Detail())
		}
	}
	w := &work{session: unconfigured(t), model: jobModel{Platform: types.StringValue(romaplatform.Name)}, verb: message.Import}
	if d := w.failure(errors.Join(asset.ErrOutcomeUnknown, httpapi.ErrChanged)); d.Summary() != "Outcome unknown" {
		t.Errorf("a request that may have been performed: %s", d.Summary())
	}
}

// TestBothRequestIDs: support of the platform knows the documented id, that of
// the gateway its operator.
func TestBothRequestIDs(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*httpapi.Error{
		"Request id: body Request id of the gateway: header": {RequestID: "header", BodyRequestID: "body"},
		"Request id: header": {RequestID: "header"},
	} {
		var got []string
		for _, f := range message.ServerFacts(err) {
			if strings.HasPrefix(f.Name, "Request id") && f.Value != "" {
				got = append(got, f.Name+": "+f.Value)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
