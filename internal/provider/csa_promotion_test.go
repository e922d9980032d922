package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCSAExample applies examples/csa, with its two provider aliases, as a
// user would, and looks at what travelled.
func TestCSAExample(t *testing.T) {
	t.Parallel()
	main, err := os.ReadFile("../../examples/csa/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, string(main))
	w.setenv(csaVariablesOf(server)...)
	w.apply(0)
	expectCounts(t, server, "csa_login 2, csa_export 1, csa_import 1, csa_import_result 1, csa_preview 0, csa_other 0")
	for _, r := range server.Simulator.Requests() {
		if r.Auth != "basic" || r.Cookie || !strings.HasPrefix(r.UserAgent, "terraform-provider-asset/") {
			t.Errorf("%s: auth %s, cookie %v, user agent %q", r.Kind, r.Auth, r.Cookie, r.UserAgent)
		}
	}
	if login := requestsOf(server, "csa_login")[0]; login.Path != "/dev/csa/rest/login/CSA-Provider/admin/" {
		t.Errorf("login %s", login.Path)
	}
	want := []string{
		"SERVICE_OFFERING Linux Server mit Überwachung", "SERVICE_BLUEPRINT Simple Compute Linux",
		"RESOURCE_OFFERING vCenter Offering", "RESOURCE_OFFERING Sicherung & Wiederherstellung",
	}
	if got := onCSA(server); !slices.Equal(got, want) {
		t.Errorf("prod has %q", got)
	}
	checkCSAExport(t, server, w)
	checkCSAImport(t, server, w)

	server.Simulator.ResetRequests()
	w.plan(false)
	// A new release with the same content: exported, not imported.
	w.apply(0, "-var=release=1.5.0")
	expectCounts(t, server, "csa_login 1, csa_export 1, csa_import 0")
	server.Simulator.ResetRequests()
	r := w.terraform("destroy", "-auto-approve")
	if r.code != 0 {
		t.Errorf("destroy ended with %d", r.code)
	}
	expectSaid(t, r.out, "Imported assets stay", "Archive file stays")
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("destroying sent %d requests", n)
	}
}

func checkCSAExport(t *testing.T, server *simulator.Server, w *workspace) {
	t.Helper()
	data, err := os.ReadFile(w.path("offering.zip"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	state := w.state("asset_export.offering")
	archive, _ := state["archive"].(map[string]any)
	for name, pair := range map[string][2]any{
		"sha256":     {archive["sha256"], hex.EncodeToString(sum[:])},
		"platform":   {state["platform"], "csa"},
		"instance":   {state["instance"], server.Info.CSA["dev"].Endpoint},
		"status":     {state["status"], "SUCCEEDED"},
		"job_id":     {state["job_id"], nil},
		"archive_id": {state["archive_id"], nil},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s of the export is %v, want %v", name, pair[0], pair[1])
		}
	}
}

func checkCSAImport(t *testing.T, server *simulator.Server, w *workspace) {
	t.Helper()
	request := requestsOf(server, "csa_import")[0]
	state := w.state("asset_import.offering")
	upload := request.Upload
	if upload.PartName != "file" || upload.PartType != "application/octet-stream" || strings.ContainsAny(upload.FileName, `/\`) ||
		len(upload.FormFields) != 0 || upload.SHA256 != server.Simulator.ServedArchives()[0].SHA256 {
		t.Errorf("upload %+v", upload)
	}
	if upload.Options["update"] != "true" || upload.Options["validateType"] != "SERVICE_OFFERING" || upload.Options["updatePreserveExisting"] != "" {
		t.Errorf("options %v", upload.Options)
	}
	if state["job_id"] != request.JobID || state["end_time"] == nil || state["platform"] != "csa" {
		t.Errorf("the state has %v, want the record %s", state, request.JobID)
	}
	artifacts, _ := state["artifacts"].([]any)
	var got []string
	for _, a := range artifacts {
		values, _ := a.(map[string]any)
		id, _ := values["id"].(string)
		if len(id) != 32 {
			t.Errorf("id %q", id)
		}
		got = append(got, fmt.Sprint(values["type"], " ", values["name"]))
	}
	want := []string{
		"SERVICE_OFFERING Linux Server mit Überwachung", "SERVICE_DESIGN Simple Compute Linux",
		"RESOURCE_OFFERING vCenter Offering", "RESOURCE_OFFERING Sicherung & Wiederherstellung",
	}
	if !slices.Equal(got, want) {
		t.Errorf("artifacts %q", got)
	}
	messages, _ := state["messages"].([]any)
	if len(messages) != 5 || !slices.ContainsFunc(messages, func(m any) bool {
		text, _ := m.(string)
		return strings.HasPrefix(text, "Service offering Linux Server mit Überwachung imported successfully. (Id")
	}) {
		t.Errorf("messages %q", messages)
	}
}
