package provider_test

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStorePromotion exports into a store and imports from it, on both stores, in the order
// that loses nothing. Plans send nothing, and nothing is left on the machine.
func TestStorePromotion(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"obs", "s3"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			key := "releases/1+ü %20/" + keyOf(t)
			address := scheme + "://" + storeBucket + "/" + key
			s := inStore(t, exportInto(address), importAt("asset_export.x.archive.path", "source_hash = asset_export.x.archive.sha256"))
			s.apply(0)
			const want = "store_head store_begin store_abort export download store_put store_head store_get import"
			if got := s.sequence(); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			data, object := s.object(scheme, key)
			archive := s.archive("asset_export.x")
			if archive["path"] != address || archive["sha256"] != hexSum(data) || archive["size"] != float64(len(data)) ||
				object.Metadata["asset-sha256"] != archive["sha256"] || object.Metadata["asset-content-digest"] != archive["content_digest"] {
				t.Errorf("the state has %v, the store %+v", archive, object)
			}
			if imported := s.archive("asset_import.y"); imported["sha256"] != archive["sha256"] {
				t.Errorf("imported %v", imported)
			}
			for _, r := range s.server.Simulator.Requests() {
				if r.Kind == "store_put" && strings.Join(r.Object.Conditions, " ") != map[string]string{
					"obs": "if-none-match x-obs-forbid-overwrite", "s3": "if-none-match",
				}[scheme] {
					t.Errorf("the upload has the conditions %q", r.Object.Conditions)
				}
			}
			s.nothingStaged()
			s.server.Simulator.ResetRequests()
			s.plan(false)
			if got := s.sequence(); got != "" {
				t.Errorf("a plan sent %s", got)
			}
		})
	}
}

// TestStoreKeyIsTaken: nothing is overwritten, also not by the next release, and it is said
// before a job starts; a bucket with versions keeps both.
func TestStoreKeyIsTaken(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto(release(t)))
	if err := s.server.Simulator.PutObject("obs", storeBucket, keyOf(t), []byte("another's"), nil); err != nil {
		t.Fatal(err)
	}
	wants(t, s.apply(1), "Path is taken", "never overwritten", "keeps versions")
	if got := s.sequence(); got != "store_head" {
		t.Errorf("sent %s", got)
	}
	if data, _ := s.object("obs", keyOf(t)); data != "another's" {
		t.Errorf("the object is %q", data)
	}
	s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket, Versioning: true}}})
	if err := s.server.Simulator.RemoveObject("obs", storeBucket, keyOf(t)); err != nil {
		t.Fatal(err)
	}
	s.apply(0)
	first, _ := s.archive("asset_export.x")["path"].(string)
	s.setenv("TF_VAR_release=2")
	s.apply(0)
	second, _ := s.archive("asset_export.x")["path"].(string)
	if !strings.HasPrefix(first, release(t)+"?versionId=") || !strings.HasPrefix(second, release(t)+"?versionId=") || first == second {
		t.Errorf("%s, then %s", first, second)
	}
	_, version, _ := strings.Cut(first, "?versionId=")
	if data, err := s.server.Simulator.Object("obs", storeBucket, keyOf(t), version); err != nil || !strings.HasPrefix(string(data), "PK") {
		t.Errorf("the first archive: %.10q, %v", data, err)
	}
	s.plan(false)
	s.nothingStaged()
}

// TestStoreUploadFails: the archive stays on the machine, the next apply uploads it and asks
// for nothing; on another machine it asks, and exports again.
func TestStoreUploadFails(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault simulator.Fault
		says  string
	}{
		"status":       {simulator.Fault{On: "store_put", Do: "status", Status: 503, Times: -1}, "Archive is not in the store yet"},
		"cut in two":   {simulator.Fault{On: "store_put", Do: "half", Times: -1}, "Archive is not in the store yet"},
		"no right":     {simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Times: -1}, "the store refuses it"},
		"not shown":    {simulator.Fault{On: "store_head", Do: "wrong_metadata", Times: -1}, "that it is there could not be shown"},
		"ended by now": {simulator.Fault{On: "store_put", Do: "hang", Times: -1}, "it did not end within the timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inStore(t, exportInto(release(t)))
			order(t, s.server, row.fault)
			if name == "ended by now" {
				s.setenv("TF_VAR_limit=4s")
			}
			r := s.apply(1)
			staged := s.staged()
			if len(staged) != 1 {
				t.Fatalf("staged %q:\n%s", staged, r.out)
			}
			wants(t, r, row.says, staged[0], "may be the only copy")
			job := s.job("asset_export.x", "RUNNING", true)
			s.patiently()
			s.server.Simulator.ClearFaults()
			s.server.Simulator.ResetRequests()
			wants(t, s.plan(true), "Export job is under way", staged[0])
			s.apply(0)
			if got := s.job("asset_export.x", "SUCCEEDED", false); got != job {
				t.Errorf("job %s, then %s", job, got)
			}
			expectCounts(t, s.server, "export 0, download 0, job 0")
			s.nothingStaged()
			s.plan(false)
		})
	}
	t.Run("another machine", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)))
		order(t, s.server, simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Times: -1})
		s.apply(1)
		s.removeStaged()
		s.server.Simulator.ClearFaults()
		wants(t, s.apply(0), "Export starts again", "no longer on the server")
		expectCounts(t, s.server, "export 2, download 2, store_put 2")
		s.nothingStaged()
	})
	t.Run("the answer is lost", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)))
		order(t, s.server, simulator.Fault{On: "store_put", Do: "drop_after"})
		s.apply(0)
		expectCounts(t, s.server, "export 1, download 1, store_put 1, store_head 3")
		s.nothingStaged()
	})
	t.Run("another one was faster", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)))
		order(t, s.server, simulator.Fault{On: "store_put", Do: "raced"})
		r := s.apply(1)
		wants(t, r, "Path is taken", s.staged()[0])
		s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket}}})
		if err := s.server.Simulator.RemoveObject("obs", storeBucket, keyOf(t)); err != nil {
			t.Fatal(err)
		}
		s.apply(0)
		expectCounts(t, s.server, "export 1, download 1")
	})
	t.Run("a store without conditions", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)))
		s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket, IgnoreConditions: true}}})
		order(t, s.server, simulator.Fault{On: "store_put", Do: "replaced"})
		wants(t, s.apply(1), "Path is taken", s.staged()[0])
	})
}

// TestStoreRefusals are about settings and rights: nothing is started.
func TestStoreRefusals(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		env     []string
		address string
		buckets []simulator.Bucket
		says    []string
	}{
		"no bucket":       {address: "obs://no-such-bucket/a.zip", says: []string{"Store cannot be written to", "there is no bucket"}},
		"another region":  {address: release(t), buckets: []simulator.Bucket{{Name: storeBucket, Region: "elsewhere-1"}}, says: []string{"elsewhere-1", "obs.region"}},
		"another key":     {env: []string{"AWS_SECRET_ACCESS_KEY=wrong-secret"}, address: "s3://" + storeBucket + "/a.zip", says: []string{"refuses the credentials", "s3.access_key"}},
		"no key at all":   {env: []string{"AWS_SECRET_ACCESS_KEY="}, address: "s3://" + storeBucket + "/a.zip", says: []string{"there is no key pair"}},
		"nobody answers":  {env: []string{"OBS_ENDPOINT=http://127.0.0.1:1"}, address: release(t), says: []string{"Store cannot be written to", refusedConnection}},
		"no region":       {env: []string{"AWS_REGION=", "AWS_ENDPOINT_URL_S3="}, address: "s3://" + storeBucket + "/a.zip", says: []string{"Store cannot be used", "s3.region (AWS_REGION)"}},
		"a signed URL":    {address: "https://b.s3.amazonaws.com/a.zip?X-Amz-Signature=t0ps3cret", says: []string{"Address cannot be used"}},
		"query":           {address: release(t) + "?X-Amz-Signature=t0ps3cret", says: []string{"Address cannot be used"}},
		"version in path": {address: release(t) + "?versionId=1", says: []string{"Address cannot be used", "archive.path"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inStore(t, exportInto(row.address))
			s.setenv(row.env...)
			if row.buckets != nil {
				s.buckets(simulator.StoreAssets{OBS: row.buckets})
			}
			r := s.apply(1)
			wants(t, r, row.says...)
			lacks(t, r, "t0ps3cret", "wrong-secret")
			expectCounts(t, s.server, "export 0")
			s.nothingStaged()
		})
	}
	t.Run("keys that are not there are forbidden", func(t *testing.T) {
		t.Parallel()
		s := inStore(t, exportInto(release(t)))
		s.buckets(simulator.StoreAssets{OBS: []simulator.Bucket{{Name: storeBucket, ForbidMissing: true}}})
		s.apply(0)
	})
}
