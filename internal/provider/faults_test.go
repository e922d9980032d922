package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// fault is one row of the fault matrix: something goes wrong, once while a
// resource is created and once while it is updated.
type fault struct {
	group, name string
	// resource is what is applied: "export" (the default) or "import", or one
	// of the two of CSA.
	resource string
	orders   []simulator.Fault
	options  simulator.Options
	// env is added for the whole cell, brokenEnv for the faulty apply alone.
	env, brokenEnv []string
	// limit is the timeout of the faulty apply; 30m when empty.
	limit string
	// before and after change what lies on disk, or the simulator, before and
	// after the faulty apply.
	before, after func(t *testing.T, c *cell)
	// ownProcess: only a process of its own can be told by its environment.
	ownProcess bool
	// file is where the archive is kept, it.zip when empty.
	file string
	// during happens once the starting request has arrived.
	during func(t *testing.T, c *cell)
	// create and update say what the faulty apply ends as; nil where the fault
	// does not apply.
	create, update *outcome
}

// outcome is what a faulty apply ends as.
type outcome struct {
	// says is the summary of the error, or empty for a success.
	says string
	// also are further words that the output has.
	also []string
	// posts is the number of starting requests of the faulty apply, and
	// resumed whether the apply after it has none of its own.
	posts   int
	resumed bool
	// running: the state after a failed create holds the job.
	running bool
}

// fine and wrong are the usual outcomes.
func fine(posts int, also ...string) *outcome { return &outcome{posts: posts, also: also} }

func wrong(says string, posts int, also ...string) *outcome {
	return &outcome{says: says, posts: posts, also: also}
}

// goesOn is an error whose job the next apply continues.
func goesOn(says string, also ...string) *outcome {
	return &outcome{says: says, posts: 1, also: also, resumed: true, running: true}
}

// cell is one apply with a fault and one without.
type cell struct {
	*workspace
	server *simulator.Server
	fault  fault
	// it is the resource of a cell that is played in process.
	it *managed
}

const faultConfig = providerSource + `variable "dev_instance" { type = string }
variable "prod_instance" { type = string }
variable "release" { type = string }
variable "limit" { type = string }
variable "file" { type = string }
provider "asset" {
  roma = {}
}
`

const faultExport = `
resource "asset_export" "it" {
  roma     = { instance_id = var.dev_instance, apps = ["` + ordersApp + `"] }
  path     = var.file
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
}
`

const faultImport = `
resource "asset_import" "it" {
  roma     = { instance_id = var.prod_instance, type = "Merge" }
  source   = var.file
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
}
`

// run applies with the fault and then without it, and reports what differs
// from what is wanted.
func (f fault) run(t *testing.T, update bool) {
	t.Helper()
	want := f.create
	if update {
		want = f.update
	}
	c := f.start(t)
	release := 1
	if update {
		c.apply(t, release, "", true)
		release++
	}
	before := c.snapshot(t)
	if f.before != nil {
		f.before(t, c)
	}
	c.server.Simulator.ResetRequests()
	order(t, c.server, f.orders...)
	c.env = append(c.env, f.brokenEnv...)
	if f.during != nil {
		acted := make(chan struct{})
		go func() {
			defer close(acted)
			eventually(t, "the starting request arrives", func() bool { return c.posts() > 0 })
			f.during(t, c)
		}()
		defer func() { <-acted }()
	}
	out := c.apply(t, release, f.limit, want.says == "")
	c.check(t, want, out, before, update)
	if !update || f.create == nil {
		golden(t, f.group+"-"+f.name, out)
	}

	// Without the fault the next apply succeeds.
	c.env = c.env[:len(c.env)-len(f.brokenEnv)]
	c.server.Simulator.ClearFaults()
	if f.after != nil {
		f.after(t, c)
	}
	c.server.Simulator.ResetRequests()
	c.apply(t, release, "", true)
	c.expectFinished(t, release)
	if posts := c.posts(); want.says != "" && (posts == 0) != want.resumed {
		t.Errorf("the next apply started %d jobs, resumed should be %t", posts, want.resumed)
	}
	leftInDir(t, c.dir)
}

func (f fault) start(t *testing.T) *cell {
	t.Helper()
	server := serve(t, f.options)
	main := faultConfig + faultExport
	if f.resource == "import" {
		main = faultConfig + faultImport
	}
	c := &cell{workspace: newWorkspace(t, server, main), server: server, fault: f}
	if f.ofStore() || !f.ownProcess && !throughTerraform(t.Name()) {
		kind := "asset_export"
		if strings.HasSuffix(f.resource, "import") {
			kind = "asset_import"
		}
		c.it = &managed{kind: kind}
	}
	c.setenv("HW_MAX_RETRIES=2", "HW_PROJECT_ID="+server.Info.ROMA.ProjectID, "TF_VAR_file="+f.archive())
	c.setenv(f.login(server)...)
	if f.resource == "import" {
		data, err := os.ReadFile(filepath.Join("testdata", "orders.zip"))
		if err != nil {
			t.Fatal(err)
		}
		c.write("it.zip", string(data))
	}
	c.prepareCSA(t)
	c.prepareStore(t)
	return c
}

func (f fault) archive() string {
	if f.file == "" {
		return "it.zip"
	}
	return f.file
}

// login replaces {user}, {password} and {domain} in the row's variables.
func (f fault) login(server *simulator.Server) []string {
	info := server.Info.ROMA
	fill := strings.NewReplacer("{user}", info.UserName, "{password}", info.Password, "{domain}", info.DomainName)
	var env []string
	for _, variable := range f.env {
		env = append(env, fill.Replace(variable))
	}
	return env
}

func (c *cell) args(release int, limit string) []string {
	if limit == "" {
		limit = "30m"
	}
	return []string{fmt.Sprintf("-var=release=%d", release), "-var=limit=" + limit}
}

func (c *cell) posts() int {
	n := 0
	for _, r := range c.server.Simulator.Requests() {
		switch r.Kind {
		case "export", "import", "csa_export", "csa_import":
			n++
		}
	}
	return n
}

// attributes reads the resource from the state file: half a second cheaper
// than asking terraform.
func (c *cell) attributes(t *testing.T) map[string]any {
	t.Helper()
	if c.it != nil {
		return c.process(t).shows(t, c.it)
	}
	data, err := os.ReadFile(c.path("terraform.tfstate"))
	if err != nil {
		return nil
	}
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Resources) == 0 || len(state.Resources[0].Instances) == 0 {
		return nil
	}
	return state.Resources[0].Instances[0].Attributes
}

// snapshot is what a faulty update must not change.
type snapshot struct{ state, archive string }

func (c *cell) snapshot(t *testing.T) snapshot {
	t.Helper()
	state, err := json.Marshal(c.attributes(t))
	if err != nil {
		t.Fatal(err)
	}
	// Where there is no file, or a directory, there is nothing to compare.
	archive, err := os.ReadFile(c.path(c.fault.archive()))
	if err != nil {
		archive = nil
	}
	return snapshot{string(state), string(archive)}
}

// check compares the faulty apply with what is wanted of it.
func (c *cell) check(t *testing.T, want *outcome, out string, before snapshot, update bool) {
	t.Helper()
	flat := strings.Join(strings.Fields(out), " ")
	for _, words := range append([]string{"Error: " + want.says}, want.also...) {
		if (want.says != "" || words != "Error: ") && !strings.Contains(flat, words) {
			t.Errorf("the output lacks %q:\n%s", words, out)
		}
	}
	if strings.Contains(out, "Provider produced") || strings.Contains(out, "panic:") {
		t.Errorf("the provider misbehaved:\n%s", out)
	}
	if posts := c.posts(); posts != want.posts {
		t.Errorf("%d starting requests, want %d", posts, want.posts)
	}
	if want.says == "" {
		return
	}
	state := c.attributes(t)
	switch {
	case update:
		if after := c.snapshot(t); after.state != before.state {
			t.Errorf("the failed update changed the state from\n%s to\n%s", before.state, after.state)
		}
	case want.running && (state == nil || state["status"] != "RUNNING" || state["job_id"] == nil):
		t.Errorf("the state does not hold the job: %v", state)
	case !want.running && state != nil:
		t.Errorf("the failed create left %v", state)
	}
	if after := c.snapshot(t); c.fault.before == nil && c.fault.during == nil && after.archive != before.archive {
		t.Error("the failed apply changed the archive on disk")
	}
}

// expectFinished checks the state and the file after the last apply.
func (c *cell) expectFinished(t *testing.T, release int) {
	t.Helper()
	state := c.attributes(t)
	triggers, _ := state["triggers"].(map[string]any)
	if state["status"] != "SUCCEEDED" || triggers["release"] != strconv.Itoa(release) {
		t.Errorf("the last apply left %v", state)
	}
	switch c.fault.resource {
	case resourceCSAImport:
		if len(onCSA(c.server)) == 0 {
			t.Error("nothing was imported")
		}
		return
	case resourceStoreExport:
		c.expectStored(t, release, state)
		return
	case "import", resourceStoreImport:
		if apps := c.server.Simulator.State().Instances["prod"].Apps; len(apps) == 0 {
			t.Error("nothing was imported")
		}
		return
	}
	data, err := os.ReadFile(c.path(c.fault.archive()))
	sum := sha256.Sum256(data)
	archive, _ := state["archive"].(map[string]any)
	if err != nil || archive["sha256"] != hex.EncodeToString(sum[:]) || archive["size"] != float64(len(data)) {
		t.Errorf("archive %v, %d bytes on disk, %v", archive, len(data), err)
	}
}

// TestFaults runs the matrix: the column of creates, and with FAULTS_TABLE all
// of it, which it writes to that file with a result for each cell.
func TestFaults(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	results := map[string]string{}
	t.Cleanup(func() {
		if file := os.Getenv("FAULTS_TABLE"); file != "" {
			if err := os.WriteFile(file, []byte(faultTable(results)), 0o600); err != nil {
				t.Error(err)
			}
		}
	})
	for _, f := range allFaults() {
		t.Run(strings.ReplaceAll(f.group+"/"+f.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			// One after the other: they have one key in a store, and so one note in this directory.
			for how, want := range map[string]*outcome{"create": f.create, "update": f.update} {
				if want == nil || how == "update" && f.create != nil && os.Getenv("FAULTS_TABLE") == "" {
					continue
				}
				t.Run(how, func(t *testing.T) {
					t.Cleanup(func() {
						mu.Lock()
						defer mu.Unlock()
						results[f.group+"/"+f.name+"/"+how] = "as wanted"
						if t.Failed() {
							results[f.group+"/"+f.name+"/"+how] = "FAILED"
						}
					})
					f.run(t, how == "update")
				})
			}
		})
	}
}

// faultTable is the matrix in Markdown, with results where there are some.
func faultTable(results map[string]string) string {
	var out strings.Builder
	out.WriteString("| what goes wrong | where | an apply that creates ends as | an apply that updates ends as |\n|---|---|---|---|\n")
	faults, good, bad := 0, 0, 0
	for _, f := range allFaults() {
		faults++
		row := []string{f.name, f.group}
		for _, how := range []string{"create", "update"} {
			want := f.create
			if how == "update" {
				want = f.update
			}
			text := "–"
			if want != nil {
				text = want.String()
				if result, ok := results[f.group+"/"+f.name+"/"+how]; ok {
					text += ": " + result
					if result == "FAILED" {
						bad++
					} else {
						good++
					}
				}
			}
			row = append(row, text)
		}
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	if len(results) > 0 {
		fmt.Fprintf(&out, "\n%d faults, %d cells: %d passed, %d failed\n", faults, good+bad, good, bad)
	}
	return out.String()
}

// TestFaultTableIsDocumented holds the guide to the matrix. UPDATE_GOLDEN=1
// writes it anew.
func TestFaultTableIsDocumented(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- begin of the table -->\n\n", "\n<!-- end of the table -->"
	for _, file := range []string{"../../templates/guides/faults.md", "../../docs/guides/faults.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, found := strings.Cut(string(data), begin)
		table, tail, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no place for the table", file)
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			table = faultTable(nil)
			if err := os.WriteFile(file, []byte(head+begin+table+end+tail), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if table != faultTable(nil) {
			t.Errorf("the table in %s differs from the matrix", file)
		}
	}
}

func (o *outcome) String() string {
	text := "success"
	if o.says != "" {
		text = "“" + o.says + "”"
	}
	text += fmt.Sprintf(", %d starting requests", o.posts)
	if o.posts == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if o.resumed {
		text += ", continued by the next apply"
	}
	return text
}
