package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fixed ids of the instances that every documentation example uses.
var instanceIDs = map[string]string{
	"dev":  "0d3e5f10-4c1a-4b7e-9a52-d0e0a1b2c3d4",
	"prod": "9c0b7a62-18f4-4d0e-b3a9-f1e2d3c4b5a6",
}

// instance is a ROMA Connect instance with what was made or imported there.
type instance struct {
	id, name string
	created  time.Time
	apps     []*appRecord
	tasks    []*taskRecord
}

type appRecord struct {
	App
	created, updated time.Time
}

type taskRecord struct {
	Task
	created, updated time.Time
}

// newInstances makes the instances in the order of their names.
func newInstances(assets *Assets) ([]*instance, error) {
	now := time.Now()
	var all []*instance
	seen := make(map[string]bool)
	for name, content := range assets.Instances {
		in := &instance{id: content.ID, name: name, created: now}
		if in.id == "" {
			in.id = instanceIDs[name]
		}
		if in.id == "" {
			in.id = uuidOf(sha256.Sum256([]byte("instance " + name)))
		}
		if seen[in.id] {
			return nil, fmt.Errorf("two instances have the id %q", in.id)
		}
		seen[in.id] = true
		if err := in.put(content.Apps, content.Tasks, now); err != nil {
			return nil, fmt.Errorf("instance %q: %w", name, err)
		}
		all = append(all, in)
	}
	slices.SortFunc(all, func(a, b *instance) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// put adds apps and tasks, or replaces those with the same id: all or none.
func (in *instance) put(apps []App, tasks []Task, now time.Time) error {
	next := &instance{apps: slices.Clone(in.apps), tasks: slices.Clone(in.tasks)}
	for _, app := range apps {
		if err := next.putApp(app, now); err != nil {
			return err
		}
	}
	for _, task := range tasks {
		if err := next.putTask(task, now); err != nil {
			return err
		}
	}
	in.apps, in.tasks = next.apps, next.tasks
	return nil
}

func (in *instance) putApp(app App, now time.Time) error {
	if app.ID == "" || app.Name == "" || app.Size < 0 {
		return fmt.Errorf("app %q (%q): an id, a name and a size of at least 0 are required", app.ID, app.Name)
	}
	if other := in.appByName(app.Name); other != nil && other.ID != app.ID {
		return fmt.Errorf("two apps have the name %q", app.Name)
	}
	record := &appRecord{App: app, created: now, updated: now}
	old := in.appByID(app.ID)
	if old == nil {
		in.apps = append(in.apps, record)
		return nil
	}
	record.created = old.created
	in.apps[slices.Index(in.apps, old)] = record
	return nil
}

func (in *instance) putTask(task Task, now time.Time) error {
	if task.ID == "" || task.Name == "" {
		return fmt.Errorf("task %q (%q): an id and a name are required", task.ID, task.Name)
	}
	if other := in.taskByName(task.Name); other != nil && other.ID != task.ID {
		return fmt.Errorf("two tasks have the name %q", task.Name)
	}
	record := &taskRecord{Task: task, created: now, updated: now}
	old := in.taskByID(task.ID)
	if old == nil {
		in.tasks = append(in.tasks, record)
		return nil
	}
	record.created = old.created
	in.tasks[slices.Index(in.tasks, old)] = record
	return nil
}

// remove takes apps and tasks away.
func (in *instance) remove(sel selection) {
	in.apps = slices.DeleteFunc(in.apps, func(a *appRecord) bool {
		return slices.Contains(sel.Apps, selected{a.ID})
	})
	in.tasks = slices.DeleteFunc(in.tasks, func(t *taskRecord) bool {
		return slices.Contains(sel.Tasks, selected{t.ID})
	})
}

func (in *instance) appByID(id string) *appRecord {
	return find(in.apps, func(a *appRecord) bool { return a.ID == id })
}

func (in *instance) appByName(name string) *appRecord {
	return find(in.apps, func(a *appRecord) bool { return a.Name == name })
}

func (in *instance) taskByID(id string) *taskRecord {
	return find(in.tasks, func(t *taskRecord) bool { return t.ID == id })
}

func (in *instance) taskByName(name string) *taskRecord {
	return find(in.tasks, func(t *taskRecord) bool { return t.Name == name })
}

// find answers the first element that fits, or nil.
func find[T any](all []*T, fits func(*T) bool) *T {
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

// uuidOf shapes a hash as a UUID.
func uuidOf(sum [sha256.Size]byte) string {
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
