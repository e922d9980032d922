//go:build soak

package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

var (
	ofSubject = regexp.MustCompile(`^asset_(export|import)\.it\["(.*)"\]$`)
	isSum     = regexp.MustCompile(`"sha256": "([0-9a-f]{64})"`)
)

// hears notes what a run said, message by message.
func (s *soakSite) hears(out string) {
	s.t.Helper()
	if strings.Contains(out, "Provider produced") || strings.Contains(out, "panic:") {
		s.t.Errorf("the provider misbehaved:\n%s", out)
	}
	now := time.Now()
	s.books.said = append(s.books.said, saying{began: s.runBegan, ended: now, text: "apply"})
	for line := range strings.Lines(out) {
		var each struct {
			Diagnostic struct{ Severity, Summary, Detail, Address string }
		}
		// The last line of a killed terraform may be cut off.
		if json.Unmarshal([]byte(line), &each) != nil || each.Diagnostic.Summary == "" {
			continue
		}
		d := each.Diagnostic
		said := saying{began: s.runBegan, ended: now, isError: d.Severity == "error", text: d.Summary + "\n" + d.Detail}
		if of := ofSubject.FindStringSubmatch(d.Address); of != nil {
			said.kind, said.subject = of[1], of[2]
		}
		s.books.said = append(s.books.said, said)
		s.sum.add("said: "+d.Summary, 1)
	}
}

// keepsState undoes what a killed terraform did to its own state: it empties the file before it writes it.
func (s *soakSite) keepsState(good []byte) {
	s.t.Helper()
	now, err := os.ReadFile(s.path("terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) || json.Valid(now) {
		return
	}
	s.sum.add("states that terraform broke", 1)
	s.write("terraform.tfstate", string(good))
}

// looks notes which archives states name, and what the servers recorded.
func (s *soakSite) looks() {
	s.t.Helper()
	state, err := os.ReadFile(s.path("terraform.tfstate"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.t.Fatal(err)
	}
	for _, sum := range isSum.FindAllStringSubmatch(string(state), -1) {
		s.books.states[sum[1]] = true
	}
	for _, o := range s.server.Simulator.State().Stores["obs"].Buckets[storeBucket].Objects {
		s.books.objects[o.SHA256] = true
	}
}

// temporaries are the files that the provider made for itself.
func (s *soakSite) temporaries() []string {
	return slices.DeleteFunc(s.allFiles(), func(file string) bool {
		name := filepath.Base(file)
		return !strings.HasPrefix(name, ".") || !strings.Contains(name, ".asset-")
	})
}

func (s *soakSite) allFiles() (out []string) {
	for _, dir := range []string{".", "archives", "aside", "tmp"} {
		entries, err := os.ReadDir(s.path(dir))
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if entry.Type().IsRegular() {
				out = append(out, s.path(filepath.Join(dir, entry.Name())))
			}
		}
	}
	return out
}

// helps does what a user does about what the last run said.
func (s *soakSite) helps() {
	s.t.Helper()
	for _, said := range s.books.said {
		if !said.isError || !said.began.Equal(s.runBegan) || said.subject == "" {
			continue
		}
		number, err := strconv.Atoi(strings.TrimPrefix(said.subject, "app-"))
		if err != nil {
			s.t.Fatal(err)
		}
		summary, _, _ := strings.Cut(said.text, "\n")
		at := place(number, len(s.releases)-1)
		switch {
		case summary == "Path is taken":
			s.movesAway(at)
		case said.kind == "import" && summary != "Plugin did not respond" && s.isSpoilt(said.subject, at):
			s.movesAway(at)
			s.again[said.subject] = true
		}
	}
}

// isSpoilt says whether what lies at a place is not what the state says, or was refused by the platform.
func (s *soakSite) isSpoilt(app, at string) bool {
	for _, r := range s.exports() {
		if r.kind != "asset_export" || r.key != app {
			continue
		}
		if key, isObject := strings.CutPrefix(at, "obs://"+storeBucket+"/"); isObject {
			_, o := s.object("obs", key)
			return o.SHA256 != r.sha256
		}
	}
	return s.refused(app)
}

// refused says whether the platform took the last archive of an application for no package.
func (s *soakSite) refused(app string) bool {
	return slices.ContainsFunc(s.books.said, func(said saying) bool {
		return said.isError && said.began.Equal(s.runBegan) && said.subject == app && said.kind == "import" &&
			(strings.Contains(said.text, "decompress") || strings.Contains(said.text, "package"))
	})
}

// movesAway keeps what lies at a place somewhere else.
func (s *soakSite) movesAway(at string) {
	s.t.Helper()
	s.moved++
	aside := s.path(filepath.Join("aside", strconv.Itoa(s.moved)))
	key, isObject := strings.CutPrefix(at, "obs://"+storeBucket+"/")
	if !isObject {
		if err := os.Rename(s.path(at), aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.t.Fatal(err)
		}
		return
	}
	if data, _ := s.object("obs", key); data != "" {
		s.write(filepath.Join("aside", strconv.Itoa(s.moved)), data)
		if err := s.server.Simulator.RemoveObject("obs", storeBucket, key); err != nil {
			s.t.Fatal(err)
		}
	}
}

// soakExport is what the state has of an export or an import.
type soakExport struct{ kind, key, status, sha256 string }

func (s *soakSite) exports() (out []soakExport) {
	s.t.Helper()
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				IndexKey   string `json:"index_key"`
				Status     string
				Attributes struct {
					Status  string
					Archive struct{ SHA256 string }
				}
			}
		}
	}
	text, err := os.ReadFile(s.path("terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) || len(text) == 0 {
		return nil
	}
	if err = errors.Join(err, json.Unmarshal(text, &state)); err != nil {
		s.t.Fatal(err)
	}
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			out = append(out, soakExport{r.Type, i.IndexKey, i.Attributes.Status + i.Status, i.Attributes.Archive.SHA256})
		}
	}
	return out
}

// closes compares both sides when a release is done.
func (s *soakSite) closes(release int) {
	s.t.Helper()
	s.books.read(s.server.Simulator, func(at time.Time) int {
		return len(slices.DeleteFunc(slices.Clone(s.releases), func(began time.Time) bool { return began.After(at) })) - 1
	})
	clear(s.books.files)
	for _, file := range s.allFiles() {
		data, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		s.books.files[hex.EncodeToString(sum[:])] = true
	}
	s.books.temporary = s.temporaries()
	for _, accused := range s.books.accusations() {
		s.t.Errorf("release %d: %s", release, accused)
		s.evidence(accused)
	}
	done := 0
	for _, r := range s.exports() {
		if r.status != "SUCCEEDED" {
			s.t.Errorf("release %d: %s of %s is %s", release, r.kind, r.key, r.status)
		}
		done++
		number, err := strconv.Atoi(strings.TrimPrefix(r.key, "app-"))
		if err != nil {
			s.t.Fatal(err)
		}
		if at := place(number, release); r.kind == "asset_export" && !s.hasAt(at, r.sha256) {
			s.t.Errorf("release %d: the state has %s of %s, which is not at %s", release, r.sha256, r.key, at)
		}
	}
	apps := s.server.Simulator.State().Instances["prod"].Apps
	for _, app := range apps {
		if app.Remark != fmt.Sprint("release ", release) {
			s.t.Errorf("release %d: prod has %q of %s", release, app.Remark, app.ID)
		}
	}
	if done != 2*soakPairs || len(apps) != soakPairs {
		s.t.Errorf("release %d: %d resources in the state, %d applications on prod", release, done, len(apps))
	}
	s.sum.add("promotions", len(apps))
	s.sum.add("archives taken", len(s.books.taken))
	s.sum.add("imports", len(s.books.imports))
	s.sum.add("temporary files that messages name", len(s.books.temporary))
}

// hasAt says whether the archive that a state names is at its place, or somebody else has replaced it there.
func (s *soakSite) hasAt(at, sha256Hex string) bool {
	s.t.Helper()
	if key, isObject := strings.CutPrefix(at, "obs://"+storeBucket+"/"); isObject {
		_, o := s.object("obs", key)
		return o.SHA256 == sha256Hex || slices.ContainsFunc(s.server.Simulator.Requests(), func(r simulator.Request) bool {
			return r.Object != nil && r.Object.Key == key && (strings.Contains(r.Fault, "replaced") || strings.Contains(r.Fault, "raced"))
		})
	}
	data, err := os.ReadFile(s.path(at))
	sum := sha256.Sum256(data)
	return err == nil && hex.EncodeToString(sum[:]) == sha256Hex
}

var soakName = regexp.MustCompile(`app-\d\d`)

// evidence logs what is known of whom an accusation is about.
func (s *soakSite) evidence(accused string) {
	s.t.Helper()
	app := soakName.FindString(accused)
	for _, said := range s.books.said {
		if said.subject == app {
			s.t.Logf("%s to %s, %s of %s: %s", said.began.Format(clock), said.ended.Format(clock), said.kind, app, strings.Join(strings.Fields(said.text), " "))
		}
	}
	for _, r := range s.server.Simulator.Requests() {
		ofApp := slices.Contains(r.Apps, app) || r.Object != nil && strings.HasPrefix(r.Object.Key, app)
		ofJob := slices.ContainsFunc(s.books.taken, func(d deed) bool { return d.job == r.JobID && d.subject == app }) ||
			slices.ContainsFunc(s.books.imports, func(d deed) bool { return d.job == r.JobID && d.subject == app })
		if ofApp || ofJob {
			s.t.Logf("%s %s %d, job %s, fault %q, %d ms", r.Time.Format(clock), r.Kind, r.Status, r.JobID, r.Fault, r.DurationMS)
		}
	}
}

// lastWords are the errors of the last run.
func (s *soakSite) lastWords() string {
	var lines []string
	for _, said := range s.books.said {
		if said.isError && said.began.Equal(s.runBegan) {
			lines = append(lines, said.kind+" "+said.subject+": "+said.text)
		}
	}
	return strings.Join(lines, "\n\n")
}
