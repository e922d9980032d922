package roma

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// TestIDsHoldNoSecret: ids are in states, in messages and in paths, and a server chooses them.
func TestIDsHoldNoSecret(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"ready-token", "x-ready-token", "cmVhZHktdG9rZW4"} {
		job := `{"job_id":"` + id + `","id":"` + id + `","status":"Success","archive_id":"` + id + `"}`
		for what, ask := range map[string]func(*Client) error{
			"job": func(c *Client) error {
				_, err := c.Exporter(instance, ExportOptions{Apps: []string{"a"}}).Start(t.Context())
				return err
			},
			"archive": func(c *Client) error {
				_, err := c.job(t.Context(), httpapi.Poll, instance, "j")
				return err
			},
		} {
			err := ask(newClient(t, tokenConfig(always(200, job))))
			if err == nil || !strings.Contains(err.Error(), "an unusable "+what+" id") {
				t.Errorf("%s is %q: %v", what, id, err)
			}
		}
	}
	network := listed([]string{"a"}, 10, func(_, _ int, answer map[string]any) {
		answer["apps"] = []map[string]any{{"id": "ready-token", "name": "a"}}
	})
	if apps, err := newClient(t, tokenConfig(network)).Apps(t.Context(), instance, ""); err == nil {
		t.Errorf("listed: %+v", apps)
	}
	for _, projects := range []string{`{"id":"x-ready-token","name":"cn-north-4"}`, `{"id":"p","name":"cn-north-4"},{"id":"ready-token","name":"cn-north-4"}`} {
		config := tokenConfig(always(200, `{"projects":[`+projects+`]}`))
		config.ProjectID = ""
		if id, err := newClient(t, config).ProjectID(t.Context()); err == nil || strings.Contains(err.Error(), "ready-token") {
			t.Errorf("project %q, %v", id, err)
		}
	}
}
