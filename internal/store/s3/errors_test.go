package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func head(c *Client) error {
	_, err := c.Head(context.Background(), orders)
	return err
}

func get(c *Client) error {
	body, _, err := c.Get(context.Background(), orders, Range{}, `"e1"`)
	if err == nil {
		_ = body.Close()
	}
	return err
}

func put(c *Client) error {
	_, err := c.Put(context.Background(), orders, strings.NewReader("content"), 7, PutOptions{OnlyIfAbsent: true, Metadata: map[string]string{MetaSHA256: sum}})
	return err
}

func overwrite(c *Client) error {
	_, err := c.Put(context.Background(), orders, strings.NewReader("content"), 7, PutOptions{})
	return err
}

func prove(c *Client) error { return c.ProveWritable(context.Background(), orders) }

func remove(c *Client) error { return c.Delete(context.Background(), orders.WithVersion("1")) }

// Each answer, the request that it is for, and the kind of the error.
func TestKinds(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		ask    func(*Client) error
		status int
		// code and message are empty for an answer without a body; more are further elements.
		code, message, more string
		want                Kind
	}{
		"missing":                    {get, 404, "NoSuchKey", "The specified key does not exist.", "", NotFound},
		"missing, HEAD":              {head, 404, "", "", "", NotFound},
		"missing version":            {get, 404, "NoSuchVersion", "", "", NotFound},
		"code of its own":            {get, 404, "NoSuchObject", "", "", NotFound},
		"no id of a version":         {remove, 400, "InvalidArgument", "Invalid version id specified", "", NotFound},
		"invalid argument":           {get, 400, "InvalidArgument", "", "", Other},
		"not a store":                {get, 404, "", "", "", Other},
		"no bucket":                  {get, 404, "NoSuchBucket", "The specified bucket does not exist", "", NoBucket},
		"no bucket, PUT":             {put, 404, "NoSuchBucket", "", "", NoBucket},
		"no bucket, proof":           {prove, 404, "NoSuchBucket", "", "", NoBucket},
		"forbidden":                  {get, 403, "AccessDenied", "Access Denied", "", Forbidden},
		"forbidden, HEAD":            {head, 403, "AccessDenied", "Access Denied", "", Forbidden},
		"forbidden, proof":           {prove, 403, "AccessDenied", "Access Denied", "", Forbidden},
		"frozen":                     {put, 403, "AccountProblem", "", "", Forbidden},
		"taken":                      {put, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", "", AlreadyExists},
		"taken at the same time":     {put, 409, "ConditionalRequestConflict", "", "", AlreadyExists},
		"taken, OBS":                 {put, 409, "FileAlreadyExists", "", "", AlreadyExists},
		"taken, no words":            {put, 412, "", "", "", AlreadyExists},
		"conflict without condition": {overwrite, 409, "OperationAborted", "", "", Other},
		"changed":                    {get, 412, "PreconditionFailed", "", "", Changed},
		"no condition":               {remove, 412, "PreconditionFailed", "", "", Other},
		"moved":                      {get, 301, "PermanentRedirect", "", "<Endpoint>releases.s3.eu-west-1.amazonaws.com</Endpoint>", WrongRegion},
		"moved for now":              {put, 307, "TemporaryRedirect", "", "", WrongRegion},
		"region of the signature":    {head, 400, "AuthorizationHeaderMalformed", "the region 'a' is wrong; expecting 'eu-west-1'", "<Region>eu-west-1</Region>", WrongRegion},
		"malformed":                  {get, 400, "AuthorizationHeaderMalformed", "a non-empty Access Key must be provided", "", BadCredentials},
		"path style":                 {get, 403, "VirtualHostDomainRequired", "Virtual host domain is required.", "", VirtualHostRequired},
		"path style, HEAD":           {head, 403, "VirtualHostDomainRequired", "Virtual host domain is required.", "", VirtualHostRequired},
		"clock":                      {put, 403, "RequestTimeTooSkewed", "", "<ServerTime>2020-01-02T03:04:05Z</ServerTime>", Clock},
		"unknown key":                {head, 403, "InvalidAccessKeyId", "", "", BadCredentials},
		"wrong signature":            {get, 403, "SignatureDoesNotMatch", "", "", BadCredentials},
		"ended":                      {put, 400, "ExpiredToken", "", "", BadCredentials},
		"wrong token":                {get, 400, "InvalidToken", "", "", BadCredentials},
		"401":                        {get, 401, "", "", "", BadCredentials},
		"object lock":                {remove, 403, "AccessDenied", "Access Denied because object protected by object lock.", "", Protected},
		"immutable":                  {remove, 403, "AccessDenied", "The object you specified is immutable, can not delete.", "", Protected},
		"WORM":                       {overwrite, 400, "InvalidRequest", "Object is WORM protected and cannot be overwritten", "", Protected},
		"lock of a reading":          {get, 403, "AccessDenied", "object lock", "", Forbidden},
		"too large":                  {put, 400, "EntityTooLarge", "", "", TooLarge},
		"too large for a hop":        {put, 413, "", "", "", TooLarge},
		"throttled":                  {put, 503, "SlowDown", "Please reduce your request rate.", "", SlowDown},
		"throttled by a hop":         {get, 429, "", "", "", SlowDown},
		"trouble":                    {put, 500, "InternalError", "", "", Other},
		"login page":                 {get, 302, "", "", "", Other},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer := refusing(row.status, row.code, row.message, row.more)
				if row.code == "" {
					answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(row.status) }
				}
				c, _ := newStore(t, answer)
				err := row.ask(c)
				e, ok := errors.AsType[*Error](err)
				if !ok || e.Kind != row.want || e.Status != row.status || e.Code != row.code {
					t.Fatalf("%v: %+v", err, e)
				}
				if cause, ok := errors.AsType[*httpapi.Error](err); !ok || cause.Status != row.status {
					t.Errorf("%v wraps no *httpapi.Error", err)
				}
				if row.code != "" && (e.RequestID != "request-1" || e.Message != row.message || strings.Contains(err.Error(), "<")) {
					t.Errorf("%v: %+v", err, e)
				}
			})
		})
	}
}

// Where the bucket is: in the header, which HEAD has too, or in the body.
func TestWrongRegionTellsWhere(t *testing.T) {
	t.Parallel()
	c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
		w.Header().Set("Location", "https://elsewhere.example.com/orders.zip?hush=hush")
		xmlAnswer(w, r, 301, "PermanentRedirect", "", "<Endpoint>there.example.com</Endpoint>")
	})
	for _, ask := range []func(*Client) error{head, get} {
		e, ok := errors.AsType[*Error](ask(c))
		if !ok || e.Kind != WrongRegion || e.Region != "eu-west-1" || !strings.HasSuffix(e.Endpoint, "here.example.com") {
			t.Errorf("%+v", e)
		}
	}
	if lines := rec.lines(); len(lines) != 2 {
		t.Errorf("%q", lines)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		c, rec := newStore(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", server.Format(http.TimeFormat))
			w.WriteHeader(http.StatusForbidden)
		})
		e, ok := errors.AsType[*Error](head(c))
		if !ok || e.Kind != Clock || !e.ServerTime.Equal(server) || e.SentAt.IsZero() || len(rec.lines()) != 1 {
			t.Errorf("%+v, %q", e, rec.lines())
		}
	})
}

// HEAD has no words: one GET of one byte has them, except where nothing is there.
func TestHeadIsExplained(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{403: 2, 400: 2, 301: 2, 404: 1} {
		c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) { xmlAnswer(w, r, status, "Any", "words", "") })
		e, ok := errors.AsType[*Error](head(c))
		if lines := rec.lines(); !ok || len(lines) != want || (want == 2) != (e.Code == "Any") || want == 2 && rec.last().header.Get("Range") != "bytes=0-0" {
			t.Errorf("%d: %+v, %q", status, e, rec.lines())
		}
	}
	// What the GET does not refuse is what HEAD said.
	c, _ := newStore(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	if e, ok := errors.AsType[*Error](head(c)); !ok || e.Kind != Forbidden || e.Method != http.MethodHead {
		t.Errorf("%+v", e)
	}
}

// No secret and no query is in an error or a log, whatever the store says.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var logged strings.Builder
		c, _ := newStore(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = fmt.Fprint(w, upload)
				return
			}
			w.Header().Set("Location", "https://x.example.com/?X-Amz-Signature="+secretKey)
			canonical := r.Method + "\n/orders.zip\n" + r.URL.RawQuery + "\nx-amz-security-token:" + r.Header.Get("X-Amz-Security-Token")
			xmlAnswer(w, r, 403, "SignatureDoesNotMatch", "Not "+secretKey+" of "+accessKey+" with "+session+" (/orders.zip?"+r.URL.RawQuery+")",
				"<AWSAccessKeyId>"+accessKey+"</AWSAccessKeyId><CanonicalRequest>"+canonical+"</CanonicalRequest><CanonicalRequestBytes>"+
					fmt.Sprintf("% x", canonical)+"</CanonicalRequestBytes>")
		}, temporaryPair, func(c *Config) {
			c.Log = func(_ context.Context, msg string, fields map[string]any) { fmt.Fprintln(&logged, msg, fields) }
		})
		for _, ask := range []func(*Client) error{head, get, put, prove, remove} {
			err := ask(c)
			if err == nil {
				t.Fatal("no error")
			}
			text := fmt.Sprintf("%v %+v", err, err) + logged.String()
			for _, hidden := range []string{secretKey, accessKey, session, "uploadId=", "up+1", "Signature=", fmt.Sprintf("% x", session[:4])} {
				if strings.Contains(text, hidden) {
					t.Errorf("%q is in %s", hidden, text)
				}
			}
		}
		if !strings.Contains(logged.String(), "url:releases.obs.cn-north-4.example.com/orders.zip") {
			t.Errorf("log: %s", logged.String())
		}
	})
}

func FuzzErrorWords(f *testing.F) {
	for _, seed := range []string{
		`<Error><Code>NoSuchKey</Code><Message>x</Message><RequestId>1</RequestId></Error>`, `<Error xmlns="x"><Code>A<B>C</B></Code>`, `<html><Code>1</Code></html>`,
		`<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`, `<?xml version="1.0" encoding="latin1"?><Error/>`, "", `{"code":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		errorWords(403, nil, body)
		parseUpload(body)
	})
}
