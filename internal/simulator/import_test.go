package simulator

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestAddNewCollides(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	file := c.archive()
	if view := c.job("prod", c.upload("", "asset.zip", file).started()).json(); view["status"] != "SUCCEEDED" {
		t.Fatalf("first import: %v", view)
	}
	view := c.job("prod", c.upload("?type=AddNew", "asset.zip", file).started()).json()
	reasons, _ := view["reason"].([]any)
	if view["status"] != "FAILED" || len(reasons) != 2 {
		t.Fatalf("second import: %v", view)
	}
	first, _ := reasons[0].(map[string]any)
	if first["resource_type"] != "application" || first["resource_name"] != "orders" || str(first["error_msg"]) == "" {
		t.Errorf("reason %v", first)
	}
	if view := c.job("prod", c.upload("?prefix=new-", "asset.zip", file).started()).json(); view["status"] != "SUCCEEDED" {
		t.Fatalf("import with a prefix: %v", view)
	}
	if names := c.appNames("prod"); !slices.Equal(names, []string{"orders", "new-orders"}) {
		t.Errorf("prod has %v", names)
	}
	apps := c.sim.State().Instances["prod"].Apps
	if apps[0].ID != ordersID || apps[1].ID == ordersID {
		t.Errorf("the id is kept where it is free, else new: %v", apps)
	}
}

func TestReasonsAreLimited(t *testing.T) {
	t.Parallel()
	var apps []App
	body := `{"apps":[`
	for i := range 15 {
		id := "app-" + strconv.Itoa(i)
		apps = append(apps, App{ID: id, Name: strings.Repeat("n", 80) + id})
		body += `{"id":"` + id + `"},`
	}
	c := newClient(t, Options{Assets: &Assets{Instances: map[string]InstanceAssets{"dev": {Apps: apps}, "prod": {Apps: apps}}}})
	view := c.job("dev", c.export(strings.TrimSuffix(body, ",")+`],"tasks":[]}`).started()).json()
	file := c.download(str(view["archive_id"])).Body.Bytes()
	reasons, _ := c.job("prod", c.upload("", "asset.zip", file).started()).json()["reason"].([]any)
	if len(reasons) != maxReasons {
		t.Fatalf("%d reasons", len(reasons))
	}
	if first, _ := reasons[0].(map[string]any); len(str(first["resource_name"])) != maxReasonText {
		t.Errorf("reason %v", first)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	if err := c.sim.Put("prod", []App{{ID: "own", Name: "orders", Remark: "old"}}, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		id := c.upload("?type=Merge&datasource_overwrite=true", "asset.zip", c.archive()).started()
		if view := c.job("prod", id).json(); view["status"] != "SUCCEEDED" {
			t.Fatalf("import: %v", view)
		}
	}
	state := c.sim.State().Instances["prod"]
	if len(state.Apps) != 1 || state.Apps[0].ID != "own" || state.Apps[0].Remark == "old" || len(state.Tasks) != 1 {
		t.Errorf("prod holds %v", state)
	}
	if entry := last(c.sim); entry.Kind != kindJob || entry.JobID == "" {
		t.Errorf("logged %+v", entry)
	}
}

func TestImportRules(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	file := c.packed()
	for name, tc := range map[string]struct {
		query, fileName string
		file            []byte
		code, text      string
	}{
		"not .zip":            {"", "asset.tar", file, "ROMA.10013", "Only .zip"},
		"no extension":        {"", "zip", file, "ROMA.10013", "Only .zip"},
		"starts with a dash":  {"", "-asset.zip", file, "ROMA.10013", "Only .zip"},
		"two dots":            {"", "a.b.zip", file, "ROMA.10013", "Only .zip"},
		"a space":             {"", "my asset.zip", file, "ROMA.10013", "Only .zip"},
		"a directory":         {"", "dir/asset.zip", file, "ROMA.10013", "Only .zip"},
		"unknown type":        {"?type=Overwrite", "asset.zip", file, "ROMA.13000", "type"},
		"empty type":          {"?type=", "asset.zip", file, "ROMA.13000", "type"},
		"overwrite maybe":     {"?datasource_overwrite=TRUE", "asset.zip", file, "ROMA.13000", "datasource_overwrite"},
		"prefix with a slash": {"?prefix=a%2Fb", "asset.zip", file, "ROMA.13000", "prefix"},
		"no zip":              {"", "asset.zip", []byte("<html>"), "ROMA.10011", "decompress"},
		"a truncated zip":     {"", "asset.zip", file[:len(file)-30], "ROMA.10011", "decompress"},
		"an empty file":       {"", "asset.zip", nil, "ROMA.10011", "decompress"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim, token: c.token}
			c.upload(tc.query, tc.fileName, tc.file).refused(http.StatusBadRequest, tc.code, tc.text)
		})
	}
	for _, good := range []string{"a.zip", "9+x_y-z.zip"} {
		c.job("prod", c.upload("?type=Merge", good, file).started()).wants(http.StatusOK)
	}
}

func TestImportForm(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	file := c.packed()
	send := func(parts ...any) answer {
		var body bytes.Buffer
		contentType := form(t, &body, parts...)
		r := c.request(http.MethodPost, path("prod", "/assets/import"), contentType, body.String())
		r.ContentLength = -1
		return c.send(r)
	}
	send("file", "asset.zip", file).refused(http.StatusBadRequest, "ROMA.13000", importPart)
	send(importPart, "asset.zip", file, importPart, "asset.zip", file).refused(http.StatusBadRequest, "ROMA.13000", "one part")
	send().refused(http.StatusBadRequest, "ROMA.13001", "no part")
	r := c.request(http.MethodPost, path("prod", "/assets/import"), "application/zip", string(file))
	c.send(r).refused(http.StatusBadRequest, "ROMA.13000", "multipart")
	r = c.request(http.MethodPost, path("prod", "/assets/import"), "multipart/form-data; boundary=x", "")
	c.send(r).refused(http.StatusBadRequest, "ROMA.13001", "missing")

	send(importPart, "asset.zip", file).started()
	upload := last(c.sim).Upload
	if upload == nil || upload.ContentLength != -1 || upload.Size != int64(len(file)) || upload.PartName != importPart || upload.FileName != "asset.zip" {
		t.Errorf("logged upload %+v", upload)
	}
}

// TestForeignZip imports zips that are no packages: the job fails.
func TestForeignZip(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]map[string]string{
		"no manifest":      {"readme.txt": "hello"},
		"bad manifest":     {manifestName: "{"},
		"another version":  {manifestName: `{"version":"2.0"}`},
		"missing app":      {manifestName: `{"version":"1.0","apps":["a"]}`},
		"app without name": {manifestName: `{"version":"1.0","apps":["a"]}`, "apps/a.json": `{"id":"a"}`},
		"names twice":      {manifestName: `{"version":"1.0","apps":["a","b"]}`, "apps/a.json": `{"id":"a","name":"n"}`, "apps/b.json": `{"id":"b","name":"n"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var buf bytes.Buffer
			zw := zip.NewWriter(&buf)
			for entry, text := range content {
				w, err := zw.Create(entry)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(w, text); err != nil {
					t.Fatal(err)
				}
			}
			if err := zw.Close(); err != nil {
				t.Fatal(err)
			}
			c := newClient(t, Options{})
			view := c.job("prod", c.upload("", "asset.zip", buf.Bytes()).started()).json()
			if reasons, _ := view["reason"].([]any); view["status"] != "FAILED" || len(reasons) != 1 {
				t.Errorf("import: %v", view)
			}
			if names := c.appNames("prod"); len(names) != 0 {
				t.Errorf("prod has %v", names)
			}
		})
	}
}

// TestLargeUpload goes through a temporary file, which is removed.
func TestLargeUpload(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	// Windows reads that.
	t.Setenv("TMP", dir)
	c := newClient(t, Options{})
	if err := c.sim.Put("dev", []App{{ID: ordersID, Name: "orders", Size: 3 << 20}}, nil); err != nil {
		t.Fatal(err)
	}
	if view := c.job("prod", c.upload("", "asset.zip", c.archive()).started()).json(); view["status"] != "SUCCEEDED" {
		t.Errorf("import: %v", view)
	}
	if left := listDir(t, dir); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func listDir(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return left
}
