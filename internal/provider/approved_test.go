package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// importOf is the configuration of an import into prod.
func importOf(server *simulator.Server, source string, more values) values {
	out := values{"roma": values{"instance_id": server.Info.ROMA.Instances["prod"], "type": "Merge"}, "source": source}
	maps.Copy(out, more)
	return out
}

func sha256Of(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// A source_hash of 64 hex digits is what has to be imported, not a note: nothing else is sent
// under it, and a state that says otherwise is planned again.
func TestSourceHashIsVerified(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	dir := t.TempDir()
	file := filepath.Join(dir, "release.zip")
	first, second := pack(t, "First"), pack(t, "Second")
	digestOf := func(content string) string {
		put(t, file, content)
		digest, problem := p.digest(t, file)
		if problem != "" {
			t.Fatal(problem)
		}
		return digest
	}
	digest2 := digestOf(second)
	sum2 := sha256Of(t, file)
	digest1 := digestOf(first)
	it := &managed{kind: "asset_import"}
	release := func(hash string) values { return importOf(server, file, values{"source_hash": hash}) }

	// The file is still release 1: created, then updated.
	said := p.reaches(t.Context(), t, it, release(digest2), false)
	says(t, said, "Error: Archive is not the approved one", digest2, digest1, "Nothing was sent.")
	golden(t, "archive is not the approved one", strings.NewReplacer(digest1, "DIGEST1", digest2, "DIGEST2", sha256Of(t, file), "SHA1").Replace(placedIn(said, dir, "DIR")))
	if it.state != nil {
		t.Error("there is a state")
	}
	says(t, p.reaches(t.Context(), t, it, release(digest1), false))
	before := p.shows(t, it)
	says(t, p.reaches(t.Context(), t, it, release(sum2), false), "Error: Archive is not the approved one")
	if after := p.shows(t, it); after["source_hash"] != before["source_hash"] || after["job_id"] != before["job_id"] {
		t.Errorf("the state changed to %v", after)
	}
	expectCounts(t, server, "import 1")

	// The right file, by either digest, in either case of letters.
	put(t, file, second)
	says(t, p.reaches(t.Context(), t, it, release(strings.ToUpper(sum2)), false))
	says(t, p.reaches(t.Context(), t, it, release(digest2), false))
	expectCounts(t, server, "import 2")

	// A state of before the rule: release 1 under the digest of release 2.
	old := p.edited(t, it, "source_hash", digest1)
	put(t, file, first)
	says(t, p.reaches(t.Context(), t, old, release(digest1), false))
	if archive, _ := p.shows(t, old)["archive"].(map[string]any); archive["content_digest"] != digest1 {
		t.Errorf("imported %v", archive)
	}
	expectCounts(t, server, "import 3")

	// Any other word is only compared with what it was.
	for _, word := range []string{"v1", "v1", digest1[:63], "v2"} {
		says(t, p.reaches(t.Context(), t, it, release(word), false))
	}
	expectCounts(t, server, "import 6")
}

// Where nothing would run, a source that cannot be used is a warning, and a destroy goes on. Where
// an import certainly runs, and at apply, it is an error that tells what cannot be read
// from what is no archive.
func TestSourceThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		spoil func(t *testing.T, file string)
		says  string
	}{
		"damaged": {func(t *testing.T, file string) { t.Helper(); put(t, file, "PK\x03\x04 and no more") }, "Source is no archive"},
		"empty":   {func(t *testing.T, file string) { t.Helper(); put(t, file, "") }, "Source is no archive"},
		"pointer": {func(t *testing.T, file string) {
			t.Helper()
			put(t, file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
		}, "Source is no archive"},
		"a directory": {func(t *testing.T, file string) {
			t.Helper()
			if err := os.Mkdir(file, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "Source is no archive"},
		"a link to itself": {func(t *testing.T, file string) {
			t.Helper()
			if err := os.Symlink(file, file); err != nil {
				t.Fatal(err)
			}
		}, "Source cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sourceCannotBeUsed(t, row.spoil, row.says)
		})
	}
}

// sourceCannotBeUsed spoils the source of an import that has run.
func sourceCannotBeUsed(t *testing.T, spoil func(t *testing.T, file string), summary string) {
	t.Helper()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "sub", "release.zip")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, file, pack(t, "First"))
	it := &managed{kind: "asset_import"}
	says(t, p.reaches(t.Context(), t, it, importOf(server, file, nil), false))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	spoil(t, file)

	said := p.reaches(t.Context(), t, it, importOf(server, file, nil), false)
	says(t, said, "Warning: Source cannot be compared")
	if isWrong(said) {
		t.Errorf("stopped: %s", said)
	}
	again := values{"triggers": map[string]string{"n": "1"}}
	says(t, p.reaches(t.Context(), t, it, importOf(server, file, again), false), "Error: "+summary)
	says(t, p.reaches(t.Context(), t, &managed{kind: "asset_import"}, importOf(server, file, nil), false), "Error: "+summary)
	says(t, p.reaches(t.Context(), t, it, nil, false), "Warning: Imported assets stay")
	if it.state != nil {
		t.Error("not destroyed")
	}
	expectCounts(t, server, "import 1")
}

// A job that is continued needs no file, whatever became of it.
func TestContinuedImportNeedsNoFile(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "release.zip")
	put(t, file, pack(t, "First"))
	order(t, server, simulator.Fault{On: "job", Do: "hang"}, simulator.Fault{On: "import", Do: "job_time", JobTimeMS: 1500})
	config := importOf(server, file, values{"timeouts": values{"create": "1s"}})
	it := &managed{kind: "asset_import"}
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, config, false), "Error: Import job is still running")
	server.Simulator.ClearFaults()
	put(t, file, "no archive")
	config["timeouts"] = nil
	p := configured(t, romaSetup(server))
	said := p.reaches(t.Context(), t, it, config, false)
	says(t, said, "Warning: Import job is under way", "Warning: Source cannot be compared")
	if isWrong(said) || p.shows(t, it)["status"] != "SUCCEEDED" {
		t.Errorf("not continued: %s", said)
	}
	expectCounts(t, server, "import 1")
}

// A directory at the path of an export that rests stops nothing.
func TestDirectoryAtPath(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "orders.zip")
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "2"), false), "Error: Path is a directory")
	says(t, p.reaches(t.Context(), t, it, nil, false), "Warning: Archive file stays")
	expectCounts(t, server, "export 1")
}

// Values that look like others are refused in the plan, and quoted so that one sees
// what is in them; of an address, which may be signed, only the scheme is.
func TestValuesAreWhatPeopleSee(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	for _, row := range []struct {
		value, says, quotes string
	}{
		{"orders.zip\n", "Stray characters", `"orders.zip\n"`},
		{" orders.zip", "Stray characters", `" orders.zip"`},
		{"or\x00ders.zip", "Stray characters", `"or\x00ders.zip"`},
		{"a\tb.zip", "Stray characters", `"a\tb.zip"`},
		{"\uFEFForders.zip", "Stray characters", `"\ufefforders.zip"`},
		{"orders.zip\u200B", "Stray characters", `"orders.zip\u200b"`},
		{"or\u202Eders.zip", "Stray characters", `"or\u202eders.zip"`},
		{"~/x.zip", "Path is not expanded", "pathexpand"},
		{"$HOME/x.zip", "Path is not expanded", `"$HOME/x.zip"`},
		{"s3://bucket/x.zip?X-Amz-Signature=secret", "Address cannot be used", "only ?versionId=ID"},
		{"s3://user:secret@bucket/x.zip", "Address cannot be used", "it has a user name"},
		{"obs://bucket/x.zip#secret", "Address cannot be used", "it has a fragment"},
		{"obs://bucket/", "Address cannot be used", "it has no key"},
		{"gs://bucket/x.zip", "Address cannot be used", "neither obs:// nor s3://"},
		{"https://host/x.zip?sig=secret", "Address cannot be used", "neither obs:// nor s3://"},
		{"C:\\x.zip", "Path of another system", "Windows"},
	} {
		for kind, config := range map[string]values{
			"asset_export": exportTo(row.value, "1"), "asset_import": importOf(server, row.value, nil),
		} {
			said := p.validateResource(t, kind, config)
			says(t, said, "Error: "+row.says, row.quotes)
			if strings.Contains(said, "secret") {
				t.Errorf("a signature is quoted: %s", said)
			}
		}
		says(t, p.validate(t, "asset_archive", values{"path": row.value}), "Error: "+row.says)
	}
	for name, config := range map[string]values{
		"apps":        {"roma": values{"apps": []any{ordersApp + "\n"}}, "path": "a.zip"},
		"tasks":       {"roma": values{"tasks": []any{" " + ordersApp}}, "path": "a.zip"},
		"instance_id": {"roma": values{"apps": []any{ordersApp}, "instance_id": "a\r\n"}, "path": "a.zip"},
	} {
		says(t, p.validateResource(t, "asset_export", config), "Error: Stray characters", "roma."+name)
	}
	says(t, p.validateResource(t, "asset_import", importOf(server, "a.zip", values{"source_hash": "v1\n"})), "Error: Stray characters", "source_hash")
	says(t, p.validateResource(t, "asset_export", values{"csa": values{"artifact_id": "a\x00b"}, "path": "a.zip"}), "Error: Stray characters", "csa.artifact_id")
	says(t, p.validate(t, "asset_job", values{"roma": values{"job_id": "a\n"}}), "Error: Stray characters", "roma.job_id")
	for _, fine := range []string{"orders.zip", "./a b/ö~$.zip", "क्\u200Dष.zip", "a:b.zip", "..\\x"} {
		says(t, p.validateResource(t, "asset_export", exportTo(fine, "1")))
	}
}

// A file that is damaged between plan and apply is no reason to stop what sends nothing.
func TestDamagedBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dir := t.TempDir()
	file := filepath.Join(dir, "release.zip")
	put(t, file, pack(t, "First"))
	it := &managed{kind: "asset_import"}
	p := configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, importOf(server, file, nil), false))
	config := importOf(server, file, values{"timeouts": values{"update": "5m"}})
	change := p.plan(t, it, config, false)
	put(t, file, "damaged")
	says(t, p.applies(t.Context(), t, it, config, change), "Warning: Source cannot be compared")
	if shown := p.shows(t, it); shown["timeouts"] == nil {
		t.Errorf("not recorded: %v", shown)
	}
	// Of another file nobody knows whether it is the same.
	other := filepath.Join(dir, "other.zip")
	put(t, other, pack(t, "First"))
	config = importOf(server, other, nil)
	change = p.plan(t, it, config, false)
	put(t, other, "damaged")
	says(t, p.applies(t.Context(), t, it, config, change), "Error: Source is no archive")
	expectCounts(t, server, "import 1")
}

// An interrupted import of an archive that is not the approved one any more stays in the state
// until the approved one is sent.
func TestInterruptedImportOfAnotherArchive(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "release.zip")
	first := pack(t, "First")
	put(t, file, first)
	order(t, server, simulator.Fault{On: "import", Do: "job_time", JobTimeMS: 1500})
	it := &managed{kind: "asset_import"}
	config := importOf(server, file, values{"timeouts": values{"create": "1s"}})
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, config, false), "Error: Import job is still running")
	job := configured(t, romaSetup(server)).shows(t, it)["job_id"]

	config = importOf(server, file, values{"source_hash": strings.Repeat("5a", 32)})
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, config, false), "Error: Archive is not the approved one")
	p := configured(t, romaSetup(server))
	if shown := p.shows(t, it); it.state == nil || shown["job_id"] != job || shown["status"] != "RUNNING" {
		t.Fatalf("state: %v", shown)
	}
	if said := p.reaches(t.Context(), t, it, importOf(server, file, values{"source_hash": sha256Of(t, file)}), false); isWrong(said) {
		t.Errorf("the next apply: %s", said)
	}
	if shown := p.shows(t, it); shown["status"] != "SUCCEEDED" {
		t.Errorf("state: %v", shown)
	}
	expectCounts(t, server, "import 1")
}

// A digest in a form that nobody verifies is told.
func TestSourceHashThatIsNotVerified(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	digest := strings.Repeat("5a", 32)
	for hash, warned := range map[string]bool{
		digest: false, strings.ToUpper(digest): false, "release-7": false, "": false,
		"0123456789abcdef0123456789abcdef01234567": false, // a commit
		"sha256:" + digest:                         true,
		"SHA256-" + digest:                         true,
		digest[1:]:                                 true,
		digest + "0":                               true,
		digest + digest:                            true,
		"WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo=": true, // filebase64sha256
	} {
		config := importOf(server, "a.zip", nil)
		if hash != "" {
			config["source_hash"] = hash
		}
		said := p.validateResource(t, "asset_import", config)
		if strings.HasPrefix(said, "Warning: Source hash is not verified") != warned || isWrong(said) {
			t.Errorf("%s: %q", hash, said)
		}
		if hash == "sha256:"+digest {
			golden(t, "source hash is not verified", said)
		}
	}
}
