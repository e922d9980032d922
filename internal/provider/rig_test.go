package provider_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// managed is a resource as Terraform's core keeps it between plans and applies.
// The zero value is one that is not there yet.
type managed struct {
	kind    string
	state   *tfprotov6.DynamicValue
	private []byte
	// tainted: an error left it half-made.
	tainted bool
}

// planned is what a plan made of a resource.
type planned struct {
	config, prior, state *tfprotov6.DynamicValue
	private              []byte
	said                 string
}

func (p planned) fails() bool { return strings.Contains(p.said, "Error: ") }

func (p *plugin) kind(t *testing.T, r *managed) tftypes.Type {
	t.Helper()
	return p.schema.ResourceSchemas[r.kind].ValueType()
}

func (p *plugin) null(t *testing.T, r *managed) *tfprotov6.DynamicValue {
	t.Helper()
	kind := p.kind(t, r)
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// refresh reads a resource, as the first thing of a plan.
func (p *plugin) refresh(t *testing.T, r *managed) string {
	t.Helper()
	if r.state == nil {
		return ""
	}
	resp, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: r.kind, CurrentState: r.state, Private: r.private})
	if err != nil {
		t.Fatal(err)
	}
	r.state, r.private = resp.NewState, resp.Private
	return spoken(resp.Diagnostics)
}

// plan plans a change to config, nil for a destroy. A tainted resource is
// planned as one that is not there; one that is replaced as it is first, and what that
// plan left in private state goes into the second.
func (p *plugin) plan(t *testing.T, r *managed, config values, replace bool) planned {
	t.Helper()
	if r.state == nil || r.tainted || !replace || config == nil {
		return p.plans(t, r, config, false, nil)
	}
	first := p.plans(t, r, config, false, nil)
	if first.fails() {
		return first
	}
	second := p.plans(t, r, config, true, first.private)
	second.said = spokenAll(first.said, second.said)
	return second
}

// plans asks for one plan. first is the private state for a prior one that is not there.
func (p *plugin) plans(t *testing.T, r *managed, config values, replace bool, first []byte) planned {
	t.Helper()
	kind := p.kind(t, r)
	out := planned{prior: p.null(t, r), config: p.null(t, r), private: r.private}
	if r.state != nil && !replace && (!r.tainted || config == nil) {
		out.prior = r.state
	}
	proposed := p.null(t, r)
	if config != nil {
		wanted := encoded(t, kind, config)
		out.config = dynamic(t, kind, config)
		proposed = p.proposed(t, r, out.prior, wanted)
	}
	if out.prior != r.state {
		out.private = first
	}
	resp, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.kind, PriorState: out.prior, ProposedNewState: proposed, Config: out.config, PriorPrivate: out.private,
	})
	if err != nil {
		t.Fatal(err)
	}
	out.state, out.private, out.said = resp.PlannedState, resp.PlannedPrivate, spoken(resp.Diagnostics)
	if len(resp.RequiresReplace) > 0 {
		t.Errorf("a plan replaces: %v", resp.RequiresReplace)
	}
	return out
}

// proposed is what core proposes: the configuration, and for computed values that it
// leaves out those of the prior state, or unknown ones where there is none.
func (p *plugin) proposed(t *testing.T, r *managed, prior *tfprotov6.DynamicValue, wanted tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	kind := p.kind(t, r)
	before := p.attributes(t, r, prior)
	after := map[string]tftypes.Value{}
	if err := wanted.As(&after); err != nil {
		t.Fatal(err)
	}
	for _, attribute := range p.schema.ResourceSchemas[r.kind].Block.Attributes {
		if !attribute.Computed || !after[attribute.Name].IsNull() {
			continue
		}
		if before == nil {
			after[attribute.Name] = tftypes.NewValue(attribute.ValueType(), tftypes.UnknownValue)
		} else {
			after[attribute.Name] = before[attribute.Name]
		}
	}
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, after))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

func (p *plugin) attributes(t *testing.T, r *managed, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	t.Helper()
	value, err := state.Unmarshal(p.kind(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	out := map[string]tftypes.Value{}
	if err := value.As(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// apply applies a planned change, as core does: it plans once more, and what was
// known has to come out the same.
func (p *plugin) apply(ctx context.Context, t *testing.T, r *managed, change planned) string {
	t.Helper()
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.kind, PriorState: change.prior, PlannedState: change.state, Config: change.config, PlannedPrivate: change.private,
	})
	if err != nil {
		t.Fatal(err)
	}
	said := spoken(resp.Diagnostics)
	failed := strings.Contains(said, "Error: ")
	after := p.attributes(t, r, resp.NewState)
	created := p.attributes(t, r, change.prior) == nil
	for name, want := range p.attributes(t, r, change.state) {
		if failed || after == nil {
			break
		}
		if !after[name].IsFullyKnown() || want.IsFullyKnown() && !after[name].Equal(want) {
			t.Errorf("%s was planned as %s and applied as %s", name, want, after[name])
		}
	}
	r.state, r.private, r.tainted = resp.NewState, resp.Private, failed && created
	if after == nil {
		r.state, r.private, r.tainted = nil, nil, false
	}
	return said
}

// reaches refreshes, plans and applies in this one process, and returns all that
// was said. A tainted resource is deleted first, as is one that is replaced.
func (p *plugin) reaches(ctx context.Context, t *testing.T, r *managed, config values, replace bool) string {
	t.Helper()
	read := p.refresh(t, r)
	first := p.plan(t, r, config, replace)
	if first.fails() {
		return spokenAll(read, first.said)
	}
	return spokenAll(read, first.said, p.applies(ctx, t, r, config, first))
}

// applies is the apply walk of a planned change. The Delete of a replacement gets
// the private state that the plan of its successor left.
func (p *plugin) applies(ctx context.Context, t *testing.T, r *managed, config values, change planned) string {
	t.Helper()
	gone := planned{prior: r.state, state: p.null(t, r), config: p.null(t, r), private: change.private}
	if config == nil {
		return p.apply(ctx, t, r, gone)
	}
	deleted := ""
	if r.state != nil && change.prior != r.state {
		deleted = p.apply(ctx, t, r, gone)
		if r.state != nil {
			return deleted
		}
	}
	second := p.plans(t, r, config, false, nil)
	if second.fails() {
		return spokenAll(deleted, second.said)
	}
	return spokenAll(deleted, second.said, p.apply(ctx, t, r, second))
}

// shows is the state as plain values, nil where there is none.
func (p *plugin) shows(t *testing.T, r *managed) map[string]any {
	t.Helper()
	if r.state == nil {
		return nil
	}
	value, err := r.state.Unmarshal(p.kind(t, r))
	if err != nil {
		t.Fatal(err)
	}
	out, _ := plain(t, value).(map[string]any)
	return out
}

// between separates messages.
const between = "\n\n----\n\n"

func spokenAll(said ...string) string {
	return strings.Join(slices.DeleteFunc(said, func(each string) bool { return each == "" }), between)
}

// validateResource validates a configuration, as the first thing of all.
func (p *plugin) validateResource(t *testing.T, kind string, config values) string {
	t.Helper()
	resp, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: kind, Config: dynamic(t, p.schema.ResourceSchemas[kind].ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	return spoken(resp.Diagnostics)
}

// edited is a copy of a resource whose state has another text.
func (p *plugin) edited(t *testing.T, r *managed, name, text string) *managed {
	t.Helper()
	attributes := p.attributes(t, r, r.state)
	attributes[name] = tftypes.NewValue(tftypes.String, text)
	kind := p.kind(t, r)
	state, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return &managed{kind: r.kind, state: &state, private: r.private}
}
