package provider_test

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestImportIDs: what an id says is in the state, and a wrong one is refused with the form that is right.
func TestImportIDs(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dev, csa := server.Info.ROMA.Instances["dev"], server.Info.CSA["dev"]
	block := romaSetup(server)
	block["csa"] = csaSetup(server)["csa"]
	for _, row := range []struct {
		name, kind, id string
		block          values
		// want is PLATFORM INSTANCE JOB of the state, refused a part of the message.
		want, refused string
	}{
		{name: "platform", kind: "import", id: "roma", want: "roma " + dev + " -"},
		{name: "platform of an export", kind: "export", id: "roma", want: "roma " + dev + " -"},
		{name: "instance", kind: "import", id: "roma,elsewhere", want: "roma elsewhere -"},
		{name: "job", kind: "import", id: "roma,elsewhere,job", want: "roma elsewhere job"},
		{name: "job of an export", kind: "export", id: "roma,elsewhere,job", want: "roma elsewhere job"},
		{name: "CSA", kind: "import", id: "csa", want: "csa " + csa.Endpoint + " -"},
		{name: "endpoint", kind: "import", id: "csa,https://CSA.example.com:443/csa/rest,4711", want: "csa https://csa.example.com 4711"},
		{name: "instance that is not known yet", kind: "import", id: "roma", block: values{"roma": undecided{}}, want: "roma - -"},
		{name: "job id alone", kind: "import", id: "5f0c1c6e", refused: "it does not begin with the name of a platform"},
		{name: "empty", kind: "import", id: "", refused: "it does not begin with the name of a platform"},
		{name: "capitals", kind: "export", id: "ROMA", refused: "it does not begin with the name of a platform"},
		{name: "slashes", kind: "import", id: "roma/dev", refused: "it does not begin with the name of a platform"},
		{name: "four parts", kind: "import", id: "roma,a,b,c", refused: "it has more than three parts"},
		{name: "no instance", kind: "import", id: "roma,,job", refused: "a part of it is empty"},
		{name: "comma at the end", kind: "import", id: "roma,", refused: "a part of it is empty"},
		{name: "space", kind: "import", id: "roma, dev", refused: "there is white space or a control character in it"},
		{name: "long", kind: "import", id: "roma," + strings.Repeat("a", 65), refused: "longer than an id of ROMA Connect may be"},
		{name: "no address", kind: "import", id: "csa,example", refused: "its second part is no address of a CSA"},
		{name: "address with a password", kind: "import", id: "csa,https://me:t0ps3cret@example.com", refused: "its second part is no address of a CSA"},
		{name: "nothing names an instance", kind: "import", id: "roma", block: without(romaSetup(server), "instance_id"), refused: "it names no instance, and neither does the provider"},
		{name: "nothing names an endpoint", kind: "import", id: "csa", block: romaSetup(server), refused: "it names no endpoint, and neither does the provider"},
		{name: "export of CSA", kind: "export", id: "csa", refused: "CSA export cannot be adopted"},
		{name: "export of another CSA", kind: "export", id: "csa,https://csa.example.com", refused: "CSA export cannot be adopted"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if row.block == nil {
				row.block = block
			}
			p := configuredFrom(t, provider.ServerOn(nil, "http://127.0.0.1:9")(), "1.11.4", row.block)
			it, said := p.importing(t, "asset_"+row.kind, row.id)
			if row.refused != "" {
				if it != nil || !strings.Contains(said, row.refused) || strings.Contains(said, "t0ps3cret") {
					t.Errorf("adopted %v: %s", it, said)
				}
				if !strings.Contains(said, "CSA export") && !strings.Contains(said, "Write PLATFORM, PLATFORM,INSTANCE or PLATFORM,INSTANCE,JOB") {
					t.Errorf("does not say what is right: %s", said)
				}
				return
			}
			if it == nil || said != "" {
				t.Fatal(said)
			}
			state := p.shows(t, it)
			got := make([]string, 0, 3)
			for _, name := range []string{"platform", "instance", "job_id"} {
				text, _ := state[name].(string)
				if text == "" {
					text = "-"
				}
				got = append(got, text)
			}
			if strings.Join(got, " ") != row.want || state["status"] != "SUCCEEDED" {
				t.Errorf("the state has %q, status %v, want %q", got, state["status"], row.want)
			}
		})
	}
	if got := counts(server); got != "" {
		t.Errorf("requests: %s", got)
	}
}

// TestMoves: what is moved is adopted before the provider is configured, whatever its registry; nothing else is.
func TestMoves(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, kind, address, from string
		refused                   bool
	}{
		{name: "terraform_data", kind: "asset_import", address: "terraform.io/builtin/terraform", from: "terraform_data"},
		{name: "terraform_data to an export", kind: "asset_export", address: "terraform.io/builtin/terraform", from: "terraform_data"},
		{name: "null_resource", kind: "asset_import", address: "registry.terraform.io/hashicorp/null", from: "null_resource"},
		{name: "null_resource of OpenTofu", kind: "asset_import", address: "registry.opentofu.org/hashicorp/null", from: "null_resource"},
		{name: "bare name", kind: "asset_import", address: "null", from: "null_resource"},
		{name: "bare name of terraform_data", kind: "asset_import", address: "terraform", from: "terraform_data"},
		{name: "the other resource", kind: "asset_import", address: "registry.terraform.io/asset-promotion/asset", from: "asset_export", refused: true},
		{name: "another provider's null_resource", kind: "asset_import", address: "registry.terraform.io/somebody/else", from: "null_resource", refused: true},
		{name: "a file", kind: "asset_export", address: "registry.terraform.io/hashicorp/local", from: "local_file", refused: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			it, said := moving(t, provider.ServerHere(), row.kind, row.address, row.from, `{"id":"0d3e5f10","triggers":{"release":"1.4.0"}}`)
			if row.refused {
				if !strings.Contains(said, "Error: Resource cannot be moved here") || !strings.Contains(said, row.from) {
					t.Error(said)
				}
				return
			}
			if said != "" || it.state == nil {
				t.Fatal(said)
			}
			p := &plugin{schema: schemas()}
			state := p.shows(t, it)
			if state["status"] != "SUCCEEDED" || state["platform"] != nil || state["instance"] != nil || state["job_id"] != nil {
				t.Errorf("moved to %v", state)
			}
		})
	}
}

// TestMovedExport: an export that was moved takes the platform and the instance of its configuration; that of
// CSA is refused with the reason.
func TestMovedExport(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	block := romaSetup(server)
	block["csa"] = csaSetup(server)["csa"]
	for name, row := range map[string]struct {
		config values
		want   string
	}{
		"ROMA Connect": {values{"roma": values{"apps": []any{ordersApp}}}, ""},
		"CSA":          {values{"csa": values{"artifact_id": csaOffering}, "path": t.TempDir() + "/a.zip"}, "Error: CSA export cannot be adopted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := provider.ServerHere()
			it, said := moving(t, made, "asset_export", "terraform.io/builtin/terraform", "terraform_data", `{"id":"0d3e5f10"}`)
			p := configuredFrom(t, made, "1.11.4", block)
			said = spokenAll(said, p.reaches(t.Context(), t, it, row.config, false))
			if !strings.HasPrefix(said, row.want) || row.want == "" && said != "" {
				t.Fatal(said)
			}
			if state := p.shows(t, it); row.want == "" && (state["instance"] != server.Info.ROMA.Instances["dev"] || state["platform"] != "roma") {
				t.Errorf("moved to %v", state)
			}
		})
	}
	if got := counts(server); got != "" {
		t.Errorf("requests: %s", got)
	}
}
