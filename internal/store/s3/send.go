package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

const (
	unsignedPayload = "UNSIGNED-PAYLOAD"
	service         = "s3"
)

// request is a request for one object.
type request struct {
	kind    httpapi.Kind
	method  string
	address store.Address
	query   url.Values
	header  http.Header
	// body is nil for none.
	body *source
	// onlyIfAbsent and ifMatch are the conditions, by which 409 and 412 are read.
	onlyIfAbsent, ifMatch bool
	// once: a refused pair is not renewed, and nothing is explained.
	once bool
	// send defaults to sending and returning the answer.
	send func(*httpapi.Client, *httpapi.Call) (*httpapi.Answer, error)
}

// errSame: what was refused has no successor yet.
var errSame = errors.New("nothing newer than what was refused")

// credentialsError is an error of Config.Credentials.
type credentialsError struct{ cause error }

func (e *credentialsError) Error() string { return "no credentials: " + e.cause.Error() }

func (e *credentialsError) Unwrap() error { return e.cause }

// do sends a request, and once more if a temporary pair is refused and there is another: a
// refused request was not performed. The error is an *Error.
func (c *Client) do(ctx context.Context, req request) (*httpapi.Answer, error) {
	api, path, err := c.place(req.address)
	if err != nil {
		return nil, c.failure(req, err)
	}
	if req.send == nil {
		req.send = func(api *httpapi.Client, call *httpapi.Call) (*httpapi.Answer, error) { return api.Do(ctx, call) }
	}
	var used Credentials
	attempt := func(refused string) (*httpapi.Answer, error) {
		call := &httpapi.Call{
			Kind: req.kind, Method: req.method, Path: path, Query: req.query, Header: req.header,
			Sign: func(r *http.Request) (err error) {
				used, err = c.sign(r, req.address, refused)
				return err
			},
		}
		if req.body != nil {
			req.body.opened = 0
			call.Body, call.Length = req.body.open, req.body.size
		}
		return req.send(api, call)
	}
	answer, err := attempt("")
	if err == nil {
		return answer, nil
	}
	failed := c.explained(ctx, req, c.failure(req, err))
	if req.once || used.SessionToken == "" || !failed.renewable() {
		return nil, failed
	}
	answer, err = attempt(used.AccessKey)
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, errSame):
		return nil, failed
	}
	return nil, c.explained(ctx, req, c.failure(req, err))
}

// sign completes a try with whatever credentials there are now.
func (c *Client) sign(r *http.Request, a store.Address, refused string) (Credentials, error) {
	used, err := c.config.Credentials(r.Context(), a, refused)
	switch {
	case err != nil:
		return used, &credentialsError{err}
	case refused != "" && used.AccessKey == refused:
		return used, errSame
	}
	// Both halves: whoever swaps them gives the secret one as the name.
	c.redactor.Use(used.AccessKey, used.SecretKey, used.SessionToken)
	r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
	return used, c.signer.SignHTTP(r.Context(), aws.Credentials{
		AccessKeyID: used.AccessKey, SecretAccessKey: used.SecretKey, SessionToken: used.SessionToken,
	}, r, unsignedPayload, service, c.config.Region, time.Now())
}

// explained asks for the first byte of an object whose HEAD was refused, because the answer to a
// HEAD has no body that could tell a missing right from a wrong key or a wrong clock. A 404
// is left alone: for HEAD a missing bucket is a missing object.
func (c *Client) explained(ctx context.Context, req request, e *Error) *Error {
	vague := e.Status == http.StatusBadRequest || e.Status == http.StatusForbidden || e.Kind == WrongRegion && e.Region == ""
	if req.method != http.MethodHead || req.once || !vague || e.Kind == Clock || ctx.Err() != nil {
		return e
	}
	req.method, req.once = http.MethodGet, true
	req.header = http.Header{"Range": {"bytes=0-0"}}
	answer, err := c.do(ctx, req)
	if err == nil {
		_ = answer.Close()
		return e
	}
	told, ok := errors.AsType[*Error](err)
	if !ok || told.Code == "" || told.Status == http.StatusRequestedRangeNotSatisfiable {
		return e
	}
	return told
}
