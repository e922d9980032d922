package fastpath

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// known are the fields of the messages that are answered without the framework. Before a new one is added
// here: say in server.go what an answer does with it.
var known = map[reflect.Type][]string{
	reflect.TypeFor[tfprotov6.ReadResourceRequest]():  {"TypeName", "CurrentState", "Private", "ProviderMeta", "ClientCapabilities", "CurrentIdentity"},
	reflect.TypeFor[tfprotov6.ReadResourceResponse](): {"NewState", "Diagnostics", "Private", "Deferred", "NewIdentity"},
	reflect.TypeFor[tfprotov6.PlanResourceChangeRequest](): {
		"TypeName", "PriorState", "ProposedNewState", "Config", "PriorPrivate", "ProviderMeta", "ClientCapabilities", "PriorIdentity",
	},
	reflect.TypeFor[tfprotov6.PlanResourceChangeResponse](): {
		"PlannedState", "RequiresReplace", "PlannedPrivate", "Diagnostics", "UnsafeToUseLegacyTypeSystem", "Deferred", "PlannedIdentity",
	},
	reflect.TypeFor[tfprotov6.ReadResourceClientCapabilities]():       {"DeferralAllowed"},
	reflect.TypeFor[tfprotov6.PlanResourceChangeClientCapabilities](): {"DeferralAllowed"},
	reflect.TypeFor[tfprotov6.DynamicValue]():                         {"MsgPack", "JSON"},
}

// TestKnowsEveryField fails when the protocol gains a field that nobody has thought about.
func TestKnowsEveryField(t *testing.T) {
	t.Parallel()
	for message, fields := range known {
		var has []string
		for field := range message.Fields() {
			has = append(has, field.Name)
		}
		if !slices.Equal(has, fields) {
			t.Errorf("%s has %q, known are %q", message.Name(), has, fields)
		}
	}
}

// TestHidesNothing: Terraform looks for what a server offers by asserting interfaces, and a wrapper that lacks
// one hides it. The optional ones of the protocol are all those that its own server asserts.
func TestHidesNothing(t *testing.T) {
	t.Parallel()
	var none provider.Provider
	plain := providerserver.NewProtocol6(none)()
	wrapped := Wrap(plain, Options{})
	if wrapped == plain {
		t.Fatal("the framework's server is not wrapped")
	}
	has := reflect.TypeOf(wrapped)
	for method := range reflect.TypeOf(plain).Methods() {
		if _, ok := has.MethodByName(method.Name); !ok {
			t.Errorf("%s is hidden", method.Name)
		}
	}
}
