package provider

import (
	"context"
	"slices"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

// locationOf is the location that a path names. own are the SHA-256 of what may be replaced
// there, if it is a file: an object never is.
func (s *providerData) locationOf(path string, own []string) (asset.Location, error) {
	at, isObject := addressOf(path)
	if !isObject {
		return asset.File(path, slices.DeleteFunc(own, func(sum string) bool { return sum == "" })), nil
	}
	client, err := s.connectStore(at)
	if err != nil {
		return nil, &object.Error{At: at, Err: err}
	}
	return object.At(client, at, localName(path)), nil
}

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
func locationKey(path string) string {
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

// fetchObject brings an object into a file that is gone when it is closed.
func (s *providerData) fetchObject(ctx context.Context, at store.Address) (archive *asset.Archive, remove func(), err error) {
	client, err := s.connectStore(at)
	if err != nil {
		return nil, nil, &object.Error{At: at, Err: err}
	}
	return object.Fetch(ctx, client, at)
}
