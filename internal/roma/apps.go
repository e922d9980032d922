package roma

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// App is an integration application (ListRomaApp, ROMA Connect API reference
// 2025-10).
type App struct {
	ID, Name, Remark string
	// Owner: the caller made the application; others were shared with the
	// caller.
	Owner bool
	// Created and Updated are zero where the server gives none.
	Created, Updated time.Time
}

// Apps lists the applications of an instance that the caller may access, by
// name and then by id. If name is not "", only those of exactly this name. The
// error is a *ListError, wraps asset.ErrDenied, or is what httpapi says of a
// bad answer.
func (c *Client) Apps(ctx context.Context, instanceID, name string) ([]App, error) {
	return readList(ctx, c, instanceID, name, appList)
}

// appsPage is the largest page of the list of instances of the same service;
// that of the list of applications is not documented.
const appsPage = 100

var appList = listForm[App]{
	what: "applications", segment: "apps", items: "apps", page: appsPage,
	parse: func(p *parser) App {
		return App{
			ID: p.text("id"), Name: p.text("name"), Remark: loose(p.object["remark"]), Owner: string(p.object["owner"]) == "true",
			Created: p.looseTime("create_time"), Updated: p.looseTime("update_time"),
		}
	},
	id:   func(a *App) string { return a.ID },
	name: func(a *App) string { return a.Name },
	hide: func(a *App, hide func(string) string) { a.Name, a.Remark = hide(a.Name), hide(a.Remark) },
}

// Task is a data integration task (ListTasks, ROMA Connect API reference
// 2025-10).
type Task struct {
	ID, Name string
	// Type is the server's word: "timing" or "realtime".
	Type string
	// Created and Updated are zero where the server gives none.
	Created, Updated time.Time
}

// ErrNoTasks means that tasks were refused, and not the credentials or the
// request: they belong to the data integration service, which not every
// instance has and not every user may use.
var ErrNoTasks = errors.New("no access to data integration")

// Tasks lists the data integration tasks of an instance, by name and then by
// id. If name is not "", only those of exactly this name. The error is
// ErrNoTasks, or one of those of Apps.
func (c *Client) Tasks(ctx context.Context, instanceID, name string) ([]Task, error) {
	tasks, err := readList(ctx, c, instanceID, name, taskList)
	if noDataIntegration(err) {
		return nil, &kindError{ErrNoTasks, err}
	}
	return tasks, err
}

// noDataIntegration knows the statuses, and the codes, which the page of the
// error codes lists with status 400.
func noDataIntegration(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || before(err) || errors.Is(err, asset.ErrDenied) {
		return false
	}
	return answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound ||
		codeOf(answer).is(codeNoPermission, codeNotAuthorized, codeNoFeature)
}

// tasksPage is below the documented limit (999 or 1000), so that a page fits
// into an answer of 1 MiB if no task needs more than 2 KiB.
const tasksPage = 500

var taskList = listForm[Task]{
	what: "tasks", service: "fdi", segment: "tasks", items: "entities", page: tasksPage,
	parse: func(p *parser) Task {
		return Task{
			ID: cmp.Or(p.text("task_id"), p.text("id")), Name: cmp.Or(p.text("task_name"), p.text("name")), Type: loose(p.object["task_type"]),
			Created: p.looseTime("created_date"), Updated: p.looseTime("last_modified_time"),
		}
	},
	id:   func(t *Task) string { return t.ID },
	name: func(t *Task) string { return t.Name },
	hide: func(t *Task, hide func(string) string) { t.Name, t.Type = hide(t.Name), hide(t.Type) },
}

// looseTime is time for a field that nothing depends on: another form than
// expected gives no time.
func (p *parser) looseTime(name string) time.Time {
	inner := parser{object: map[string]json.RawMessage{name: p.object[name]}}
	return inner.time(name)
}

// sorted is by name and then by id, whatever the order of the server.
func (f listForm[T]) sorted(all []T) []T {
	slices.SortFunc(all, func(a, b T) int {
		return cmp.Or(strings.Compare(f.name(&a), f.name(&b)), strings.Compare(f.id(&a), f.id(&b)))
	})
	return all
}
