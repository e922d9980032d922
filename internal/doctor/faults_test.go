package doctor

import (
	"archive/zip"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestOddServers: each quirk that the simulator can play is told as what it is, nothing
// else differs, and what it means for the provider is what it does.
func TestOddServers(t *testing.T) {
	t.Parallel()
	always := func(f simulator.Fault) []simulator.Fault { f.Times = -1; return []simulator.Fault{f} }
	for name, row := range map[string]struct {
		options simulator.Options
		faults  []simulator.Fault
		csa     bool
		to      bool
		status  int
		differs []string
		// seen is a value of the first of these.
		seen string
	}{
		"2022":                   {options: simulator.Options{Vocabulary: simulator.Vocabulary2022}, differs: []string{"roma.job.fields", "roma.job.status", "roma.job.times"}},
		"a word":                 {faults: always(simulator.Fault{On: "job", Do: "status_word", Word: "COMPLETED"}), status: Fails, differs: []string{"roma.job.end", "roma.job.status"}},
		"a word that is a name":  {faults: always(simulator.Fault{On: "job", Do: "status_word", Word: "zebra-intake"}), status: Fails, differs: []string{"roma.job.end", "roma.job.status"}},
		"mixed words":            {faults: []simulator.Fault{{On: "job", Do: "status_word", Word: "Running"}}, differs: []string{"roma.job.status"}, seen: "Running"},
		"no progress":            {faults: always(simulator.Fault{On: "job", Do: "no_progress"})},
		"times in seconds":       {faults: always(simulator.Fault{On: "job", Do: "times_as_numbers"}), differs: []string{"roma.job.fields", "roma.job.times"}},
		"archive under entities": {faults: always(simulator.Fault{On: "job", Do: "archive_id_in_entities"}), differs: []string{"roma.job.archive", "roma.job.fields"}, seen: "under entities"},
		"no archive":             {faults: always(simulator.Fault{On: "job", Do: "no_archive_id"}), status: Fails, differs: []string{"roma.job.archive"}, seen: "none"},
		"failed job":             {faults: []simulator.Fault{{On: "export", Do: "fail_job"}}, differs: []string{"roma.job.end"}, seen: "failed"},
		"forgotten job":          {faults: []simulator.Fault{{On: "export", Do: "forget_job"}}, status: Fails, differs: []string{"roma.job.end"}},
		"endless job":            {faults: []simulator.Fault{{On: "export", Do: "never_end"}}, status: Fails, differs: []string{"roma.job.end"}},
		"no zip":                 {faults: []simulator.Fault{{On: "download", Do: "not_a_zip", Body: "{}", ContentType: "application/json", Skip: 1}}, status: Fails, differs: []string{"roma.download.name", "roma.download.type", "zip.complete"}},
		"half a zip":             {faults: []simulator.Fault{{On: "download", Do: "cut", Bytes: 100, Skip: 1}}, status: Fails, differs: []string{"zip.complete"}},
		"a zip with many":        {faults: []simulator.Fault{{On: "download", Do: "bad_zip", Variant: "many_entries", Entries: 100_100, Skip: 1}}, differs: []string{"roma.download.name", "zip.entries", "zip.repeatable"}},
		"truncated zip":          {faults: []simulator.Fault{{On: "download", Do: "bad_zip", Variant: "truncated", Skip: 1}}, status: Fails, differs: []string{"roma.download.name", "zip.complete"}},
		"JSON in place of a taken archive": {
			options: simulator.Options{SecondDownload: http.StatusOK}, differs: []string{"roma.archive.unknown", "roma.archive.unknown.known", "roma.download.again"}, seen: "200 without a code",
		},
		"403 in place of a taken archive": {
			options: simulator.Options{SecondDownload: http.StatusForbidden}, differs: []string{"roma.archive.unknown", "roma.archive.unknown.known", "roma.download.again"}, seen: "403 ROMA.1006",
		},
		"another busy": {
			faults: []simulator.Fault{{On: "export", Skip: 1, Do: "status", Status: 409, Code: "ROMA.99999", Message: "busy"}}, status: Fails,
			differs: []string{"roma.busy"}, seen: "409 ROMA.99999",
		},
		"start without an answer": {faults: []simulator.Fault{{On: "export", Do: "drop_after"}}, status: Fails, differs: []string{"roma.export.start"}},
		"start with a page":       {faults: []simulator.Fault{{On: "export", Do: "html_page"}}, status: Fails, differs: []string{"roma.export.start"}},
		"endless start":           {faults: []simulator.Fault{{On: "export", Do: "endless_body", Bytes: 8 << 20}}, status: Fails, differs: []string{"roma.export.start"}},
		"no applications":         {faults: []simulator.Fault{{On: "apps", Do: "status", Status: 403, Code: "ROMA.1006", Message: "no"}}, differs: []string{"roma.apps.answer"}, seen: "403 ROMA.1006"},
		"no tasks":                {faults: []simulator.Fault{{On: "tasks", Do: "status", Status: 404, Code: "APIGW.0101", Message: "no API"}}, differs: []string{"roma.tasks.answer"}, seen: "404 APIGW.0101"},
		"retry after": {
			faults:  []simulator.Fault{{On: "apps", Do: "status", Status: 429, Code: "APIGW.0308", Message: "slow", Headers: map[string]string{"Retry-After": "soon"}}},
			differs: []string{"http.retry_after", "roma.apps.answer"}, seen: "another form",
		},
		"clock":       {options: simulator.Options{ClockSkew: 5 * time.Minute}},
		"wrong clock": {options: simulator.Options{ClockSkew: time.Hour}, status: Fails, differs: []string{"way.accepted", "way.clock"}},

		"CSA page":            {csa: true, faults: []simulator.Fault{{On: "csa_login", Do: "html_page"}}, status: Fails, differs: []string{"csa.login.form", "way.accepted"}},
		"CSA lists":           {csa: true, faults: always(simulator.Fault{On: "csa_catalogs", Do: "html_page"}), differs: []string{"csa.lists"}, seen: "200 html"},
		"CSA no zip":          {csa: true, faults: []simulator.Fault{{On: "csa_export", Do: "not_a_zip", Skip: 1}}, status: Fails, differs: []string{"csa.export.length", "csa.export.name", "csa.export.type", "zip.complete"}},
		"CSA no manifest":     {csa: true, faults: []simulator.Fault{{On: "csa_export", Do: "bad_zip", Variant: "no_manifest", Skip: 1}}, status: Fails, differs: []string{"csa.export.length", "csa.export.name", "csa.manifest", "zip.entries", "zip.repeatable"}},
		"CSA half":            {csa: true, faults: []simulator.Fault{{On: "csa_export", Do: "cut", Bytes: 100, Skip: 1}}, status: Fails, differs: []string{"zip.complete"}},
		"CSA ignores preview": {csa: true, to: true, faults: []simulator.Fault{{On: "csa_preview", Do: "ignores_preview"}}, status: Fails, differs: []string{"csa.preview"}, seen: "it imported"},
		"CSA old server":      {csa: true, to: true, faults: always(simulator.Fault{On: "csa_preview", Do: "old_server"}), status: Fails, differs: []string{"csa.preview"}, seen: "it imported"},
		"CSA warning":         {csa: true, to: true, faults: []simulator.Fault{{On: "csa_import", Do: "import_status", Word: "WARNING"}}, differs: []string{"csa.import.end", "csa.import.status"}, seen: "failed"},
		"CSA no ids":          {csa: true, to: true, faults: []simulator.Fault{{On: "csa_import", Do: "ids_missing"}}, differs: []string{"csa.import.ids"}, seen: "none"},
		"CSA no record":       {csa: true, to: true, faults: []simulator.Fault{{On: "csa_import", Do: "no_record"}}, differs: []string{"csa.import.record"}, seen: "none"},
		"CSA refused import":  {csa: true, to: true, faults: []simulator.Fault{{On: "csa_import", Do: "status", Status: 500}}, status: Fails, differs: []string{"csa.import.answer", "csa.import.end"}},
		"CSA preview fails":   {csa: true, to: true, faults: []simulator.Fault{{On: "csa_preview", Do: "import_status", Word: "FAILURE"}}, differs: []string{"csa.preview"}, seen: "refused the archive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, row.options)
			r.o.Export = []string{zebra}
			if name == "endless job" {
				r.o.JobTime = 300 * time.Millisecond
			}
			typed := ""
			if row.csa {
				r.o.UseCSA, r.o.Export = true, []string{design}
			}
			if row.to {
				r.o.Import, r.o.To = true, r.info.CSA["prod"].Endpoint
				typed = r.o.To
			}
			// The first question is for a job that does not exist, and has to be answered well.
			for i := range row.faults {
				if row.faults[i].On == "job" {
					row.faults[i].Skip += 2
				}
			}
			r.order(row.faults...)
			status := r.run(t, typed)
			if status != row.status || !slices.Equal(r.differs(), row.differs) && len(r.differs())+len(row.differs) > 0 {
				t.Errorf("status %d, differs %q\n%s", status, r.differs(), r.printed)
			}
			if row.seen != "" && !strings.Contains(strings.Join(r.fact(t, row.differs[0]).Seen, ","), row.seen) {
				t.Errorf("seen %q", r.fact(t, row.differs[0]).Seen)
			}
			r.checkSecrets(t)
		})
	}
}

// TestEntriesThatDiffer are named in the report, without names; the terminal shows those on request.
func TestEntriesThatDiffer(t *testing.T) {
	t.Parallel()
	d := &doctor{o: Options{Names: true}, guard: new(guard), wire: new(wire), temp: t.TempDir()}
	var out strings.Builder
	d.out = &printer{w: &out}
	archive := func(name, at string) *received {
		file := filepath.Join(d.temp, name)
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		w := zip.NewWriter(f)
		for entry, text := range map[string]string{"apps/Zebra Intake 7.json": "same", "meta/export_info.json": at, "apps/" + zebra + ".json": "{}"} {
			e, err := w.Create(entry)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		body, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		got := d.receive(t.Context(), body, "received-"+name)
		if got == nil {
			t.Fatal(out.String())
		}
		t.Cleanup(func() { _ = got.Close() })
		return got
	}
	d.compare(archive("one.zip", "10:00"), archive("two.zip", "11:00"))
	if got := d.archives[1].Differing; !slices.Equal(got, []string{"meta/export_info.json"}) {
		t.Errorf("differing %q", got)
	}
	if got := fmt.Sprint(d.archives[0].Shapes); got != "map[apps/{id}.json:1 apps/{text}.json:1 meta/export_info.json:1]" {
		t.Errorf("shapes %s", got)
	}
	if !strings.Contains(out.String(), `differs: "meta/export_info.json"`) || !strings.Contains(out.String(), `"apps/Zebra Intake 7.json"`) {
		t.Error(out.String())
	}
}

// TestHostileServers end, whatever they send, within the limits of each step.
func TestHostileServers(t *testing.T) {
	t.Parallel()
	endless := func(begin, more string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(begin))
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat(more, 1000))); err != nil {
					return
				}
			}
		}
	}
	text := func(status int, header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", header)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	slow := func(w http.ResponseWriter, r *http.Request) {
		// A byte, and then nothing more.
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	hostile := map[string]http.HandlerFunc{
		"endless JSON": endless(`{"a":"`, "xxxxxxxxxxxxxxxx"), "endless list": endless(`{"apps":[`, `{"id":"a"},`), "endless XML": endless("<person><id>", "<a>"),
		"wrong types": text(200, "application/json", `{"status":7,"apps":{"id":[]},"total":"many","entities":3,"progress_percent":{},"begin_time":[],"reason":[[]],"error_code":{}}`),
		"null":        text(200, "application/json", "null"), "array": text(200, "application/json", "[]"), "nothing": text(200, "", ""),
		"page": text(200, "text/html", "<html><title>Zebra</title>"), "error page": text(502, "text/html", "<html><h1>Bad gateway</h1>"),
		"control characters": text(400, "application/json", `{"error_code":"\u001b[31mROMA.1","error_msg":"\u001b]0;zebra\u0007"}`),
		"deep":               text(200, "application/json", strings.Repeat(`{"a":`, 20_000)), "zip": text(200, "application/zip", "PK\x03\x04"),
		"silent": silent, "slow": slow,
		"many fields": text(400, "application/json", manyFields()),
	}
	for name, handler := range hostile {
		for _, platform := range []string{"roma", "csa"} {
			t.Run(name+", "+platform, func(t *testing.T) {
				t.Parallel()
				r := serve(t, handler)
				r.o.UseCSA = platform == "csa"
				r.o.Export = []string{zebra}
				r.o.StepTime = 400 * time.Millisecond
				r.o.JobTime = r.o.StepTime
				if status := r.run(t, ""); status == Fine {
					t.Errorf("all is well?\n%s", r.printed)
				}
				if strings.ContainsAny(r.printed, "\x1b\x07") || strings.Contains(strings.ToLower(string(r.raw)), "zebra") {
					t.Errorf("%q\n%s", r.printed, r.raw)
				}
				if len(r.raw) > 200_000 {
					t.Errorf("the report has %d bytes", len(r.raw))
				}
			})
		}
	}
}

func manyFields() string {
	var b strings.Builder
	b.WriteString(`{"zebra_intake":1`)
	for i := range 5000 {
		fmt.Fprintf(&b, `,"f%dx":%d`, i, i)
	}
	return b.String() + "}"
}

// TestInterrupt ends the run, and what was seen is in the report.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	r := newRig(t, simulator.Options{})
	r.o.Export = []string{zebra}
	r.order(simulator.Fault{On: "export", Do: "never_end"})
	ctx, cancel := context.WithCancel(t.Context())
	r.o.Getenv = func(name string) string { return r.env[name] }
	var out strings.Builder
	r.o.In, r.o.Out = strings.NewReader(""), writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "running") {
			cancel()
		}
		return out.Write(p)
	})
	r.o.Report = filepath.Join(t.TempDir(), "report.json")
	status := Run(ctx, r.o)
	r.printed = out.String()
	r.read(t)
	if status != NotRun || r.report.StoppedBy != "interrupted" || !strings.Contains(r.printed, "may go on on the server") ||
		!strings.Contains(r.printed, "Left behind: one export job") || r.fact(t, "roma.apps.answer").Verdict != Documented {
		t.Errorf("status %d\n%s", status, r.printed)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
