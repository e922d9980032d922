package provider_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// askedChange is what Terraform asks about one resource: states as JSON, in which
// DIR, DIGEST and SHA stand for the directory and the archive of the test.
type askedChange struct {
	kind, prior string
	// proposed and config are the prior state where they are empty.
	proposed, config, private string
	// quick: the answer needs no framework.
	quick bool
	// before is done before the change is asked about.
	before func(t *testing.T, dir string)
}

const (
	exportOnce = `{"roma": {"apps": ["a1"], "tasks": []}, "path": "DIR/a.zip", "triggers": {"r": "1"}, "if_missing": "keep", "remove_on_destroy": false,
		"platform": "roma", "instance": "i1", "job_id": "j1", "archive_id": "a1", "status": "SUCCEEDED", "begin_time": "2026-01-01T00:00:00Z",
		"archive": {"path": "DIR/a.zip", "sha256": "SHA", "content_digest": "DIGEST", "size": 10}}`
	importOnce = `{"roma": {"instance_id": "i2", "type": "Merge"}, "source": "DIR/a.zip", "platform": "roma", "instance": "i2", "job_id": "j2",
		"status": "SUCCEEDED", "end_time": "2026-01-01T00:00:00Z", "messages": [], "artifacts": [],
		"archive": {"sha256": "SHA", "content_digest": "DIGEST", "size": 10}}`
)

func swap(state, old, replacement string) string {
	if !strings.Contains(state, old) {
		panic(old + " is not in the state")
	}
	return strings.Replace(state, old, replacement, 1)
}

func removeFile(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "a.zip")); err != nil {
		t.Fatal(err)
	}
}

func otherContent(t *testing.T, dir string) {
	t.Helper()
	writeEntry(t, filepath.Join(dir, "a.zip"), "other")
}

func brokenFile(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "a.zip"), []byte("no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func directoryThere(t *testing.T, dir string) {
	t.Helper()
	removeFile(t, dir)
	if err := os.Mkdir(filepath.Join(dir, "a.zip"), 0o700); err != nil {
		t.Fatal(err)
	}
}

var askedChanges = map[string]askedChange{
	"export":                        {kind: "asset_export", prior: exportOnce, quick: true},
	"export, file gone":             {kind: "asset_export", prior: exportOnce, before: removeFile, quick: true},
	"export, directory in its way":  {kind: "asset_export", prior: exportOnce, before: directoryThere, quick: true},
	"export without path":           {kind: "asset_export", prior: swap(swap(exportOnce, `"DIR/a.zip"`, "null"), `{"path": "DIR/a.zip", "sha256": "SHA", "content_digest": "DIGEST", "size": 10}`, "null"), quick: true},
	"export, another trigger":       {kind: "asset_export", prior: exportOnce, proposed: swap(exportOnce, `"r": "1"`, `"r": "2"`)},
	"export of another instance":    {kind: "asset_export", prior: swap(exportOnce, `"i1"`, `"i9"`)},
	"export, default taken back":    {kind: "asset_export", prior: swap(exportOnce, `"keep"`, `"export"`), config: swap(exportOnce, `"keep"`, "null")},
	"export, default written":       {kind: "asset_export", prior: exportOnce, config: swap(exportOnce, `"keep"`, "null"), quick: true},
	"export, removal taken back":    {kind: "asset_export", prior: swap(exportOnce, `"remove_on_destroy": false`, `"remove_on_destroy": true`), config: swap(exportOnce, `"remove_on_destroy": false`, `"remove_on_destroy": null`)},
	"export, if_missing, there":     {kind: "asset_export", prior: swap(exportOnce, `"keep"`, `"export"`)},
	"export, if_missing, gone":      {kind: "asset_export", prior: swap(exportOnce, `"keep"`, `"export"`), before: removeFile},
	"export, archive elsewhere":     {kind: "asset_export", prior: swap(exportOnce, `{"path": "DIR/a.zip"`, `{"path": "DIR/b.zip"`)},
	"export, archive edited away":   {kind: "asset_export", prior: swap(exportOnce, `{"path": "DIR/a.zip", "sha256": "SHA", "content_digest": "DIGEST", "size": 10}`, "null"), quick: true},
	"export, unknown status word":   {kind: "asset_export", prior: swap(exportOnce, "SUCCEEDED", "ODD"), quick: true},
	"export, triggers emptied":      {kind: "asset_export", prior: swap(exportOnce, `{"r": "1"}`, "{}"), quick: true},
	"export of an unknown platform": {kind: "asset_export", prior: swap(exportOnce, `"platform": "roma"`, `"platform": null`)},
	"import, lists edited away":     {kind: "asset_import", prior: swap(importOnce, `"messages": [], "artifacts": [],`, ""), quick: true},
	"import, archive edited away":   {kind: "asset_import", prior: swap(importOnce, `{"sha256": "SHA", "content_digest": "DIGEST", "size": 10}`, "null"), before: removeFile, quick: true},
	"export, interrupted":           {kind: "asset_export", prior: swap(exportOnce, "SUCCEEDED", "RUNNING")},
	"export, left by an update":     {kind: "asset_export", prior: exportOnce, private: `{"unfinished_job": {"fingerprint": "f", "job": "j9"}}`},
	"export, other private data":    {kind: "asset_export", prior: exportOnce, private: `{"other": {}}`, quick: true},
	"import":                        {kind: "asset_import", prior: importOnce, quick: true},
	"import, file gone":             {kind: "asset_import", prior: importOnce, before: removeFile, quick: true},
	"import, other content":         {kind: "asset_import", prior: importOnce, before: otherContent},
	"import, no zip":                {kind: "asset_import", prior: importOnce, before: brokenFile},
	"import by hash, no zip":        {kind: "asset_import", prior: swap(importOnce, `"source"`, `"source_hash": "SHA", "source"`), before: brokenFile, quick: true},
	"import, instance by provider":  {kind: "asset_import", prior: swap(importOnce, `"instance_id": "i2", `, ""), config: swap(importOnce, `"instance_id": "i2", `, "")},
	"import, another source":        {kind: "asset_import", prior: importOnce, proposed: swap(importOnce, "DIR/a.zip", "DIR/b.zip")},
	"import with timeouts":          {kind: "asset_import", prior: swap(importOnce, `"source"`, `"timeouts": {"create": "1h"}, "source"`), quick: true},
	"import, interrupted":           {kind: "asset_import", prior: swap(importOnce, "SUCCEEDED", "RUNNING")},
	"import, interrupted by an old": {kind: "asset_import", prior: importOnce, private: `{"unfinished_job": {"fingerprint": "f"}}`},
	"import, created":               {kind: "asset_import", prior: "null", proposed: importOnce},
	"import, destroyed":             {kind: "asset_import", prior: importOnce, proposed: "null", config: "null"},
}

// TestUnchangedAsTheFramework compares the answers that need no framework with
// those of the framework, and holds which ones need none.
func TestUnchangedAsTheFramework(t *testing.T) {
	t.Parallel()
	for name, c := range askedChanges {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeEntry(t, filepath.Join(dir, "a.zip"), "entry")
			archive, err := asset.OpenArchive(filepath.Join(dir, "a.zip"))
			if err != nil {
				t.Fatal(err)
			}
			if err := archive.Close(); err != nil {
				t.Fatal(err)
			}
			fill := strings.NewReplacer("DIR", filepath.ToSlash(dir), "DIGEST", archive.ContentDigest, "SHA", strings.Repeat("5a", 32))
			if c.before != nil {
				c.before(t, dir)
			}
			ours, plansAsIs := provider.Quick()
			plain := providerserver.NewProtocol6(provider.NewOn(nil, "http://127.0.0.1:9")())()
			kind := configuredKinds(t, ours)[c.kind]
			configuredKinds(t, plain)
			value := func(text, otherwise string) *tfprotov6.DynamicValue {
				if text == "" {
					text = otherwise
				}
				return wireValue(t, kind, fill.Replace(text))
			}
			plan := &tfprotov6.PlanResourceChangeRequest{
				TypeName: c.kind, PriorState: value(c.prior, ""), ProposedNewState: value(c.proposed, c.prior), Config: value(c.config, c.prior),
				PriorPrivate: privateData(t, c.private),
			}
			if quick := plansAsIs(t.Context(), plan); quick != c.quick {
				t.Errorf("quick is %t, want %t", quick, c.quick)
			}
			got, err := ours.PlanResourceChange(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			want, err := plain.PlanResourceChange(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			sameState(t, kind, got.PlannedState, want.PlannedState)
			if !reflect.DeepEqual(got.Diagnostics, want.Diagnostics) || got.RequiresReplace != nil || want.RequiresReplace != nil {
				t.Errorf("diagnostics %v, want %v", got.Diagnostics, want.Diagnostics)
			}
			if string(got.PlannedPrivate) != string(want.PlannedPrivate) {
				t.Errorf("private %s, want %s", got.PlannedPrivate, want.PlannedPrivate)
			}
			if c.prior == "null" {
				return
			}
			compareRead(t, kind, ours, plain, &tfprotov6.ReadResourceRequest{TypeName: c.kind, CurrentState: plan.PriorState, Private: plan.PriorPrivate})
		})
	}
}

// TestPlanLooksOnce: what the provider saw before it asked the framework is not
// looked at again.
func TestPlanLooksOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	writeEntry(t, path, "entry")
	if !provider.LooksOnce(t.Context(), path) {
		t.Error("the source is opened twice in a request")
	}
}

func compareRead(t *testing.T, kind tftypes.Type, ours, plain tfprotov6.ProviderServer, req *tfprotov6.ReadResourceRequest) {
	t.Helper()
	got, err := ours.ReadResource(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	want, err := plain.ReadResource(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	sameState(t, kind, got.NewState, want.NewState)
	if !reflect.DeepEqual(got.Diagnostics, want.Diagnostics) || string(got.Private) != string(want.Private) {
		t.Errorf("refreshed: %v %s, want %v %s", got.Diagnostics, got.Private, want.Diagnostics, want.Private)
	}
}

// privateData writes private data as the framework does: the values in base64.
func privateData(t *testing.T, text string) []byte {
	t.Helper()
	if text == "" {
		return nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	encoded := map[string][]byte{}
	for name, value := range values {
		encoded[name] = value
	}
	out, err := json.Marshal(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// configuredKinds configures a server and returns the types of its resources.
func configuredKinds(t *testing.T, server tfprotov6.ProviderServer) map[string]tftypes.Type {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	config := wireValue(t, schemas.Provider.ValueType(), `{"roma": {"region": "r1", "instance_id": "i1", "access_key": "a", "secret_key": "s"}}`)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp)
	}
	kinds := map[string]tftypes.Type{}
	for name, schema := range schemas.ResourceSchemas {
		kinds[name] = schema.ValueType()
	}
	return kinds
}

// wireValue is a value in the form of the protocol.
func wireValue(t *testing.T, kind tftypes.Type, text string) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.RawState{JSON: []byte(text)}.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tfprotov6.NewDynamicValue(kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

func sameState(t *testing.T, kind tftypes.Type, got, want *tfprotov6.DynamicValue) {
	t.Helper()
	var values [2]tftypes.Value
	for i, v := range []*tfprotov6.DynamicValue{got, want} {
		var err error
		if values[i], err = v.Unmarshal(kind); err != nil {
			t.Fatal(err)
		}
	}
	if !values[0].Equal(values[1]) {
		t.Errorf("the state is %s\nwant %s", values[0], values[1])
	}
}

// writeEntry writes a zip with one entry.
func writeEntry(t *testing.T, path, name string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(file)
	entry, err := w.Create(name)
	if err == nil {
		_, err = fmt.Fprint(entry, "content")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
