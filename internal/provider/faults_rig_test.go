package provider_test

import (
	"hash/fnv"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// Most cells of the matrix are played in process, through the protocol that terraform speaks: that costs a
// fortieth. One in ten goes through a real terraform with the same words, so that the rig is
// held against reality: one in thirty in make test, and all with FAULTS_TERRAFORM.
func oneIn() uint32 {
	if everything {
		return 10
	}
	return 30
}

// throughTerraform says whether a cell is one of those.
func throughTerraform(name string) bool {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	return os.Getenv("FAULTS_TERRAFORM") != "" || sum.Sum32()%oneIn() == 0
}

// apply applies the configuration of the cell and returns what was said. It
// fails the test unless the apply ends as wanted.
func (c *cell) apply(t *testing.T, release int, limit string, succeeds bool) string {
	t.Helper()
	if c.it == nil {
		code := 1
		if succeeds {
			code = 0
		}
		return messages(t, c.workspace.apply(code, append(c.args(release, limit), "-json")...).out)
	}
	config := c.config(release, limit)
	said := c.rigApplies(t, config)
	if strings.Contains(said, "Error: ") == succeeds {
		t.Fatalf("the apply succeeds: %t, want %t:\n%s", !succeeds, succeeds, said)
	}
	return placedIn(said, c.dir, "")
}

// rigApplies plans in one process and applies in another, as terraform does.
func (c *cell) rigApplies(t *testing.T, config values) string {
	t.Helper()
	p := c.process(t)
	said := []string{p.refresh(t, c.it)}
	planned := p.plan(t, c.it, config, false)
	said = append(said, planned.said)
	if !planned.fails() {
		said = append(said, c.process(t).applies(t.Context(), t, c.it, config, planned))
	}
	var all []string
	for each := range strings.SplitSeq(strings.Join(said, between), between) {
		if each != "" && (len(all) == 0 || all[len(all)-1] != each) {
			all = append(all, each)
		}
	}
	return strings.Join(all, between)
}

// process starts a provider with the environment of the cell.
func (c *cell) process(t *testing.T) *plugin {
	t.Helper()
	env := map[string]string{}
	for _, variable := range c.env {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	block := values{"roma": values{}, "obs": values{"max_retries": 1}}
	if c.fault.resource == resourceCSAExport || c.fault.resource == resourceCSAImport {
		block = values{"csa": values{}}
	}
	return configuredFrom(t, provider.ServerOn(env, "http://127.0.0.1:9")(), "1.11.4", block)
}

// config is what faultExport and its like say.
func (c *cell) config(release int, limit string) values {
	if limit == "" {
		limit = "30m"
	}
	out := values{
		"triggers": map[string]string{"release": strconv.Itoa(release)}, "timeouts": values{"create": limit, "update": limit},
	}
	instances := c.server.Info.ROMA.Instances
	switch c.fault.resource {
	case resourceCSAExport:
		out["csa"], out["path"] = values{"artifact_id": csaOffering}, c.path(c.fault.archive())
	case resourceCSAImport:
		out["csa"], out["source"] = values{"mode": "update"}, c.path(c.fault.archive())
	case resourceStoreExport:
		out["roma"], out["path"] = values{"instance_id": instances["dev"], "apps": []any{ordersApp}}, c.storeAddress(release)
	case resourceStoreImport:
		out["roma"], out["source"] = values{"instance_id": instances["prod"], "type": "Merge"}, c.storeAddress(release)
	case "import":
		out["roma"], out["source"] = values{"instance_id": instances["prod"], "type": "Merge"}, c.path(c.fault.archive())
	default:
		out["roma"], out["path"] = values{"instance_id": instances["dev"], "apps": []any{ordersApp}}, c.path(c.fault.archive())
	}
	return out
}
