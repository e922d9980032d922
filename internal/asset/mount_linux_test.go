package asset_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// A file that is mounted into a container cannot be replaced, although the
// directory can be written to. The archive is kept, and goes there once it can.
func TestTargetThatIsAMount(t *testing.T) {
	t.Parallel()
	mine, data := zipOf(t, "mine"), zipOf(t, "new")
	target := asset.Target{Path: filepath.Join(t.TempDir(), "orders.zip"), Own: []string{sum(mine)}, Job: "job-1"}
	mounted := filepath.Join(t.TempDir(), "mounted.zip")
	write(t, target.Path, mine)
	write(t, mounted, mine)
	if err := unix.Mount(mounted, target.Path, "", unix.MS_BIND, ""); err != nil {
		t.Logf("not tried, mounting needs rights that this user lacks: %v", err)
		return
	}
	t.Cleanup(func() { _ = unix.Unmount(target.Path, unix.MNT_DETACH) })
	if err := target.Prepare(); err != nil {
		t.Fatal(err)
	}
	_, err := target.Save(t.Context(), bytes.NewReader(data), nil)
	kept, ok := errors.AsType[*asset.KeptError](err)
	if !ok || !errors.Is(err, unix.EBUSY) {
		t.Fatalf("got %v", err)
	}
	if _, err := target.Restore(target.Path, kept.Stored); !errors.Is(err, unix.EBUSY) {
		t.Errorf("while it is mounted: %v", err)
	}
	holdsBytes(t, kept.Kept, data)
	if err := unix.Unmount(target.Path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := target.Restore(target.Path, kept.Stored); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	holdsBytes(t, target.Path, data)
	alone(t, filepath.Dir(target.Path), "orders.zip")
}

// Another user's temporary file in a directory with the sticky bit cannot be
// removed, and is no reason to do nothing.
func TestPrepareBesideAnothersLeftover(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, ".orders.zip.asset-part-1")
	write(t, left, []byte("x"))
	old := unix.NsecToTimeval(0)
	if err := unix.Lutimes(left, []unix.Timeval{old, old}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(left, left, "", unix.MS_BIND, ""); err != nil {
		t.Logf("not tried, mounting needs rights that this user lacks: %v", err)
		return
	}
	t.Cleanup(func() { _ = unix.Unmount(left, unix.MNT_DETACH) })
	if err := (asset.Target{Path: filepath.Join(dir, "orders.zip")}).Prepare(); err != nil {
		t.Errorf("got %v", err)
	}
}
