package roma

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	appsLine  = "GET /v2/" + projectOne + "/instances/" + instance + "/apps"
	tasksLine = "GET /v2/" + projectOne + "/fdi/instances/" + instance + "/tasks"
)

// listed serves a list of applications whose pages have at most cut items.
// page may change what a request is answered.
func listed(names []string, cut int, page func(request, offset int, answer map[string]any)) *fakeNetwork {
	count := 0
	return &fakeNetwork{answer: func(r *http.Request, _ string) (int, string, http.Header) {
		count++
		query := r.URL.Query()
		offset, _ := strconv.Atoi(query.Get("offset"))
		limit, _ := strconv.Atoi(query.Get("limit"))
		items := []map[string]any{}
		for i := offset; i < len(names) && i < offset+min(limit, cut); i++ {
			items = append(items, map[string]any{"id": fmt.Sprintf("id-%d", i), "name": names[i]})
		}
		answer := map[string]any{"total": len(names), "size": len(items), "apps": items}
		if page != nil {
			page(count, offset, answer)
		}
		// Maps of strings and numbers always marshal.
		text, _ := json.Marshal(answer)
		return 200, string(text), nil
	}}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("app %05d", n-i)
	}
	return names
}

func TestApps(t *testing.T) {
	t.Parallel()
	network := always(200, `{"total":3,"size":3,"apps":[
		{"id":"b","name":"same","remark":"Größe","owner":true,"create_time":"2019-12-06T06:49:04Z","update_time":"soon"},
		{"id":"c","name":"another","remark":null,"owner":false,"create_time":1575614944000},
		{"id":"a","name":"same"}]}`)
	apps, err := newClient(t, tokenConfig(network)).Apps(t.Context(), instance, "")
	at := time.Date(2019, 12, 6, 6, 49, 4, 0, time.UTC)
	want := []App{
		{ID: "c", Name: "another", Created: at},
		{ID: "a", Name: "same"},
		{ID: "b", Name: "same", Remark: "Größe", Owner: true, Created: at},
	}
	if err != nil || !slices.Equal(apps, want) {
		t.Errorf("%+v, %v", apps, err)
	}
	if lines := network.lines(); len(lines) != 1 || lines[0] != appsLine || network.requests[0].URL.RawQuery != "limit=100&offset=0" {
		t.Errorf("requests %v", lines)
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	network := always(200, `{"total":2,"entities":[
		{"task_id":"t2","task_name":"b","task_type":"realtime","created_date":1575614944000,"last_modified_time":1575614944000},
		{"task_id":"t1","task_name":"a","task_type":"timing","created_date":{}}]}`)
	tasks, err := newClient(t, tokenConfig(network)).Tasks(t.Context(), instance, "")
	at := time.Date(2019, 12, 6, 6, 49, 4, 0, time.UTC)
	want := []Task{{ID: "t1", Name: "a", Type: "timing"}, {ID: "t2", Name: "b", Type: "realtime", Created: at, Updated: at}}
	if err != nil || !slices.Equal(tasks, want) {
		t.Errorf("%+v, %v", tasks, err)
	}
	if lines := network.lines(); len(lines) != 1 || lines[0] != tasksLine || network.requests[0].URL.RawQuery != "limit=500&offset=0" {
		t.Errorf("requests %v", lines)
	}
}

// TestListByName: the server's match is a part of the name in any case, and
// its wild cards.
func TestListByName(t *testing.T) {
	t.Parallel()
	names := []string{"orders", "Orders", "orders archive", "100%_sure", `say "hi"`, "Überwachung", "überwachung", `a\b`, "ab", "orders"}
	for name, want := range map[string]int{
		"orders": 2, "Orders": 1, "order": 0, "100%_sure": 1, `say "hi"`: 1, "Überwachung": 1, `a\b`: 1, "%": 0, "_": 0, " orders": 0,
	} {
		network := listed(names, 100, nil)
		apps, err := newClient(t, keyConfig(network)).Apps(t.Context(), instance, name)
		if err != nil || len(apps) != want {
			t.Errorf("%s: %v, %v", name, apps, err)
		}
		sent := network.requests[0].URL.Query()
		if filter := sent.Get("name"); filter != name && name != `a\b` || name == `a\b` && sent.Has("name") {
			t.Errorf("%s: asked for %q", name, filter)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	noTotal := func(_, _ int, answer map[string]any) { delete(answer, "total") }
	for name, row := range map[string]struct {
		items, cut, requests int
		page                 func(request, offset int, answer map[string]any)
	}{
		"none":                      {0, 100, 1, nil},
		"null":                      {0, 100, 1, func(_, _ int, answer map[string]any) { answer["apps"] = nil }},
		"one page, full":            {100, 100, 1, nil},
		"one more":                  {101, 100, 2, nil},
		"ten thousand":              {10_000, 100, 100, nil},
		"the server cuts the limit": {25, 10, 3, nil},
		"no total":                  {250, 100, 4, noTotal},
		"no total, nothing":         {0, 100, 1, noTotal},
		"a total that cannot be":    {250, 100, 4, func(_, _ int, answer map[string]any) { answer["total"] = 0 }},
		"a total as text":           {250, 100, 3, func(_, _ int, answer map[string]any) { answer["total"] = "250" }},
		"it grew while the list was read": {150, 100, 4, func(request, _ int, answer map[string]any) {
			if request == 1 {
				answer["total"] = 149
			}
		}},
		"an empty page, once": {150, 100, 4, func(request, _ int, answer map[string]any) {
			if request == 2 {
				answer["apps"] = []any{}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := listed(numbered(row.items), row.cut, row.page)
			apps, err := newClient(t, tokenConfig(network)).Apps(t.Context(), instance, "")
			if err != nil || len(apps) != row.items || network.count(appsLine) != row.requests {
				t.Errorf("%d of %d apps with %d requests, %v", len(apps), row.items, network.count(appsLine), err)
			}
			if !slices.IsSortedFunc(apps, func(a, b App) int { return strings.Compare(a.Name, b.Name) }) {
				t.Error("not in the order of the names")
			}
		})
	}
}

// TestBrokenLists: a part of a list must not pass for the whole, and no server
// may keep the reading going for ever.
func TestBrokenLists(t *testing.T) {
	t.Parallel()
	endless := func(_, offset int, answer map[string]any) {
		items := []any{}
		for i := range 1000 {
			items = append(items, map[string]any{"id": fmt.Sprintf("id-%d", offset+i), "name": "x"})
		}
		answer["apps"], answer["total"] = items, nil
	}
	for name, row := range map[string]struct {
		page     func(request, offset int, answer map[string]any)
		want     error
		requests int
	}{
		"the same page again and again": {func(_, _ int, answer map[string]any) {
			answer["apps"] = []any{map[string]any{"id": "a", "name": "a"}}
		}, ErrListRepeats, 2},
		"the same page, no total": {func(_, _ int, answer map[string]any) {
			answer["apps"] = []any{map[string]any{"id": "a", "name": "a"}}
			delete(answer, "total")
		}, ErrListRepeats, 2},
		"always another total": {func(request, _ int, answer map[string]any) { answer["total"] = 1000 + request }, ErrListUnsteady, 6},
		"an empty page":        {func(_, _ int, answer map[string]any) { answer["apps"] = []any{} }, ErrListUnsteady, 3},
		"no end":               {endless, ErrListTooLong, 101},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := listed(numbered(250), 100, row.page)
			apps, err := newClient(t, tokenConfig(network)).Apps(t.Context(), instance, "")
			if !errors.Is(err, row.want) || apps != nil || network.count(appsLine) != row.requests {
				t.Errorf("%d apps with %d requests, %v", len(apps), network.count(appsLine), err)
			}
		})
	}
}

func TestUnusableLists(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`[]`, `{}`, `{"total":1}`, `{"apps":{}}`, `{"apps":[{"name":"no id"}]}`, `{"apps":[{"id":"../a","name":"a"}]}`,
		`{"apps":[{"id":7,"name":"a"}]}`, `{"apps":[{"id":"a","name":{}}]}`, `{"apps":[null]}`, `<html><title>Log in</title></html>`,
	} {
		_, err := newClient(t, tokenConfig(always(200, body))).Apps(t.Context(), instance, "")
		if _, ok := errors.AsType[*httpapi.AnswerError](err); !ok {
			t.Errorf("%s: %v", body, err)
		}
	}
	_, err := newClient(t, tokenConfig(always(401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}`))).Tasks(t.Context(), instance, "")
	if !errors.Is(err, asset.ErrDenied) {
		t.Error(err)
	}
}

// TestNoTasks tells an instance without data integration, or a user without
// a right to it, from requests that went wrong.
func TestNoTasks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		status  int
		code    string
		noTasks bool
	}{
		{403, "FDI.0403", true},
		{404, "", true},
		{400, "ROMA.1006", true},
		{400, "ROMA.00012000", true},
		{400, "ROMA.12002", true},
		{400, "ROMA.13000", false},
		{400, "FDI.3002", false},
		{401, "APIGW.0301", false},
		{500, "", false},
	} {
		network := always(row.status, `{"error_code":"`+row.code+`","error_msg":"m"}`)
		_, err := newClient(t, tokenConfig(network)).Tasks(t.Context(), instance, "")
		if answer, ok := errors.AsType[*httpapi.Error](err); !ok || answer.Status != row.status || errors.Is(err, ErrNoTasks) != row.noTasks {
			t.Errorf("%d %s: %v", row.status, row.code, err)
		}
	}
	// What the login was refused says nothing of tasks.
	_, err := newClient(t, loginConfig(always(403, `{"error_code":"ROMA.1006","error_msg":"m"}`))).Tasks(t.Context(), instance, "")
	if err == nil || errors.Is(err, ErrNoTasks) {
		t.Error(err)
	}
}

// TestListTime: a server that crawls does not hold a plan for ever.
func TestListTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := listed(numbered(100_000), 1, func(int, int, map[string]any) { time.Sleep(10 * time.Second) })
		_, err := newClient(t, tokenConfig(network)).Apps(t.Context(), instance, "")
		if broken, ok := errors.AsType[*ListError](err); !ok || !errors.Is(err, ErrListTime) || broken.Total != 100_000 {
			t.Error(err)
		}
	})
}

// TestListHidesSecrets: a name is what it is, but for secrets that a server
// might have put there.
func TestListHidesSecrets(t *testing.T) {
	t.Parallel()
	const odd = "a?b=c  two spaces"
	network := always(200, `{"total":2,"apps":[{"id":"a","name":"`+odd+`"},{"id":"b","name":"x `+secretKey+`","remark":"`+secretKey+`"}]}`)
	apps, err := newClient(t, keyConfig(network)).Apps(t.Context(), instance, "")
	if err != nil || len(apps) != 2 || apps[0].Name != odd || strings.Contains(apps[1].Name+apps[1].Remark, secretKey) {
		t.Errorf("%+v, %v", apps, err)
	}
}

// TestJobLookup: what a person asks for once is asked again when the server is
// unwell.
func TestJobLookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []int{503, 200}
		network := &fakeNetwork{answer: func(*http.Request, string) (int, string, http.Header) {
			status := answers[0]
			answers = answers[1:]
			return status, runningJob, nil
		}}
		config := tokenConfig(network)
		config.MaxRetries = 1
		job, err := newClient(t, config).Job(t.Context(), instance, jobID)
		if err != nil || job.ID != jobID || job.Status != asset.Running || job.Progress != 0.35 {
			t.Errorf("%+v, %v", job, err)
		}
	})
}

func FuzzListPage(f *testing.F) {
	for _, seed := range []string{
		`{"total":2,"size":2,"apps":[{"id":"a","name":"n","remark":null,"owner":true,"create_time":"2019-12-06T06:49:04Z"},{"id":"b","name":"Ü"}]}`,
		`{"total":1,"entities":[{"task_id":"t","task_name":"n","task_type":"timing","created_date":1575614944000,"last_modified_time":1e300}]}`,
		`{"total":"1","apps":null,"entities":[]}`, `{"total":-1,"apps":[{}]}`, `{"total":1e99,"apps":[{"id":"a"}]}`, `[]`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		apps, total, err := appList.parsePage(data)
		checkPage(t, len(apps), total, err)
		for _, app := range apps {
			if checkID("", app.ID) != nil {
				t.Fatalf("id %q", app.ID)
			}
		}
		tasks, total, err := taskList.parsePage(data)
		checkPage(t, len(tasks), total, err)
		for _, task := range tasks {
			if checkID("", task.ID) != nil || task.Created.Year() > 9999 {
				t.Fatalf("%+v", task)
			}
		}
	})
}

func checkPage(t *testing.T, items, total int, err error) {
	t.Helper()
	if total < -1 || err != nil && (items != 0 || total != 0) {
		t.Fatalf("%d items, total %d, %v", items, total, err)
	}
}
