package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// abortGrace is how long the abort of an upload may go on after its caller has ended, who is
// waited for no longer than a second.
const abortGrace = 700 * time.Millisecond

// ProveWritable begins a multipart upload and aborts it: whoever may do that may write the object,
// and nothing is left. Whether something is there does not matter. The error is an *Error, of the
// abort too, because an upload that was begun and stays costs its owner unseen.
//
// Both requests are repeated. If the answer of the beginning is lost, an upload without parts
// stays, whether it is asked for once more or not; a rule of the bucket's life cycle removes it.
func (c *Client) ProveWritable(ctx context.Context, a store.Address) error {
	if err := a.Unversioned(); err != nil {
		return &Error{Address: a, Cause: err}
	}
	var id string
	_, err := c.do(ctx, request{
		kind: httpapi.Lookup, method: http.MethodPost, address: a, query: url.Values{"uploads": {""}},
		header: http.Header{"Content-Type": {"application/zip"}},
		send: func(api *httpapi.Client, call *httpapi.Call) (*httpapi.Answer, error) {
			return nil, api.Parse(ctx, call, func(_ http.Header, body []byte) error {
				if id = parseUpload(body); id == "" {
					return errors.New("no id of an upload")
				}
				return nil
			})
		},
	})
	if err != nil {
		return err
	}
	ending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(abortGrace, cancel) })()
	err = c.remove(ending, a, url.Values{"uploadId": {id}})
	if KindOf(err) == NotFound {
		// An earlier try, whose answer was lost.
		return nil
	}
	return err
}

// Delete removes an object, or the version that the address names. Removing what is not there is
// no error in S3; where a store says so, it is an *Error of kind NotFound. Protected is a
// retention or WORM.
func (c *Client) Delete(ctx context.Context, a store.Address) error {
	return c.remove(ctx, a, versioned(a))
}

func (c *Client) remove(ctx context.Context, a store.Address, query url.Values) error {
	answer, err := c.do(ctx, request{kind: httpapi.Lookup, method: http.MethodDelete, address: a, query: query})
	if err != nil {
		return err
	}
	return answer.Close()
}
