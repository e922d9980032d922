package provider_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// jobHead begins the configurations of the tests about jobs. The timeout is a
// variable, so that a run can be cut short without a change of the request.
const jobHead = providerSource + `variable "dev_instance" {}
variable "prod_instance" {}
variable "limit" { default = "60s" }
variable "release" { default = "1" }
provider "asset" { roma = { instance_id = var.dev_instance } }
`

// exportBlock is an export of the orders app to NAME.zip.
func exportBlock(name string, more ...string) string {
	return fmt.Sprintf(`
resource "asset_export" %[1]q {
  roma     = { apps = [%[2]q] }
  path     = "%[1]s.zip"
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
  %[3]s
}
`, name, ordersApp, strings.Join(more, "\n  "))
}

// importBlock is an import of the file NAME.zip.
func importBlock(name string, more ...string) string {
	return fmt.Sprintf(`
resource "asset_import" %[1]q {
  source   = "%[1]s.zip"
  roma     = { instance_id = var.prod_instance, type = "Merge" }
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
  %[2]s
}
`, name, strings.Join(more, "\n  "))
}

// pack makes a package that the simulator imports: one app of that name.
func pack(t *testing.T, app string) string {
	t.Helper()
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	for name, content := range map[string]string{
		"asset.json":            fmt.Sprintf(`{"version":"1.0","apps":[%q],"tasks":[]}`, app),
		"apps/" + app + ".json": fmt.Sprintf(`{"id":%q,"name":%q}`, app, app),
	} {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// site is a workspace and the simulator that it talks to.
type site struct {
	*workspace
	server *simulator.Server
}

func newSite(t *testing.T, options simulator.Options, blocks ...string) *site {
	t.Helper()
	server := serve(t, options)
	return &site{workspace: newWorkspace(t, server, jobHead+strings.Join(blocks, "")), server: server}
}

// shortly makes the next runs give up their jobs soon.
func (s *site) shortly() { s.setenv("TF_VAR_limit=2500ms") }

// patiently undoes shortly.
func (s *site) patiently() { s.setenv("TF_VAR_limit=60s") }

// leave lets an apply start a job of a kind ("export", "import") and end
// before the job does.
func (s *site) leave(kind string, args ...string) result {
	s.t.Helper()
	order(s.t, s.server, simulator.Fault{On: kind, Do: "never_end"})
	s.shortly()
	r := s.apply(1, args...)
	s.patiently()
	wants(s.t, r, "job is still running", "It goes on on the server", "continues this job instead of starting another")
	return r
}

// instance is what the state file has of a resource.
type instance struct {
	Status     string
	Attributes map[string]any
	Private    []byte
}

// found reads a resource from the state file, or returns nil.
func (s *site) found(address string) *instance {
	s.t.Helper()
	for _, r := range stateFile(s.t, s.path("terraform.tfstate")).Resources {
		if r.Type+"."+r.Name != address || len(r.Instances) != 1 {
			continue
		}
		one := r.Instances[0]
		out := &instance{Status: one.Status}
		private, err := base64.StdEncoding.DecodeString(one.Private)
		if err == nil {
			err = json.Unmarshal(one.Attributes, &out.Attributes)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		out.Private = private
		return out
	}
	return nil
}

// job returns the job id of a resource in the state file, which must be there
// with that status, tainted or not.
func (s *site) job(address, status string, tainted bool) string {
	s.t.Helper()
	found := s.found(address)
	if found == nil {
		data, err := os.ReadFile(s.path("terraform.tfstate"))
		s.t.Fatalf("%s is not in the state (%v):\n%s", address, err, data)
	}
	id, _ := found.Attributes["job_id"].(string)
	if id == "" || found.Attributes["status"] != status || (found.Status == "tainted") != tainted {
		s.t.Fatalf("%s has job %q, status %v, %q; want %s, tainted: %t", address, id, found.Attributes["status"], found.Status, status, tainted)
	}
	return id
}

// remembered is what an update left about an unfinished job in private state.
func (s *site) remembered(address string) (job string, left bool) {
	s.t.Helper()
	var private map[string]json.RawMessage
	if found := s.found(address); found == nil || len(found.Private) == 0 {
		return "", false
	} else if err := json.Unmarshal(found.Private, &private); err != nil {
		s.t.Fatal(err)
	}
	text, ok := private["unfinished_job"]
	if !ok {
		return "", false
	}
	var entry struct{ Job string }
	if err := json.Unmarshal(decoded(s.t, text), &entry); err != nil {
		s.t.Fatalf("%v in %s", err, text)
	}
	return entry.Job, true
}

// decoded undoes the base64 of a value in private state.
func decoded(t *testing.T, text json.RawMessage) []byte {
	t.Helper()
	var word string
	if json.Unmarshal(text, &word) != nil {
		return text
	}
	data, err := base64.StdEncoding.DecodeString(word)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// parts are the temporary files of downloads in a directory.
func parts(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".*asset-part-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// requested waits until the log has that many requests of a kind.
func (s *site) requested(kind string, times int) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("the log has %d requests of kind %s", times, kind), func() bool { return s.count(kind) >= times })
}

func (s *site) count(kind string) int { return len(requestsOf(s.server, kind)) }

// started counts the jobs of a kind that the server started, by its answers.
func (s *site) started(kind string) int {
	n := 0
	for _, r := range requestsOf(s.server, kind) {
		if r.JobID != "" {
			n++
		}
	}
	return n
}

// begin starts an apply that the test goes along with.
func (s *site) begin(args ...string) *running {
	s.t.Helper()
	return s.start(append([]string{"apply", "-auto-approve"}, args...)...)
}

// ends waits for the end of a run and fails the test unless it has that code.
func (s *site) ends(r *running, code int) result {
	s.t.Helper()
	end := r.wait(s.t, 30*time.Second)
	if end.code != code {
		s.t.Fatalf("the run ended with %d, want %d:\n%s", end.code, code, end.out)
	}
	return end
}

// wants fails the test unless an output has these texts, however its lines
// were broken.
func wants(t *testing.T, r result, texts ...string) {
	t.Helper()
	expectSaid(t, r.out, texts...)
}

// lacks fails the test if an output has one of these texts.
func lacks(t *testing.T, r result, texts ...string) {
	t.Helper()
	out := strings.Join(strings.Fields(r.out), " ")
	for _, text := range texts {
		if strings.Contains(out, text) {
			t.Errorf("the output has %q:\n%s", text, r.out)
		}
	}
}
