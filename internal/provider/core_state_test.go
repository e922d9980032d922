package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// fileState is a state file, as far as it matters here.
type fileState struct {
	Version          int             `json:"version"`
	TerraformVersion string          `json:"terraform_version"`
	Serial           int             `json:"serial"`
	Lineage          string          `json:"lineage"`
	Outputs          json.RawMessage `json:"outputs"`
	Resources        []fileResource  `json:"resources"`
}

type fileResource struct {
	Module    string         `json:"module,omitempty"`
	Mode      string         `json:"mode"`
	Type      string         `json:"type"`
	Name      string         `json:"name"`
	Provider  string         `json:"provider"`
	Instances []fileInstance `json:"instances"`
}

type fileInstance struct {
	Index         any             `json:"index_key,omitempty"`
	Status        string          `json:"status,omitempty"`
	SchemaVersion int             `json:"schema_version"`
	Attributes    json.RawMessage `json:"attributes"`
	Private       string          `json:"private,omitempty"`
}

// stateFile reads a state file; one that is not there, or that a killed terraform had just made, is empty.
func stateFile(t *testing.T, file string) (state fileState) {
	t.Helper()
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(data) == 0 {
		return fileState{Version: 4, Outputs: []byte("{}")}
	}
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func (c *core) file() fileState {
	c.w.t.Helper()
	state := stateFile(c.w.t, c.w.path("terraform.tfstate"))
	if state.Lineage == "" {
		state.TerraformVersion, state.Lineage = "1.11.4", "0d3e5f10-4c1a-4b7e-9a52-d0e0a1b2c3d4"
	}
	return state
}

// state are the resources of the state file.
func (c *core) state() map[string]*managed {
	c.w.t.Helper()
	all := map[string]*managed{}
	schema := schemas()
	for _, r := range c.file().Resources {
		if len(r.Instances) != 1 || r.Mode != "managed" {
			c.w.t.Fatalf("the core in process knows no %s of %d instances", r.Mode, len(r.Instances))
		}
		one := r.Instances[0]
		kind := schema.ResourceSchemas[r.Type].ValueType()
		value, err := (tfprotov6.DynamicValue{JSON: c.inside(one.Attributes)}).Unmarshal(kind)
		if err != nil {
			c.w.t.Fatal(err)
		}
		state, err := tfprotov6.NewDynamicValue(kind, value)
		if err != nil {
			c.w.t.Fatal(err)
		}
		private, err := base64.StdEncoding.DecodeString(one.Private)
		if err != nil {
			c.w.t.Fatal(err)
		}
		all[r.Type+"."+r.Name] = &managed{kind: r.Type, state: &state, private: private, tainted: one.Status == "tainted"}
	}
	return all
}

func (c *core) write(p *plugin, all map[string]*managed) {
	c.w.t.Helper()
	state := c.file()
	state.Serial++
	state.Resources = nil
	for _, address := range slices.Sorted(maps.Keys(all)) {
		kind, name, _ := strings.Cut(address, ".")
		attributes, err := json.Marshal(c.outside(p.shows(c.w.t, all[address])))
		if err != nil {
			c.w.t.Fatal(err)
		}
		one := fileInstance{Attributes: attributes, Private: base64.StdEncoding.EncodeToString(all[address].private)}
		if all[address].tainted {
			one.Status = "tainted"
		}
		state.Resources = append(state.Resources, fileResource{
			Mode: "managed", Type: kind, Name: name, Provider: `provider["registry.terraform.io/asset-promotion/asset"]`, Instances: []fileInstance{one},
		})
	}
	data, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		c.w.t.Fatal(err)
	}
	c.w.write("terraform.tfstate", string(data))
}

// The provider's working directory is that of this process. So the paths of
// attributes are absolute inside, and relative outside.

var pathAttributes = []string{"path", "source"}

// inside makes the paths of a JSON object absolute.
func (c *core) inside(attributes json.RawMessage) json.RawMessage {
	c.w.t.Helper()
	var object map[string]any
	if err := json.Unmarshal(attributes, &object); err != nil {
		c.w.t.Fatal(err)
	}
	for _, in := range []any{object, object["archive"]} {
		inner, _ := in.(map[string]any)
		for _, name := range pathAttributes {
			if text, ok := inner[name].(string); ok && !filepath.IsAbs(text) && !strings.Contains(text, "://") && text != sourceToSet {
				inner[name] = c.w.dir + string(filepath.Separator) + text
			}
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		c.w.t.Fatal(err)
	}
	return text
}

// outside makes them relative.
func (c *core) outside(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	out := maps.Clone(object)
	if inner, ok := out["archive"].(map[string]any); ok {
		out["archive"] = c.outside(inner)
	}
	for _, name := range pathAttributes {
		if text, ok := out[name].(string); ok {
			out[name] = placedIn(text, c.w.dir, "")
		}
	}
	return out
}
