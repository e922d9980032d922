// Package roma is a client of the asset operations of Huawei Cloud ROMA
// Connect (ROMA Connect API reference 2025-10, "Asset Management") and of
// what they need from IAM.
package roma

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Client talks to ROMA Connect in one project as one user. It is safe for
// concurrent use.
type Client struct {
	endpoint, authURL string

	api      *httpapi.Client
	redactor *httpapi.Redactor
	cred     credentials
	project  *project
	iam      *identity

	// stores are the key pairs that tokens were exchanged for, by what they reach.
	stores storePairs
}

// New makes a client and sends nothing. Its errors are *httpapi.ConfigError.
func New(config Config) (*Client, error) {
	config, err := config.resolved()
	if err != nil {
		return nil, err
	}
	c := &Client{endpoint: config.Endpoint, authURL: config.AuthURL, redactor: new(httpapi.Redactor)}
	if Base(config.Credentials) == nil {
		return nil, &httpapi.ConfigError{Field: "credentials", Problem: "are missing"}
	}
	c.redactor.Add(config.Credentials.Secrets()...)
	c.redactor.Add(config.Credentials.Names()...)
	if c.api, err = c.connect(config, config.Endpoint); err != nil {
		return nil, err
	}
	iam := &identity{redactor: c.redactor}
	c.iam = iam
	if config.AuthURL != "" {
		if iam.api, err = c.connect(config, config.AuthURL); err != nil {
			return nil, err
		}
	}
	if c.cred, err = config.Credentials.grants(config, iam, false); err != nil {
		return nil, err
	}
	c.project, err = newProject(config, iam, c.cred)
	return c, err
}

func (c *Client) connect(config Config, base string) (*httpapi.Client, error) {
	return httpapi.New(httpapi.Options{
		ErrorWords: errorMembers.Words,
		Settings:   config.Settings,
		BaseURL:    base,
		Redactor:   c.redactor,
		Transport:  config.transport,
	})
}

// Endpoint returns the URL of ROMA Connect, without a slash at its end.
func (c *Client) Endpoint() string { return c.endpoint }

// AuthURL returns the URL of IAM without /v3, or "" if there is none.
func (c *Client) AuthURL() string { return c.authURL }

// KeyPair says whether requests are signed with a key pair, so that
// SignedBodyLimit holds.
func (c *Client) KeyPair() bool { return signs(c.cred) }

// Redact returns text without the secrets that the client knows.
func (c *Client) Redact(text string) string { return c.redactor.Clean(text) }

// ProjectID returns the project, which may take a request to IAM. The error
// is one of IAM's, or a *ProjectError.
func (c *Client) ProjectID(ctx context.Context) (string, error) { return c.project.resolve(ctx) }

// request is a request to an instance before project and credentials.
type request struct {
	kind   httpapi.Kind
	method string
	// service stands before "instances" in the path; "" for ROMA Connect
	// itself.
	service string
	// segments follow /v2/{project_id}/instances/{instance_id}/ unescaped.
	segments []string
	query    url.Values
	// json is the body, unless body is set.
	json        []byte
	body        func() (io.ReadCloser, error)
	length      int64
	contentType string
}

// do sends a request to an instance and returns an answer with a 2xx status.
func (c *Client) do(ctx context.Context, instanceID string, req request) (*httpapi.Answer, error) {
	var answer *httpapi.Answer
	err := c.authorized(ctx, instanceID, req, func(call *httpapi.Call) (err error) {
		answer, err = c.api.Do(ctx, call)
		return err
	})
	return answer, err
}

// json sends a request to an instance and hands the answer to parse.
func (c *Client) json(ctx context.Context, instanceID string, req request, parse func(http.Header, []byte) error) error {
	return c.authorized(ctx, instanceID, req, func(call *httpapi.Call) error {
		return c.api.Parse(ctx, call, parse)
	})
}

func (c *Client) authorized(ctx context.Context, instanceID string, req request, send func(*httpapi.Call) error) error {
	projectID, err := c.project.resolve(ctx)
	if err != nil {
		return &beforeError{err}
	}
	call, err := req.call(projectID, instanceID)
	if err != nil {
		return &beforeError{err}
	}
	return authorize(ctx, c.cred, call, req.payload(), send)
}

func (req request) call(projectID, instanceID string) (*httpapi.Call, error) {
	start := []string{"v2", projectID}
	if req.service != "" {
		start = append(start, req.service)
	}
	path, err := httpapi.JoinPath(slices.Concat(start, []string{"instances", instanceID}, req.segments)...)
	if err != nil {
		return nil, err
	}
	call := &httpapi.Call{
		Kind:   req.kind,
		Method: req.method,
		Path:   path,
		Query:  req.query,
		Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}, "X-Project-Id": {projectID}},
	}
	switch {
	case req.body != nil:
		call.Header.Set("Content-Type", req.contentType)
		call.Body, call.Length = req.body, req.length
	case req.json != nil:
		call.SetBytes(req.json)
	}
	return call, nil
}

// payload is what the signature says of the body.
func (req request) payload() string {
	if req.body != nil {
		return unsignedPayload
	}
	return hexSHA256(req.json)
}

// beforeError is a failure before the request itself was sent: the login, the
// look-up of the project, an unusable id.
type beforeError struct{ error }

func (e *beforeError) Unwrap() error { return e.error }

func before(err error) bool {
	_, ok := errors.AsType[*beforeError](err)
	return ok
}

var _ asset.Delayer = (*httpapi.Error)(nil)
