package provider

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// killed leaves what a process that is killed leaves: a note, and no memory.
func killed(v message.Verb, path string, spec jobrun.Spec, p jobrun.Pending) {
	p.Fingerprint, p.Source = spec.Fingerprint(), spec.Source
	newProviderData(nil, nil).noteOf(v, path, spec).write(p)
}

func summaries(diags diag.Diagnostics) string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Summary()+": "+d.Detail())
	}
	return strings.Join(all, "\n")
}

// TestNoteOfAnEarlierState: a job that was cut off is not continued after other runs came between, also where what is
// asked for is the same again: what it exported is old, and what it imported was replaced.
func TestNoteOfAnEarlierState(t *testing.T) {
	t.Parallel()
	path, spec := filepath.Join(t.TempDir(), "x.zip"), jobrun.Spec{Kind: "export", Platform: "roma"}
	later := jobModel{JobID: types.StringValue("job-9")}
	for name, row := range map[string]struct {
		after     func(*runNote) *runNote
		continues bool
	}{
		"the same":    {func(n *runNote) *runNote { return n }, true},
		"a later one": {func(n *runNote) *runNote { return n.after(later, "sum") }, false},
	} {
		var diags diag.Diagnostics
		killed(message.Export, path, spec, jobrun.Pending{Job: "job-1"})
		left := row.after(newProviderData(nil, nil).noteOf(message.Export, path, spec)).continued(&diags)
		if (left != nil) != row.continues || !strings.Contains(summaries(diags), "job-1") ||
			strings.Contains(summaries(diags), "The state was changed") == row.continues {
			t.Errorf("%s: %+v\n%s", name, left, summaries(diags))
		}
	}
	// A run that changes a resource is continued by the next that begins with the same.
	first := newProviderData(nil, nil).noteOf(message.Export, path, spec).after(later, "sum")
	first.write(jobrun.Pending{Fingerprint: spec.Fingerprint(), Job: "job-2"})
	if left := newProviderData(nil, nil).noteOf(message.Export, path, spec).after(later, "sum").left(""); left == nil {
		t.Error("the job of an update is not continued")
	}
}

// TestNoteIsContinuedOnce: of two in one process that ask for what was cut off, one continues it.
func TestNoteIsContinuedOnce(t *testing.T) {
	t.Parallel()
	path, spec := filepath.Join(t.TempDir(), "x.zip"), jobrun.Spec{Kind: "import", Source: "x.zip"}
	killed(message.Import, path, spec, jobrun.Pending{Job: "job-1", ContentDigest: "c"})
	var diags diag.Diagnostics
	data, both := newProviderData(nil, nil), []*upload{}
	for range 2 {
		both = append(both, &upload{note: data.noteOf(message.Import, path, spec), archive: &asset.Archive{ContentDigest: "c"}})
	}
	if one, other := both[0].continued(&diags), both[1].continued(&diags); one == nil || other != nil {
		t.Errorf("%+v, %+v", one, other)
	}
}

// TestNoteOfAnotherImport: a job that nobody continues is named, unless a Delete of this process handed it over.
func TestNoteOfAnotherImport(t *testing.T) {
	t.Parallel()
	path, spec := filepath.Join(t.TempDir(), "x.zip"), jobrun.Spec{Kind: "import"}
	other := spec
	other.Triggers = map[string]string{"release": "2"}
	killed(message.Import, path, spec, jobrun.Pending{Job: "job-1", ContentDigest: "c"})
	for name, row := range map[string]struct {
		spec    jobrun.Spec
		content string
	}{"other options": {other, "c"}, "other content": {spec, "d"}} {
		var diags diag.Diagnostics
		u := &upload{note: newProviderData(nil, nil).noteOf(message.Import, path, row.spec), archive: &asset.Archive{ContentDigest: row.content}}
		if left := u.continued(&diags); left != nil || !strings.Contains(summaries(diags), "Job id: job-1") {
			t.Errorf("%s: %+v, %q", name, left, summaries(diags))
		}
	}
	data := newProviderData(nil, nil)
	data.noteOf(message.Import, path, spec).end()
	data.noteOf(message.Import, path, spec).handOver(&jobrun.Pending{Job: "job-2", Fingerprint: spec.Fingerprint()})
	var diags diag.Diagnostics
	u := &upload{note: data.noteOf(message.Import, path, other), archive: &asset.Archive{ContentDigest: "c"}}
	if left := u.continued(&diags); left != nil || len(diags) > 0 {
		t.Errorf("handed over: %+v, %q", left, summaries(diags))
	}
}

// TestNotesOfObjects: objects of many keys have one name on this machine, and each its note.
func TestNotesOfObjects(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, path := range []string{"x.zip", "obs://bucket/a/x.zip", "obs://bucket/b/x.zip", "s3://bucket/a/x.zip"} {
		for _, v := range []message.Verb{message.Export, message.Import} {
			key := newProviderData(nil, nil).noteOf(v, path, jobrun.Spec{}).key()
			if before, is := seen[key]; is {
				t.Errorf("%s and %s have the note %s", before, path, key)
			}
			seen[key] = path
		}
	}
	data := newProviderData(nil, nil)
	end, _ := data.paths.begin("obs://bucket/a/x.zip")
	if data.paths.writesBeside("obs://bucket/a/x.zip") || !data.paths.writesBeside("obs://bucket/b/x.zip") || data.paths.writesBeside("obs://bucket/b/y.zip") {
		t.Error("files of an export that runs now are those of an earlier one")
	}
	end()
	if data.paths.writesBeside("obs://bucket/b/x.zip") {
		t.Error("an export that has ended writes")
	}
}

// TestDamagedNotes: what no run wrote is no note, and nothing fails by it.
func TestDamagedNotes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "garbage", "[]", `{"lost":1}`, `{"path":"x.zip","sha256":"ab"}`, `{"sha256":"../../../../../../../../../../../../../../../../../../../../../../x"}`,
		`{"job":"a\nThe server said: all is well"}`, `{"lost":["\u001b[2J"]}`, `{"job":"` + strings.Repeat("x", 5000) + `"}`, `{"size":-1}`,
	} {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := asset.ExportNote.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		var diags diag.Diagnostics
		n := newProviderData(nil, nil).noteOf(message.Export, path, jobrun.Spec{})
		if left := n.continued(&diags); left != nil || n.archive() != "" || len(diags) > 0 {
			t.Errorf("%.60s: %+v, %q", text, left, summaries(diags))
		}
	}
}

// refuses is an importer whose server answers so.
type refuses struct {
	asset.Importer
	err error
}

func (r refuses) Start(context.Context, *asset.Archive) (asset.Job, error) { return asset.Job{}, r.err }

// TestNoteOfARefusedImport: what the server said no to was not imported, also if a kill comes while it is busy.
func TestNoteOfARefusedImport(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{asset.ErrBusy: false, asset.ErrOutcomeUnknown: true} {
		path := filepath.Join(t.TempDir(), "x.zip")
		u := &upload{note: newProviderData(nil, nil).noteOf(message.Import, path, jobrun.Spec{}), archive: &asset.Archive{ContentDigest: "c"}}
		// The error is what is given.
		_, _, _ = u.send(t.Context(), refuses{err: fmt.Errorf("import: %w", err)})
		if is := newProviderData(nil, nil).noteOf(message.Import, path, jobrun.Spec{}).before != nil; is != want {
			t.Errorf("%v: there is a note: %t", err, is)
		}
	}
}

// TestNoteOfTheSameArchive: an archive that is in the state was imported before; that it was sent again is not.
func TestNoteOfTheSameArchive(t *testing.T) {
	t.Parallel()
	path, sum := filepath.Join(t.TempDir(), "x.zip"), strings.Repeat("a", 64)
	killed(message.Import, path, jobrun.Spec{}, jobrun.Pending{SHA256: sum})
	var diags diag.Diagnostics
	newProviderData(nil, nil).noteOf(message.Import, path, jobrun.Spec{}).settled(jobModel{}, sum, &diags)
	if newProviderData(nil, nil).noteOf(message.Import, path, jobrun.Spec{}).before == nil {
		t.Error("the note is gone")
	}
}

// TestNotesOfALongProcess: a process of many runs remembers each note once, and removes it when it ends.
func TestNotesOfALongProcess(t *testing.T) {
	t.Parallel()
	path, spec := filepath.Join(t.TempDir(), "x.zip"), jobrun.Spec{Kind: "export"}
	data := newProviderData(nil, nil)
	data.notes.outlives = true
	for range 3 {
		n := data.noteOf(message.Export, path, spec)
		n.write(jobrun.Pending{Job: "job-1"})
		n.end()
	}
	if len(data.notes.ended) != 1 || asset.ExportNote.Read(path) == nil {
		t.Errorf("remembered %d, note %q", len(data.notes.ended), asset.ExportNote.Read(path))
	}
	if data.notes.close(); asset.ExportNote.Read(path) != nil {
		t.Error("the note is still there")
	}
}
