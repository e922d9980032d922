package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// client asks a simulator for what is not measured: a token, and archives.
type client struct {
	info  simulator.ROMAInfo
	token string
}

// login gets a token by password.
func login(ctx context.Context, server *simulator.Server) (*client, error) {
	c := &client{info: server.Info.ROMA}
	body := fmt.Sprintf(`{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": %q, "password": %q, "domain": {"name": %q}}}},
		"scope": {"project": {"name": %q}}}}`, c.info.UserName, c.info.Password, c.info.DomainName, c.info.Region)
	resp, err := c.do(ctx, http.MethodPost, c.info.AuthURL+"/auth/tokens", body)
	if err != nil {
		return nil, err
	}
	c.token = resp.Header.Get("X-Subject-Token")
	return c, resp.Body.Close()
}

// assets is the address of an operation on assets of an instance.
func (c *client) assets(instance, operation string) string {
	return fmt.Sprintf("%s/v2/%s/instances/%s/assets/%s", c.info.Endpoint, c.info.ProjectID, c.info.Instances[instance], operation)
}

// do sends a request; an answer other than 2xx is an error.
func (c *client) do(ctx context.Context, method, url, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("X-Auth-Token", c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return nil, errors.Join(fmt.Errorf("%s %s: %s: %s", method, req.URL.Path, resp.Status, text), resp.Body.Close())
	}
	return resp, nil
}

func (c *client) ask(ctx context.Context, method, url, body string, into any) error {
	resp, err := c.do(ctx, method, url, body)
	if err != nil {
		return err
	}
	return errors.Join(json.NewDecoder(resp.Body).Decode(into), resp.Body.Close())
}

// export exports an app of dev and returns the address of the archive.
func (c *client) export(ctx context.Context, app string) (string, error) {
	var started struct {
		JobID string `json:"job_id"`
	}
	body := fmt.Sprintf(`{"apps": [{"id": %q}], "tasks": []}`, app)
	if err := c.ask(ctx, http.MethodPost, c.assets("dev", "export"), body, &started); err != nil {
		return "", err
	}
	job, err := c.wait(ctx, "dev", started.JobID)
	return c.assets("dev", "archives/"+job), err
}

// wait waits for a job's end and returns the id of its archive.
func (c *client) wait(ctx context.Context, instance, id string) (string, error) {
	for {
		var job struct {
			Status    string `json:"status"`
			ArchiveID string `json:"archive_id"`
		}
		if err := c.ask(ctx, http.MethodGet, c.assets(instance, "jobs/"+id), "", &job); err != nil {
			return "", err
		}
		switch job.Status {
		case "RUNNING":
		case "SUCCEEDED":
			return job.ArchiveID, nil
		default:
			return "", fmt.Errorf("the job is %s", job.Status)
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// download writes an archive to a file.
func (c *client) download(ctx context.Context, archive, path string) error {
	resp, err := c.do(ctx, http.MethodGet, archive, "")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(err, resp.Body.Close())
	}
	_, err = io.Copy(file, resp.Body)
	return errors.Join(err, file.Close(), resp.Body.Close())
}
