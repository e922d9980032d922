package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// aboutTerraform are the rows of plans that a real terraform plays, with what the core
// in process does not know of them.
var aboutTerraform = map[string]string{
	"5.1": "absolute paths", "6.1": "-refresh-only", "6.4": "lines of main.tf in messages", "9.6": "lifecycle", "9.9": "lifecycle",
}

// core does for simple configurations what terraform's core does, in this process: a plan costs
// milliseconds in the place of half a second. It reads main.tf and the state file of a workspace, so
// that it and a real terraform may take turns. What it does not know, it refuses loudly.
type core struct {
	w *workspace
	// saved is the plan of the last plan -out.
	saved []*change
	// outputs are those of the terraform_data that were applied.
	outputs map[string]cty.Value
}

// change is what a plan makes of one resource.
type change struct {
	address string
	block   *resourceBlock
	it      *managed
	planned planned
	actions tfjson.Actions
}

// asked is what the arguments of a plan or an apply ask for.
type asked struct {
	detailed, destroy bool
	replace, target   string
}

func (c *core) asked(args []string) (out asked) {
	c.w.t.Helper()
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "-detailed-exitcode":
			out.detailed = true
		case "-destroy":
			out.destroy = true
		case "-replace":
			out.replace = value
		case "-target":
			out.target = value
		case "-out", "-auto-approve":
		default:
			c.w.t.Fatalf("the core in process knows no %s", arg)
		}
	}
	return out
}

// inProcess has the core play the plans and applies of a workspace that it knows.
func (w *workspace) inProcess() *workspace {
	if !throughTerraform(w.t.Name()) {
		w.core = &core{w: w}
	}
	return w
}

// inProcess is that of the workspace.
func (s *site) inProcess() *site {
	s.workspace.inProcess()
	return s
}

// play runs a command; false where it is one for a real terraform.
func (c *core) play(args []string) (result, bool) {
	c.w.t.Helper()
	switch {
	case c.w.blocks > 0 || slices.Contains(args, "-refresh-only"):
		return result{}, false
	case args[0] == "plan":
		return c.plan(c.asked(args[1:])), true
	case slices.Equal(args, []string{"apply", "saved"}):
		return c.apply(&sayings{dir: c.w.dir}), true
	case args[0] == "apply", args[0] == "destroy":
		wanted := c.asked(args[1:])
		wanted.destroy = wanted.destroy || args[0] == "destroy"
		r := c.plan(wanted)
		if r.code != 0 {
			return r, true
		}
		return c.apply(&sayings{dir: c.w.dir, lines: []string{r.out}}), true
	}
	return result{}, false
}

func (c *core) plan(wanted asked) result {
	c.w.t.Helper()
	config := c.load()
	said, changes, failed, refreshed := &sayings{dir: c.w.dir}, []*change{}, false, map[string]*plugin{}
	if wanted.target != "" {
		said.add("Warning: Resource targeting is in effect", "")
	}
	plugins := c.plugins(config, said)
	state := c.state()
	for _, block := range config.ordered() {
		if wanted.target != "" && !config.needed(wanted.target)[block.address()] {
			delete(state, block.address())
			continue
		}
		p := plugins[block.provider]
		each := &change{address: block.address(), block: block, it: state[block.address()]}
		if each.it == nil {
			each.it = &managed{kind: block.kind}
		}
		delete(state, each.address)
		values, known := config.evaluated(c.w.t, p, block, c.w.dir)
		if !known {
			failed = true
			continue
		}
		said.add(p.validateResource(c.w.t, block.kind, values), each.address)
		said.add(p.refresh(c.w.t, each.it), each.address)
		if wanted.destroy {
			if each.it.state != nil {
				state[each.address], refreshed[each.address] = each.it, p
				config.known[each.address] = c.outside(p.shows(c.w.t, each.it))
			}
			continue
		}
		before := each.it.state
		each.planned = p.plan(c.w.t, each.it, values, wanted.replace == each.address)
		said.add(each.planned.said, each.address)
		each.actions = actionsOf(c.w.t, p, each.it, before, each.planned)
		if each.planned.fails() || said.failed {
			failed = true
			continue
		}
		config.known[block.address()] = c.outside(plain(c.w.t, unpacked(c.w.t, p, each.it, each.planned.state)))
		changes = append(changes, each)
	}
	for _, address := range slices.Backward(slices.Sorted(maps.Keys(state))) {
		if wanted.target != "" {
			break
		}
		p, it := refreshed[address], state[address]
		if p == nil {
			p = plugins[""]
			said.add(p.refresh(c.w.t, it), address)
		}
		each := &change{address: address, it: it, planned: p.plan(c.w.t, it, nil, false), actions: tfjson.Actions{tfjson.ActionDelete}}
		said.add(each.planned.said, address)
		changes = append(changes, each)
	}
	if failed || said.failed {
		return result{1, said.text()}
	}
	c.saved = changes
	for _, each := range changes {
		if !each.actions.NoOp() {
			said.lines = append(said.lines, fmt.Sprintf("# %s will be %s", each.address, wordOf(each.actions)))
		}
	}
	said.lines = append(said.lines, summaryOf(changes))
	if wanted.detailed && slices.ContainsFunc(changes, func(each *change) bool { return !each.actions.NoOp() }) {
		return result{2, said.text()}
	}
	return result{0, said.text()}
}

// apply applies the plan that was saved last, and adds to what was said.
func (c *core) apply(said *sayings) result {
	c.w.t.Helper()
	config := c.load()
	broken := map[string]bool{}
	c.outputs = config.late(c.outputs, true)
	plugins := c.plugins(config, said)
	state := c.state()
	for _, each := range c.saved {
		if each.block == nil {
			said.add(plugins[""].applies(c.w.t.Context(), c.w.t, each.it, nil, each.planned), each.address)
			keep(state, each)
			continue
		}
		p := plugins[each.block.provider]
		waits := slices.ContainsFunc(each.block.needs, func(address string) bool { return broken[address] })
		if waits || each.actions.NoOp() {
			broken[each.address] = waits
			config.known[each.address] = c.outside(plain(c.w.t, unpacked(c.w.t, p, each.it, each.planned.state)))
			continue
		}
		values, _ := config.evaluated(c.w.t, p, each.block, c.w.dir)
		answer := p.applies(c.w.t.Context(), c.w.t, each.it, values, each.planned)
		said.add(answer, each.address)
		broken[each.address] = strings.Contains(answer, "Error: ")
		keep(state, each)
		if each.it.state != nil {
			config.known[each.address] = c.outside(p.shows(c.w.t, each.it))
		}
	}
	c.write(plugins[""], state)
	c.saved = nil
	if said.failed {
		return result{1, said.text()}
	}
	return result{0, said.text()}
}

func keep(state map[string]*managed, each *change) {
	state[each.address] = each.it
	if each.it.state == nil {
		delete(state, each.address)
	}
}

// summaryOf is the last line of a plan.
func summaryOf(changes []*change) string {
	var add, change, destroy int
	for _, each := range changes {
		if each.actions.Create() || each.actions.Replace() {
			add++
		}
		if each.actions.Delete() || each.actions.Replace() {
			destroy++
		}
		if each.actions.Update() {
			change++
		}
	}
	if add+change+destroy == 0 {
		return "No changes. Your infrastructure matches the configuration."
	}
	return fmt.Sprintf("Plan: %d to add, %d to change, %d to destroy.", add, change, destroy)
}

func wordOf(actions tfjson.Actions) string {
	switch {
	case actions.Create():
		return "created"
	case actions.Update():
		return "updated in-place"
	case actions.Delete():
		return "destroyed"
	}
	return "replaced"
}

func actionsOf(t *testing.T, p *plugin, it *managed, before *tfprotov6.DynamicValue, change planned) tfjson.Actions {
	t.Helper()
	switch {
	case before == nil:
		return tfjson.Actions{tfjson.ActionCreate}
	case it.tainted || change.prior != it.state:
		return tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
	case change.state != nil && unpacked(t, p, it, before).Equal(unpacked(t, p, it, change.state)):
		return tfjson.Actions{tfjson.ActionNoop}
	}
	return tfjson.Actions{tfjson.ActionUpdate}
}

func unpacked(t *testing.T, p *plugin, it *managed, state *tfprotov6.DynamicValue) tftypes.Value {
	t.Helper()
	value, err := state.Unmarshal(p.kind(t, it))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// shown is the saved plan as terraform show tells it.
func (c *core) shown(p *plugin) *tfjson.Plan {
	c.w.t.Helper()
	out := &tfjson.Plan{}
	for _, each := range c.saved {
		kind, name, _ := strings.Cut(each.address, ".")
		change := &tfjson.Change{Actions: each.actions}
		if each.it.state != nil {
			change.Before = asJSON(c.w.t, c.outside(p.shows(c.w.t, each.it)))
		}
		if each.planned.state != nil {
			after := c.outside(plain(c.w.t, unpacked(c.w.t, p, each.it, each.planned.state)))
			change.After, change.AfterUnknown = asJSON(c.w.t, after), unknowns(after)
		}
		out.ResourceChanges = append(out.ResourceChanges, &tfjson.ResourceChange{
			Address: each.address, Mode: tfjson.ManagedResourceMode, Type: kind, Name: name, Change: change,
		})
	}
	return out
}

// asJSON is a value as JSON has it: numbers as they are written, and nothing for what is not known.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(withoutUnknowns(value))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func withoutUnknowns(value any) any {
	switch v := value.(type) {
	case undecided:
		return nil
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			if _, unknown := inner.(undecided); !unknown {
				out[name] = withoutUnknowns(inner)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, inner := range v {
			out = append(out, withoutUnknowns(inner))
		}
		return out
	}
	return value
}

// unknowns has true in the place of each value that is not known.
func unknowns(value any) any {
	switch v := value.(type) {
	case undecided:
		return true
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			switch mark := unknowns(inner); mark.(type) {
			case bool:
				if mark == true {
					out[name] = true
				}
			default:
				out[name] = mark
			}
		}
		return out
	case []any:
		out := []any{}
		for _, inner := range v {
			out = append(out, unknowns(inner))
		}
		return out
	}
	return false
}

// sayings are messages as terraform prints them: of warnings with one summary only the first.
type sayings struct {
	dir    string
	lines  []string
	seen   []string
	failed bool
}

func (s *sayings) add(said, address string) {
	for each := range strings.SplitSeq(said, between) {
		summary, detail, _ := strings.Cut(each, "\n")
		if each == "" || strings.HasPrefix(each, "Warning: ") && slices.Contains(s.seen, summary) {
			continue
		}
		s.seen = append(s.seen, summary)
		s.failed = s.failed || strings.HasPrefix(each, "Error: ")
		if address != "" {
			each = summary + "\n\n  with " + address + ",\n" + detail
		}
		s.lines = append(s.lines, placedIn(each, s.dir, ""))
	}
}

func (s *sayings) text() string { return strings.Join(s.lines, "\n\n") }

// plugins are the configured providers by their aliases, each of them a process of its own. What they
// say against their blocks is added to what was said.
func (c *core) plugins(config *configuration, said *sayings) map[string]*plugin {
	c.w.t.Helper()
	env := map[string]string{}
	for _, variable := range c.w.env {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	all := map[string]*plugin{}
	for alias, block := range config.providers {
		p := &plugin{server: provider.ServerOn(env, "http://127.0.0.1:9")(), schema: schemas()}
		kind := p.schema.Provider.ValueType()
		values := dynamic(c.w.t, kind, config.object(c.w.t, kind, block))
		checked, err := p.server.ValidateProviderConfig(c.w.t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: values})
		if err != nil {
			c.w.t.Fatal(err)
		}
		said.add(spoken(checked.Diagnostics), "")
		resp, err := p.server.ConfigureProvider(c.w.t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.11.4", Config: values})
		if err != nil {
			c.w.t.Fatal(err)
		}
		said.add(spoken(resp.Diagnostics), "")
		all[alias] = p
	}
	return all
}
