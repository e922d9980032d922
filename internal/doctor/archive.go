package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// archiveFacts are what can be told of one archive.
type archiveFacts struct {
	Bytes   int64    `json:"bytes"`
	Entries int      `json:"entries"`
	Deepest int      `json:"deepest"`
	Methods []string `json:"methods"`
	Flags   []string `json:"flags"`
	// Shapes are the names of the entries without what may be a name or an id, and how
	// often each is there.
	Shapes map[string]int `json:"shapes"`
	// Differing are the shapes of those that another export of the same assets has not, or
	// has with another content.
	Differing []string `json:"differing,omitempty"`
}

const (
	// mostEntries is how many entries are looked at.
	mostEntries = 100_000
	// mostNames limits the names of all entries together, in bytes.
	mostNames  = 16 << 20
	mostShapes = 200
	// mostShown is how many entries that differ are printed.
	mostShown = 50
)

// entry is what tells whether an entry is the same in two exports.
type entry struct {
	size uint64
	crc  uint32
}

// received is an archive on disk.
type received struct {
	*asset.Archive
	entries map[string]entry
	facts   archiveFacts
}

var errTooLong = fmt.Errorf("the archive is longer than %d bytes", mostArchive)

// receive writes a download into a file of the run and looks at it; nil if it is no archive.
func (d *doctor) receive(ctx context.Context, body io.ReadCloser, name string) *received {
	begin := time.Now()
	file := filepath.Join(d.temp, name)
	size, err := d.save(ctx, body, file)
	if err != nil {
		kind := "broke off"
		if errors.Is(err, errTooLong) {
			kind = "longer than the doctor looks at"
		}
		d.found("zip.complete", "", "", kind)
		d.said(err)
		return nil
	}
	d.measured("bytes of the archive", float64(size), "bytes")
	d.measured("time of the download", float64(time.Since(begin).Milliseconds())/1000, "s")
	archive, err := asset.OpenArchive(file)
	if err == nil {
		err = archive.Check()
	}
	if err != nil {
		d.found("zip.complete", "", "", "no complete zip")
		d.said(err)
		return nil
	}
	d.found("zip.complete", "", "", "a complete zip")
	return d.inspect(archive)
}

func (d *doctor) save(ctx context.Context, body io.ReadCloser, file string) (int64, error) {
	stop := context.AfterFunc(ctx, func() { _ = body.Close() })
	defer stop()
	defer func() { _ = body.Close() }()
	to, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(to, io.LimitReader(body, mostArchive+1))
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if size > mostArchive {
		err = errTooLong
	}
	return size, errors.Join(err, to.Close())
}

func (d *doctor) inspect(archive *asset.Archive) *received {
	r := &received{Archive: archive, entries: map[string]entry{}, facts: archiveFacts{Bytes: archive.Size, Shapes: map[string]int{}}}
	methods, flags, encrypted := map[string]bool{}, map[string]bool{}, "none"
	named := 0
	for e, err := range zipdir.Entries(archive, archive.Size) {
		name := string(e.Name)
		if named += len(name); err != nil || r.facts.Entries >= mostEntries || named > mostNames {
			break
		}
		r.facts.Entries++
		r.facts.Deepest = max(r.facts.Deepest, strings.Count(strings.Trim(name, "/"), "/")+1)
		r.entries[name] = entry{e.UncompressedSize, e.CRC32}
		if shape := nameShape(name); len(r.facts.Shapes) < mostShapes || r.facts.Shapes[shape] > 0 {
			r.facts.Shapes[shape]++
		}
		methods[methodName(e.Method)] = true
		for _, flag := range flagNames(e.Flags) {
			flags[flag] = true
		}
		if e.Flags&1 != 0 {
			encrypted = "some entries"
		}
	}
	r.facts.Methods, r.facts.Flags = slices.Sorted(maps.Keys(methods)), slices.Sorted(maps.Keys(flags))
	d.found("zip.kind", "", fmt.Sprintf("%d entries, at most %d deep", r.facts.Entries, r.facts.Deepest), zipKind(archive))
	d.found("zip.methods", "", "", r.facts.Methods...)
	d.found("zip.flags", "", "", r.facts.Flags...)
	d.found("zip.encrypted", "", "", encrypted)
	shown := 0
	for _, name := range slices.Sorted(maps.Keys(r.entries)) {
		if shown++; shown > mostShown {
			d.out.line("    … and %d more", len(r.entries)-mostShown)
			break
		}
		if d.o.Names {
			d.out.line("    %q", printable(name))
		}
	}
	d.archives = append(d.archives, r.facts)
	return r
}

// zipKind looks at the first bytes: some servers put something before the zip.
func zipKind(r io.ReaderAt) string {
	var begin [4]byte
	// What cannot be read was found by Check.
	_, _ = r.ReadAt(begin[:], 0)
	switch string(begin[:]) {
	case "PK\x03\x04":
		return "plain"
	case "PK\x05\x06":
		return "empty"
	}
	return "bytes before the zip"
}

func methodName(method uint16) string {
	switch method {
	case 0:
		return "stored"
	case 8:
		return "deflated"
	}
	return fmt.Sprintf("method %d", method)
}

func flagNames(flags uint16) []string {
	names := []string{}
	for bit, name := range map[uint16]string{1: "encrypted", 1 << 3: "sizes behind the data", 1 << 11: "UTF-8 names", 1 << 6: "strong encryption", 1 << 13: "hidden directory"} {
		if flags&bit != 0 {
			names = append(names, name)
		}
	}
	// Bits 1 and 2 say how well deflate worked.
	if other := flags &^ (1 | 1<<3 | 1<<11 | 1<<6 | 1<<13 | 1<<1 | 1<<2); other != 0 {
		names = append(names, "others")
	}
	if len(names) == 0 {
		return []string{"none"}
	}
	return names
}

// compare says whether two exports of the same assets are equal, and names the entries
// that are not.
func (d *doctor) compare(one, two *received) {
	var names []string
	for name, e := range one.entries {
		if other, there := two.entries[name]; !there || other != e {
			names = append(names, name)
		}
	}
	for name := range two.entries {
		if _, there := one.entries[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	equal := one.ContentDigest == two.ContentDigest
	d.found("zip.repeatable", "", "", map[bool]string{true: "equal", false: "different"}[equal])
	var seen []string
	for _, name := range names {
		seen = append(seen, nameShape(name))
	}
	facts := &d.archives[len(d.archives)-1]
	facts.Differing = slices.Compact(slices.Sorted(slices.Values(seen)))
	facts.Differing = facts.Differing[:min(len(facts.Differing), mostShapes)]
	switch {
	case len(names) == 0:
		d.found("zip.entries", "", "", "equal")
	case equal:
		d.found("zip.entries", "", fmt.Sprintf("%d of %d entries", len(names), len(one.entries)), "differ, and content_digest allows for it")
	default:
		d.found("zip.entries", "", fmt.Sprintf("%d of %d entries", len(names), len(one.entries)), facts.Differing...)
	}
	for i, name := range names {
		if i == mostShown {
			break
		}
		if d.o.Names {
			d.out.line("    differs: %q", printable(name))
		}
	}
}

var (
	uuids   = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,64}`)
	pieces  = regexp.MustCompile(`\{id\}|[A-Za-z]+|[0-9]+|[^A-Za-z0-9{}_. -]+|[{}]`)
	runs    = regexp.MustCompile(`(\{(?:id|n|text)\})(?:[ _.-]*\{(?:id|n|text)\})+`)
	endings = []string{".json", ".xml", ".bin", ".txt", ".jsp", ".jspf", ".png", ".jpg", ".svg", ".gif", ".properties", ".yaml", ".yml", ".csv", ".sql", ".js", ".sh", ".md", ".zip", ".jar", ".mf", ".sf", ".rsa"}
)

// generic are words that are nobody's names. Everything else in the name of an entry may be one.
var generic = strings.Fields(`asset assets app apps application applications task tasks api apis group groups manifest metadata meta
	version versions datasource datasources data source sources config configs index export import info payload fdi mqs apic link device
	devices dictionary dictionaries parameter parameters param params template templates route routes backend backends function functions env
	environment environments auth service design offering resource catalog component componenttype componenttemplate topology palette overview
	readme summary schedule product products rule rules queue queues topic topics pipeline pipelines mapping mappings connector connectors ds
	permission permissions image images icon icons inf project instance type types relationship artifact`)

// nameShape is the name of an entry without what may be a name or an id.
func nameShape(name string) string {
	segments := strings.Split(strings.ReplaceAll(name, `\`, "/"), "/")
	for i, segment := range segments {
		ending := strings.ToLower(path.Ext(segment))
		if !slices.Contains(endings, ending) {
			ending = ""
		}
		stem := uuids.ReplaceAllString(segment[:len(segment)-len(ending)], "{id}")
		stem = pieces.ReplaceAllStringFunc(stem, func(piece string) string {
			switch {
			case piece == "{id}" || slices.Contains(generic, strings.ToLower(piece)):
				return piece
			case piece[0] >= '0' && piece[0] <= '9':
				return "{n}"
			}
			return "{text}"
		})
		segments[i] = runs.ReplaceAllString(stem, "{text}") + ending
	}
	const deepest = 8
	return strings.Join(segments[:min(len(segments), deepest)], "/")
}
