package csa

import "strings"

// Kinds of artifacts, in the words of validateType (Import API, CSA 4.80 API
// reference).
const (
	KindCatalog             = "CATALOG"
	KindComponentPalette    = "COMPONENT_PALETTE"
	KindServiceOffering     = "SERVICE_OFFERING"
	KindServiceDesign       = "SERVICE_DESIGN"
	KindResourceOffering    = "RESOURCE_OFFERING"
	KindResourceEnvironment = "RESOURCE_ENVIRONMENT"

	// KindServiceBlueprint is the server's own name of a design. It is
	// accepted as validateType; artifacts are always called
	// KindServiceDesign.
	KindServiceBlueprint = "SERVICE_BLUEPRINT"
)

// kinds are in the order of containment: an archive with one of these may
// hold those that follow, never those before ("Export API", CSA 4.90).
var kinds = []string{
	KindCatalog, KindComponentPalette, KindServiceOffering, KindServiceDesign,
	KindResourceOffering, KindResourceEnvironment,
}

// kindOf recognises a kind in each of its spellings: SERVICE_OFFERING, "Service
// offering", com.hp.csa.model.vo.service.ServiceOfferingVO. It returns "" for
// anything else.
func kindOf(text string) string {
	text = text[strings.LastIndexByte(text, '.')+1:]
	text = strings.TrimSuffix(text, "VO")
	word := strings.ToLower(strings.NewReplacer("_", "", " ", "").Replace(text))
	switch word {
	case "serviceblueprint":
		return KindServiceDesign
	case "palette":
		return KindComponentPalette
	}
	for _, kind := range kinds {
		if word == strings.ToLower(strings.ReplaceAll(kind, "_", "")) {
			return kind
		}
	}
	return ""
}

// Kind returns a word of validateType as artifacts have it: SERVICE_BLUEPRINT
// is SERVICE_DESIGN. It is "" for a word that is not known.
func Kind(validateType string) string { return kindOf(validateType) }
