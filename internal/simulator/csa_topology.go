package simulator

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	mathrand "math/rand/v2"
	"strings"
)

// A topology design has components in the place of a sequence of actions. Its files
// are known from content archives of CSA 4.50; of what is in them, only the form of
// confidential values is.

// topologyClass begins the Java classes of those files in a manifest.
const topologyClass = "com.hp.csa.topology.model."

// addTopology writes the files of a topology design: its topology, and a type and a
// template for each component.
func (a *contentArchive) addTopology(out *archiveWriter, design *artifactRecord) error {
	id := dashed(design.ID)
	topology := tree("topology", leaf("id", id), leaf("displayName", design.DisplayName))
	for _, component := range design.Components {
		topology.inside = append(topology.inside, tree("component", leaf("name", component), leaf("password", a.confidential(design.ID+component))))
	}
	// Blanks stay in this name.
	name := "TOPOLOGY_" + strings.ReplaceAll(design.DisplayName, "/", "_") + "_" + id + ".xml"
	if err := out.add(manifestItem{name, topologyClass + "Topology", topologyClass + "Topology"}, bytes.NewReader(topology.xml()), flate.DefaultCompression); err != nil {
		return err
	}
	for _, component := range design.Components {
		property := a.object(
			member{"name", "password"}, member{"type", "string_encrypted"}, member{"confidential", true}, member{"value", a.confidential(component)},
		)
		for _, class := range []string{"ComponentType", "ComponentTemplate"} {
			content := a.object(
				member{"id", strings.ToLower(component)}, member{"name", component}, member{"class", class},
				member{"properties", []json.RawMessage{property}}, member{"version", json.Number("1.0")},
			)
			item := manifestItem{strings.ToUpper(class) + "_" + component + ".json", topologyClass + class, topologyClass + class}
			if err := out.add(item, bytes.NewReader(content), flate.DefaultCompression); err != nil {
				return err
			}
		}
	}
	return nil
}

// confidential is an encrypted value: another one in each archive, as seen in four archives that hold
// the same, unless exports are stable.
func (a *contentArchive) confidential(of string) string {
	sum := sha256.Sum256([]byte(of))
	if !a.stable {
		// It does not fail.
		_, _ = rand.Read(sum[:])
	}
	return "ENC(" + base64.StdEncoding.EncodeToString(sum[:]) + ")"
}

// member is a name and a value of a JSON object.
type member struct {
	name  string
	value any
}

// object is a JSON object whose members have another order in each archive, unless
// exports are stable.
func (a *contentArchive) object(members ...member) json.RawMessage {
	if !a.stable {
		mathrand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	}
	out := []byte{'{'}
	for i, each := range members {
		if i > 0 {
			out = append(out, ',')
		}
		// Strings, bools and what is JSON already always marshal.
		name, _ := json.Marshal(each.name)
		value, _ := json.Marshal(each.value)
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}')
}

// dashed is an id of 32 characters in the form of a UUID.
func dashed(id string) string {
	if len(id) != 32 {
		return id
	}
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}
