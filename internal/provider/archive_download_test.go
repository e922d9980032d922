package provider_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// waiting makes an archive on the server and returns its id, the log empty.
func waiting(t *testing.T, server *simulator.Server) string {
	t.Helper()
	job, said := readJob(t.Context(), t, configured(t, romaSetup(server)), startExport(t, server))
	id, _ := job["archive_id"].(string)
	if id == "" {
		t.Fatal(said)
	}
	server.Simulator.ResetRequests()
	return id
}

// fetching is the configuration of a download.
func fetching(path, archiveID string) values {
	return values{"path": path, "download": true, "roma": values{"archive_id": archiveID}}
}

func TestDownloadOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "new", "it.zip")
	found, said := p.read(t.Context(), t, "asset_archive", fetching(file, id))
	data, err := os.ReadFile(file)
	if said != "" || err != nil || found["sha256"] != hexSum(string(data)) || found["size"] != float64(len(data)) {
		t.Errorf("%v, %s, %v", found, said, err)
	}
	if info, err := os.Stat(file); err != nil || !private(info) {
		t.Errorf("%v, %v", info, err)
	}
	expectCounts(t, server, "download 1, job 0, export 0")

	// What is there is used, by any configuration and without any request.
	server.Simulator.ResetRequests()
	again, said := p.read(t.Context(), t, "asset_archive", fetching(file, id))
	if said != "" || again["sha256"] != found["sha256"] {
		t.Errorf("%v, %s", again, said)
	}
	unknownBlock := configured(t, values{"roma": undecided{}})
	if found, said = unknownBlock.read(t.Context(), t, "asset_archive", fetching(file, id)); said != "" || found["sha256"] != again["sha256"] {
		t.Errorf("%v, %s", found, said)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}

	// On another machine the archive is nowhere. The path stays known.
	elsewhere := filepath.Join(t.TempDir(), "it.zip")
	found, said = p.read(t.Context(), t, "asset_archive", fetching(elsewhere, id))
	for _, name := range []string{"sha256", "content_digest", "size", "entries", "csa_version", "items"} {
		if found[name] != nil {
			t.Errorf("%s is %v", name, found[name])
		}
	}
	if found["path"] != elsewhere {
		t.Errorf("%v", found)
	}
	golden(t, "data download taken", placed(said, filepath.Dir(elsewhere), id))
	if _, said = p.read(t.Context(), t, "asset_archive", values{"path": elsewhere, "download": false, "roma": values{"archive_id": id}}); !strings.HasPrefix(said, "Error: Archive is not there\n") {
		t.Error(said)
	}
	if _, err := os.Lstat(elsewhere); err == nil {
		t.Error("something was left where nothing was downloaded")
	}
}

// TestDownloadNeverOverAFile: whatever is at the path, it stays and nothing is
// sent.
func TestDownloadNeverOverAFile(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	p := configured(t, romaSetup(server))
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "text"), "somebody's only copy")
	writeFile(t, filepath.Join(dir, "empty"), "")
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"text", "empty", "link", ".", "text/below.zip"} {
		if found, said := p.read(t.Context(), t, "asset_archive", fetching(dir+"/"+name, id)); found != nil || !strings.HasPrefix(said, "Error: ") {
			t.Errorf("%s: %v, %s", name, found, said)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "text")); err != nil || string(data) != "somebody's only copy" {
		t.Errorf("%q, %v", data, err)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestDownloadsOfOnePath: two data sources that name one path share one
// download.
func TestDownloadsOfOnePath(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "it.zip")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if found, said := p.read(t.Context(), t, "asset_archive", fetching(file, id)); said != "" || found["sha256"] == nil {
				t.Errorf("%v, %s", found, said)
			}
		})
	}
	all.Wait()
	expectCounts(t, server, "download 1")
}

// TestDownloadsOfTwoProviders: two processes that know nothing of each other
// want one archive at one path. The second gets nothing, and does the first
// no harm.
func TestDownloadsOfTwoProviders(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	dir := t.TempDir()
	file := filepath.Join(dir, "it.zip")
	order(t, server, simulator.Fault{On: "download", Do: "slow", BytesPerSecond: 1000})
	first, second := configured(t, romaSetup(server)), configured(t, romaSetup(server))
	var acting sync.WaitGroup
	acting.Go(func() {
		if found, said := first.read(t.Context(), t, "asset_archive", fetching(file, id)); said != "" || found["sha256"] == nil {
			t.Errorf("%v, %s", found, said)
		}
	})
	eventually(t, "the file begins", func() bool {
		parts, err := filepath.Glob(filepath.Join(dir, ".it.zip.asset-part-*"))
		return err == nil && len(parts) > 0 && len(requestsOf(server, "download")) > 0
	})
	found, said := second.read(t.Context(), t, "asset_archive", fetching(file, id))
	acting.Wait()
	tooLate := strings.HasPrefix(said, "Warning: Archive already downloaded\n") && found["sha256"] == nil
	if there := said == "" && found["sha256"] != nil; !tooLate && !there {
		t.Errorf("%v, %s", found, said)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "it.zip" {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestDownloadFailures: what is left, what is said, and what the next plan
// finds.
func TestDownloadFailures(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault simulator.Fault
		says  string
		// gone: the server has deleted the archive.
		gone bool
	}{
		"cut":        {simulator.Fault{Do: "cut", Bytes: 200}, "Download broke", true},
		"no length":  {simulator.Fault{Do: "cut", Bytes: 200, Chunked: true}, "Download broke", true},
		"lost":       {simulator.Fault{Do: "drop_before"}, "Download broke", false},
		"bad zip":    {simulator.Fault{Do: "bad_zip", Variant: "local_header"}, "Download broke", true},
		"HTML page":  {simulator.Fault{Do: "html_page"}, "Download is no archive", false},
		"401":        {status("download", 401, "APIGW.0301", "Incorrect IAM authentication information"), "Credentials refused", false},
		"403":        {status("download", 403, "ROMA.00012000", "no permission"), "Look-up refused", false},
		"500":        {status("download", 500, "", ""), "Look-up failed", false},
		"expired":    {status("download", 404, "ROMA.00013000", "the archive does not exist"), "Archive already downloaded", false},
		"other busy": {status("download", 400, "ROMA.10012", "another task is running"), "Another asset job is running", false},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			id := waiting(t, server)
			row.fault.On = "download"
			order(t, server, row.fault)
			dir := t.TempDir()
			file := filepath.Join(dir, "it.zip")
			found, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(file, id))
			if !strings.Contains(said, ": "+row.says+"\n") || found["sha256"] != nil {
				t.Errorf("%v, %s", found, said)
			}
			golden(t, "data download "+name, placed(said, dir, id))
			expectCounts(t, server, "download 1, export 0")
			if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
				t.Errorf("left %v, %v", entries, err)
			}
			// The next plan asks again, and goes on in any case.
			found, said = configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(file, id))
			if row.gone != strings.HasPrefix(said, "Warning: Archive already downloaded\n") || row.gone != (found["sha256"] == nil) {
				t.Errorf("next: %v, %s", found, said)
			}
		})
	}
}

// TestDownloadMeetsAFile that appears while the archive is on its way: both
// are kept.
func TestDownloadMeetsAFile(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	dir := t.TempDir()
	file := filepath.Join(dir, "it.zip")
	order(t, server, simulator.Fault{On: "download", Do: "slow", DelayMS: 400})
	var acting sync.WaitGroup
	acting.Go(func() {
		eventually(t, "the download arrives", func() bool { return len(requestsOf(server, "download")) > 0 })
		writeFile(t, file, "theirs")
	})
	_, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(file, id))
	acting.Wait()
	golden(t, "data download meets a file", placed(said, dir, id))
	if data, err := os.ReadFile(file); err != nil || string(data) != "theirs" {
		t.Errorf("%q, %v", data, err)
	}
	found, said := configured(t, values{}).read(t.Context(), t, "asset_archive", values{"path": file + ".1"})
	if said != "" || found["sha256"] == nil {
		t.Errorf("what was downloaded: %v, %s", found, said)
	}
}

// TestDownloadInterrupted says what an interrupt costs.
func TestDownloadInterrupted(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	dir := t.TempDir()
	order(t, server, simulator.Fault{On: "download", Do: "slow", BytesPerSecond: 50})
	ctx, cancel := context.WithCancel(t.Context())
	var acting sync.WaitGroup
	acting.Go(func() {
		eventually(t, "the file begins", func() bool {
			parts, err := filepath.Glob(filepath.Join(dir, ".it.zip.asset-part-*"))
			return err == nil && len(parts) > 0 && len(requestsOf(server, "download")) > 0
		})
		cancel()
	})
	_, said := configured(t, romaSetup(server)).read(ctx, t, "asset_archive", fetching(filepath.Join(dir, "it.zip"), id))
	acting.Wait()
	golden(t, "data download interrupted", placed(said, dir, id))
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 || !strings.HasPrefix(said, "Error: Download interrupted\n") {
		t.Errorf("left %v, %v: %s", entries, err, said)
	}
}
