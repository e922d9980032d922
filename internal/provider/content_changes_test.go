package provider_test

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// changes calls the function content_changes with two lists of entries.
func (p *plugin) changes(t *testing.T, before, after tftypes.Value) any {
	t.Helper()
	schema, err := p.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	definition := schema.Functions["content_changes"]
	var arguments []*tfprotov6.DynamicValue
	for i, value := range []tftypes.Value{before, after} {
		argument, err := tfprotov6.NewDynamicValue(definition.Parameters[i].Type, value)
		if err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, &argument)
	}
	resp, err := p.server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "content_changes", Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Error != nil {
		t.Fatal(resp.Error.Text)
	}
	value, err := resp.Result.Unmarshal(definition.Return.Type)
	if err != nil {
		t.Fatal(err)
	}
	return plain(t, value)
}

// entriesType is that of entries of asset_archive.
func entriesType(p *plugin) tftypes.Type {
	object, _ := p.schema.DataSourceSchemas["asset_archive"].ValueType().(tftypes.Object)
	return object.AttributeTypes["entries"]
}

// entriesOf reads the entries of an archive with the data source.
func (p *plugin) entriesOf(t *testing.T, file string) tftypes.Value {
	t.Helper()
	kind := p.schema.DataSourceSchemas["asset_archive"].ValueType()
	resp, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "asset_archive", Config: dynamic(t, kind, values{"path": file})})
	if err != nil {
		t.Fatal(err)
	}
	state, err := resp.State.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]tftypes.Value{}
	if err := state.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes["entries"]
}

// rewrittenZip is an archive with these entries, by name and content.
func rewrittenZip(t *testing.T, entries ...[2]string) string {
	t.Helper()
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	for _, each := range entries {
		entry, err := w.Create(each[0])
		if err == nil {
			_, err = entry.Write([]byte(each[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestContentChanges compares what the data source says of two archives.
func TestContentChanges(t *testing.T) {
	t.Parallel()
	p := configured(t, values{})
	dir := t.TempDir()
	one, other := filepath.Join(dir, "one.zip"), filepath.Join(dir, "other.zip")
	zipFile(t, one, "apps/a", "apps/b", "twice", "twice")
	writeFile(t, other, rewrittenZip(t, [2]string{"apps/b", "apps/c"}, [2]string{"apps/a", "apps/a"}, [2]string{"Zusatz", ""}, [2]string{"twice", "twice"}))
	before, after := p.entriesOf(t, one), p.entriesOf(t, other)
	none := tftypes.NewValue(entriesType(p), []tftypes.Value{})
	null := tftypes.NewValue(entriesType(p), nil)
	list := func(names ...any) []any { return append([]any{}, names...) }
	for name, row := range map[string]struct {
		before, after tftypes.Value
		want          any
	}{
		"forth": {before, after, map[string]any{"added": list("Zusatz"), "removed": list(), "changed": list("apps/b", "twice")}},
		"back":  {after, before, map[string]any{"added": list(), "removed": list("Zusatz"), "changed": list("apps/b", "twice")}},
		"same":  {before, before, map[string]any{"added": list(), "removed": list(), "changed": list()}},
		"first": {none, before, map[string]any{"added": list("apps/a", "apps/b", "twice"), "removed": list(), "changed": list()}},
		"null":  {null, before, nil},
	} {
		if got := p.changes(t, row.before, row.after); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}
