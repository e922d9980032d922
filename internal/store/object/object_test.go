package object

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// cloud is a store with one bucket, and a directory that stands for the working directory.
type cloud struct {
	*simulator.Server

	client *s3.Client
	at     store.Address
	dir    string
}

func newCloud(t *testing.T, bucket simulator.Bucket) *cloud {
	t.Helper()
	server, err := simulator.Serve(t.Context(), "127.0.0.1:0", simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	info := server.Info.S3
	bucket.Name = info.Bucket
	if err := server.Simulator.PutBuckets(simulator.StoreAssets{S3: []simulator.Bucket{bucket}}); err != nil {
		t.Fatal(err)
	}
	client, err := s3.New(s3.Config{Endpoint: info.Endpoint, Region: info.Region, Credentials: s3.Static(s3.Credentials{AccessKey: info.AccessKey, SecretKey: info.SecretKey})})
	if err != nil {
		t.Fatal(err)
	}
	at, _, err := store.Parse("s3://" + info.Bucket + "/release/orders.zip")
	if err != nil {
		t.Fatal(err)
	}
	return &cloud{server, client, at, t.TempDir()}
}

func (c *cloud) location() *Location { return At(c.client, c.at, filepath.Join(c.dir, "orders.zip")) }

// files are what lies in the working directory.
func (c *cloud) files(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(c.dir, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func zipped(t *testing.T, name string) []byte {
	t.Helper()
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	if _, err := w.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func accepts(io.ReaderAt, asset.Stored) error { return nil }

func saved(t *testing.T, to asset.Location, data []byte) asset.Stored {
	t.Helper()
	if err := to.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	stored, err := to.Save(t.Context(), "job-1", bytes.NewReader(data), accepts)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// TestThereAndBack: what was saved is fetched, copied to a file and removed, and no file is left meanwhile.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	c := newCloud(t, simulator.Bucket{})
	data := zipped(t, "orders")
	stored := saved(t, c.location(), data)
	if stored.Path != c.at.String() || stored.Size != int64(len(data)) || len(c.files(t)) > 0 {
		t.Errorf("stored %+v, left %q", stored, c.files(t))
	}
	archive, remove, err := Fetch(t.Context(), c.client, c.at)
	if err != nil {
		t.Fatal(err)
	}
	if archive.SHA256 != stored.SHA256 || archive.ContentDigest != stored.ContentDigest {
		t.Errorf("fetched %+v, want %+v", archive, stored)
	}
	if err := archive.Close(); err != nil {
		t.Error(err)
	}
	remove()
	file := filepath.Join(c.dir, "copy.zip")
	if copied, err := Copy(t.Context(), c.client, c.at, asset.File(file, nil), stored); err != nil || copied.SHA256 != stored.SHA256 || !asset.Holds(file, stored) {
		t.Errorf("copied %+v, %v", copied, err)
	}
	others := stored
	others.SHA256 = "another"
	if err := Remove(t.Context(), c.client, c.at, others); !errors.Is(err, ErrOthers) {
		t.Errorf("removed what is another's: %v", err)
	}
	if _, err := Copy(t.Context(), c.client, c.at, asset.File(filepath.Join(c.dir, "no.zip"), nil), others); !errors.Is(err, ErrOtherBytes) {
		t.Errorf("copied what is another's: %v", err)
	}
	for range 2 {
		// What is gone is removed.
		if err := Remove(t.Context(), c.client, c.at, stored); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := Fetch(t.Context(), c.client, c.at); s3.KindOf(err) != s3.NotFound {
		t.Errorf("fetched what is not there: %v", err)
	}
}

// TestNothingIsReplaced: a key that is taken is found out before anything is asked for; where the bucket keeps
// versions, both stay.
func TestNothingIsReplaced(t *testing.T) {
	t.Parallel()
	c := newCloud(t, simulator.Bucket{})
	saved(t, c.location(), zipped(t, "first"))
	err := c.location().Prepare(t.Context())
	if taken, ok := errors.AsType[*asset.TakenError](err); !ok || taken.Path != c.at.String() {
		t.Errorf("error %v", err)
	}
	if _, err := c.location().Take(t.Context(), "nowhere", asset.Stored{}); err == nil {
		t.Error("taken although something is there")
	}

	c = newCloud(t, simulator.Bucket{Versioning: true})
	first, second := saved(t, c.location(), zipped(t, "first")), saved(t, c.location(), zipped(t, "second"))
	for _, stored := range []asset.Stored{first, second} {
		at, _, err := store.Parse(stored.Path)
		if err != nil || at.Version == "" {
			t.Fatalf("%s has no version: %v", stored.Path, err)
		}
		archive, remove, err := Fetch(t.Context(), c.client, at)
		if err != nil || archive.SHA256 != stored.SHA256 {
			t.Fatalf("%s holds %+v: %v", stored.Path, archive, err)
		}
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
		remove()
	}
}

// TestKeptAndRestored: an archive that arrived whole stays on this machine until the store shows that it has it.
func TestKeptAndRestored(t *testing.T) {
	t.Parallel()
	c := newCloud(t, simulator.Bucket{})
	to := c.location()
	if err := to.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	refuses := simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied"}
	if err := c.Simulator.Order(refuses); err != nil {
		t.Fatal(err)
	}
	data := zipped(t, "orders")
	_, err := to.Save(t.Context(), "job-1", bytes.NewReader(data), accepts)
	kept, ok := errors.AsType[*asset.KeptError](err)
	if _, ofStore := errors.AsType[*Error](err); !ok || !ofStore || len(c.files(t)) != 1 {
		t.Fatalf("error %v, left %q", err, c.files(t))
	}
	beside := filepath.Join(c.dir, "orders.zip")
	if _, err := c.location().Restore(t.Context(), "job-2", beside, asset.Stored{SHA256: "another", Size: 1}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("restored what nobody kept: %v", err)
	}
	for range 2 {
		// The second time it is there, and no file any more.
		stored, err := c.location().Restore(t.Context(), "job-1", beside, kept.Stored)
		if err != nil || stored.SHA256 != kept.Stored.SHA256 || stored.Path != c.at.String() || len(c.files(t)) > 0 {
			t.Errorf("restored %+v: %v, left %q", stored, err, c.files(t))
		}
	}
	file := filepath.Join(c.dir, "moved.zip")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, there := c.location().Arrived(t.Context(), file, kept.Stored); !there {
		t.Error("what had arrived is not found")
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file that had been brought is still there: %v", err)
	}
}

// TestInterrupted: a run that ends keeps what it has, and asks for nothing more.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	c := newCloud(t, simulator.Bucket{})
	ctx, cancel := context.WithCancel(t.Context())
	to := c.location()
	if err := to.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	ends := func(io.ReaderAt, asset.Stored) error {
		cancel()
		return nil
	}
	_, err := to.Save(ctx, "job-1", bytes.NewReader(zipped(t, "orders")), ends)
	if _, ok := errors.AsType[*asset.KeptError](err); !ok || !errors.Is(err, context.Canceled) || len(c.files(t)) != 1 {
		t.Errorf("error %v, left %q", err, c.files(t))
	}
}
