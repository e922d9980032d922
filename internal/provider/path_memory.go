package provider

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
)

// pathMemory is what a process knows about the files of its exports. One process
// may serve many plans and applies, so every entry ends with the plan or the
// apply that it belongs to. Files are told apart by placeKey.
type pathMemory struct {
	mu sync.Mutex
	// planned has the exports that each path was planned for, until an apply
	// writes there.
	planned map[string][]plannedExport
	// writing are the paths of the exports that run now.
	writing map[string]bool
	// written has the identity of the export that wrote a path last.
	written map[string]string
	// inherited has what a deleted export left at a path, for the export that
	// takes its place in the same apply.
	inherited map[string]legacy
}

// legacy is what a deleted export leaves to its successor. It is a note beside
// the path, too: the run may end between the two.
type legacy struct {
	Own asset.Stored `json:"own"`
	// For is the fingerprint of what the successor asks for, where the plan
	// did not know its path; else empty.
	For string `json:"for,omitempty"`
	// Job is that of the deleted export, if it did not end.
	Job *jobrun.Pending `json:"job,omitempty"`
}

func (l legacy) isEmpty() bool { return l.Own.SHA256 == "" && l.Job == nil }

// goesTo says whether an export is the successor, as far as one can tell.
func (l legacy) goesTo(asks string) bool { return l.For == "" || l.For == asks }

// plannedExport is an export as a plan knows it.
type plannedExport struct {
	// asked is the fingerprint of what it asks for.
	asked string
	// prior tells the existing exports apart; empty for one that is created.
	prior string
	// runs: the plan is to write there.
	runs bool
	// made: it is there already, or takes the place of one that is.
	made bool
}

func newPathMemory() *pathMemory {
	return &pathMemory{
		planned: map[string][]plannedExport{}, writing: map[string]bool{}, written: map[string]string{}, inherited: map[string]legacy{},
	}
}

// plan notes the path of a planned export, and says whether another export was
// planned for it and one of them is to write there. An existing one may be planned more than once, and one that is
// replaced is planned with and without its prior state. Of two that are created it
// can only be told in a process that serves one walk: elsewhere, they may be one, planned twice.
func (m *pathMemory) plan(path string, now plannedExport, oneWalk bool) (shared bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	if now.prior == "" && now.made {
		m.replaces(key, now)
	}
	shared = slices.ContainsFunc(m.planned[key], func(other plannedExport) bool { return other.meets(now, oneWalk) })
	same := func(other plannedExport) bool {
		return other.prior == now.prior && (now.prior != "" || other.asked == now.asked)
	}
	m.planned[key] = append(slices.DeleteFunc(m.planned[key], same), now)
	return shared
}

// replaces notes that an export at a path is replaced: apply plans its successor
// once more, and then nothing tells it from one that is new.
func (m *pathMemory) replaces(key string, now plannedExport) {
	for i, other := range m.planned[key] {
		if other.prior != "" && other.asked == now.asked {
			m.planned[key][i].made = false
		}
	}
}

// meets says whether two exports are not one and the same, and one of them writes.
func (e plannedExport) meets(now plannedExport, oneWalk bool) bool {
	switch {
	case !e.runs && !now.runs:
		return false
	case e.prior == "" && now.prior == "":
		return oneWalk
	case e.prior != "" && now.prior != "":
		return e.prior != now.prior
	}
	there, created := e, now
	if now.prior != "" {
		there, created = now, e
	}
	// One that takes the place of another was planned as that one before. One that is new
	// takes nobody's place.
	return !created.made && (there.made || e.asked != now.asked)
}

// begin reserves a path for an export that runs, until end is called. It is
// false while another one runs that writes there.
func (m *pathMemory) begin(path string) (end func(), free bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	delete(m.planned, key)
	if m.writing[key] {
		return func() {}, false
	}
	m.writing[key] = true
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.writing, key)
	}, true
}

// writesBeside says whether another export runs whose files have the names of those of path: objects are staged
// under the last part of their keys.
func (m *pathMemory) writesBeside(path string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, name := locationKey(path), asset.Key(localName(path))
	for key := range m.writing {
		if key != own && asset.Key(localName(key)) == name {
			return true
		}
	}
	return false
}

// wrote notes that the export of this identity put an archive at path.
func (m *pathMemory) wrote(path, identity string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written[locationKey(path)] = identity
}

// outgrown ends what is known of a path that the export of this identity wrote, and that is its path no more.
func (m *pathMemory) outgrown(path, identity string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if key := locationKey(path); m.written[key] == identity {
		delete(m.written, key)
	}
}

// left notes that an export took its archive away from path.
func (m *pathMemory) left(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.written, locationKey(path))
	delete(m.planned, locationKey(path))
}

// rewritten says whether another export wrote, or is about to write, the file at
// path of the export with this identity: its successor, with create_before_destroy.
func (m *pathMemory) rewritten(path, identity string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	by, written := m.written[key]
	return m.writing[key] || written && by != identity
}

// ends ends what was planned for a path, and what an apply before knew of it.
func (m *pathMemory) ends(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	delete(m.planned, key)
	delete(m.inherited, key)
}

// leave notes what a deleted export left at path for its successor.
func (m *pathMemory) leave(path string, left legacy) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	delete(m.written, key)
	if left.isEmpty() {
		return
	}
	m.inherited[key] = left
	if isObject(path) {
		// What is in a store is never replaced, whosever it is.
		return
	}
	// Without it, the file is nobody's if no successor comes.
	_ = asset.SuccessorNote.Write(path, left.encode())
}

// inherit returns what the export before left at path, once, to its successor.
func (m *pathMemory) inherit(path, asks string) (left legacy) {
	if path == "" {
		return legacy{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := locationKey(path)
	left, known := m.inherited[key]
	if !known && !isObject(path) {
		left = decodeLegacy(asset.SuccessorNote.Read(path))
	}
	if !left.goesTo(asks) {
		return legacy{}
	}
	delete(m.inherited, key)
	return left
}

func (l legacy) encode() []byte {
	// Strings, numbers and times always marshal.
	text, _ := json.Marshal(l)
	return text
}

// decodeLegacy returns nothing where there is no note, or none that this version understands.
func decodeLegacy(text []byte) (l legacy) {
	if len(text) == 0 || json.Unmarshal(text, &l) != nil {
		return legacy{}
	}
	return l
}
