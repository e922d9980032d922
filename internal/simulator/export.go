package simulator

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	// maxSelected is how many apps, and how many tasks, one request may name
	// (AssetOperateRequest, vendor OpenAPI definition).
	maxSelected = 100
	// maxID is the longest id of a path parameter; ids in bodies are held to
	// the same, because the documents contradict their own examples.
	maxID = 64
)

// selection is the body of ExportAsset and DeleteAsset.
type selection struct {
	Apps  []selected `json:"apps"`
	Tasks []selected `json:"tasks"`
}

type selected struct {
	ID string `json:"id"`
}

func ids(all []selected) []string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = one.ID
	}
	return list
}

// readSelection reads and checks the body; both keys are mandatory in the
// newest documents, an empty array being allowed.
func (s *Simulator) readSelection(c *call) (selection, error) {
	var sel selection
	contentType, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || contentType != "application/json" {
		return sel, s.invalid("The content type must be application/json")
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxJSONBody))
	switch {
	case err != nil:
		return sel, err
	case len(body) == 0:
		return sel, s.refuse(http.StatusBadRequest, codeNoBody, "The request body is missing")
	}
	if err := json.Unmarshal(body, &sel); err != nil {
		return sel, s.invalid("The request body is no valid JSON of this request")
	}
	switch {
	case sel.Apps == nil:
		return sel, s.invalid("The parameter apps is missing")
	case sel.Tasks == nil:
		return sel, s.invalid("The parameter tasks is missing")
	case len(sel.Apps)+len(sel.Tasks) == 0:
		return sel, s.invalid("At least one application or task is required")
	case len(sel.Apps) > maxSelected || len(sel.Tasks) > maxSelected:
		return sel, s.invalid("At most %d applications and %d tasks are allowed", maxSelected, maxSelected)
	}
	for _, one := range append(append([]selected{}, sel.Apps...), sel.Tasks...) {
		if one.ID == "" || len(one.ID) > maxID {
			return sel, s.invalid("An id must have 1 to %d characters", maxID)
		}
	}
	s.locked(func() { c.entry.Apps, c.entry.Tasks = ids(sel.Apps), ids(sel.Tasks) })
	return sel, s.checkPermission(c.instance, sel)
}

func (s *Simulator) checkPermission(in *instance, sel selection) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range sel.Apps {
		if app := in.appByID(one.ID); app != nil && app.Forbidden {
			return s.refuse(http.StatusBadRequest, codeForbiddenApp, "No permission on the application %s", one.ID)
		}
	}
	return nil
}

// missing answers a reason for each id that is not on the instance. No
// document says whether the request or the job fails; here it is the job.
func (s *Simulator) missing(in *instance, sel selection) []Reason {
	var reasons []Reason
	add := func(kind, id string) {
		reasons = append(reasons, Reason{kind, id, s.code(codeInvalid), "The " + kind + " does not exist"})
	}
	for _, one := range sel.Apps {
		if in.appByID(one.ID) == nil {
			add("application", one.ID)
		}
	}
	for _, one := range sel.Tasks {
		if in.taskByID(one.ID) == nil {
			add("task", one.ID)
		}
	}
	return reasons
}

// exportAssets is ExportAsset. What is exported is what the instance holds
// when the job starts.
func (s *Simulator) exportAssets(c *call) {
	sel, err := s.readSelection(c)
	if err != nil {
		c.fail(s.bodyFailure(err))
		return
	}
	in := c.instance
	s.startJob(c, func(now time.Time) *job {
		j := new(job)
		reasons := s.missing(in, sel)
		content := newArchive(in, sel, now)
		j.work = func(end time.Time) []Reason {
			if len(reasons) > 0 {
				return reasons
			}
			content.id, content.kept = randomHex(16), end
			s.archives[content.id] = content
			j.archive = content
			return nil
		}
		return j
	})
}

// deleteAssets is DeleteAsset: it removes the apps and tasks themselves.
func (s *Simulator) deleteAssets(c *call) {
	sel, err := s.readSelection(c)
	if err != nil {
		c.fail(s.bodyFailure(err))
		return
	}
	in := c.instance
	s.startJob(c, func(time.Time) *job {
		return &job{work: func(time.Time) []Reason {
			if reasons := s.missing(in, sel); len(reasons) > 0 {
				return reasons
			}
			in.remove(sel)
			return nil
		}}
	})
}

// bodyFailure is the answer to a body that was refused or broke off.
func (s *Simulator) bodyFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return s.invalid("The request body cannot be read: %v", err)
}
