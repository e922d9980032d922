package provider

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Terraform stores what a resource answers, and a process that is killed answers nothing. So a run notes
// beside the path, or the source, what it has begun: the job, and the archive as soon as it is whole. The note is removed
// when Terraform has ended the process, and so has stored all answers, or by a plan that finds the job in a state. One
// that is there in the next run was left by one that was cut off; if that asks for the same, it continues it.

// runNotes are the notes of the runs of this process: they are nobody else's to continue.
type runNotes struct {
	mu  sync.Mutex
	own map[string]bool
	// handed are those that a Delete of this process left to its successor.
	handed map[string]bool
	// outlives: the process ends when Terraform has stored what it was answered, and ends the notes then.
	outlives bool
	ended    map[string]func()
}

// close removes what ended runs have noted.
func (s *runNotes) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, remove := range s.ended {
		remove()
	}
	s.ended = nil
}

// ends has the note removed when the process ends, once for however many runs it had.
func (s *runNotes) ends(n *runNote) {
	if s.ended == nil {
		s.ended = map[string]func(){}
	}
	s.ended[n.key()] = func() { n.kind.Remove(n.beside) }
}

// runNote is that of one run; nil is that of an action, which continues nothing.
type runNote struct {
	all  *runNotes
	kind asset.Note
	// beside is the file beside which it lies.
	beside string
	verb   message.Verb
	spec   jobrun.Spec
	// before is what an earlier run left; nil where there is nothing.
	before *noted
	// now is what this one has noted last.
	now noted
	// stays: nobody was told yet of what an earlier run may have done.
	stays bool
	// handed: before is of a Delete in this process, and so no run was cut off.
	handed bool
	// since is what the state has when this run begins; empty where it creates.
	since string
}

// noted is what a note says.
type noted struct {
	jobrun.Pending

	// Lost are the jobs before this one, of which a run that was cut off could not tell.
	Lost []string `json:"lost,omitempty"`
	// Since is what the state had when the run began. Once it has something else, a run came between, and what this
	// one began is no more what the next one asks for.
	Since string `json:"since,omitempty"`
	// Unsure: before this job, the same was sent, and nobody saw the answer.
	Unsure bool `json:"unsure,omitempty"`
}

// noteOf is the note of a run for a path or a source, either of which may be the address of an object.
func (s *providerData) noteOf(v message.Verb, path string, spec jobrun.Spec) *runNote {
	n := &runNote{all: s.notes, kind: noteKind(v, path, spec), beside: localName(path), verb: v, spec: spec}
	if path == "" {
		n.beside = ""
		return n
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	// A plan of many resources asks no file system for its key where nothing was handed over.
	n.handed = len(s.notes.handed) > 0 && s.notes.handed[n.key()]
	if text := n.kind.Read(n.beside); text != nil && !s.notes.own[n.key()] {
		n.before = decodeNoted(text)
	}
	if n.asked() {
		n.now = *n.before
		n.now.Unsure = n.before.Unsure || v == message.Import && n.before.Job == ""
	}
	return n
}

// noteKind tells the notes apart that lie beside one name: objects of many keys have the same one.
func noteKind(v message.Verb, path string, spec jobrun.Spec) asset.Note {
	kind := asset.ExportNote
	if v == message.Import {
		kind = asset.ImportNote(spec.Platform + " " + spec.Instance)
	}
	if isObject(path) {
		return kind.Of(locationKey(path))
	}
	return kind
}

// after says from which state a run begins that changes a resource.
func (n *runNote) after(job jobModel, archive string) *runNote {
	n.since = job.JobID.ValueString() + " " + archive
	return n
}

// decodeNoted returns nil where there is no note, or none that this version understands.
func decodeNoted(text []byte) *noted {
	var out noted
	if len(text) == 0 || json.Unmarshal(text, &out) != nil || !out.isValid() {
		return nil
	}
	return &out
}

// isValid says whether a run may have written the note: what it names is printed and becomes a part of names.
func (n *noted) isValid() bool {
	isID := func(id string) bool { return len(id) <= longestJob && message.IsPlain(id) }
	return n.Fingerprint != "" && isID(n.Job) && !slices.ContainsFunc(n.Lost, func(id string) bool { return !isID(id) }) &&
		(n.SHA256 == "" || hexDigest.MatchString(n.SHA256)) && n.Size >= 0
}

// longestJob is far above the length of an id of a job.
const longestJob = 256

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (n *runNote) key() string { return string(n.kind) + " " + asset.Key(n.beside) }

// asked says whether what an earlier run left is of the same request.
func (n *runNote) asked() bool {
	return n != nil && n.before != nil && n.before.Fingerprint == n.spec.Fingerprint()
}

// left is the job of an earlier run of the same request, and of the same content; nil where there is none.
func (n *runNote) left(content string) *jobrun.Pending {
	if n.before == nil || n.before.Since != n.since || !n.before.Matches(n.spec, content) {
		return nil
	}
	return &n.before.Pending
}

// claim says whether there is something of an earlier run, and that it is this one's: of two of this process that could
// continue it, one does.
func (n *runNote) claim() bool {
	if n.before == nil {
		return false
	}
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	if n.all.own[n.key()] {
		n.before, n.now = nil, noted{}
		return false
	}
	n.all.owns(n.key())
	return true
}

func (s *runNotes) owns(key string) {
	if s.own == nil {
		s.own = map[string]bool{}
	}
	s.own[key] = true
	delete(s.handed, key)
}

// unsure says whether an earlier run sent the same archive, and was cut off before it had an answer.
func (n *runNote) unsure(content string) bool {
	return n.asked() && n.now.Unsure && n.before.ContentDigest == content
}

// archive is the SHA-256 of the archive that an earlier run of the same request had whole; else empty.
func (n *runNote) archive() string {
	if !n.asked() {
		return ""
	}
	return n.before.SHA256
}

// write notes what has begun. Where that is not possible, a kill is what it was without notes.
func (n *runNote) write(p jobrun.Pending) {
	if n == nil || n.beside == "" {
		return
	}
	if n.now.Job != "" && n.now.Job != p.Job && !slices.Contains(n.now.Lost, n.now.Job) {
		n.now.Lost = append(n.now.Lost, n.now.Job)
	}
	n.now.Pending, n.now.Since, n.stays = p, n.since, false
	if p.Fingerprint == "" {
		n.now.Fingerprint, n.now.Source = n.spec.Fingerprint(), n.spec.Source
	}
	n.all.mu.Lock()
	n.all.owns(n.key())
	n.all.mu.Unlock()
	// Strings, numbers and times always marshal.
	text, _ := json.Marshal(n.now)
	_ = n.kind.Write(n.beside, text)
}

// withdraw removes the note of a request that the server refused, if there is nothing else to tell: it may be sent again
// much later.
func (n *runNote) withdraw() {
	if n != nil && n.beside != "" && len(n.now.Lost) == 0 && !n.now.Unsure {
		n.kind.Remove(n.beside)
	}
}

// end removes the note: what is left is in a state, or in a message.
func (n *runNote) end() {
	if n.beside == "" {
		return
	}
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	switch isOwn := n.all.own[n.key()]; {
	case n.stays:
	case isOwn && n.all.outlives:
		n.all.ends(n)
		return
	case isOwn || n.before != nil:
		n.kind.Remove(n.beside)
	}
	delete(n.all.own, n.key())
}

// settled removes the note of a job that a state has, ended: its run was cut off after Terraform had stored that.
// What it could not say any more is said now.
func (n *runNote) settled(state jobModel, archive string, diags *diag.Diagnostics) {
	if n.before == nil || state.running() {
		return
	}
	job := state.JobID.ValueString()
	isIts := job != "" && n.before.Job == job
	if n.verb == message.Export && job == "" {
		// An import has the archive before it is sent, too.
		isIts = archive != "" && n.before.SHA256 == archive
	}
	switch {
	case !isIts:
		return
	case len(n.before.Lost) > 0 || n.before.Unsure:
		diags.Append(runWasStored(n.verb, n.before))
		n.all.mu.Lock()
		defer n.all.mu.Unlock()
		// Not before the process ends: a plan may be asked for more than once.
		n.all.ends(n)
	default:
		n.kind.Remove(n.beside)
	}
	n.before = nil
}

// isNewer says whether an earlier run noted more than a state that handed a job over knows.
func (n *runNote) isNewer(left *jobrun.Pending) bool {
	return n.before != nil && (left == nil || n.before.Job != left.Job || len(n.before.Lost) > 0 || n.before.Unsure ||
		n.verb == message.Export && n.before.SHA256 != left.SHA256)
}

// handOver notes the job of a resource that is deleted before its successor is created: a kill between the two
// leaves it in no state.
func (n *runNote) handOver(left *jobrun.Pending) {
	if n.asked() {
		// An earlier run came further than the state knows.
		return
	}
	n.write(*left)
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	// It is the successor's now.
	delete(n.all.own, n.key())
	if n.all.handed == nil {
		n.all.handed = map[string]bool{}
	}
	n.all.handed[n.key()] = true
}

// takeOver notes a job that was handed over, in the place of a note beside the path or source that it had.
func (n *runNote) takeOver(left *jobrun.Pending, before string) {
	n.write(*left)
	if isObject(before) || n.verb == message.Import && before != "" {
		if kind, old := noteKind(n.verb, before, n.spec), localName(before); kind != n.kind || old != n.beside {
			kind.Remove(old)
		}
	}
}

// continued is the job of an export that was cut off, if this run asks for the same; that is said, and where the
// archive is that nobody can continue to.
func (n *runNote) continued(diags *diag.Diagnostics) *jobrun.Pending {
	if !n.claim() {
		return nil
	}
	left := n.left("")
	if left != nil || !n.handed {
		diags.Append(runWasCutOff(n, left != nil))
	}
	if kept := keptAt(&n.before.Pending); left == nil && kept != "" {
		diags.Append(keptFileStays(kept))
	}
	return left
}

// keptBy is where a run has kept its archive, which its error names; else empty.
func keptBy(out jobrun.Outcome) string {
	if kept, ok := errors.AsType[*asset.KeptError](out.Err); ok {
		return kept.Kept
	}
	return ""
}

// strays are the files that runs made for a path and that are still there, but for what is known. What another export of
// this process writes now may have the same name.
func (s *providerData) strays(path, known string) []string {
	if s.paths.writesBeside(path) {
		return nil
	}
	return slices.DeleteFunc(asset.Strays(localName(path)), func(file string) bool { return asset.SameFile(file, known) })
}
