package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
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
		Roma: exportOf(ids("a"), noIDSet), Path: str("a.zip"), Triggers: types.MapNull(types.StringType),
		IfMissing: str(ifMissingKeep), RemoveOnDestroy: types.BoolValue(false), Timeouts: noTimeouts,
		Platform: str(platformRoma), Instance: str("dev"), JobID: str("job"), ArchiveID: str("archive"), Status: str(string(asset.Succeeded)),
		BeginTime: str("2026-01-01T00:00:00Z"), EndTime: str("2026-01-01T00:00:01Z"),
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
		Source: str("a.zip"), SourceHash: noText, Triggers: types.MapNull(types.StringType), Roma: importOf(nil), Timeouts: noTimeouts,
		Platform: str(platformRoma), Instance: str("prod"), JobID: str("job"), Status: str(string(asset.Succeeded)),
		BeginTime: noText, EndTime: noText, Archive: importArchive(asset.Stored{SHA256: sumHex, ContentDigest: contentHex, Size: 1}),
		Messages: textList([]string{"well done"}), Artifacts: artifactList(nil),
	}
}
