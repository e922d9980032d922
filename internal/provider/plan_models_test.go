package provider

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

// These models are what the pure functions of a plan are tested with.

var (
	unknownText = types.StringUnknown()
	noText      = types.StringNull()
)

func str(value string) types.String { return types.StringValue(value) }

func texts(values map[string]attr.Value) types.Map {
	return types.MapValueMust(types.StringType, values)
}

func ids(values ...string) types.Set {
	elements := []attr.Value{}
	for _, value := range values {
		elements = append(elements, str(value))
	}
	return types.SetValueMust(types.StringType, elements)
}

var romaExportTypes = map[string]attr.Type{
	"instance_id": types.StringType, "apps": types.SetType{ElemType: types.StringType}, "tasks": types.SetType{ElemType: types.StringType},
}

func exportOf(apps, tasks types.Set) types.Object {
	return types.ObjectValueMust(romaExportTypes, map[string]attr.Value{"instance_id": noText, "apps": apps, "tasks": tasks})
}

var noIDSet = types.SetNull(types.StringType)

// finishedExport is the state of an export that has a path.
func finishedExport() exportModel {
	return exportModel{
		platformModel: platformModel{Roma: exportOf(ids("a"), noIDSet)}, Path: str("a.zip"),
		IfMissing: str(ifMissingKeep), RemoveOnDestroy: types.BoolValue(false), Timeouts: noTimeouts, ArchiveID: str("archive"),
		jobModel: jobModel{
			Triggers: types.MapNull(types.StringType), Platform: str(romaplatform.Name), Instance: str("dev"), JobID: str("job"),
			Status: str(string(asset.Succeeded)), BeginTime: str("2026-01-01T00:00:00Z"), EndTime: str("2026-01-01T00:00:01Z"),
		},
		Archive: exportArchive(asset.Stored{Path: "a.zip", SHA256: "sum", ContentDigest: "content", Size: 1}),
	}
}

var noTimeouts = timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{"create": types.StringType, "update": types.StringType})}

func someTimeouts() timeouts.Value {
	return timeouts.Value{Object: types.ObjectValueMust(noTimeouts.AttributeTypes(context.Background()), map[string]attr.Value{"create": str("1h"), "update": noText})}
}

var romaImportTypes = map[string]attr.Type{
	"instance_id": types.StringType, "type": types.StringType, "prefix": types.StringType, "datasource_overwrite": types.BoolType,
}

// importOf is the roma attribute of an import with some values set.
func importOf(set map[string]attr.Value) types.Object {
	values := map[string]attr.Value{"instance_id": noText, "type": noText, "prefix": noText, "datasource_overwrite": types.BoolNull()}
	maps.Copy(values, set)
	return types.ObjectValueMust(romaImportTypes, values)
}

// finishedImport is the state of an import without a source_hash.
func finishedImport() importModel {
	return importModel{
		Source: str("a.zip"), SourceHash: noText, platformModel: platformModel{Roma: importOf(nil)}, Timeouts: noTimeouts,
		jobModel: jobModel{
			Triggers: types.MapNull(types.StringType), Platform: str(romaplatform.Name), Instance: str("prod"), JobID: str("job"),
			Status: str(string(asset.Succeeded)), BeginTime: noText, EndTime: noText,
		},
		Archive:  importArchive(asset.Stored{SHA256: sumHex, ContentDigest: contentHex, Size: 1}),
		Messages: textList([]string{"well done"}), Artifacts: artifactList(nil),
	}
}

// configured are the platforms of a provider block with these values, and of an environment; a block of nil is
// not written, and one in unknown is not known.
func configured(t *testing.T, blocks map[string]map[string]attr.Value, unknown []string, env map[string]string) *providerData {
	t.Helper()
	var list platform.List
	for _, kind := range platforms() {
		values, isWritten := blocks[kind.Name()]
		each, diags := kind.Configure(t.Context(), blockOf(t, kind, values, isWritten, slices.Contains(unknown, kind.Name())), platform.Environment{
			Getenv: func(name string) string { return env[name] }, Blocks: len(blocks)+len(unknown) > 0,
		})
		if diags.HasError() {
			t.Fatal(diags)
		}
		list = append(list, each)
	}
	return newProviderData(platforms(), list)
}

// unconfigured has no provider block and no environment.
func unconfigured(t *testing.T) *providerData {
	t.Helper()
	return configured(t, nil, nil, nil)
}

func blockOf(t *testing.T, kind platform.Kind, values map[string]attr.Value, isWritten, isUnknown bool) types.Object {
	t.Helper()
	shape, ok := kind.ProviderSchema().GetType().(attr.TypeWithAttributeTypes)
	switch {
	case !ok:
		t.Fatalf("the block of %s is no object", kind.Name())
	case isUnknown:
		return types.ObjectUnknown(shape.AttributeTypes())
	case !isWritten:
		return types.ObjectNull(shape.AttributeTypes())
	}
	all := map[string]attr.Value{}
	for name, each := range shape.AttributeTypes() {
		null, err := each.ValueFromTerraform(t.Context(), tftypes.NewValue(each.TerraformType(t.Context()), nil))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = null
	}
	maps.Copy(all, values)
	return types.ObjectValueMust(shape.AttributeTypes(), all)
}
