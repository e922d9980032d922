package simulator

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Component is a part of a topology design, with a type of its own. How one looks in an
// archive is known from seven real ones of CSA 4.50.
type Component struct {
	// Name names its type and its template, too: letters, digits, underscores.
	Name       string     `json:"name"`
	Properties []Property `json:"properties,omitempty"`
}

// Property is a value of a component.
type Property struct {
	// Name has letters, digits and underscores.
	Name  string `json:"name"`
	Value string `json:"value"`
	// Confidential makes it a value that archives have encrypted.
	Confidential bool `json:"confidential,omitempty"`
}

// Java classes in the manifests of topology designs.
const (
	topologyModel     = "com.hp.csa.topology.model."
	topologyClass     = topologyModel + "Topology"
	componentType     = topologyModel + "ComponentType"
	componentTemplate = topologyModel + "ComponentTemplate"
)

const (
	topologyPrefix = "TOPOLOGY_"
	typePrefix     = "COMPONENTTYPE_"
	templatePrefix = "COMPONENTTEMPLATE_"
	typeGroup      = "com.hp.csa.type"
	templateGroup  = "com.hp.csa.template"
	// componentVersion is that of every type.
	componentVersion = "1"
	// serviceBlueprintID is the tag of a topology that names its design.
	serviceBlueprintID = "serviceBlueprintId"
	// componentFolder is a spelling of a location beside that of iconFolder:
	// one archive has both.
	componentFolder = "/images//library/"
	componentIcon   = "component.png"
)

// elementName is what can be an element, which properties are in a topology.
var elementName = regexp.MustCompile(`^[A-Za-z_][0-9A-Za-z_]*$`)

func (a *Artifact) checkComponents() error {
	if len(a.Components) > 0 && a.Type != typeDesign {
		return fmt.Errorf("artifact %q: only designs have components", a.ID)
	}
	for _, one := range a.Components {
		if !elementName.MatchString(one.Name) {
			return fmt.Errorf("artifact %q: %q cannot be the name of a component", a.ID, one.Name)
		}
		for _, p := range one.Properties {
			if !elementName.MatchString(p.Name) {
				return fmt.Errorf("artifact %q: %q cannot be the name of a property", a.ID, p.Name)
			}
		}
	}
	return nil
}

func cloneComponents(all []Component) []Component {
	all = slices.Clone(all)
	for i := range all {
		all[i].Properties = slices.Clone(all[i].Properties)
	}
	return all
}

// shown is the value in an archive, and its type.
func (p *Property) shown(n noise) (value, valueType string) {
	if p.Confidential {
		return n.encrypted(p.Value), "string_encrypted"
	}
	return p.Value, "string"
}

// fileName is that of the entry with the component's type, or its template.
func (c *Component) fileName(prefix, group string) string {
	return prefix + group + "_" + c.Name + "_" + componentVersion + ".json"
}

// described is what a type and a template have in common.
func (c *Component) described(kind, group string, rest ...member) object {
	return append(object{
		{"@type", kind},
		{"id", uuidOf(sha256.Sum256([]byte(kind + " " + c.Name)))},
		{"artifactId", c.Name},
		{"groupId", group},
		{"version", componentVersion},
		{"displayName", strings.ReplaceAll(c.Name, "_", " ")},
	}, rest...)
}

func (c *Component) typeJSON(n noise) object {
	properties := []any{}
	for _, p := range c.Properties {
		value, valueType := p.shown(n)
		properties = append(properties, object{
			{"name", p.Name},
			{"type", "string"},
			{"minOccurs", 0},
			{"maxOccurs", 1},
			{"mode", "INPUT_OUTPUT"},
			{"defaultValue", object{{"value", value}, {"type", valueType}}},
			{"subProperties", []any{}},
			{"displayName", p.Name},
			{"confidential", p.Confidential},
			{"consumerVisible", true},
		})
	}
	return c.described("ComponentType", typeGroup,
		member{"abstract", false}, member{"capability", false}, member{"actions", []any{}}, member{"relations", []any{}}, member{"properties", properties})
}

func (c *Component) templateJSON() object {
	of := object{{"artifactId", c.Name}, {"groupId", typeGroup}, {"version", componentVersion}}
	return c.described("ComponentTemplate", templateGroup,
		member{"implementedTypes", []any{object{{"componentId", of}, {"constraints", object{}}}}}, member{"actions", []any{}})
}

// topologyID is that of the design's topology.
func (a *Artifact) topologyID() string {
	return uuidOf(sha256.Sum256([]byte("topology of " + a.ID)))
}

// topologyFile has the design's name with its blanks.
func (a *Artifact) topologyFile() string {
	return topologyPrefix + harmless(a.DisplayName, ' ') + "_" + a.topologyID() + ".xml"
}

func (a *Artifact) topology(n noise) element {
	e := tree("Topology", leaf("id", a.topologyID()), leaf("groupId", "com.hp.csa"), leaf("artifactId", a.ID), leaf("version", "1.0.0"))
	for i, one := range a.Components {
		properties := tree("properties", []element{}...)
		for _, p := range one.Properties {
			value, valueType := p.shown(n)
			properties.inside = append(properties.inside, tree(p.Name, leaf("value", value), leaf("type", valueType)))
		}
		e.inside = append(e.inside, tree("resources",
			leaf("id", fmt.Sprintf("%s__VERSION__%s__GROUPID__%s%04d", one.Name, componentVersion, typeGroup, i+1)), leaf("name", one.Name),
			tree("componentType", leaf("groupId", typeGroup), leaf("artifactId", one.Name), leaf("version", componentVersion)), properties))
	}
	e.inside = append(e.inside, leaf("displayName", a.DisplayName), tree("tags", tree(serviceBlueprintID, leaf("value", a.ID))))
	return e
}

// addTopology writes what the archive of a topology design has beside others.
func (w *archiveWriter) addTopology(a *artifactRecord, n noise) error {
	for i := range a.Components {
		one := &a.Components[i]
		for _, err := range []error{
			w.addBytes(manifestItem{one.fileName(typePrefix, typeGroup), componentType, componentType}, n.json(one.typeJSON(n))),
			w.addBytes(manifestItem{one.fileName(templatePrefix, templateGroup), componentTemplate, componentTemplate}, n.json(one.templateJSON())),
			w.addImage(componentIcon, componentFolder),
		} {
			if err != nil {
				return err
			}
		}
	}
	if len(a.Components) == 0 {
		return nil
	}
	return w.addBytes(manifestItem{a.topologyFile(), topologyClass, topologyClass}, a.topology(n).xml())
}

// readTopology reads an entry of a topology design; it is false for another one.
// Types and templates are told by their names alone.
func (p *csaPackage) readTopology(zr *zip.Reader, name, class string) (bool, error) {
	switch class {
	case topologyClass:
		node, err := readXML(zr, name)
		if err != nil {
			return true, err
		}
		p.topologies = append(p.topologies, node)
	case componentType, componentTemplate:
		data, err := entryBytes(zr, name)
		if err != nil {
			return true, err
		}
		var found struct {
			ArtifactID string `json:"artifactId"`
		}
		if err := json.Unmarshal(data, &found); err != nil {
			return true, fmt.Errorf("entry %s: %w", name, err)
		}
		if class == componentType {
			p.types = append(p.types, found.ArtifactID)
		}
	default:
		return false, nil
	}
	return true, nil
}

// joinTopologies gives the designs their components. One whose type is not in the
// archive cannot be imported.
func (p *csaPackage) joinTopologies() {
	for _, topology := range p.topologies {
		id := topology.child("tags").child(serviceBlueprintID).text("value")
		i := slices.IndexFunc(p.artifacts, func(a Artifact) bool { return a.ID == id && a.Type == typeDesign })
		if i < 0 {
			p.problems = append(p.problems, fmt.Sprintf("Topology %s belongs to no design of the archive.", topology.text("displayName")))
			continue
		}
		for j := range topology.Inside {
			if resource := &topology.Inside[j]; resource.XMLName.Local == "resources" {
				p.artifacts[i].Components = append(p.artifacts[i].Components, p.component(&p.artifacts[i], resource))
			}
		}
	}
}

func (p *csaPackage) component(design *Artifact, resource *xmlNode) Component {
	name := resource.child("componentType").text("artifactId")
	if !slices.Contains(p.types, name) {
		p.problems = append(p.problems, fmt.Sprintf("%s: component type %s does not exist.", describe(design), name))
	}
	c := Component{Name: name}
	properties := resource.child("properties")
	for i := range properties.Inside {
		one := &properties.Inside[i]
		property := Property{Name: one.XMLName.Local, Value: one.text("value"), Confidential: one.text("type") == "string_encrypted"}
		if property.Confidential {
			property.Value = decrypted(property.Value)
		}
		c.Properties = append(c.Properties, property)
	}
	return c
}
