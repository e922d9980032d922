package provider_test

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// ballast stands for all that hangs on the context of a request.
type ballast [1 << 10]byte

type ballastKey struct{}

// requests are those that Terraform sends for each resource.
var requests = map[string]func(context.Context, tfprotov6.ProviderServer) error{
	"validate": func(ctx context.Context, s tfprotov6.ProviderServer) error {
		_, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "asset_import", Config: absent()})
		return err
	},
	"upgrade": func(ctx context.Context, s tfprotov6.ProviderServer) error {
		_, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: "asset_import", RawState: &tfprotov6.RawState{JSON: []byte("{}")}})
		return err
	},
	"read": func(ctx context.Context, s tfprotov6.ProviderServer) error {
		_, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "asset_import", CurrentState: absent()})
		return err
	},
	"plan": func(ctx context.Context, s tfprotov6.ProviderServer) error {
		_, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: "asset_import", PriorState: absent(), ProposedNewState: absent(), Config: absent(),
		})
		return err
	},
	"apply": func(ctx context.Context, s tfprotov6.ProviderServer) error {
		// A type that there is would be created.
		_, err := s.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: "asset_nothing", PriorState: absent(), PlannedState: absent(), Config: absent(),
		})
		return err
	},
}

// absent is a resource that is not there.
func absent() *tfprotov6.DynamicValue {
	value, err := tfprotov6.NewDynamicValue(tftypes.DynamicPseudoType, tftypes.NewValue(tftypes.DynamicPseudoType, nil))
	if err != nil {
		panic(err)
	}
	return &value
}

// TestServerForgetsRequests holds that what came with a request can be
// collected when it was answered.
func TestServerForgetsRequests(t *testing.T) {
	t.Parallel()
	for name, send := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := provider.ServerHere()
			pointer := func() weak.Pointer[ballast] {
				hung := new(ballast)
				if err := send(context.WithValue(t.Context(), ballastKey{}, hung), server); err != nil {
					t.Fatal(err)
				}
				return weak.Make(hung)
			}()
			runtime.GC()
			if pointer.Value() != nil {
				t.Error("the server keeps the context of a request that it has answered")
			}
			runtime.KeepAlive(server)
		})
	}
}

func TestQuieten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		environ []string
		want    []string
	}{
		{[]string{"PATH=/bin"}, []string{"TF_LOG_SDK=off", "TF_LOG_PROVIDER=off"}},
		{[]string{"PATH=/bin", "TF_LOG=INFO"}, nil},
		{[]string{"TF_LOG_PROVIDER_ASSET=DEBUG"}, nil},
		{[]string{"TF_LOG_SDK_PROTO=trace"}, nil},
	} {
		var set []string
		err := provider.Quieten(test.environ, func(name, value string) error {
			set = append(set, name+"="+value)
			return nil
		})
		if err != nil || !slices.Equal(set, test.want) {
			t.Errorf("%v: %v, %v, want %v", test.environ, set, err, test.want)
		}
	}
}

// TestLogIsWrittenWhereItIsWanted looks at the log of a real terraform.
func TestLogIsWrittenWhereItIsWanted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, serve(t, simulator.Options{}), providerSource+`
resource "asset_import" "it" {
  source = "it.zip"
}
`)
	w.setenv("TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH="+w.path("log"))
	if r := w.terraform("validate"); r.code != 0 {
		t.Fatal(r.out)
	}
	log, err := os.ReadFile(w.path("log"))
	if err != nil || !strings.Contains(string(log), "Calling provider defined Resource ValidateConfig") {
		t.Errorf("the log has no line of the framework: %v", err)
	}
}
