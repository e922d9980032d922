package csa

import (
	"fmt"
	"strings"
	"testing"
)

// manifestOfFiles is a manifest with these files and types by turns.
func manifestOfFiles(pairs ...string) string {
	text := "<manifest>"
	for i := 0; i < len(pairs); i += 2 {
		text += fmt.Sprintf("<archiveItems><item>%s</item><itemType>%s</itemType></archiveItems>", pairs[i], pairs[i+1])
	}
	return text + "</manifest>"
}

func TestKindOfTopologies(t *testing.T) {
	t.Parallel()
	const model, old = "com.hp.csa.topology.model.", "com.hp.csa.model.vo."
	for _, row := range []struct {
		want  string
		items []string
	}{
		{KindServiceDesign, []string{
			"SERVICE_DESIGN_Shop_1.xml", old + "service.ServiceBlueprintVO", "COMPONENTTYPE_1.json", model + "ComponentType",
			"COMPONENTTEMPLATE_2.json", model + "ComponentTemplate", "TOPOLOGY_My Web Shop_3.xml", model + "Topology", "x.png", "File",
		}},
		{KindServiceDesign, []string{"1.xml", model + "Something"}},
		{KindServiceDesign, []string{`sub\TOPOLOGY_a b_3.xml`, "x.Unknown", "COMPONENTTYPE_1.json", "", "COMPONENTTEMPLATE_1.JSON", ""}},
		{KindServiceOffering, []string{"TOPOLOGY_a_1.xml", model + "Topology", "1.xml", old + "service.ServiceOfferingVO"}},
		{KindCatalog, []string{"TOPOLOGY_a_1.xml", model + "Topology", "1.xml", old + "catalog.CatalogVO"}},
		{KindComponentPalette, []string{"COMPONENTTYPE_1.json", model + "ComponentType", "1.json", model + "ComponentPalette"}},
		{"", []string{"COMPONENTTYPE_1.json", model + "ComponentType", "PALETTE.json", "x.Unknown"}},
		{"", []string{"TOPOLOGY_a_1.xml", model + "Topology", "1.xml", "x.Unknown"}},
		{"", []string{"TOPOLOGY_a_1.xml", "File", "COMPONENTTYPE_1.json", "File"}},
		{"", []string{"TOPOLOGY_a_1.json", "", "COMPONENTTYPE_1.xml", ""}},
	} {
		m, err := parseManifest(strings.NewReader(manifestOfFiles(row.items...)))
		if err != nil || m.Kind() != row.want || m.Contradicts("CATALOG") != (row.want != "" && row.want != KindCatalog) {
			t.Errorf("%q: %q, %v; want %q", row.items, m.Kind(), err, row.want)
		}
	}
}
