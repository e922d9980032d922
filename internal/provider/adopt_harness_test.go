package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	// sourceToSet and appToSet are placeholders in what was adopted.
	sourceToSet = "path-of-the-archive-that-was-imported.zip"
	appToSet    = "id-of-an-application-that-was-exported"
)

// importing asks the provider to adopt a resource, and reads it, as core does. It returns what was said.
func (p *plugin) importing(t *testing.T, kind, id string) (*managed, string) {
	t.Helper()
	resp, err := p.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	said := spoken(resp.Diagnostics)
	if len(resp.ImportedResources) != 1 {
		return nil, said
	}
	it := &managed{kind: kind, state: resp.ImportedResources[0].State, private: resp.ImportedResources[0].Private}
	return it, spokenAll(said, p.refresh(t, it))
}

// moving asks the provider, which nobody has configured, to adopt what a resource of another kind did.
func moving(t *testing.T, server tfprotov6.ProviderServer, kind, address, from, state string) (*managed, string) {
	t.Helper()
	resp, err := server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: address, SourceTypeName: from, SourceState: &tfprotov6.RawState{JSON: []byte(state)}, TargetTypeName: kind,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &managed{kind: kind, state: resp.TargetState, private: resp.TargetPrivate}, spoken(resp.Diagnostics)
}

// adopted adopts each of the pairs of an address and an id in the state, with terraform import
// or as it does. DEV and PROD in an id stand for the instances.
func adopted(config string, pairs ...string) func(*stage) {
	return func(s *stage) {
		s.t.Helper()
		s.write("main.tf", head+config)
		instances := strings.NewReplacer("DEV", s.server.Info.ROMA.Instances["dev"], "PROD", s.server.Info.ROMA.Instances["prod"])
		for i := 0; i < len(pairs); i += 2 {
			address, id := pairs[i], instances.Replace(pairs[i+1])
			if s.core == nil {
				if r := s.terraform("import", "-input=false", address, id); r.code != 0 {
					s.t.Fatalf("import ended with %d:\n%s", r.code, r.out)
				}
				continue
			}
			s.core.adopts(address, id)
		}
		s.silent("adopting")
	}
}

// adopts is terraform import.
func (c *core) adopts(address, id string) {
	c.w.t.Helper()
	config, said := c.load(), &sayings{dir: c.w.dir}
	plugins := c.plugins(config, said)
	for _, block := range config.resources {
		if block.address() != address {
			continue
		}
		it, problem := plugins[block.provider].importing(c.w.t, block.kind, id)
		if it == nil || problem != "" {
			c.w.t.Fatal(problem)
		}
		state := c.state()
		state[address] = it
		c.write(plugins[""], state)
		return
	}
	c.w.t.Fatalf("%s is not configured", address)
}
