package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Types of artifacts, as validateType and the import results name them
// (Import API and Import_result API, CSA 4.80 API reference). A service design
// is a SERVICE_BLUEPRINT inside CSA.
const (
	typeCatalog     = "CATALOG"
	typeOffering    = "SERVICE_OFFERING"
	typeDesign      = "SERVICE_BLUEPRINT"
	typeResource    = "RESOURCE_OFFERING"
	typeEnvironment = "RESOURCE_ENVIRONMENT"
	typePalette     = "COMPONENT_PALETTE"
	typeProvider    = "RESOURCE_PROVIDER"
)

// CSAAssets are what one CSA server starts with.
type CSAAssets struct {
	// Organizations are those of DefaultAssets when nil.
	Organizations []Organization `json:"organizations,omitempty"`
	// Flows are the full paths of the process definitions that are deployed
	// here. An import of an artifact that needs another one fails.
	Flows     []string   `json:"flows,omitempty"`
	Artifacts []Artifact `json:"artifacts"`
}

// Organization is a CSA organization with its users.
type Organization struct {
	Name  string `json:"name"`
	Users []User `json:"users"`
}

// User is a person of an organization, on whose behalf calls are made.
type User struct {
	Name string `json:"name"`
	// Forbidden marks a user who may neither export nor import.
	Forbidden bool `json:"forbidden,omitempty"`
}

// Artifact is a CSA artifact (Artifact API, CSA 4.80 API reference).
type Artifact struct {
	// ID has 32 characters, or 36 with dashes.
	ID string `json:"id"`
	// Type is CATALOG, SERVICE_OFFERING, SERVICE_BLUEPRINT, RESOURCE_OFFERING,
	// RESOURCE_ENVIRONMENT, COMPONENT_PALETTE or RESOURCE_PROVIDER.
	Type string `json:"type"`
	// Name is the internal name: an import takes artifacts of the same type
	// with the same name for equal.
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Description string `json:"description,omitempty"`
	// Organization owns a catalog.
	Organization string `json:"organization,omitempty"`
	// Uses are the ids of the artifacts that belong to this one and are
	// exported with it: the offerings that are published in a catalog and its
	// environments, the design of an offering, the resource offerings of a
	// design.
	Uses []string `json:"uses,omitempty"`
	// Flows are the process definitions that it needs.
	Flows []string `json:"flows,omitempty"`
	// Components make a design a topology design; without them it is a sequenced
	// one.
	Components []Component `json:"components,omitempty"`
	// Published marks a design that was published: an update does not change it.
	// An offering is published where a catalog uses it.
	Published bool `json:"published,omitempty"`
	// Size adds a file with that many incompressible bytes, the same ones for
	// the same name, to an archive that holds the artifact.
	Size int64 `json:"size,omitempty"`
	// Retired artifacts are in no list.
	Retired bool `json:"retired,omitempty"`
	// Forbidden marks an artifact of somebody else: its export and its update
	// are refused.
	Forbidden bool `json:"forbidden,omitempty"`
}

// artifactKind is how a type of artifact is called and written in the
// different places.
type artifactKind struct {
	name string
	// words begin its import message; those of offerings, designs and
	// resource offerings are documented.
	words string
	// prefix begins the name of its archive and XML file.
	prefix string
	// root is the element of its XML and class the Java class in a manifest.
	root, class string
}

// artifactKinds are in the order in which one of them is the primary artifact
// of an archive. Of the classes only that of a design is known from an archive.
var artifactKinds = []artifactKind{
	{typePalette, "Component palette", "COMPONENT_PALETTE", "ComponentPalette", "com.hp.csa.model.vo.service.ComponentPaletteVO"},
	{typeCatalog, "Catalog", "CATALOG", "Catalog", "com.hp.csa.model.vo.catalog.CatalogVO"},
	{typeOffering, "Service offering", "SERVICE_OFFERING", "ServiceOffering", "com.hp.csa.model.vo.service.ServiceOfferingVO"},
	{typeDesign, "Service design", "SERVICE_DESIGN", "ServiceBlueprint", "com.hp.csa.model.vo.service.ServiceBlueprintVO"},
	{typeEnvironment, "Resource environment", "RESOURCE_ENVIRONMENT", "ResourceEnvironment", "com.hp.csa.model.vo.resource.ResourceEnvironmentVO"},
	{typeResource, "Resource offering", "RESOURCE_OFFERING", "ResourceOffering", "com.hp.csa.model.vo.resource.ResourceOfferingVO"},
	{typeProvider, "Resource provider", "RESOURCE_PROVIDER", "ResourceProvider", "com.hp.csa.model.vo.resource.ResourceProviderVO"},
}

// kindOf finds the kind of a type; every artifact has a known one.
func kindOf(artifactType string) *artifactKind {
	return findKind(func(k *artifactKind) bool { return k.name == artifactType })
}

func findKind(fits func(*artifactKind) bool) *artifactKind {
	for i := range artifactKinds {
		if fits(&artifactKinds[i]) {
			return &artifactKinds[i]
		}
	}
	return nil
}

var artifactID = regexp.MustCompile(`^([0-9A-Za-z]{32}|[0-9A-Za-z-]{36})$`)

func (a *Artifact) check() error {
	switch {
	case kindOf(a.Type) == nil:
		return fmt.Errorf("artifact %q has the unknown type %q", a.ID, a.Type)
	case !artifactID.MatchString(a.ID):
		return fmt.Errorf("artifact id %q does not have 32 characters", a.ID)
	case a.Name == "" || a.DisplayName == "" || a.Size < 0:
		return fmt.Errorf("artifact %q: a name, a display name and a size of at least 0 are required", a.ID)
	case (a.Type == typeCatalog) != (a.Organization != ""):
		return fmt.Errorf("artifact %q: catalogs, and only they, have an organization", a.ID)
	case a.Published && a.Type != typeDesign:
		return fmt.Errorf("artifact %q: only a design is marked as published", a.ID)
	}
	return a.checkComponents()
}

// sameAs tells whether an import takes two artifacts for the same.
func (a *Artifact) sameAs(b *Artifact) bool {
	return a.Type == b.Type && a.Name == b.Name && a.Organization == b.Organization
}

func (a *Artifact) clone() Artifact {
	c := *a
	c.Uses, c.Flows, c.Components = slices.Clone(a.Uses), slices.Clone(a.Flows), cloneComponents(a.Components)
	return c
}

// fileName is the name of the artifact's archive and XML file, without its
// ending: kind, display name with underscores for blanks, id.
func (a *Artifact) fileName() string {
	return kindOf(a.Type).prefix + "_" + harmless(a.DisplayName, '_') + "_" + a.ID
}

// harmless is a name without what cannot be in one of a file, and with that in
// the place of a blank.
func harmless(name string, blank rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return blank
		case r < ' ' || strings.ContainsRune(`/\:*?"<>|;`, r):
			return '_'
		}
		return r
	}, name)
}
