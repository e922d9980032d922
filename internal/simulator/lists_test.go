package simulator

import (
	"net/http"
	"strconv"
	"testing"
)

func TestLists(t *testing.T) {
	t.Parallel()
	var content InstanceAssets
	for i := range 1005 {
		n := strconv.Itoa(i)
		if i < 120 {
			content.Apps = append(content.Apps, App{ID: "a" + n, Name: "App " + n})
		}
		content.Tasks = append(content.Tasks, Task{ID: "t" + n, Name: "Task " + n})
	}
	c := newClient(t, Options{Assets: &Assets{Instances: map[string]InstanceAssets{"dev": content, "prod": {}}}})
	apps := path("dev", "/apps")
	tasks := "/v2/" + projectID + "/fdi/instances/" + instanceIDs["dev"] + "/tasks"
	instances := "/v2/" + projectID + "/instances"
	for _, tc := range []struct {
		path, key   string
		total, size float64
	}{
		{apps, "apps", 120, 10},
		{apps + "?limit=1000", "apps", 120, 100},
		{apps + "?limit=100&offset=100", "apps", 120, 20},
		{apps + "?offset=500", "apps", 120, 0},
		{apps + "?name=aPP%2011", "apps", 11, 10},
		{apps + "?name=none", "apps", 0, 0},
		{tasks, "entities", 1005, 10},
		{tasks + "?limit=1000", "entities", 1005, 999},
		{tasks + "?limit=1000&offset=999", "entities", 1005, 6},
		{tasks + "?offset=-5&limit=5", "entities", 1005, 5},
		{tasks + "?name=ask%20100", "entities", 6, 6},
		{instances, "instances", 2, 2},
		{instances + "?limit=1", "instances", 2, 1},
	} {
		got := c.get(tc.path)
		got.wants(http.StatusOK)
		body := got.json()
		list, ok := body[tc.key].([]any)
		if !ok || body["total"] != tc.total || body["size"] != tc.size || float64(len(list)) != tc.size {
			t.Errorf("%s: total %v, size %v, %d in the list", tc.path, body["total"], body["size"], len(list))
		}
	}
	c.get(apps+"?limit=x").refused(http.StatusBadRequest, "ROMA.13000", "limit")
	c.get(apps+"?offset=-1").refused(http.StatusBadRequest, "ROMA.13000", "offset")
	c.get(tasks+"?limit=0").refused(http.StatusBadRequest, "FDI.3002", "limit")
	c.get(instances+"?limit=0").refused(http.StatusBadRequest, "ROMA.13000", "limit")
}
