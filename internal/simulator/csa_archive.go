package simulator

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
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
	noise noise
	items []*artifactRecord
}

// newContentArchive collects the artifacts, the primary one first, then those
// that it uses, and so on; the caller holds mu.
func newContentArchive(srv *csaServer, primary *artifactRecord, n noise, now time.Time) *contentArchive {
	a := &contentArchive{made: now, noise: n, items: []*artifactRecord{primary}}
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

// writeTo sends the archive: artifacts, images, topologies, at last the manifest.
func (a *contentArchive) writeTo(w io.Writer) error {
	out := &archiveWriter{zip: zip.NewWriter(w), made: a.made, names: make(map[string]bool)}
	byID := make(map[string]*artifactRecord)
	for _, one := range a.items {
		byID[one.ID] = one
	}
	for _, one := range a.items {
		class := kindOf(one.Type).class
		name := one.fileName() + ".xml"
		if err := out.addBytes(manifestItem{name, class, class}, one.document(byID).xml()); err != nil {
			return err
		}
	}
	for _, one := range a.items {
		if err := out.addImage(iconOf(one.Type), iconFolder); err != nil {
			return err
		}
	}
	for _, one := range a.items {
		if err := out.addTopology(one, a.noise); err != nil {
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
	if err := out.addBytes(manifestItem{item: csaManifest}, manifest.xml()); err != nil {
		return err
	}
	return out.zip.Close()
}

func (w *archiveWriter) addBytes(m manifestItem, content []byte) error {
	return w.add(m, bytes.NewReader(content), flate.DefaultCompression)
}

func (w *archiveWriter) addImage(name, folder string) error {
	content := io.MultiReader(strings.NewReader("\x89PNG\r\n\x1a\n"), io.LimitReader(payloadOf(name), iconBytes))
	return w.add(manifestItem{name, folder + name, fileItem}, content, flate.DefaultCompression)
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
	if a.Type == typeDesign {
		experience := "SEQUENCE_BASED"
		if len(a.Components) > 0 {
			experience = "TOPOLOGY_BASED"
		}
		e.inside = append(e.inside, tree("serviceDesignerExperienceType", leaf("name", experience)), leaf("published", a.Published))
	}
	e.inside = append(e.inside, leaf("valid", true))
	return e
}
