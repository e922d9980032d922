package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

// TestGatewayThatKnowsNoAPI: IAM stands behind a gateway of the same kind, so the same code tells of a wrong
// auth_url where the login got it, and only else of a wrong endpoint.
func TestGatewayThatKnowsNoAPI(t *testing.T) {
	t.Parallel()
	const endpoint = "check roma.endpoint (ROMA_ENDPOINT)"
	answer := func(status int) error {
		return &httpapi.Error{Method: "POST", Host: "server", Path: "/p", Status: status, Code: "APIGW.0101", Message: "The API does not exist"}
	}
	for name, row := range map[string]struct {
		err             error
		summary, advice string
	}{
		"the request itself": {answer(404), "Import request refused", endpoint},
		"the login":          {fmt.Errorf("%w: %w", asset.ErrNotSent, answer(404)), "Login failed", "Check auth_url"},
		"with 401":           {fmt.Errorf("%w: %w", asset.ErrDenied, answer(401)), "Credentials refused", "Check the credentials"},
		"with 503":           {answer(503), "Import request failed", "Wait until the server is well again"},
	} {
		d := told(t, romaplatform.Name, row.err)
		if d.Summary() != row.summary || !strings.Contains(d.Detail(), row.advice) || row.advice != endpoint && strings.Contains(d.Detail(), endpoint) {
			t.Errorf("%s: %s: %s", name, d.Summary(), d.Detail())
		}
	}
}
