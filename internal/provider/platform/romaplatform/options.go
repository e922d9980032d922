package romaplatform

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// mostIDs is the limit of each list of an export: "a maximum of 100
// applications and tasks" (ExportAsset, ROMA Connect API reference).
const mostIDs = 100

func exportSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Export from ROMA Connect. At least one id in `apps` or `tasks`. A change of `apps`, `tasks` or the instance " +
			"exports again.",
		Attributes: map[string]schema.Attribute{
			"instance_id": instanceSchema(),
			"apps": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Ids of the applications to export, at most 100. What belongs to an application comes with it, as far as the " +
					"platform exports it. A change of the set exports again; its order means nothing.",
			},
			"tasks": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Ids of the data-integration tasks to export, at most 100. A change of the set exports again.",
			},
		},
	}
}

func importSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Import into ROMA Connect. It may be left out when ROMA Connect is the only configured platform. A change of " +
			"any of its values imports again.",
		Attributes: map[string]schema.Attribute{
			"instance_id": instanceSchema(),
			"type": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`Merge` updates what exists and adds what is new; use it for every promotion that is repeated. `AddNew` " +
					"treats everything as new and collides with what the first promotion created. Left to the server (`AddNew`) when unset. " +
					"A change imports again.",
			},
			"prefix": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Put before the names of the imported applications, in the characters of such names. None when unset. A change imports again: " +
					"applications with the old prefix stay.",
			},
			"datasource_overwrite": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether existing data sources are overwritten. Left to the server (false) when unset. A change imports again.",
			},
		},
	}
}

func instanceSchema() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Id of the ROMA Connect instance. Default: `instance_id` of the provider. A change runs the job again, on the " +
			"new instance; the old one keeps what it has.",
	}
}

// exportText is what an export asks for, in canonical JSON: the same text
// means the same request, whatever the order. It is not known while a part of
// the object is not.
func exportText(object types.Object) (text string, isKnown bool) {
	if object.IsUnknown() {
		return "", false
	}
	apps, tasks := tfvalue.Field[types.Set](object, "apps"), tfvalue.Field[types.Set](object, "tasks")
	if !tfvalue.Known(apps) || !tfvalue.Known(tasks) {
		return "", false
	}
	// Lists of strings always marshal.
	out, _ := json.Marshal(map[string]any{"apps": tfvalue.SortedTexts(apps), "tasks": tfvalue.SortedTexts(tasks)})
	return string(out), true
}

func importText(object types.Object) (text string, isKnown bool) {
	if object.IsUnknown() {
		return "", false
	}
	options := map[string]any{}
	for name, value := range object.Attributes() {
		switch v := value.(type) {
		case types.String:
			if name != "instance_id" && !v.IsNull() {
				options[name] = v.ValueString()
			}
		case types.Bool:
			if !v.IsNull() {
				options[name] = v.ValueBool()
			}
		}
		if name != "instance_id" && value.IsUnknown() {
			return "", false
		}
	}
	// Strings and booleans always marshal.
	out, _ := json.Marshal(options)
	return string(out), true
}

func validateExport(object types.Object, diags *diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	at := path.Root(Name)
	validateInstance(object, diags)
	apps, tasks := tfvalue.Field[types.Set](object, "apps"), tfvalue.Field[types.Set](object, "tasks")
	for _, list := range []struct {
		name string
		ids  types.Set
	}{{"apps", apps}, {"tasks", tasks}} {
		name, set := list.name, list.ids
		if len(set.Elements()) > mostIDs {
			diags.Append(tooManyIDs(at, name, len(set.Elements())))
		}
		for _, element := range set.Elements() {
			id, ok := element.(types.String)
			switch {
			case !ok || id.IsUnknown():
			case id.ValueString() == "":
				diags.Append(message.EmptyID(at, name))
			case utf8.RuneCountInString(id.ValueString()) > longestID:
				diags.Append(message.IDTooLong(at, name, id.ValueString(), longestID))
			default:
				message.CheckPlain(at, name, id, diags)
			}
		}
	}
	if tfvalue.Known(apps) && tfvalue.Known(tasks) && len(apps.Elements())+len(tasks.Elements()) == 0 {
		diags.Append(noIDs(at))
	}
}

func validateImport(object types.Object, diags *diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	at := path.Root(Name)
	validateInstance(object, diags)
	kind := tfvalue.Field[types.String](object, "type")
	if text := kind.ValueString(); !kind.IsNull() && !kind.IsUnknown() && text != "AddNew" && text != "Merge" {
		diags.Append(unknownImportType(at, text))
	}
	if prefix := tfvalue.Field[types.String](object, "prefix"); !prefix.IsNull() && !prefix.IsUnknown() && prefix.ValueString() == "" {
		diags.Append(message.EmptyValue(at, "prefix"))
	}
}

func validateInstance(object types.Object, diags *diag.Diagnostics) {
	message.CheckID(path.Root(Name), "instance_id", tfvalue.Field[types.String](object, "instance_id"), longestID, diags)
}

// Instance is the resource's own instance or else the provider's.
func (s *settings) Instance(options types.Object) (types.String, error) {
	id := tfvalue.Field[types.String](options, "instance_id")
	switch {
	case !id.IsNull():
		return id, nil
	case s.unknownBlock || slices.Contains(s.unknown, "instance_id"):
		return types.StringUnknown(), nil
	case s.config.InstanceID == "":
		return types.StringNull(), &platform.NowhereError{Told: noInstance()}
	}
	return types.StringValue(s.config.InstanceID), nil
}

// CheckImport warns of an archive that the gateway may refuse when requests
// are signed with a key pair.
func (s *settings) CheckImport(_ types.Object, source string, size int64, _ *asset.Archive) diag.Diagnostics {
	if len(s.Unknown()) == 0 && len(s.missing) == 0 && s.config.Credentials.Signs() && size > roma.SignedBodyLimit {
		return diag.Diagnostics{archiveTooLargeToSign(source, size)}
	}
	return nil
}
