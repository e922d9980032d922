package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// adoptBlock is an import block.
func adoptBlock(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

// adoptedSite is a workspace of a real terraform, with the archive that was promoted.
func adoptedSite(t *testing.T, config string) *stage {
	t.Helper()
	server := serve(t, simulator.Options{})
	s := &stage{workspace: newWorkspace(t, server, head+providerBlock+config), server: server}
	s.write("orders.zip", firstPromotion(t).orders)
	return s
}

// TestTerraformImport: the command takes over both, the first plan records, and
// nothing is sent.
func TestTerraformImport(t *testing.T) {
	t.Parallel()
	s := adoptedSite(t, exported()+imported())
	prod := s.server.Info.ROMA.Instances["prod"]
	for address, id := range map[string]string{exportAddress: "roma", importAddress: "roma," + prod + ",a-job"} {
		if r := s.terraform("import", "-input=false", address, id); r.code != 0 {
			t.Fatalf("import ended with %d:\n%s", r.code, r.out)
		}
	}
	if found := s.state(importAddress); found["instance"] != prod || found["job_id"] != "a-job" || found["status"] != "SUCCEEDED" {
		t.Errorf("the import was adopted as %v", found)
	}
	wants(t, s.plan(true, "-out=saved"), "0 to add, 2 to change, 0 to destroy")
	if r := s.terraform("apply", "saved"); r.code != 0 {
		t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	expectArchive(exportAddress, "orders.zip")(s)
	expectArchive(importAddress, "orders.zip")(s)
	s.plan(false)
	s.silent("adopting")
}

// TestGeneratedConfiguration: what terraform writes is valid and has nothing to do, whatever
// the provider block names; and adopting goes on when its placeholders are replaced.
func TestGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	s := adoptedSite(t, "")
	info := s.server.Info
	csa := info.CSA["prod"]
	s.setenv("CSA_ENDPOINT="+csa.Endpoint, "CSA_USERNAME="+csa.Username, "CSA_PASSWORD="+csa.Password)
	s.write("main.tf", head+`provider "asset" {
  roma = { instance_id = var.dev_instance }
  csa  = {}
}
`+adoptBlock("asset_import.other", "roma,"+info.ROMA.Instances["prod"])+adoptBlock("asset_import.own", "roma")+
		adoptBlock("asset_import.csa", "csa")+adoptBlock("asset_export.x", "roma,"+info.ROMA.Instances["dev"]+",a-job"))
	r := s.plan(true, "-generate-config-out=generated.tf", "-out=saved")
	wants(t, r, "4 to import, 0 to add, 0 to change, 0 to destroy")
	lacks(t, r, "Warning: Adopted")
	if r := s.terraform("apply", "saved"); r.code != 0 {
		t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	s.plan(false)
	text := string(s.read("generated.tf"))
	for old, now := range map[string]string{
		sourceToSet: "orders.zip", fmt.Sprintf("%q", appToSet): fmt.Sprintf("%q", ordersApp),
	} {
		if !strings.Contains(text, old) {
			t.Errorf("no %s in\n%s", old, text)
		}
		text = strings.ReplaceAll(text, old, now)
	}
	s.write("generated.tf", text)
	wants(t, s.plan(true), "0 to add, 4 to change, 0 to destroy")
	s.apply(0)
	s.plan(false)
	s.silent("adopting")
	if found := s.state("asset_import.csa"); found["platform"] != "csa" || found["instance"] != csa.Endpoint {
		t.Errorf("the import into CSA is %v", found)
	}
}

// TestMovedFromAScript: what a provisioner of terraform_data did is adopted, with the instance of the
// configuration.
func TestMovedFromAScript(t *testing.T) {
	t.Parallel()
	const script = "resource \"terraform_data\" \"promote\" {\n  input = \"1.4.0\"\n  triggers_replace = [\"1.4.0\"]\n}\n"
	s := adoptedSite(t, script)
	s.apply(0)
	s.write("main.tf", head+providerBlock+imported()+"moved {\n  from = terraform_data.promote\n  to = asset_import.x\n}\n")
	r := s.plan(true, "-out=saved")
	wants(t, r, "moved from terraform_data.promote", "0 to add, 1 to change, 0 to destroy")
	if r := s.terraform("apply", "saved"); r.code != 0 {
		t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	if found := s.state(importAddress); found["instance"] != s.server.Info.ROMA.Instances["prod"] || found["platform"] != "roma" {
		t.Errorf("moved to %v", found)
	}
	expectArchive(importAddress, "orders.zip")(s)
	s.plan(false)
	s.silent("moving")
}

// TestGeneratedConfigurationRunsNothing: an export with the placeholder in it does not run.
func TestGeneratedConfigurationRunsNothing(t *testing.T) {
	t.Parallel()
	s := adoptedSite(t, adoptBlock(exportAddress, "roma"))
	s.plan(true, "-generate-config-out=generated.tf", "-out=saved")
	if r := s.terraform("apply", "saved"); r.code != 0 {
		t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	if err := os.Remove(s.path("terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	s.write("main.tf", head+providerBlock)
	r := s.terraform("plan")
	wants(t, r, "Error: Ids are still to be set", "nothing was sent")
	s.silent("the plan")
}
