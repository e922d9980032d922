package object

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// Fetch brings an object into a file that is gone when it is closed, and proves that
// it arrived as the store says.
func Fetch(ctx context.Context, client *s3.Client, at store.Address) (archive *asset.Archive, remove func(), err error) {
	archive, file, err := fetchInto(ctx, client, at)
	if err != nil {
		return nil, nil, err
	}
	// Where a system lets an open file have no name, it is gone already.
	return archive, func() { _ = os.Remove(file) }, nil
}

func fetchInto(ctx context.Context, client *s3.Client, at store.Address) (*asset.Archive, string, error) {
	body, object, err := client.Get(ctx, at, s3.Range{}, "")
	if err != nil {
		return nil, "", &Error{At: at, Err: err}
	}
	file, err := nameless()
	if err != nil {
		return nil, "", &Error{At: at, Err: errors.Join(err, body.Close())}
	}
	hash := sha256.New()
	size, err := io.CopyBuffer(io.MultiWriter(file, hash), body, make([]byte, 256<<10))
	err = errors.Join(err, body.Close())
	sum := hex.EncodeToString(hash.Sum(nil))
	if err == nil && (size != object.Size || object.SHA256 != "" && sum != object.SHA256) {
		err = ErrNotWhole
	}
	if err != nil {
		return nil, "", errors.Join(&Error{At: at, Err: err}, discarded(file))
	}
	archive, err := asset.NewArchive(at.String(), file, size)
	if err != nil {
		return nil, "", errors.Join(err, discarded(file))
	}
	// Nobody else has this file, so it need not be read for it again.
	archive.SHA256 = sum
	return archive, file.Name(), nil
}

// named is a temporary file whose name is removed at once, which not every system allows.
func named() (*os.File, error) {
	file, err := os.CreateTemp("", ".asset-import-*")
	if err == nil {
		_ = os.Remove(file.Name())
	}
	return file, err
}

// ErrNotWhole means that what arrived is not what the store says that it has.
var ErrNotWhole = errors.New("not whole")

func discarded(file *os.File) error {
	err := file.Close()
	// On systems where it still has its name.
	_ = os.Remove(file.Name())
	return err
}
