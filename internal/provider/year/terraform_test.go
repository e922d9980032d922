package year_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// values are those of a block or a resource, by their names.
type values map[string]any

// process is a provider as Terraform starts and configures it.
type process struct {
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

func start(ctx context.Context, o provider.Options, block values) (*process, error) {
	p := &process{server: provider.Server(o)()}
	var err error
	if p.schema, err = p.server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		return nil, err
	}
	config, err := dynamic(p.schema.Provider.ValueType(), block)
	if err != nil {
		return nil, err
	}
	resp, err := p.server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: config})
	if err == nil && len(resp.Diagnostics) > 0 {
		err = fmt.Errorf("the provider is not configured: %s", spoken(resp.Diagnostics))
	}
	return p, err
}

// resource is one of a state.
type resource struct {
	kind    string
	state   *tfprotov6.DynamicValue
	private []byte
	tainted bool
}

// change is what a plan made of a resource.
type change struct {
	config, prior, planned *tfprotov6.DynamicValue
	private                []byte
}

func (p *process) kind(r *resource) tftypes.Object {
	object, _ := p.schema.ResourceSchemas[r.kind].ValueType().(tftypes.Object)
	return object
}

// reach is a plan by one process and its apply by another one, which may be the same. It returns all
// that was said. Nil values destroy.
func reach(ctx context.Context, plans, applies *process, r *resource, config values) (string, error) {
	var said strings.Builder
	if r.state != nil {
		text, err := plans.read(ctx, r)
		if err != nil {
			return "", err
		}
		said.WriteString(text)
	}
	first, text, err := plans.plan(ctx, r, config)
	said.WriteString(text)
	if err != nil || failed(text) {
		return said.String(), err
	}
	if r.state != nil && (r.tainted || config == nil) {
		gone, err := applies.gone(r, first.private)
		if err != nil {
			return said.String(), err
		}
		text, err := applies.apply(ctx, r, gone)
		said.WriteString(text)
		if err != nil || failed(text) || config == nil {
			return said.String(), err
		}
	}
	second := first
	if plans != applies || r.state == nil {
		// As Terraform plans before each apply. The process that planned it just now says the same again.
		second, text, err = applies.plan(ctx, r, config)
		said.WriteString(text)
		if err != nil || failed(text) {
			return said.String(), err
		}
	}
	text, err = applies.apply(ctx, r, second)
	said.WriteString(text)
	return said.String(), err
}

func (p *process) read(ctx context.Context, r *resource) (string, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	resp, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: r.kind, CurrentState: r.state, Private: r.private})
	if err != nil {
		return "", err
	}
	r.state, r.private = resp.NewState, resp.Private
	return spoken(resp.Diagnostics), nil
}

func (p *process) gone(r *resource, private []byte) (change, error) {
	null, err := dynamic(p.kind(r), nil)
	return change{config: null, prior: r.state, planned: null, private: private}, err
}

// A request has a context of its own, which ends with it, as over gRPC.
func (p *process) plan(ctx context.Context, r *resource, config values) (change, string, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	null, err := dynamic(p.kind(r), nil)
	if err != nil {
		return change{}, "", err
	}
	c := change{config: null, prior: null, private: r.private}
	proposed := null
	if r.state != nil && (!r.tainted || config == nil) {
		c.prior = r.state
	}
	if config != nil {
		if c.config, err = dynamic(p.kind(r), config); err == nil {
			proposed, err = p.proposed(r, c)
		}
		if err != nil {
			return c, "", err
		}
	}
	resp, err := p.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.kind, PriorState: c.prior, ProposedNewState: proposed, Config: c.config, PriorPrivate: c.private,
	})
	if err != nil {
		return c, "", err
	}
	c.planned, c.private = resp.PlannedState, resp.PlannedPrivate
	return c, spoken(resp.Diagnostics), nil
}

// proposed is what core proposes: computed values are those of before.
func (p *process) proposed(r *resource, c change) (*tfprotov6.DynamicValue, error) {
	before, err := attributes(p.kind(r), c.prior)
	if err != nil {
		return nil, err
	}
	after, err := attributes(p.kind(r), c.config)
	if err != nil {
		return nil, err
	}
	for _, a := range p.schema.ResourceSchemas[r.kind].Block.Attributes {
		switch {
		case !a.Computed || !after[a.Name].IsNull():
		case before == nil:
			after[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		default:
			after[a.Name] = before[a.Name]
		}
	}
	value, err := tfprotov6.NewDynamicValue(p.kind(r), tftypes.NewValue(p.kind(r), after))
	return &value, err
}

func (p *process) apply(ctx context.Context, r *resource, c change) (string, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.kind, PriorState: c.prior, PlannedState: c.planned, Config: c.config, PlannedPrivate: c.private,
	})
	if err != nil {
		return "", err
	}
	before, err := attributes(p.kind(r), c.prior)
	if err != nil {
		return "", err
	}
	after, err := attributes(p.kind(r), resp.NewState)
	if err != nil {
		return "", err
	}
	said := spoken(resp.Diagnostics)
	r.state, r.private, r.tainted = resp.NewState, resp.Private, failed(said) && before == nil
	if after == nil {
		r.state, r.private, r.tainted = nil, nil, false
	}
	return said, nil
}

// text is an attribute of a state, also of a nested one ("archive.sha256"); empty where there is none.
func (p *process) text(r *resource, name string) string {
	if r.state == nil {
		return ""
	}
	value, err := r.state.Unmarshal(p.kind(r))
	for part := range strings.SplitSeq(name, ".") {
		inner := map[string]tftypes.Value{}
		if err != nil || value.IsNull() || !value.IsKnown() || value.As(&inner) != nil {
			return ""
		}
		value = inner[part]
	}
	var text string
	if value.IsNull() || value.As(&text) != nil {
		return ""
	}
	return text
}

func attributes(kind tftypes.Type, state *tfprotov6.DynamicValue) (map[string]tftypes.Value, error) {
	value, err := state.Unmarshal(kind)
	if err != nil || value.IsNull() {
		return nil, err
	}
	all := map[string]tftypes.Value{}
	return all, value.As(&all)
}

func failed(said string) bool { return strings.Contains(said, "Error: ") }

func spoken(diagnostics []*tfprotov6.Diagnostic) string {
	var all strings.Builder
	for _, d := range diagnostics {
		title := "Warning: "
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			title = "Error: "
		}
		all.WriteString(title + d.Summary + "\n" + d.Detail + "\n")
	}
	return all.String()
}

func dynamic(kind tftypes.Type, config values) (*tfprotov6.DynamicValue, error) {
	var plain any
	if config != nil {
		plain = config
	}
	typed, err := encoded(kind, plain)
	if err != nil {
		return nil, err
	}
	value, err := tfprotov6.NewDynamicValue(kind, typed)
	return &value, err
}

// encoded gives a plain value a type of Terraform.
func encoded(kind tftypes.Type, plain any) (tftypes.Value, error) {
	switch v := plain.(type) {
	case values:
		object, _ := kind.(tftypes.Object)
		all := map[string]tftypes.Value{}
		for name := range v {
			if object.AttributeTypes[name] == nil {
				return tftypes.Value{}, fmt.Errorf("there is no attribute %s", name)
			}
		}
		for name, inner := range object.AttributeTypes {
			value, err := encoded(inner, v[name])
			if err != nil {
				return value, err
			}
			all[name] = value
		}
		return tftypes.NewValue(kind, all), nil
	case []string:
		set, _ := kind.(tftypes.Set)
		var all []tftypes.Value
		for _, inner := range v {
			all = append(all, tftypes.NewValue(set.ElementType, inner))
		}
		return tftypes.NewValue(kind, all), nil
	case map[string]string:
		all := map[string]tftypes.Value{}
		for name, inner := range v {
			all[name] = tftypes.NewValue(tftypes.String, inner)
		}
		return tftypes.NewValue(kind, all), nil
	default:
		return tftypes.NewValue(kind, plain), nil
	}
}
