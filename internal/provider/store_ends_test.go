package provider_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStoreTokenEnds: the key pair that a password was exchanged for ends while the archive is
// uploaded. Another one is asked for, and nothing is exported again.
func TestStoreTokenEnds(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto(release(t)), importAt("asset_export.x.archive.path"))
	info := s.server.Info.ROMA
	s.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)
	order(t, s.server, simulator.Fault{On: "store_put", Do: "expired_token"}, simulator.Fault{On: "store_get", Do: "expired_token"})
	s.apply(0)
	expectCounts(t, s.server, "export 1, download 1, import 1, store_put 2, store_get 2, temporary_keys 3")
	s.nothingStaged()
}

// TestStoreLooksAtOneObject: what is replaced between two looks is told, and not mixed.
func TestStoreLooksAtOneObject(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	for key, text := range map[string]string{"whole.zip": goldenArchive(t), "empty.zip": "", "text.zip": "no zip"} {
		if err := server.Simulator.PutObject("obs", storeBucket, key, []byte(text), nil); err != nil {
			t.Fatal(err)
		}
	}
	p, said := configuredOn(t, map[string]string{"OBS_ENDPOINT": server.Info.OBS.Endpoint}, "", with(server.Info.ROMA, values{
		"access_key": server.Info.ROMA.AccessKey, "secret_key": server.Info.ROMA.SecretKey,
	}))
	says(t, said)
	for key, want := range map[string]string{
		"whole.zip": "", "empty.zip": "File is no archive", "text.zip": "File is no archive", "missing.zip": "Archive is not in the store",
	} {
		found, said := p.read(t.Context(), t, "asset_archive", values{"path": "obs://" + storeBucket + "/" + key})
		if want == "" {
			says(t, said)
		} else {
			says(t, said, "Error: "+want, key)
		}
		if want == "" && (found["sha256"] != nil || found["size"] != float64(len(goldenArchive(t)))) {
			t.Errorf("%v", found)
		}
	}
	order(t, server, simulator.Fault{On: "store_head", Do: "replaced", Body: "another's"})
	_, said = p.read(t.Context(), t, "asset_archive", values{"path": "obs://" + storeBucket + "/whole.zip"})
	says(t, said, "Error: Archive cannot be read", "was replaced while it was read")
}

// TestStoreReadsByRanges looks into an archive of 64 MiB with 2,000 entries: three requests and
// 1 MiB at most.
func TestStoreReadsByRanges(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	content := make([]byte, 32<<10)
	for i := range 2000 {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("apps/0d3e5f10-4c1a-4b7e-9a52-%012d/definition.json", i), Method: zip.Store})
		if err == nil {
			_, err = entry.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.Simulator.PutObject("s3", storeBucket, "large.zip", text.Bytes(), nil); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, variable := range storeVariables(server) {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	p, said := configuredOn(t, env, "", values{})
	says(t, said)
	found, said := p.read(t.Context(), t, "asset_archive", values{"path": "s3://" + storeBucket + "/large.zip"})
	says(t, said)
	entries, _ := found["entries"].([]any)
	if len(entries) != 2000 || found["size"] != float64(text.Len()) {
		t.Fatalf("%d entries of %v bytes", len(entries), found["size"])
	}
	if digest, ok := found["content_digest"].(string); !ok || len(digest) != 64 {
		t.Errorf("content_digest %v", found["content_digest"])
	}
	fetched, requests := 0, server.Simulator.Requests()
	for _, r := range requests {
		if r.Kind != "store_get" {
			continue
		}
		var first, last int
		if _, err := fmt.Sscanf(r.Object.Range, "bytes=%d-%d", &first, &last); err != nil {
			t.Fatalf("%q: %v", r.Object.Range, err)
		}
		fetched += last - first + 1
	}
	if len(requests) > 3 || fetched > 1<<20 || fetched == 0 {
		t.Errorf("%d requests, %d bytes", len(requests), fetched)
	}
}

// TestStoreKeptArchiveGoesElsewhere changes the path while an archive is kept: it goes to the new
// place, and the platform is asked for nothing.
func TestStoreKeptArchiveGoesElsewhere(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ from, to string }{
		"from a store to a file":  {"obs", "file"},
		"from a store to another": {"obs", "s3"},
		"from a file to a store":  {"file", "obs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := keyOf(t)
			address := map[string]string{"obs": "obs://" + storeBucket + "/" + key, "s3": "s3://" + storeBucket + "/other-" + key, "file": "sub/x.zip"}
			s := inStore(t, exportInto(address[row.from]))
			if row.from == "file" {
				// Something appears at the path while the job runs.
				order(t, s.server, simulator.Fault{On: "download", Do: "slow", DelayMS: 200})
				go func() {
					eventually(t, "the download is asked for", func() bool { return s.count("download") > 0 })
					s.write("sub/x.zip", "another's")
				}()
			}
			order(t, s.server, simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Times: -1})
			wants(t, s.apply(1), "may be the only copy")
			job := s.job("asset_export.x", "RUNNING", true)
			s.server.Simulator.ClearFaults()
			s.write("main.tf", storeHead+exportInto(address[row.to]))
			s.apply(0)
			if got := s.job("asset_export.x", "SUCCEEDED", false); got != job {
				t.Errorf("job %s, then %s", job, got)
			}
			expectCounts(t, s.server, "export 1, download 1")
			if at := s.archive("asset_export.x")["path"]; at != address[row.to] {
				t.Errorf("the archive is at %v", at)
			}
			s.nothingStaged()
			s.plan(false)
		})
	}
}

// TestStoreKeptArchiveIsRemembered: an update that cannot reach its store does not forget what an
// earlier one kept.
func TestStoreKeptArchiveIsRemembered(t *testing.T) {
	t.Parallel()
	address := "s3://" + storeBucket + "/" + keyOf(t)
	s := inStore(t, exportInto("x.zip"))
	s.apply(0)
	s.write("main.tf", storeHead+exportInto(address))
	s.setenv("TF_VAR_release=2")
	order(t, s.server, simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Times: -1})
	wants(t, s.apply(1), "may be the only copy")
	s.server.Simulator.ClearFaults()
	s.setenv("AWS_SECRET_ACCESS_KEY=")
	wants(t, s.apply(1), "there is no key pair")
	s.setenv("AWS_SECRET_ACCESS_KEY=" + s.server.Info.S3.SecretKey)
	order(t, s.server, simulator.Fault{On: "store_head", Do: "status", Status: 503, Times: -1})
	wants(t, s.apply(1), "may be the only copy")
	s.server.Simulator.ClearFaults()
	s.server.Simulator.ResetRequests()
	s.apply(0)
	expectCounts(t, s.server, "export 0, download 0, store_put 1")
	if at := s.archive("asset_export.x")["path"]; at != address {
		t.Errorf("the archive is at %v", at)
	}
	s.nothingStaged()
}

// TestStoreMoveThatFails is told as such, with the state as it was; what arrived, and could not be
// said to have arrived, is found by the next apply.
func TestStoreMoveThatFails(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto(release(t)))
	s.apply(0)
	s.write("file", "no directory")
	s.write("main.tf", storeHead+exportInto("file/x.zip"))
	wants(t, s.apply(1), "Archive not moved")
	to := "s3://" + storeBucket + "/" + keyOf(t)
	s.write("main.tf", storeHead+exportInto(to))
	// The two looks before, and then the one that has to show it.
	order(t, s.server, simulator.Fault{On: "store_head", Skip: 2, Do: "status", Status: 404, Times: -1})
	wants(t, s.apply(1), "Archive not moved", "still at the old address")
	if at := s.archive("asset_export.x")["path"]; at != release(t) {
		t.Errorf("the archive is at %v", at)
	}
	s.nothingStaged()
	s.server.Simulator.ClearFaults()
	s.server.Simulator.ResetRequests()
	s.apply(0)
	expectCounts(t, s.server, "store_put 0, store_get 0, export 0")
	if at := s.archive("asset_export.x")["path"]; at != to {
		t.Errorf("the archive is at %v", at)
	}
	s.plan(false)
}
