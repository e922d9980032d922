package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// viewJobs describes the jobs of both platforms, the newest first; the caller
// holds mu.
func (s *Simulator) viewJobs(now time.Time) (shown []jobView, more int) {
	all := []jobView{}
	for _, j := range s.jobs {
		v := jobView{
			ID: j.id, Platform: platformROMA, Place: j.inst.name, Kind: j.kind, Subject: j.subject.about(),
			Status: j.outcome(), Progress: j.progress(now), Begin: j.begin, End: j.end, Messages: []string{}, request: j.subject.Seq,
		}
		for _, r := range j.reasons {
			v.Messages = append(v.Messages, fmt.Sprintf("%s %s: %s (%s)", r.ResourceType, r.ResourceName, r.ErrorMsg, r.ErrorCode))
		}
		all = append(all, v)
	}
	for _, srv := range s.csa {
		for _, r := range srv.runs {
			all = append(all, r.view(srv.name, now))
		}
	}
	// The clock of Windows may stand still from one request to the next.
	slices.SortFunc(all, func(a, b jobView) int { return cmp.Or(b.Begin.Compare(a.Begin), cmp.Compare(b.request, a.request)) })
	shown, more = first(all, mostShown)
	for i := range shown {
		shown[i].Subject, shown[i].Messages = clip(shown[i].Subject), clipAll(shown[i].Messages)
	}
	return shown, more
}

// about says what a request that starts a job is about.
func (entry *Request) about() string {
	if entry.Upload != nil {
		return entry.Upload.FileName
	}
	return counted(len(entry.Apps), "app") + ", " + counted(len(entry.Tasks), "task")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (r *csaRun) view(place string, now time.Time) jobView {
	v := jobView{
		Platform: platformCSA, Place: place, Kind: "import", Subject: r.file,
		Status: "running", Progress: r.progress(now), Begin: r.begin, End: r.end, Messages: []string{}, request: r.request,
	}
	if r.preview {
		v.Kind = "preview"
	}
	switch {
	case r.end.IsZero():
	case r.result == nil:
		v.Status, v.Messages = "abandoned", []string{"The client went away before the end."}
	default:
		v.ID, v.Status = r.result.id, "succeeded"
		if r.result.status != statusSuccess {
			v.Status = "failed"
		}
		v.Messages = []string{r.result.sentence()}
		for _, text := range r.result.texts() {
			for i := range r.result.imported {
				id := r.result.imported[i].ID
				text = strings.ReplaceAll(text, id[:idBreak]+"\n"+id[idBreak:], id)
			}
			v.Messages = append(v.Messages, text)
		}
	}
	return v
}

// viewCSA describes the CSA servers in the order of their names; the caller
// holds mu.
func (s *Simulator) viewCSA() []csaView {
	var servers []csaView
	for _, name := range slices.Sorted(maps.Keys(s.csa)) {
		srv := s.csa[name]
		var all []assetView
		for _, a := range srv.artifacts {
			all = append(all, assetView{a.Type, a.DisplayName, a.ID, a.Organization, a.updated})
		}
		servers = append(servers, csaView{name, srv.running, shelfOf(all)})
	}
	return servers
}

// viewStores describes each bucket, in the order of stores and names; the caller
// holds mu.
func (s *Simulator) viewStores() []storeView {
	all := []storeView{}
	for _, name := range slices.Sorted(maps.Keys(s.stores)) {
		st := s.stores[name]
		for _, bucketName := range slices.Sorted(maps.Keys(st.buckets)) {
			b := st.buckets[bucketName]
			all = append(all, storeView{name, b.Region, bucketName, b.switches(), len(b.uploads), b.shelf()})
		}
	}
	return all
}

// switches names what is on, as POST /_simulator/store does.
func (b *bucket) switches() []string {
	on := []string{}
	for _, one := range []struct {
		name string
		on   bool
	}{
		{"versioning", b.Versioning},
		{"worm", b.Worm},
		{"ignore_conditions", b.IgnoreConditions},
		{"forbid_missing", b.ForbidMissing},
	} {
		if one.on {
			on = append(on, one.name)
		}
	}
	return on
}

func (b *bucket) shelf() shelf {
	var all []assetView
	for key, versions := range b.objects {
		for _, o := range versions {
			v := assetView{"object", key, o.version, "", o.modified}
			switch {
			case o.marker:
				v.Kind = "deleted"
			case o != b.current(key):
				v.Kind = "old version"
			}
			if !o.marker {
				v.Note = strconv.FormatInt(o.body.size, 10) + " bytes"
			}
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b assetView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return shelfOf(all)
}
