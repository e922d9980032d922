// Package csa is a client of the content archive operations of Cloud Service
// Automation (HP, HPE, Micro Focus): the Legacy API under /csa/rest, as the
// API references of CSA 4.00 to 4.90 describe it.
package csa

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Client talks to one CSA server as one integration account, on behalf of one
// person. It is safe for concurrent use.
type Client struct {
	endpoint, username string
	// authorization is the header of every request.
	authorization string

	// api answers in a moment. archives has no limit but the context: an
	// import is answered when it is done, and no document limits how long
	// that takes.
	api, archives *httpapi.Client
	redactor      *httpapi.Redactor
	// secrets are without the name of the account, which may be a word of what a
	// server tells: what it tells is data, and only in messages may that be hidden.
	secrets *httpapi.Redactor
	person  *person
}

// New makes a client and sends nothing. Its errors are *httpapi.ConfigError.
func New(config Config) (*Client, error) {
	config, err := config.resolved()
	if err != nil {
		return nil, err
	}
	basic := base64.StdEncoding.EncodeToString([]byte(config.Username + ":" + config.Password))
	c := &Client{
		endpoint:      config.Endpoint,
		username:      config.Username,
		authorization: "Basic " + basic,
		redactor:      new(httpapi.Redactor),
		secrets:       new(httpapi.Redactor),
		person:        newPerson(config),
	}
	// Both halves: whoever swaps them gives the password as the name.
	c.redactor.Add(config.Username, config.Password, basic)
	c.secrets.Add(config.Password, basic)
	c.hide(config.UserIdentifier)
	if c.api, err = c.connect(config, 0); err != nil {
		return nil, err
	}
	c.archives, err = c.connect(config, -1)
	return c, err
}

func (c *Client) connect(config Config, answerTimeout time.Duration) (*httpapi.Client, error) {
	return httpapi.New(httpapi.Options{
		ErrorWords:    errorMembers.Words,
		Settings:      config.Settings,
		BaseURL:       restURL(config.Endpoint),
		AnswerTimeout: answerTimeout,
		Redactor:      c.redactor,
	})
}

// Endpoint returns the URL of the server without /csa/rest and without a slash
// at its end, the same for all spellings of one address.
func (c *Client) Endpoint() string { return c.endpoint }

// Redact returns text on one line, with single spaces and without the secrets
// that the client knows.
func (c *Client) Redact(text string) string { return c.redactor.Clean(text) }

// hide makes a userIdentifier a secret. Ids are written in either case.
func (c *Client) hide(ids ...string) {
	for _, id := range ids {
		c.redactor.Add(id, strings.ToLower(id), strings.ToUpper(id))
		c.secrets.Add(id, strings.ToLower(id), strings.ToUpper(id))
	}
}

// call makes a request to /csa/rest/ and the segments, which are not escaped
// yet.
func (c *Client) call(method string, query url.Values, segments ...string) (*httpapi.Call, error) {
	path, err := httpapi.JoinPath(segments...)
	if err != nil {
		return nil, err
	}
	return &httpapi.Call{
		Kind:   httpapi.Lookup,
		Method: method,
		Path:   path,
		Query:  query,
		Header: http.Header{"Authorization": {c.authorization}},
	}, nil
}

// lookUp reads something small on behalf of the person; the error is
// mapped's, or one of the look-up of the person.
func (c *Client) lookUp(ctx context.Context, kind httpapi.Kind, parse func([]byte) error, segments ...string) error {
	id, err := c.person.resolve(ctx, c)
	if err != nil {
		return err
	}
	call, err := c.call(http.MethodGet, url.Values{queryPerson: {id}}, segments...)
	if err != nil {
		return err
	}
	call.Kind = kind
	call.Header.Set("Accept", mediaXML)
	err = c.api.Parse(ctx, call, func(_ http.Header, data []byte) error { return c.shown(parse(data)) })
	return c.mapped(err)
}

const (
	queryPerson = "userIdentifier"
	mediaXML    = "application/xml"
)

var _ asset.Delayer = (*httpapi.Error)(nil)
