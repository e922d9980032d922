package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
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

// TestRefusedKeyPairOfAnAgency: what a job says of keys that refusals lock is not said of an object, which is
// reached with the same login.
func TestRefusedKeyPairOfAnAgency(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"HW_REGION_NAME": "r", "HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "sk", "HW_ASSUME_ROLE_AGENCY_NAME": "a", "HW_ASSUME_ROLE_DOMAIN_NAME": "d",
	}
	login, _ := romaplatform.Kind{}.Configure(t.Context(), types.ObjectNull(nil), platform.Environment{Getenv: func(name string) string { return env[name] }})
	data := newProviderData(platforms(), platform.List{login})
	refused := &roma.SourceError{Source: "assume_role", Cause: fmt.Errorf("%w: %w", asset.ErrDenied, &httpapi.Error{Status: 401})}
	at, _ := addressOf("obs://releases/orders.zip")
	for _, row := range []struct {
		err   error
		locks bool
	}{{refused, true}, {&sourceError{path: at.String(), err: &object.Error{At: at, Err: refused}}, false}} {
		out := (&jobrun.Run{Verb: message.Import, Platform: romaplatform.Name}).Refused(row.err)
		d := data.explain(t.Context(), &out)[0]
		if d.Summary() != "Credentials refused" || strings.Contains(d.Detail(), "lock a key") != row.locks {
			t.Errorf("%s: %s", d.Summary(), d.Detail())
		}
	}
}
