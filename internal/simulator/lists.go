package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultPage and maxPage are those of the instance list; the ones of the
	// application list are not documented and taken to be the same.
	defaultPage = 10
	maxPage     = 100
	// maxTasks is the largest page of tasks: a larger limit counts as this
	// (ListTasks, SDK text).
	maxTasks = 999
)

// page is the part of a list that a request asks for.
type page struct {
	offset, limit int
}

// readPage reads offset and limit. A limit above the largest is cut to it.
func readPage(r *http.Request, largest int) (page, bool) {
	p := page{limit: defaultPage}
	query := r.URL.Query()
	for name, into := range map[string]*int{"offset": &p.offset, "limit": &p.limit} {
		if !query.Has(name) {
			continue
		}
		n, err := strconv.Atoi(query.Get(name))
		if err != nil {
			return p, false
		}
		*into = n
	}
	p.limit = min(p.limit, largest)
	return p, p.limit > 0
}

// of cuts the page out of a list.
func (p page) of(all []any) []any {
	from := min(p.offset, len(all))
	return all[from:min(from+p.limit, len(all))]
}

// listApps is ListRomaApp: the apps that the caller may see.
func (s *Simulator) listApps(c *call) {
	p, ok := readPage(c.r, maxPage)
	if !ok || p.offset < 0 {
		c.fail(s.invalid("offset must be at least 0 and limit above 0"))
		return
	}
	name := c.r.URL.Query().Get("name")
	all := []any{}
	s.locked(func() {
		for _, app := range c.instance.apps {
			if !app.Forbidden && fuzzy(app.Name, name) {
				all = append(all, viewApp(app))
			}
		}
	})
	part := p.of(all)
	c.json(http.StatusOK, map[string]any{"total": len(all), "size": len(part), "apps": part})
}

func viewApp(app *appRecord) map[string]any {
	user := map[string]any{"user_id": userID, "user_name": userName}
	return map[string]any{
		"id": app.ID, "name": app.Name, "remark": app.Remark, "key": app.ID, "owner": true, "favorite": false,
		"roles":        []string{"read", "modify", "delete", "access", "admin"},
		"create_time":  app.created.UTC().Format(time.RFC3339),
		"update_time":  app.updated.UTC().Format(time.RFC3339),
		"created_user": user, "last_updated_user": user,
	}
}

// listTasks is ListTasks of the data integration service. A negative offset
// counts as 0.
func (s *Simulator) listTasks(c *call) {
	p, ok := readPage(c.r, maxTasks)
	if !ok {
		c.fail(&failure{status: http.StatusBadRequest, code: fdiInvalid, message: "Invalid parameter offset or limit"})
		return
	}
	p.offset = max(p.offset, 0)
	name := c.r.URL.Query().Get("name")
	all := []any{}
	s.locked(func() {
		for _, task := range c.instance.tasks {
			if fuzzy(task.Name, name) {
				all = append(all, viewTask(task, c.instance.id))
			}
		}
	})
	part := p.of(all)
	c.json(http.StatusOK, map[string]any{"total": len(all), "size": len(part), "entities": part})
}

func viewTask(task *taskRecord, instanceID string) map[string]any {
	kind := task.Type
	if kind == "" {
		kind = "timing"
	}
	return map[string]any{
		"task_id": task.ID, "task_name": task.Name, "task_type": kind, "status": 0, "version": 1,
		"created_date":       task.created.UnixMilli(),
		"last_modified_time": task.updated.UnixMilli(),
		"execute_status":     "UNSTARTED",
		"source_instance_id": instanceID, "target_instance_id": instanceID,
		"source_app_id": "", "target_app_id": "", "task_tag": "",
	}
}

// fuzzy is the documented match of names: a part of it will do.
func fuzzy(name, part string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(part))
}

// listInstances is CheckRomaInstanceListV2.
func (s *Simulator) listInstances(c *call) {
	p, ok := readPage(c.r, maxPage)
	if !ok || p.offset < 0 {
		c.fail(s.invalid("offset must be at least 0 and limit above 0"))
		return
	}
	all := []any{}
	s.locked(func() {
		for _, in := range s.instances {
			created := in.created.UTC().Format(time.RFC3339)
			all = append(all, map[string]any{
				"id": in.id, "name": in.name, "description": "simulated", "status": "RUNNING",
				"project_id": projectID, "charge_type": "postPaid", "enterprise_project_id": "0",
				"create_time": created, "update_time": created,
			})
		}
	})
	part := p.of(all)
	c.json(http.StatusOK, map[string]any{"total": len(all), "size": len(part), "instances": part})
}
