package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// planCreate plans a resource that is not there yet, and fails the test
// unless nothing is said.
func (p *plugin) planCreate(t *testing.T, name string, config values) *tfprotov6.DynamicValue {
	t.Helper()
	kind := p.schema.ResourceSchemas[name].ValueType()
	resp, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: name, Config: dynamic(t, kind, config), ProposedNewState: dynamic(t, kind, config), PriorState: noState(t, kind),
	})
	if err != nil {
		t.Fatal(err)
	}
	if said := spoken(resp.Diagnostics); said != "" {
		t.Fatal(said)
	}
	return resp.PlannedState
}

// create applies such a plan and returns the attributes, nil where there is no
// state, and what the provider said.
func (p *plugin) create(t *testing.T, name string, config values, planned *tfprotov6.DynamicValue) (map[string]any, string) {
	t.Helper()
	kind := p.schema.ResourceSchemas[name].ValueType()
	resp, err := p.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: name, Config: dynamic(t, kind, config), PlannedState: planned, PriorState: noState(t, kind),
	})
	if err != nil {
		t.Fatal(err)
	}
	said := spoken(resp.Diagnostics)
	value, err := resp.NewState.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	attributes, ok := plain(t, value).(map[string]any)
	if !ok && !strings.Contains(said, "Error: ") {
		t.Fatalf("%s has no state", name)
	}
	return attributes, said
}

// noState is the state of what is not there.
func noState(t *testing.T, kind tftypes.Type) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}
