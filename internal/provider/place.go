package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// place is where the archive of an export is to lie: a file, or an object of a store.
type place interface {
	// prepare proves, before anything is asked for, that the archive can be put there.
	prepare(ctx context.Context) error
	// ready proves, right before an archive is asked for, that it can be received.
	ready() error
	// save puts the archive of a job there. An archive that arrived whole is never thrown
	// away: the error is then an *asset.KeptError.
	save(ctx context.Context, job asset.Job, stream io.Reader, accept func(io.ReaderAt, int64) error) (asset.Stored, error)
	// restore puts an archive there that an earlier run kept. fs.ErrNotExist means that there
	// is none any more.
	restore(ctx context.Context, left *jobrun.Pending) (asset.Stored, error)
}

// placeAt is the place that a path names. own are the SHA-256 of what may be replaced
// there, if it is a file: an object never is.
func (s *providerData) placeAt(path string, own []string) (place, error) {
	own = slices.DeleteFunc(own, func(sum string) bool { return sum == "" })
	at, isObject := addressOf(path)
	if !isObject {
		return &filePlace{asset.Target{Path: path, Own: own}}, nil
	}
	client, err := s.connectStore(at)
	if err != nil {
		return nil, &storeError{at: at, err: err}
	}
	return &objectPlace{client: client, at: at, local: asset.Target{Path: localName(path)}}, nil
}

type filePlace struct{ target asset.Target }

func (p *filePlace) prepare(context.Context) error { return p.target.Prepare() }

func (p *filePlace) ready() error { return p.target.Prepare() }

func (p *filePlace) save(ctx context.Context, job asset.Job, stream io.Reader, accept func(io.ReaderAt, int64) error) (asset.Stored, error) {
	p.target.Job = job.ID
	return p.target.Save(ctx, stream, accept)
}

func (p *filePlace) restore(_ context.Context, left *jobrun.Pending) (asset.Stored, error) {
	p.target.Job = left.Job
	return p.target.Restore(localName(left.Path), left.Archive())
}

// objectPlace is an object. The archive is a file of the working directory until the
// store has shown that it has it.
type objectPlace struct {
	client *s3.Client
	at     store.Address
	local  asset.Target
	// again: there is an object, and the bucket keeps versions, so that it stays.
	again bool
}

// prepare looks for what is there, and begins and aborts an upload, which leaves nothing.
func (p *objectPlace) prepare(ctx context.Context) error {
	if err := p.ready(); err != nil {
		return err
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	if err := p.client.ProveWritable(ctx, p.at); err != nil {
		return &storeError{at: p.at, err: err}
	}
	return nil
}

func (p *objectPlace) ready() error { return asset.Prepare(p.local.Path) }

// look fails if there is something that an upload would replace.
func (p *objectPlace) look(ctx context.Context) error {
	there, err := p.client.Head(ctx, p.at)
	return p.judge(there, err)
}

// judge is look at what a HEAD has told.
func (p *objectPlace) judge(there s3.Object, err error) error {
	switch {
	case s3.KindOf(err) == s3.NotFound, s3.KindOf(err) == s3.Forbidden:
		// Where listing is not allowed, a key that is not there is forbidden too.
		return nil
	case err != nil:
		return &storeError{at: p.at, err: err}
	case there.VersionID == "":
		return &asset.TakenError{Path: p.at.String()}
	}
	p.again = true
	return nil
}

func (p *objectPlace) save(ctx context.Context, job asset.Job, stream io.Reader, accept func(io.ReaderAt, int64) error) (asset.Stored, error) {
	p.local.Job = job.ID
	file, stored, err := p.local.Stage(ctx, stream, accept)
	if err != nil {
		return asset.Stored{}, err
	}
	return p.upload(ctx, file, stored)
}

func (p *objectPlace) restore(ctx context.Context, left *jobrun.Pending) (asset.Stored, error) {
	stored := left.Archive()
	p.local.Job = left.Job
	file := p.local.Find(stored)
	if file == "" {
		file = keptAt(left)
	}
	object, err := p.client.Head(ctx, p.at)
	if err == nil && holds(object, stored) {
		// It had arrived, and its answer was lost.
		return p.arrived(object, file, stored), nil
	}
	err = p.judge(object, err)
	_, isUnsure := errors.AsType[*storeError](err)
	switch {
	case file == "" && isUnsure:
		// It may be there: nothing else is done before that is known.
		return asset.Stored{}, err
	case file == "":
		return asset.Stored{}, fs.ErrNotExist
	case err != nil:
		return asset.Stored{}, &asset.KeptError{Kept: file, Stored: stored, Err: err}
	}
	return p.upload(ctx, file, stored)
}

// upload sends a file, and removes it when the store has shown that it has it.
func (p *objectPlace) upload(ctx context.Context, file string, stored asset.Stored) (asset.Stored, error) {
	object, err := p.put(ctx, file, stored)
	if err != nil {
		return asset.Stored{}, &asset.KeptError{Kept: file, Stored: stored, Err: err}
	}
	return p.arrived(object, file, stored), nil
}

func (p *objectPlace) put(ctx context.Context, file string, stored asset.Stored) (s3.Object, error) {
	in, err := os.Open(file)
	if err != nil {
		return s3.Object{}, err
	}
	sent, err := p.client.Put(ctx, p.at, in, stored.Size, s3.PutOptions{
		OnlyIfAbsent: !p.again,
		Metadata:     map[string]string{s3.MetaSHA256: stored.SHA256, s3.MetaContentDigest: stored.ContentDigest},
	})
	// Nothing was written.
	_ = in.Close()
	at := p.at
	switch {
	case s3.KindOf(err) == s3.AlreadyExists:
		// The upload before may have arrived, and its answer got lost.
	case err != nil:
		return s3.Object{}, &storeError{at: p.at, err: err}
	case sent.VersionID != "":
		at = at.WithVersion(sent.VersionID)
	}
	shown, err := p.client.Head(ctx, at)
	switch {
	case err != nil:
		return s3.Object{}, &storeError{at: p.at, err: err, unproven: true}
	case holds(shown, stored):
		return shown, nil
	case shown.SHA256 == "" && shown.Size == stored.Size && sent.ETag != "" && sent.ETag == shown.ETag:
		return s3.Object{}, &storeError{at: p.at, err: errNoMetadata, unproven: true}
	}
	return s3.Object{}, &asset.TakenError{Path: p.at.String()}
}

// errNoMetadata: the store does not keep what is said of an object.
var errNoMetadata = errors.New("no metadata")

// holds says whether an object is an archive, as far as the store tells.
func holds(object s3.Object, archive asset.Stored) bool {
	return object.SHA256 == archive.SHA256 && object.Size == archive.Size
}

func (p *objectPlace) arrived(object s3.Object, file string, stored asset.Stored) asset.Stored {
	if file != "" {
		// It is in the store. To fail now would be about a copy.
		_, _ = asset.Remove(file, stored.SHA256)
	}
	stored.Path = p.at.String()
	if object.VersionID != "" {
		stored.Path = p.at.WithVersion(object.VersionID).String()
	}
	return stored
}

// storeError is an object that cannot be read, written or removed.
type storeError struct {
	at  store.Address
	err error
	// unproven: the upload was answered well, and the store does not show it.
	unproven bool
}

func (e *storeError) Error() string { return fmt.Sprintf("%s: %v", e.at, e.err) }

func (e *storeError) Unwrap() error { return e.err }

// addressOf is the address of an object; false where the text is the name of a file, or
// an address that no store has, which validation reports.
func addressOf(text string) (store.Address, bool) {
	at, looksLike, err := store.Parse(text)
	return at, looksLike && err == nil
}

// isObject says whether a path is the address of an object.
func isObject(path string) bool {
	_, is := addressOf(path)
	return is
}

// localName is the file beside which the archive of a path is kept as long as it is not
// there: for an object, its name in the working directory.
func localName(path string) string {
	if at, is := addressOf(path); is {
		return at.BaseName()
	}
	return path
}

// placeKey is equal for two paths that name one place.
func placeKey(path string) string {
	if at, is := addressOf(path); is {
		return at.WithVersion("").String()
	}
	return asset.Key(path)
}

// keptAt is where an export's archive lies that could not be put at its path; empty
// where there is none.
func keptAt(p *jobrun.Pending) string {
	if p == nil || p.SHA256 == "" || p.Path == "" {
		return ""
	}
	return asset.Target{Path: localName(p.Path), Job: p.Job}.Find(p.Archive())
}
