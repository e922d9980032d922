package simulator

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// How much of a list the page shows at most; the rest is counted.
const (
	mostShown    = 60
	mostRequests = 80
)

// view is what the page shows. It holds no credentials, no bodies and no
// queries.
type view struct {
	Vocabulary Vocabulary      `json:"vocabulary"`
	Instances  []instanceView  `json:"instances"`
	CSA        []csaView       `json:"csa"`
	Stores     []storeView     `json:"stores"`
	Jobs       []jobView       `json:"jobs"`
	Archives   []archiveView   `json:"archives"`
	Requests   []requestView   `json:"requests"`
	Faults     []faultView     `json:"faults"`
	Tokens     credentialsView `json:"tokens"`
	Keys       credentialsView `json:"keys"`
	// More counts what the lists leave out.
	More moreView `json:"more"`
}

type moreView struct {
	Jobs     int `json:"jobs"`
	Archives int `json:"archives"`
	Faults   int `json:"faults"`
	Requests int `json:"requests"`
}

// first is the beginning of a list that is shown, and how much it leaves out.
func first[T any](all []T, most int) ([]T, int) {
	shown := min(len(all), most)
	return all[:shown], len(all) - shown
}

// credentialsView counts what was issued, and what of it has ended.
type credentialsView struct {
	Valid int `json:"valid"`
	Ended int `json:"ended"`
}

// assetView is one thing that an instance, a CSA server or a bucket holds.
type assetView struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	ID   string `json:"id"`
	// Note is what else there is to say, for example a remark or a size.
	Note string    `json:"note,omitempty"`
	Time time.Time `json:"time"`
}

// shelf is a list of assets, of which a number is not shown.
type shelf struct {
	Assets []assetView `json:"assets"`
	More   int         `json:"more"`
}

type instanceView struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	shelf
}

type csaView struct {
	Name string `json:"name"`
	// Running counts the imports and previews under way.
	Running int `json:"running"`
	shelf
}

type storeView struct {
	Name   string `json:"name"`
	Region string `json:"region"`
	Bucket string `json:"bucket"`
	// Switches are those that are on.
	Switches []string `json:"switches"`
	// Uploads counts multipart uploads that were begun and not aborted.
	Uploads int `json:"uploads"`
	shelf
}

// jobView is a job of ROMA Connect, or an import or a preview of CSA.
type jobView struct {
	// ID is empty for what CSA keeps no record of.
	ID       string `json:"id"`
	Platform string `json:"platform"`
	Place    string `json:"place"`
	Kind     string `json:"kind"`
	// Subject is what it is about: a number of assets, or a file.
	Subject string `json:"subject"`
	// Status is running, succeeded, failed or abandoned.
	Status   string    `json:"status"`
	Progress float64   `json:"progress"`
	Begin    time.Time `json:"begin"`
	// End is zero while it runs.
	End      time.Time `json:"end,omitzero"`
	Messages []string  `json:"messages"`
	// request is the number of the request that started it.
	request int
}

type archiveView struct {
	ID    string    `json:"id"`
	Place string    `json:"place"`
	Made  time.Time `json:"made"`
	// Status is waiting, taken or expired, Changed when it became so.
	Status  string    `json:"status"`
	Changed time.Time `json:"changed"`
	Apps    int       `json:"apps"`
	Tasks   int       `json:"tasks"`
}

type requestView struct {
	Seq        int       `json:"seq"`
	Time       time.Time `json:"time"`
	Platform   string    `json:"platform"`
	Place      string    `json:"place"`
	Kind       string    `json:"kind"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Status     int       `json:"status"`
	DurationMS int64     `json:"duration_ms"`
	Fault      string    `json:"fault"`
}

type faultView struct {
	On           string `json:"on"`
	Do           string `json:"do"`
	Method       string `json:"method"`
	PathContains string `json:"path_contains"`
	Left         int    `json:"left"`
	Seen         int    `json:"seen"`
}

// view describes everything as of now.
func (s *Simulator) view() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	v := view{
		Vocabulary: s.opts.Vocabulary, Instances: []instanceView{}, Archives: []archiveView{},
		Requests: []requestView{}, Faults: []faultView{},
		CSA: s.viewCSA(), Stores: s.viewStores(),
	}
	v.Jobs, v.More.Jobs = s.viewJobs(now)
	for _, in := range s.instances {
		v.Instances = append(v.Instances, instanceView{in.name, in.id, in.shelf()})
	}
	for _, a := range s.archives {
		v.Archives = append(v.Archives, a.view())
	}
	slices.SortFunc(v.Archives, func(a, b archiveView) int {
		return cmp.Or(b.Made.Compare(a.Made), strings.Compare(a.ID, b.ID))
	})
	v.Archives, v.More.Archives = first(v.Archives, mostShown)
	secrets := s.secrets()
	for _, entry := range slices.Backward(s.log[max(0, len(s.log)-mostRequests):]) {
		v.Requests = append(v.Requests, s.viewRequest(entry, secrets))
	}
	v.More.Requests = len(s.log) - len(v.Requests)
	faults, more := first(s.faults, mostShown)
	v.More.Faults = more
	for _, o := range faults {
		v.Faults = append(v.Faults, faultView{o.On, o.Do, clip(o.Method), clip(conceal(o.PathContains, secrets)), o.left, o.seen})
	}
	clock := s.clock()
	for _, tok := range s.tokens {
		v.Tokens.count(!tok.revoked && clock.Before(tok.expires))
	}
	for _, key := range s.keys {
		// Pairs without an end are those that the Simulator began with.
		if key.securityToken != "" && key != s.temporary {
			v.Keys.count(clock.Before(key.expires))
		}
	}
	return v
}

func (n *credentialsView) count(valid bool) {
	if valid {
		n.Valid++
		return
	}
	n.Ended++
}

// shelfOf shows the newest assets first and counts those that have no place.
func shelfOf(all []assetView) shelf {
	slices.SortStableFunc(all, func(a, b assetView) int { return b.Time.Compare(a.Time) })
	newest, more := first(all, mostShown)
	shown := append([]assetView{}, newest...)
	for i := range shown {
		shown[i].Name, shown[i].Note = clip(shown[i].Name), clip(shown[i].Note)
	}
	return shelf{shown, more}
}

func (in *instance) shelf() shelf {
	var all []assetView
	for _, app := range in.apps {
		note := app.Remark
		if app.Forbidden {
			note = "somebody else's"
		}
		all = append(all, assetView{"app", app.Name, app.ID, note, app.updated})
	}
	for _, task := range in.tasks {
		all = append(all, assetView{"task", task.Name, task.ID, task.Type, task.updated})
	}
	return shelfOf(all)
}

func (a *archive) view() archiveView {
	v := archiveView{ID: a.id, Place: a.inst.name, Made: a.kept, Status: "waiting", Changed: a.kept, Apps: len(a.apps), Tasks: len(a.tasks)}
	switch {
	case !a.taken.IsZero():
		v.Status, v.Changed = "taken", a.taken
	case !a.expired.IsZero():
		v.Status, v.Changed = "expired", a.expired
	}
	return v
}

// viewRequest leaves the query out; the caller holds mu.
func (s *Simulator) viewRequest(entry *Request, secrets []string) requestView {
	v := requestView{
		Seq: entry.Seq, Time: entry.Time, Platform: entry.Platform, Place: entry.Instance, Kind: entry.Kind,
		Method: clip(entry.Method), Path: clip(conceal(entry.Path, secrets)), Status: entry.Status, DurationMS: entry.DurationMS, Fault: entry.Fault,
	}
	if entry.Object != nil {
		v.Place = clip(entry.Object.Bucket)
	}
	for _, in := range s.instances {
		if strings.Contains(entry.Path, "/"+in.id+"/") {
			v.Place = in.name
		}
	}
	return v
}
