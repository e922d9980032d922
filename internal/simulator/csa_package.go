package simulator

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// allowedSuffixes are those of the images that an archive may have (Design
// import and export, CSA 4.90), and the further ones of the Configuration Guide of CSA 4.70:
// dynamic options and topologies.
var allowedSuffixes = strings.Fields("jpg jpeg jpe jfif svg tif tiff ras cmx ico pnm pbm pgm ppm rgb xbm xpm xwd png gif bmp cod ief jsp jspf json xml")

// csaPackage is what an import takes from a content archive.
type csaPackage struct {
	// artifacts have the primary one first.
	artifacts []Artifact
	// problems are what makes the import fail although the archive is one.
	problems []string

	topologies []*xmlNode
	// types are the components that are described.
	types []string
}

func (p *csaPackage) primary() *Artifact {
	return &p.artifacts[0]
}

// xmlNode is any XML element.
type xmlNode struct {
	XMLName xml.Name
	Text    string    `xml:",chardata"`
	Inside  []xmlNode `xml:",any"`
}

// text is the trimmed text of the first element of that name right inside.
func (n *xmlNode) text(name string) string {
	return strings.TrimSpace(n.child(name).Text)
}

// child is the first element of that name right inside, an empty one if there is
// none.
func (n *xmlNode) child(name string) *xmlNode {
	for i := range n.Inside {
		if n.Inside[i].XMLName.Local == name {
			return &n.Inside[i]
		}
	}
	return new(xmlNode)
}

// readCSAPackage reads the manifest and the artifacts that it lists. Errors
// are about files that are no content archive.
func readCSAPackage(file *spooled) (*csaPackage, error) {
	zr, err := zip.NewReader(file, file.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoZip, err)
	}
	manifest, err := readXML(zr, csaManifest)
	if err != nil {
		return nil, err
	}
	pack := new(csaPackage)
	for i := range manifest.Inside {
		item := &manifest.Inside[i]
		if item.XMLName.Local != "archiveItems" {
			continue
		}
		if err := pack.readItem(zr, item.text("item"), item.text("itemType")); err != nil {
			return nil, err
		}
	}
	if len(pack.artifacts) == 0 {
		return nil, errors.New("the manifest lists no artifact")
	}
	pack.joinTopologies()
	pack.order()
	pack.readSizes(zr)
	return pack, nil
}

// readItem reads an entry that the manifest lists. What it does not list, such as
// the entries that sign an archive, is not looked at: imports over REST verify no
// signatures (Configuration Guide of CSA 4.70).
func (p *csaPackage) readItem(zr *zip.Reader, name, class string) error {
	if known, err := p.readTopology(zr, name, class); known {
		return err
	}
	kind := findKind(func(k *artifactKind) bool { return k.class == class })
	if kind == nil {
		p.checkFile(zr, name)
		return nil
	}
	a, err := readArtifact(zr, name, kind)
	if err != nil {
		return err
	}
	p.artifacts = append(p.artifacts, *a)
	return nil
}

func readXML(zr *zip.Reader, name string) (*xmlNode, error) {
	data, err := entryBytes(zr, name)
	if err != nil {
		return nil, err
	}
	node := new(xmlNode)
	if err := xml.Unmarshal(data, node); err != nil {
		return nil, fmt.Errorf("entry %s: %w", name, err)
	}
	return node, nil
}

func entryBytes(zr *zip.Reader, name string) ([]byte, error) {
	file, err := zr.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the archive has no entry %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxEntry))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("entry %s: %w", name, err)
	}
	return data, nil
}

func readArtifact(zr *zip.Reader, name string, kind *artifactKind) (*Artifact, error) {
	node, err := readXML(zr, name)
	if err != nil {
		return nil, err
	}
	a := &Artifact{
		ID: node.text("id"), Type: kind.name, Name: node.text("name"), DisplayName: node.text("displayName"),
		Description: node.text("description"),
	}
	for i := range node.Inside {
		inner := &node.Inside[i]
		switch element := inner.XMLName.Local; {
		case element == "processDefinition":
			a.Flows = append(a.Flows, inner.text("name"))
		case findKind(func(k *artifactKind) bool { return lowerFirst(k.root) == element }) != nil:
			a.Uses = append(a.Uses, inner.text("id"))
		}
	}
	if a.ID == "" || a.Name == "" || node.XMLName.Local != kind.root {
		return nil, fmt.Errorf("entry %s: no %s with an id and a name", name, kind.root)
	}
	return a, nil
}

// checkFile holds the archive to what it may refer to: files that are in it,
// with an allowed ending.
func (p *csaPackage) checkFile(zr *zip.Reader, name string) {
	if !slices.ContainsFunc(zr.File, func(f *zip.File) bool { return f.Name == name }) {
		p.problems = append(p.problems, fmt.Sprintf("File %s is not in the archive.", name))
		return
	}
	suffix := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	if !slices.Contains(allowedSuffixes, suffix) {
		p.problems = append(p.problems, fmt.Sprintf("File %s is of a type that is not allowed.", name))
	}
}

// order puts the primary artifact first: the manifest promises no order.
func (p *csaPackage) order() {
	rank := func(a *Artifact) int {
		return slices.IndexFunc(artifactKinds, func(k artifactKind) bool { return k.name == a.Type })
	}
	first := 0
	for i := range p.artifacts {
		if rank(&p.artifacts[i]) < rank(&p.artifacts[first]) {
			first = i
		}
	}
	primary := p.artifacts[first]
	p.artifacts = slices.Insert(slices.Delete(p.artifacts, first, first+1), 0, primary)
}

func (p *csaPackage) readSizes(zr *zip.Reader) {
	for _, f := range zr.File {
		for i := range p.artifacts {
			if f.Name == payloadPrefix+p.artifacts[i].ID+".png" {
				p.artifacts[i].Size = int64(f.UncompressedSize64)
			}
		}
	}
}
