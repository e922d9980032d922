package provider

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// contentChangesFunction needs no server and no file: it compares two lists of
// entries, wherever their archives are.
type contentChangesFunction struct{}

// listedEntry is an element of entries of the data source asset_archive.
type listedEntry struct {
	Name  string `tfsdk:"name"`
	Size  int64  `tfsdk:"size"`
	CRC32 string `tfsdk:"crc32"`
}

var changesTypes = map[string]attr.Type{
	"added": types.ListType{ElemType: types.StringType}, "removed": types.ListType{ElemType: types.StringType},
	"changed": types.ListType{ElemType: types.StringType},
}

func (contentChangesFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "content_changes"
}

func (contentChangesFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	list := func(name, meaning string) function.ListParameter {
		return function.ListParameter{
			Name: name, ElementType: entryType, AllowNullValue: true,
			MarkdownDescription: meaning + " `entries` of a data source `asset_archive`; `[]` where there is none.",
		}
	}
	resp.Definition = function.Definition{
		Summary: "What differs between two archives",
		MarkdownDescription: "Compares the entries of two archives and returns `{ added, removed, changed }`: three sorted lists of names. An entry has changed " +
			"if its uncompressed size or its CRC differs. In an `output` it shows a reviewer, in the plan, what a release changes. Null where one of the lists is null.",
		Parameters: []function.Parameter{list("before", "What is there now:"), list("after", "What is to come:")},
		Return:     function.ObjectReturn{AttributeTypes: changesTypes},
	}
}

func (contentChangesFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var before, after []listedEntry
	if resp.Error = req.Arguments.Get(ctx, &before, &after); resp.Error != nil {
		return
	}
	result := types.ObjectNull(changesTypes)
	if before != nil && after != nil {
		added, removed, changed := contentChanges(before, after)
		result = types.ObjectValueMust(changesTypes, map[string]attr.Value{
			"added": textList(added), "removed": textList(removed), "changed": textList(changed),
		})
	}
	resp.Error = resp.Result.Set(ctx, result)
}

// contentChanges tells sorted names apart. A name may occur more than once in an
// archive: then all that it stands for is compared.
func contentChanges(before, after []listedEntry) (added, removed, changed []string) {
	was, is := byName(before), byName(after)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		switch old, there := was[name]; {
		case !there:
			added = append(added, name)
		case !slices.Equal(old, is[name]):
			changed = append(changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[name]; !there {
			removed = append(removed, name)
		}
	}
	return added, removed, changed
}

func byName(entries []listedEntry) map[string][]listedEntry {
	all := map[string][]listedEntry{}
	for _, entry := range entries {
		entry.CRC32 = strings.ToLower(entry.CRC32)
		all[entry.Name] = append(all[entry.Name], entry)
	}
	for _, same := range all {
		slices.SortFunc(same, func(a, b listedEntry) int {
			return cmp.Or(cmp.Compare(a.Size, b.Size), strings.Compare(a.CRC32, b.CRC32))
		})
	}
	return all
}
