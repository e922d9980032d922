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
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
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
	if err := found.list(archive, archive.Size); err != nil {
		return inspection{}, err
	}
	found.readManifest(archive, archive.Size)
	if _, err := io.Copy(io.Discard, &untilDone{ctx, archive.Reader()}); err != nil {
		return inspection{}, err
	}
	found.SHA256 = archive.SHA256
	return found, nil
}

// inspectObject reads the central directory of an archive in a store, and what a manifest
// tells. The SHA-256 is what the store says of it; nothing if it says nothing.
func (s *providerData) inspectObject(ctx context.Context, at store.Address) (inspection, error) {
	ctx, cancel := jobrun.Within(ctx, defaultTimeout)
	defer cancel()
	client, err := s.connectStore(at)
	if err != nil {
		return inspection{}, &object.Error{At: at, Err: err}
	}
	there, err := client.Head(ctx, at)
	if err != nil {
		return inspection{}, &object.Error{At: at, Err: err}
	}
	archive := client.ReaderAt(ctx, there)
	found := inspection{Stored: asset.Stored{Path: at.String(), SHA256: there.SHA256, ContentDigest: there.ContentDigest, Size: there.Size}}
	if err = found.list(archive, there.Size); err == nil {
		found.readManifest(archive, there.Size)
		if found.ContentDigest == "" || found.manifest.Items == nil && found.manifestError == nil {
			// The directory tells it; only an archive of CSA would have to be read for it.
			found.ContentDigest, err = zipdir.Digest(archive, there.Size)
		}
	}
	if _, isFormat := errors.AsType[*zipdir.FormatError](err); err != nil && !isFormat {
		err = &object.Error{At: at, Err: err}
	}
	return found, err
}

// readManifest takes what the manifest of an archive of CSA tells, if there is one.
func (i *inspection) readManifest(archive io.ReaderAt, size int64) {
	manifest, err := csa.ReadManifest(archive, size)
	switch {
	case err == nil && len(manifest.Items) > mostEntries:
		i.manifestError = fmt.Errorf("%s: it has %d items", csa.ManifestName, len(manifest.Items))
	case err == nil:
		i.manifest = manifest
	case !errors.Is(err, csa.ErrNoManifest):
		i.manifestError = err
	}
}

// list takes the entries, whose names need not be text.
func (i *inspection) list(archive io.ReaderAt, size int64) error {
	names := 0
	for entry, err := range zipdir.Entries(archive, size) {
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
