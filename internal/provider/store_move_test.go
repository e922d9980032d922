package provider_test

import (
	"os"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStoreMoves changes path between files and stores: one archive, no job, and what is
// left behind is told.
func TestStoreMoves(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto("x.zip"))
	s.apply(0)
	data := string(s.file("x.zip"))
	s.server.Simulator.ResetRequests()
	for _, step := range []struct {
		to, sent string
		says     []string
	}{
		{release(t), "store_head store_head store_put store_head", nil},
		{"s3://" + storeBucket + "/" + keyOf(t), "store_head store_head store_begin store_abort store_get store_put store_head", []string{"Archive stays in the store", release(t)}},
		{"back.zip", "store_get", []string{"Archive stays in the store", "s3://"}},
	} {
		s.write("main.tf", storeHead+exportInto(step.to))
		wants(t, s.plan(true), step.says...)
		if got := s.sequence(); got != "" {
			t.Errorf("a plan sent %s", got)
		}
		wants(t, s.apply(0), step.says...)
		if got := s.sequence(); got != step.sent {
			t.Errorf("to %s: sent %s, want %s", step.to, got, step.sent)
		}
		if archive := s.archive("asset_export.x"); archive["path"] != step.to || archive["sha256"] != hexSum(data) {
			t.Errorf("the state has %v", archive)
		}
		s.nothingStaged()
		s.server.Simulator.ResetRequests()
		s.plan(false)
	}
	if string(s.file("back.zip")) != data {
		t.Error("another archive came back")
	}
	if one, _ := s.object("obs", keyOf(t)); one != data {
		t.Error("the first object is gone")
	}
}

// TestStoreMovesItsOwn: what somebody else put in the place of an archive is not moved, and
// what is at the new path stays.
func TestStoreMovesItsOwn(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto(release(t)))
	s.apply(0)
	if err := s.server.Simulator.PutObject("obs", storeBucket, keyOf(t), []byte(pack(t, "another")), nil); err != nil {
		t.Fatal(err)
	}
	s.write("main.tf", storeHead+exportInto("x.zip"))
	wants(t, s.apply(1), "Archive not moved", "another archive than the state says")
	if _, err := os.Stat(s.path("x.zip")); err == nil {
		t.Error("another archive is at the new path")
	}
	s.write("x.zip", "mine")
	wants(t, s.apply(1), "Path is taken")
	if string(s.file("x.zip")) != "mine" {
		t.Error("what was at the new path is gone")
	}
	if archive := s.archive("asset_export.x"); archive["path"] != release(t) {
		t.Errorf("the state has %v", archive)
	}
}

// TestStoreDestroy: an object stays and it is said, or it is removed if it is ours.
func TestStoreDestroy(t *testing.T) {
	t.Parallel()
	const remove = "remove_on_destroy = true"
	versions := []simulator.Bucket{{Name: storeBucket, Versioning: true}}
	for name, row := range map[string]struct {
		more    string
		buckets []simulator.Bucket
		given   func(*site)
		says    []string
		left    int
	}{
		"stays":      {"", nil, nil, []string{"Archive stays in the store", "obs://"}, 1},
		"is removed": {remove, nil, nil, nil, 0},
		"a version":  {remove, versions, nil, nil, 0},
		"without the right": {remove, nil, func(s *site) {
			order(s.t, s.server, simulator.Fault{On: "store_delete", Do: "status", Status: 403, Code: "AccessDenied"})
		}, []string{"could not remove"}, 1},
		"protected": {remove, versions, func(s *site) {
			s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket, Versioning: true, Worm: true}}})
		}, []string{"could not remove"}, 1},
		"another's": {remove, nil, func(s *site) {
			if err := s.server.Simulator.PutObject("obs", storeBucket, keyOf(s.t), []byte("another's"), nil); err != nil {
				s.t.Fatal(err)
			}
		}, []string{"not what this export put there"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inStore(t, exportInto(release(t), row.more))
			if row.buckets != nil {
				s.buckets(simulator.StoreAssets{OBS: row.buckets})
			}
			s.apply(0)
			if row.given != nil {
				row.given(s)
			}
			r := s.terraform("destroy", "-auto-approve")
			if r.code != 0 {
				t.Fatalf("destroy ended with %d:\n%s", r.code, r.out)
			}
			wants(t, r, row.says...)
			objects := s.server.Simulator.State().Stores["obs"].Buckets[storeBucket].Objects
			if len(objects) != row.left {
				t.Errorf("the bucket has %+v", objects)
			}
		})
	}
}

// TestStoreImport imports what lies in a store, on a machine that has nothing.
func TestStoreImport(t *testing.T) {
	t.Parallel()
	text := pack(t, "app-y")
	key, source := keyOf(t), `"`+release(t)+`"`
	put := func(s *site, data string, metadata map[string]string) {
		s.t.Helper()
		if err := s.server.Simulator.PutObject("obs", storeBucket, key, []byte(data), metadata); err != nil {
			s.t.Fatal(err)
		}
	}
	for name, row := range map[string]struct {
		data     string
		metadata map[string]string
		more     string
		faults   []simulator.Fault
		code     int
		says     []string
	}{
		"as it is":           {data: text},
		"approved":           {data: text, more: "source_hash = \"" + hexSum(text) + "\""},
		"not approved":       {data: text, more: "source_hash = \"" + hexSum("other") + "\"", code: 1, says: []string{"Archive is not the approved one", release(t)}},
		"other metadata":     {data: text, metadata: map[string]string{"asset-sha256": hexSum("other")}, code: 1, says: []string{"Archive cannot be fetched", "another length or SHA-256"}},
		"not there":          {code: 1, says: []string{"Archive is not in the store", release(t)}},
		"empty":              {data: " ", code: 1, says: []string{"Source is no archive"}},
		"no right":           {data: text, faults: []simulator.Fault{{On: "store_get", Do: "status", Status: 403, Code: "AccessDenied"}}, code: 1, says: []string{"Archive cannot be fetched", "may not read"}},
		"broken once":        {data: text, faults: []simulator.Fault{{On: "store_get", Do: "cut", Bytes: 10}}},
		"the server is busy": {data: text, faults: []simulator.Fault{{On: "store_get", Do: "status", Status: 503}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inStore(t, importAt(source, row.more))
			if row.data != "" {
				put(s, row.data, row.metadata)
			}
			order(t, s.server, row.faults...)
			s.plan(true)
			if got := s.sequence(); got != "" {
				t.Errorf("the plan sent %s", got)
			}
			wants(t, s.apply(row.code), row.says...)
			s.nothingStaged()
			if row.code != 0 {
				expectCounts(t, s.server, "import 0")
				return
			}
			expectCounts(t, s.server, "import 1")
			if archive := s.archive("asset_import.y"); archive["sha256"] != hexSum(text) {
				t.Errorf("the state has %v", archive)
			}
			s.plan(false)
		})
	}
	t.Run("a failed import needs no second export", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)), importAt("asset_export.x.archive.path"))
		order(t, s.server, simulator.Fault{On: "import", Do: "fail_job"})
		s.apply(1)
		s.apply(0)
		expectCounts(t, s.server, "export 1, download 1, import 2, store_put 1, store_get 2")
	})
	t.Run("a job that is continued needs no archive", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, importAt(source))
		put(s, text, nil)
		s.leave("import")
		ended(s)
		if err := s.server.Simulator.RemoveObject("obs", storeBucket, key); err != nil {
			t.Fatal(err)
		}
		s.apply(0)
		expectCounts(t, s.server, "import 1, store_get 1")
	})
	t.Run("another address with the same content", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, importAt(source))
		put(s, text, nil)
		s.apply(0)
		if err := s.server.Simulator.PutObject("obs", storeBucket, "again.zip", []byte(text), nil); err != nil {
			t.Fatal(err)
		}
		s.write("main.tf", storeHead+importAt(`"obs://`+storeBucket+`/again.zip"`))
		s.plan(true)
		s.apply(0)
		expectCounts(t, s.server, "import 1")
		s.plan(false)
	})
}

// TestStoreReplacedVersion is replaced with create_before_destroy in a bucket that keeps versions:
// remove_on_destroy removes the version of the predecessor, and nothing of its successor.
func TestStoreReplacedVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportInto(releases, "remove_on_destroy = true", "lifecycle { create_before_destroy = true }"))
	s.setenv(storeVariables(s.server)...)
	s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket, Versioning: true}}})
	s.apply(0)
	s.apply(0, "-replace=asset_export.x")
	objects := s.server.Simulator.State().Stores["obs"].Buckets[storeBucket].Objects
	if len(objects) != 1 || s.archive("asset_export.x")["path"] != releases+"?versionId="+objects[0].VersionID {
		t.Errorf("the state has %v, the store %+v", s.archive("asset_export.x"), objects)
	}
	s.plan(false)
}
