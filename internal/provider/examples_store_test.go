package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// exampleOf is a workspace with the files of an example, before its first apply.
func exampleOf(t *testing.T, name string, assets *simulator.Assets) (*workspace, *simulator.Server) {
	t.Helper()
	dir := filepath.Join(examplesDir, filepath.FromSlash(name))
	if assets == nil {
		assets = example{name: name, dir: dir}.assets(t)
	}
	server := serve(t, simulator.Options{Assets: assets})
	w := newWorkspace(t, server, "")
	if err := os.Remove(w.path("main.tf")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	w.setenv(exampleEnvironment(t, server)...)
	return w, server
}

// TestBackupOfAnInstance applies examples/backup to 250 applications: three exports, each of
// at most 100, hold all of them. The next date makes another backup and leaves the first.
func TestBackupOfAnInstance(t *testing.T) {
	t.Parallel()
	assets := simulator.DefaultAssets()
	var apps []simulator.App
	var ids []string
	for i := range 250 {
		// The list of the server is in another order than the ids.
		id := fmt.Sprintf("b1e6b1e6-4f3f-4a80-bb45-%012d", i*7919%250)
		apps = append(apps, simulator.App{ID: id, Name: fmt.Sprintf("app-%03d", i)})
		ids = append(ids, id)
	}
	assets.Instances["prod"] = simulator.InstanceAssets{Apps: apps}
	slices.Sort(ids)
	w, server := exampleOf(t, "backup", assets)

	w.apply(0)
	expectCounts(t, server, "export 3, download 3, store_put 3, import 0, delete 0")
	exported, sizes := sentBy(server)
	if !slices.Equal(exported, ids) || !slices.Equal(sizes, []int{50, 100, 100}) {
		t.Errorf("exports of %v have %d applications: %q", sizes, len(exported), exported)
	}
	first := "backup/2026-11-26/"
	want := []string{first + "apps-01.zip", first + "apps-02.zip", first + "apps-03.zip"}
	if got := keysIn(server); !slices.Equal(got, want) {
		t.Errorf("the store has %q, want %q", got, want)
	}
	for name, archive := range outputOf[map[string]map[string]string](t, w, "archives") {
		data, err := server.Simulator.Object("obs", storeBucket, first+name+".zip", "")
		if err != nil || archive["path"] != "obs://"+storeBucket+"/"+first+name+".zip" ||
			archive["sha256"] != hexSum(string(data)) || archive["content_digest"] == "" {
			t.Errorf("%s is %v: %v", name, archive, err)
		}
	}

	server.Simulator.ResetRequests()
	w.plan(false)
	expectCounts(t, server, "export 0, download 0, store_head 0, store_put 0")

	// What changes under the same date is not written over the backup of that date.
	app := simulator.App{ID: "b1e6b1e6-4f3f-4a80-bb45-000000000250", Name: "app-250"}
	if err := server.Simulator.Put("prod", []simulator.App{app}, nil); err != nil {
		t.Fatal(err)
	}
	if r := w.apply(1); !strings.Contains(r.out, "Path is taken") {
		t.Errorf("apply said:\n%s", r.out)
	}
	expectCounts(t, server, "export 0, store_put 0")

	task := simulator.Task{ID: "b2e6a456-1234-4a80-aa45-f4b8029f95a4", Name: "nightly"}
	if err := server.Simulator.Put("prod", nil, []simulator.Task{task}); err != nil {
		t.Fatal(err)
	}
	w.setenv("TF_VAR_backup=2026-12-26")
	w.apply(0)
	if exported, _ = sentBy(server); len(exported) != 251 {
		t.Errorf("the second backup has %d applications", len(exported))
	}
	expectCounts(t, server, "export 4, download 4, store_put 4, store_delete 0")
	second := "backup/2026-12-26/"
	want = append(want, second+"apps-01.zip", second+"apps-02.zip", second+"apps-03.zip", second+"tasks-01.zip")
	if got := keysIn(server); !slices.Equal(got, want) {
		t.Errorf("the store has %q, want %q", got, want)
	}
	w.plan(false)

	w.setenv("TF_VAR_backup=today")
	if r := w.terraform("plan"); r.code != 1 || !strings.Contains(r.out, "2026-11-26") {
		t.Errorf("plan ended with %d:\n%s", r.code, r.out)
	}
}

// sentBy are the applications of all exports, sorted, and how many each of them had.
func sentBy(server *simulator.Server) (apps []string, sizes []int) {
	for _, r := range server.Simulator.Requests() {
		if r.Kind == "export" {
			apps = append(apps, r.Apps...)
			sizes = append(sizes, len(r.Apps))
		}
	}
	slices.Sort(apps)
	slices.Sort(sizes)
	return apps, sizes
}

// keysIn are the keys of the bucket of OBS but for what exampleEnvironment put there, sorted.
func keysIn(server *simulator.Server) []string {
	var keys []string
	for _, o := range server.Simulator.State().Stores["obs"].Buckets[storeBucket].Objects {
		if o.Key != "orders-1.3.0.zip" {
			keys = append(keys, o.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// outputOf is the value of an output.
func outputOf[T any](t *testing.T, w *workspace, name string) T {
	t.Helper()
	r := w.terraform("output", "-json", name)
	var value T
	_, text, _ := strings.Cut("\n"+r.out, "\n{")
	if err := json.NewDecoder(strings.NewReader("{" + text)).Decode(&value); err != nil {
		t.Fatalf("%v in\n%s", err, r.out)
	}
	return value
}

// TestBackupBeforeAnImport applies examples/before-import: each release is imported after
// production has been exported as it was, and not at all if that fails.
func TestBackupBeforeAnImport(t *testing.T) {
	t.Parallel()
	w, server := exampleOf(t, "before-import", nil)
	w.apply(0)
	if got := jobsOf(server); got != "export export import" {
		t.Errorf("sent %s", got)
	}
	before := outputOf[map[string]string](t, w, "before")
	data, err := server.Simulator.Object("obs", storeBucket, "before-orders-1.4.0.zip", "")
	if err != nil || before["sha256"] != hexSum(string(data)) {
		t.Errorf("the backup is %v: %v", before, err)
	}
	if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 || apps[0].Remark != "order API, new" {
		t.Errorf("prod has %v", apps)
	}
	w.plan(false)

	// The backup of the next release cannot be made: its address is taken.
	if err := server.Simulator.PutObject("obs", storeBucket, "before-orders-1.5.0.zip", []byte("another's"), nil); err != nil {
		t.Fatal(err)
	}
	app := simulator.App{ID: ordersApp, Name: "orders", Remark: "newer"}
	if err := server.Simulator.Put("dev", []simulator.App{app}, nil); err != nil {
		t.Fatal(err)
	}
	w.setenv("TF_VAR_release=1.5.0")
	server.Simulator.ResetRequests()
	if r := w.apply(1); !strings.Contains(r.out, "Path is taken") {
		t.Errorf("apply said:\n%s", r.out)
	}
	expectCounts(t, server, "export 1, import 0")
	if err := server.Simulator.RemoveObject("obs", storeBucket, "before-orders-1.5.0.zip"); err != nil {
		t.Fatal(err)
	}
	w.apply(0)
	expectCounts(t, server, "export 2, import 1")
}

// jobsOf are the jobs that were started, in their order.
func jobsOf(server *simulator.Server) string {
	var kinds []string
	for _, r := range server.Simulator.Requests() {
		if r.Kind == "export" || r.Kind == "import" {
			kinds = append(kinds, r.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

// TestReviewedRelease applies examples/reviewed-release twice: the plan of the second release
// shows by name what it changes, and starts nothing.
func TestReviewedRelease(t *testing.T) {
	t.Parallel()
	w, server := exampleOf(t, "reviewed-release", nil)
	w.apply(0)
	if got := changesOf(t, w, "orders-1.3.0.zip"); len(got["added"]) == 0 || len(got["removed"])+len(got["changed"]) != 0 {
		t.Errorf("the first release changes %v", got)
	}
	w.plan(false)

	next := pack(t, "warehouse")
	if err := server.Simulator.PutObject("obs", storeBucket, "orders-1.4.0.zip", []byte(next), map[string]string{"asset-sha256": hexSum(next)}); err != nil {
		t.Fatal(err)
	}
	w.setenv(
		fmt.Sprintf(`TF_VAR_archive={"path":"obs://%s/orders-1.4.0.zip","sha256":%q}`, storeBucket, hexSum(next)),
		"TF_VAR_before=obs://"+storeBucket+"/orders-1.3.0.zip",
	)
	server.Simulator.ResetRequests()
	r := w.plan(true)
	for _, part := range []string{`+ "obs://asset-releases/orders-1.4.0.zip" = {`, `+ "apps/warehouse.json"`, `+ "apps/` + ordersApp + `.json"`, `+ "asset.json"`} {
		if !strings.Contains(r.out, part) {
			t.Errorf("the plan has no %s:\n%s", part, r.out)
		}
	}
	expectCounts(t, server, "import 0, export 0, download 0")
	w.apply(0)
	got := changesOf(t, w, "orders-1.4.0.zip")
	if !slices.Equal(got["added"], []string{"apps/warehouse.json"}) || !slices.Equal(got["changed"], []string{"asset.json"}) ||
		!slices.Contains(got["removed"], "apps/"+ordersApp+".json") {
		t.Errorf("the second release changes %v", got)
	}
	w.plan(false)
}

// changesOf is what the output says that the archive with this key changes.
func changesOf(t *testing.T, w *workspace, key string) map[string][]string {
	t.Helper()
	all := outputOf[map[string]map[string][]string](t, w, "changes")
	if len(all) != 1 {
		t.Errorf("the output is %v", all)
	}
	return all["obs://"+storeBucket+"/"+key]
}

// TestApprovedArchive plays what examples/store/prod refuses and what its check notices.
func TestApprovedArchive(t *testing.T) {
	t.Parallel()
	w, server := exampleOf(t, "store/prod", nil)
	for archive, said := range map[string]string{
		`{"path":"orders.zip","sha256":"` + strings.Repeat("0", 64) + `"}`:        "imports from a store",
		`{"path":"obs://` + storeBucket + `/orders-1.3.0.zip","sha256":"latest"}`: "imports what was approved",
	} {
		if r := w.terraform("plan", "-var", "archive="+archive); r.code != 1 || !strings.Contains(r.out, said) {
			t.Errorf("plan of %s ended with %d:\n%s", archive, r.code, r.out)
		}
	}
	expectCounts(t, server, "import 0, store_get 0")

	w.apply(0)
	if r := w.plan(false); strings.Contains(r.out, "not what was approved") {
		t.Errorf("the check failed:\n%s", r.out)
	}
	other := pack(t, "another")
	if err := server.Simulator.PutObject("obs", storeBucket, "orders-1.3.0.zip", []byte(other), map[string]string{"asset-sha256": hexSum(other)}); err != nil {
		t.Fatal(err)
	}
	// A check warns; it does not end a plan.
	if r := w.plan(false); !strings.Contains(r.out, "not what was approved") {
		t.Errorf("the check said nothing:\n%s", r.out)
	}
	if err := server.Simulator.RemoveObject("obs", storeBucket, "orders-1.3.0.zip"); err != nil {
		t.Fatal(err)
	}
	if r := w.terraform("plan"); r.code != 1 || !strings.Contains(r.out, "Archive is not in the store") {
		t.Errorf("plan ended with %d:\n%s", r.code, r.out)
	}
}
