package simulator

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"time"
)

const (
	csaManifest = "manifest.xml"
	zipType     = "application/zip;charset=UTF-8"
	// iconFolder is where a server on Windows keeps its images; manifests of
	// archives from there have backslashes.
	iconFolder = `\images\library\`
	iconBytes  = 600
	// zipUTF8 is the flag for names in UTF-8, which Java sets for all names.
	zipUTF8 = 0x800
	// payloadPrefix begins the file that makes an archive large.
	payloadPrefix = "payload_"
	fileItem      = "File"
)

// contentArchive is an artifact with all that belongs to it, as it was when
// its export began.
type contentArchive struct {
	made  time.Time
	items []*artifactRecord
	// stable: the archive of an artifact always has the same content.
	stable bool
}

// newContentArchive collects the artifacts, the primary one first, then those
// that it uses, and so on; the caller holds mu.
func newContentArchive(srv *csaServer, primary *artifactRecord, now time.Time, stable bool) *contentArchive {
	a := &contentArchive{made: now, items: []*artifactRecord{primary}, stable: stable}
	known := map[string]bool{primary.ID: true}
	for i := 0; i < len(a.items); i++ {
		for _, id := range a.items[i].Uses {
			if !known[id] {
				known[id] = true
				a.items = append(a.items, srv.artifact(id))
			}
		}
	}
	return a
}

// manifestItem is an entry of the zip, as the manifest lists it.
type manifestItem struct {
	item, location, itemType string
}

// archiveWriter writes entries in the manner of a Java server: streamed, so
// that sizes follow in data descriptors, all names at the root.
type archiveWriter struct {
	zip   *zip.Writer
	made  time.Time
	items []element
	names map[string]bool
}

// writeTo sends the archive: artifacts, images, at last the manifest.
func (a *contentArchive) writeTo(w io.Writer) error {
	out := &archiveWriter{zip: zip.NewWriter(w), made: a.made, names: make(map[string]bool)}
	byID := make(map[string]*artifactRecord)
	for _, one := range a.items {
		byID[one.ID] = one
	}
	for _, one := range a.items {
		class := kindOf(one.Type).class
		name := one.fileName() + ".xml"
		if err := out.add(manifestItem{name, class, class}, bytes.NewReader(one.document(byID).xml()), flate.DefaultCompression); err != nil {
			return err
		}
	}
	for _, one := range a.items {
		if len(one.Components) == 0 {
			continue
		}
		if err := a.addTopology(out, one); err != nil {
			return err
		}
	}
	for _, one := range a.items {
		icon := iconOf(one.Type)
		content := io.MultiReader(bytes.NewReader([]byte("\x89PNG\r\n\x1a\n")), io.LimitReader(payloadOf(icon), iconBytes))
		if err := out.add(manifestItem{icon, iconFolder + icon, fileItem}, content, flate.DefaultCompression); err != nil {
			return err
		}
	}
	for _, one := range a.items {
		if one.Size == 0 {
			continue
		}
		name := payloadPrefix + one.ID + ".png"
		// Compressing what cannot be compressed would only cost time.
		if err := out.add(manifestItem{name, iconFolder + name, fileItem}, io.LimitReader(payloadOf(one.Name), one.Size), flate.NoCompression); err != nil {
			return err
		}
	}
	manifest := tree("manifest", append(out.items, leaf("csaVersion", csaVersion))...)
	if err := out.add(manifestItem{item: csaManifest}, bytes.NewReader(manifest.xml()), flate.DefaultCompression); err != nil {
		return err
	}
	return out.zip.Close()
}

// add writes an entry, unless one of that name was written: icons are shared.
func (w *archiveWriter) add(m manifestItem, content io.Reader, level int) error {
	if w.names[m.item] {
		return nil
	}
	w.names[m.item] = true
	w.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, level)
	})
	entry, err := w.zip.CreateHeader(&zip.FileHeader{Name: m.item, Method: zip.Deflate, Flags: zipUTF8, Modified: w.made})
	if err != nil {
		return fmt.Errorf("add %s: %w", m.item, err)
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{entry}, struct{ io.Reader }{content}, make([]byte, 256<<10)); err != nil {
		return fmt.Errorf("add %s: %w", m.item, err)
	}
	w.items = append(w.items, tree("archiveItems",
		leaf("item", m.item), leaf("itemLocation", m.location), leaf("itemType", m.itemType)))
	return nil
}

func iconOf(artifactType string) string {
	return lowerFirst(kindOf(artifactType).root) + ".png"
}

// componentElement is for a component of a topology design; its real name is not known.
const componentElement = "component"

// document is the artifact's own XML file. How it refers to others is not
// documented; here with an element for each, named like the other's root.
func (a *artifactRecord) document(others map[string]*artifactRecord) element {
	e := a.view(false)
	e.inside = append(e.inside, leaf("iconUrl", "/csa/images/library/"+iconOf(a.Type)))
	for _, id := range a.Uses {
		o := others[id]
		e.inside = append(e.inside, tree(lowerFirst(kindOf(o.Type).root),
			leaf("id", o.ID), leaf("name", o.Name), leaf("displayName", o.DisplayName)))
	}
	for _, flow := range a.Flows {
		e.inside = append(e.inside, tree("processDefinition", leaf("name", flow)))
	}
	for _, component := range a.Components {
		e.inside = append(e.inside, tree(componentElement, leaf("name", component)))
	}
	if a.Type == typeDesign {
		experience := "SEQUENCE_BASED"
		if len(a.Components) > 0 {
			experience = "TOPOLOGY_BASED"
		}
		e.inside = append(e.inside, tree("serviceDesignerExperienceType", leaf("name", experience)))
	}
	e.inside = append(e.inside, leaf("valid", true))
	return e
}
