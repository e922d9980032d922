package csa

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// ManifestName is the entry that every archive has ("Export API", CSA 4.90).
const ManifestName = "manifest.xml"

// Manifest is what an archive says of itself. Its form is known from one real
// archive of CSA 4.20.
type Manifest struct {
	// CSAVersion is that of the server that made it, such as "04.20.0000.0".
	CSAVersion string
	// Items are in the order of the manifest.
	Items []ManifestItem
}

// ManifestItem is one file of an archive.
type ManifestItem struct {
	// Name is the name of the entry, Location where the file belongs on the
	// server: for artifacts the Type, for images a path, with backslashes if
	// the server runs on Windows. Both are as the manifest has them.
	Name, Location string
	// Type is a Java class for an artifact, and "File" for other files.
	Type string
	// Kind is one of the kinds, "" for what is no artifact or not recognised.
	Kind string

	// topology: it is a part of a topology design.
	topology bool
}

// typeFile is the type of images and other files that are no artifacts.
const typeFile = "File"

// ErrNoManifest means that the zip has no manifest.xml, so it is no archive of CSA.
var ErrNoManifest = errors.New("the archive has no " + ManifestName)

// ManifestError is a manifest that cannot be read.
type ManifestError struct {
	// Problem is a sentence without a full stop.
	Problem string
	Cause   error
}

func (e *ManifestError) Error() string {
	if e.Cause == nil {
		return ManifestName + ": " + e.Problem
	}
	return ManifestName + ": " + e.Problem + ": " + e.Cause.Error()
}

func (e *ManifestError) Unwrap() error { return e.Cause }

// ReadManifest reads the manifest of an archive of size bytes. It needs less
// than 64 MiB, whatever the file claims. The error is ErrNoManifest, a
// *ManifestError, a *zipdir.FormatError or one of the reader.
func ReadManifest(r io.ReaderAt, size int64) (Manifest, error) {
	content, err := openManifest(r, size)
	if err != nil {
		return Manifest{}, err
	}
	manifest, err := parseManifest(content)
	if _, ok := errors.AsType[*ManifestError](err); err != nil && !ok {
		err = &ManifestError{Problem: "cannot be understood", Cause: err}
	}
	if err != nil {
		return Manifest{}, err
	}
	return manifest, nil
}

// CheckManifest says whether an archive of size bytes has a manifest whose
// bytes are whole. What stands in it is not judged: how the manifests of all
// versions and kinds look is not documented. The errors are ReadManifest's.
func CheckManifest(r io.ReaderAt, size int64) error {
	content, err := openManifest(r, size)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, content)
	return err
}

func openManifest(r io.ReaderAt, size int64) (io.Reader, error) {
	for entry, err := range zipdir.Entries(r, size) {
		if err != nil {
			return nil, err
		}
		if isManifest(string(entry.Name)) {
			return openEntry(r, size, entry)
		}
	}
	return nil, ErrNoManifest
}

// isManifest accepts the spellings of a name at the root of the zip; a server
// on Windows may write backslashes.
func isManifest(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "."), "/")
	return strings.EqualFold(name, ManifestName)
}

// parseManifest reads item by item.
func parseManifest(r io.Reader) (Manifest, error) {
	var manifest Manifest
	d := newDecoder(r)
	root, err := rootOf(d)
	if err != nil {
		return Manifest{}, err
	}
	if !strings.EqualFold(root.Name.Local, "manifest") {
		return Manifest{}, fmt.Errorf("the document is %q", short(root.Name.Local))
	}
	for {
		token, err := d.Token()
		if err != nil {
			return Manifest{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := manifest.element(d, token); err != nil {
				return Manifest{}, err
			}
		case xml.EndElement:
			// The checksum is told at the end of the entry.
			_, err = io.Copy(io.Discard, r)
			return manifest, err
		}
	}
}

func (m *Manifest) element(d *xml.Decoder, start xml.StartElement) error {
	switch start.Name.Local {
	case "archiveItems":
		var item struct {
			Name     string `xml:"item"`
			Location string `xml:"itemLocation"`
			Type     string `xml:"itemType"`
		}
		if err := d.DecodeElement(&item, &start); err != nil {
			return err
		}
		m.add(ManifestItem{
			Name: strings.TrimSpace(item.Name), Location: strings.TrimSpace(item.Location), Type: strings.TrimSpace(item.Type),
		})
		return nil
	case "csaVersion":
		err := d.DecodeElement(&m.CSAVersion, &start)
		m.CSAVersion = single(m.CSAVersion)
		return err
	}
	return d.Skip()
}

func (m *Manifest) add(item ManifestItem) {
	if item.Name == "" && item.Type == "" {
		return
	}
	if item.Kind = kindOf(item.Type); item.Kind == "" && item.Type != typeFile {
		item.Kind = kindOfFile(item.Name)
	}
	item.topology = item.Kind == "" && item.Type != typeFile && isTopology(item.Name, item.Type)
	m.Items = append(m.Items, item)
}

// kindOfFile reads the kind from the name that the server gives to the file of
// an artifact, such as SERVICE_DESIGN_Mail_v4_{id}.xml.
func kindOfFile(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if !hasSuffixFold(name, ".xml") {
		return ""
	}
	for _, kind := range append(slices.Clone(kinds), KindServiceBlueprint) {
		if strings.HasPrefix(name, kind+"_") {
			return kindOf(kind)
		}
	}
	return ""
}

// isTopology recognises the parts of a topology design: its topology, the types
// and the templates of its components, as in archives of CSA 4.50. A palette may
// have some of them, too, and contains designs in the order of the kinds.
func isTopology(name, class string) bool {
	if strings.HasPrefix(class, "com.hp.csa.topology.model.") {
		return true
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	return strings.HasPrefix(name, "TOPOLOGY_") && hasSuffixFold(name, ".xml") ||
		(strings.HasPrefix(name, "COMPONENTTYPE_") || strings.HasPrefix(name, "COMPONENTTEMPLATE_")) && hasSuffixFold(name, ".json")
}

// Kind is the kind of the archive as a whole, which is that of its primary
// artifact; "" if that is not certain. No document says which item is the
// primary one. A catalog or a palette is in no other archive; of the other
// kinds the containing one is, if every artifact is recognised.
func (m *Manifest) Kind() string {
	has := make(map[string]bool)
	certain := true
	for _, item := range m.Items {
		has[item.Kind] = true
		if item.topology {
			has[KindServiceDesign] = true
		} else if item.Kind == "" && item.Type != typeFile && (hasSuffixFold(item.Name, ".xml") || hasSuffixFold(item.Name, ".json")) {
			certain = false
		}
	}
	for _, kind := range kinds {
		if has[kind] && (certain || kind == KindCatalog || kind == KindComponentPalette) {
			return kind
		}
	}
	return ""
}

// Contradicts says whether an archive with this manifest is certainly not of
// the kind that validateType demands. A word that is not known is the
// server's to judge.
func (m *Manifest) Contradicts(validateType string) bool {
	wanted, kind := Kind(validateType), m.Kind()
	return wanted != "" && kind != "" && wanted != kind
}

func hasSuffixFold(text, suffix string) bool {
	return len(text) >= len(suffix) && strings.EqualFold(text[len(text)-len(suffix):], suffix)
}
