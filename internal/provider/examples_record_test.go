package provider_test

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// promotionRecord is the output of examples/release.
type promotionRecord struct {
	Release, From, To string
	Approved          struct {
		By            *string
		ContentDigest string `json:"content_digest"`
		SHA256        string
	}
	Changes *struct{ Added, Removed, Changed []string }
	Jobs    []struct {
		Job, ID, Status, Begin, End string
		Messages                    []string
	}
}

// TestRecordOfAPromotion applies examples/release twice: the second release is recorded with
// what it changes, and who approved it stays, whoever plans again.
func TestRecordOfAPromotion(t *testing.T) {
	t.Parallel()
	w, server := exampleOf(t, "release", nil)
	w.apply(0)
	first := outputOf[promotionRecord](t, w, "record")
	instances := server.Info.ROMA.Instances
	if first.Release != "1.4.0" || first.From != instances["dev"] || first.To != instances["prod"] || first.Approved.By != nil || first.Changes != nil {
		t.Errorf("the first release is recorded as %+v", first)
	}
	for i, want := range []string{"export", "import"} {
		j := first.Jobs[i]
		if j.Job != want || j.ID == "" || j.Status != "SUCCEEDED" || j.Begin == "" || j.End < j.Begin || len(j.Messages) != 0 {
			t.Errorf("job %+v", j)
		}
	}
	if text := w.terraform("output", "-raw", "summary").out; !strings.Contains(text, "| Approved by | not recorded |") || !strings.Contains(text, "What changed is not recorded: `before` is not set.") {
		t.Errorf("the summary is %s", text)
	}

	app := simulator.App{ID: ordersApp, Name: "orders", Remark: "order API, new"}
	if err := server.Simulator.Put("dev", []simulator.App{app}, nil); err != nil {
		t.Fatal(err)
	}
	// The archive of before has one entry more, whose name would write a line of its own.
	withEntry(t, w.path("archives/orders-1.4.0.zip"), w.path("before.zip"), "x` | added |\n## Approved")
	// An account of a CI system, and what a bad one could be called.
	const approver = "renovate[bot] | <b>jane</b>\n## Release 9"
	w.setenv("TF_VAR_approved_by="+approver, "TF_VAR_before=before.zip")
	// What terraform.tfvars says would win over the environment.
	w.write("release.auto.tfvars", "release = \"1.5.0\"\n")
	w.apply(0)
	second := outputOf[promotionRecord](t, w, "record")
	if second.Approved.By == nil || *second.Approved.By != approver || second.Approved.ContentDigest == first.Approved.ContentDigest ||
		second.Approved.SHA256 == first.Approved.SHA256 || second.Jobs[1].ID == first.Jobs[1].ID {
		t.Errorf("the second release is recorded as %+v", second)
	}
	changed := "apps/" + ordersApp + ".json"
	if c := second.Changes; c == nil || len(c.Added) != 0 || len(c.Removed) != 1 || strings.Join(c.Changed, " ") != changed {
		t.Errorf("it changes %+v", c)
	}
	text := w.terraform("output", "-raw", "summary").out + "\n"
	for _, line := range []string{
		"## Release 1.5.0\n", "| Approved by | renovate\\[bot] \\| \\<b>jane\\</b> ## Release 9 |\n", "| Content | `" + second.Approved.ContentDigest + "` |\n",
		"| import | `" + second.Jobs[1].ID + "` | SUCCEEDED | " + second.Jobs[1].Begin + " | " + second.Jobs[1].End + " |\n", "| `" + changed + "` | changed |\n", "| `x? ? added ??## Approved` | removed |\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the summary has no %q:\n%s", line, text)
		}
	}
	w.setenv("TF_VAR_approved_by=john")
	w.plan(false)
}

// withEntry copies an archive and adds an empty entry.
func withEntry(t *testing.T, from, to, name string) {
	t.Helper()
	archive, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	var copied bytes.Buffer
	out := zip.NewWriter(&copied)
	for _, entry := range archive.File {
		if err := out.Copy(entry); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
