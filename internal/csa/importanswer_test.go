package csa

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

func TestArtifactIn(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]asset.Artifact{
		"Service offering A B imported successfully. (Id=0a)":                             {ID: "0a", Type: "SERVICE_OFFERING", Name: "A B"},
		"Service design A imported successfully. (Id=0A f)":                               {ID: "0Af", Type: "SERVICE_DESIGN", Name: "A"},
		"Service blueprint A imported successfully. (Id=a-b)":                             {ID: "a-b", Type: "SERVICE_DESIGN", Name: "A"},
		"Resource offering A has been updated successfully (ID: 1)":                       {ID: "1", Type: "RESOURCE_OFFERING", Name: "A"},
		"Resource environment A was created successfully. ( Id = 1 )":                     {ID: "1", Type: "RESOURCE_ENVIRONMENT", Name: "A"},
		"Component palette A imported successfully . (Id=1)":                              {ID: "1", Type: "COMPONENT_PALETTE", Name: "A"},
		"CATALOG Service offering imported successfully. (Id=1)":                          {ID: "1", Type: "CATALOG", Name: "Service offering"},
		"Catalog imported successfully. (Id=1)":                                           {ID: "1", Type: "CATALOG"},
		"Catalog A (Id=9) imported successfully imported successfully. (Id=1)":            {ID: "1", Type: "CATALOG", Name: "A (Id=9) imported successfully"},
		"Service offering A exists already. (Id=1)":                                       {ID: "1", Type: "SERVICE_OFFERING"},
		"Widget A imported successfully. (Id=1)":                                          {ID: "1"},
		"(Id=1)":                                                                          {ID: "1"},
		"Service offering A imported successfully.":                                       {},
		"Service offering A imported successfully. (Id=)":                                 {},
		"Service offering A imported successfully. (Id=../x)":                             {},
		"Service offering A imported successfully. (Id=" + strings.Repeat("a", 200) + ")": {},
	} {
		a, ok := artifactIn(message)
		if a != want || ok != (want.ID != "") {
			t.Errorf("%s: %+v, %v", message, a, ok)
		}
	}
}

func TestParseImport(t *testing.T) {
	t.Parallel()
	done, err := parseImport([]byte(`<ns2:ImportOperationResult xmlns:ns2="http://x"><additionalSummaryMessages/>` +
		`<additionalSummaryMessages>Catalog A imported successfully. (Id=1)</additionalSummaryMessages>` +
		`<additionalSummaryMessages>Catalog A updated successfully. (Id=1)</additionalSummaryMessages>` +
		`<importResultRecord>../x</importResultRecord><importStatus>Success</importStatus><unknown><importStatus>x</importStatus></unknown>` +
		`</ns2:ImportOperationResult>`))
	job := done.job
	if err != nil || job.Status != asset.Succeeded || job.ID != "" || len(job.Artifacts) != 1 || len(job.Messages) != 2 || job.Reasons != nil {
		t.Errorf("%+v, %v", job, err)
	}
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		importBody("SUCCESS", sampleMessages...), importBody("FAILURE", "x (Id=1) (id: 2 3)", ""), importBody("")[:150],
		`<ImportOperationResult/>`, `<importMessageList><messages>Service design A imported successfully. (Id=1)</messages></importMessageList>`,
		`<html><title>x</title></html>`, `<!DOCTYPE x [<!ENTITY e "SUCCESS">]><ImportOperationResult><importStatus>&e;</importStatus></ImportOperationResult>`,
		"<?xml version='1.0' encoding='iso-8859-1'?><ImportOperationResult><importSummary>\xe9</importSummary></ImportOperationResult>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if done, err := parseImport([]byte(text)); err == nil {
			checkImported(t, done)
		}
		if done, ok := parseRefusal(text); ok {
			checkImported(t, done)
			if done.job.Status != asset.Failed {
				t.Fatalf("%+v of %q", done.job, text)
			}
		}
	})
}

func checkImported(t *testing.T, done imported) {
	t.Helper()
	job := done.job
	if (job.Status == asset.Failed) != (len(job.Reasons) > 0) || job.Status != asset.Failed && job.Status != asset.Succeeded {
		t.Fatalf("%+v", job)
	}
	if job.ID != "" && !idForm.MatchString(job.ID) || len(job.Artifacts) != len(done.sources) {
		t.Fatalf("%+v, %q", job, done.sources)
	}
	for _, m := range job.Messages {
		if m == "" || m != single(m) {
			t.Fatalf("message %q", m)
		}
	}
	seen := make(map[string]bool)
	for _, a := range job.Artifacts {
		if !idForm.MatchString(a.ID) || seen[a.ID] || a.Name != single(a.Name) || a.Type != "" && Kind(a.Type) != a.Type {
			t.Fatalf("%+v", a)
		}
		seen[a.ID] = true
	}
}

// Ids are in states and messages, and a server chooses them.
func TestIDsOfAnImportHoldNoSecret(t *testing.T) {
	t.Parallel()
	done, err := parseImport([]byte(`<ImportOperationResult><additionalSummaryMessages>Catalog A imported successfully. (Id=x-s3cr3t)</additionalSummaryMessages>` +
		`<importResultRecord>s3cr3t</importResultRecord><importStatus>Success</importStatus></ImportOperationResult>`))
	done.clean(func(text string) string { return strings.ReplaceAll(text, "s3cr3t", "***") })
	if err != nil || done.job.ID != "" || len(done.job.Artifacts) != 1 || done.job.Artifacts[0].ID != "x-***" {
		t.Errorf("%+v, %v", done.job, err)
	}
}
