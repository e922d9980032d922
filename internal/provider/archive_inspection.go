package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
)

const (
	// mostEntries and mostNames limit what of an archive enters the state, in
	// entries and in bytes.
	mostEntries = 10_000
	mostNames   = 4 << 20
)

// inspection is what is seen of an archive.
type inspection struct {
	asset.Stored
	// entries are sorted by name; none if there are tooMany.
	entries []archiveEntry
	tooMany bool
	// manifest is that of a CSA archive, empty for others; manifestError says
	// why there is one that cannot be shown.
	manifest      csa.Manifest
	manifestError error
}

type archiveEntry struct {
	name string
	// size is the uncompressed length in bytes.
	size int64
	crc  uint32
}

// inspect reads the archive at path to its end. The error is a
// *zipdir.FormatError if the file is no complete zip, else asset.ErrNotRegular
// or one of the file system or of ctx.
func inspect(ctx context.Context, path string) (inspection, error) {
	archive, err := asset.OpenArchive(path)
	if err != nil {
		return inspection{}, err
	}
	found, err := look(ctx, archive)
	if err = errors.Join(err, archive.Close()); err != nil {
		return inspection{}, err
	}
	return found, nil
}

func look(ctx context.Context, archive *asset.Archive) (inspection, error) {
	if err := archive.Check(); err != nil {
		return inspection{}, err
	}
	found := inspection{Stored: asset.Stored{Path: archive.Path, ContentDigest: archive.ContentDigest, Size: archive.Size}}
	if err := found.list(archive); err != nil {
		return inspection{}, err
	}
	manifest, err := csa.ReadManifest(archive, archive.Size)
	switch {
	case err == nil && len(manifest.Items) > mostEntries:
		found.manifestError = fmt.Errorf("%s: it has %d items", csa.ManifestName, len(manifest.Items))
	case err == nil:
		found.manifest = manifest
	case !errors.Is(err, csa.ErrNoManifest):
		found.manifestError = err
	}
	if _, err := io.Copy(io.Discard, &untilDone{ctx, archive.Reader()}); err != nil {
		return inspection{}, err
	}
	found.SHA256 = archive.SHA256
	return found, nil
}

// list takes the entries, whose names need not be text.
func (i *inspection) list(archive *asset.Archive) error {
	names := 0
	for entry, err := range zipdir.Entries(archive, archive.Size) {
		if err != nil {
			return err
		}
		names += len(entry.Name)
		if len(i.entries) == mostEntries || names > mostNames {
			i.entries, i.tooMany = nil, true
			return nil
		}
		i.entries = append(i.entries, archiveEntry{
			name: strings.ToValidUTF8(string(entry.Name), "\uFFFD"), size: int64(min(entry.UncompressedSize, math.MaxInt64)), crc: entry.CRC32,
		})
	}
	slices.SortStableFunc(i.entries, func(a, b archiveEntry) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.size, b.size), cmp.Compare(a.crc, b.crc))
	})
	return nil
}

// untilDone ends a long reading with its context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.r.Read(p)
}
