package roma

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	// metadataAddress is where a cloud server finds the metadata service
	// ("Obtaining Metadata", ECS user guide, ecs_03_0166).
	metadataAddress = "http://169.254.169.254"

	metadataKeys  = "/openstack/latest/securitykey"
	metadataToken = "/meta-data/latest/api/token"
	// metadataConnectTime limits the way to the service, which is on the same
	// machine: elsewhere nobody is at that address, and a network that drops
	// what it cannot deliver would make a plan wait.
	metadataConnectTime = 3 * time.Second
	// metadataTime limits a look at a service that is there: a busy machine
	// may be slow.
	metadataTime = 10 * time.Second
	// metadataTokenSeconds is for how long a token of the service is asked
	// for. One look needs it for a moment.
	metadataTokenSeconds = "60"
)

// metadata gets the key pairs of the agency of the cloud server that this
// program runs on. No proxy may come between, and none of the settings for
// TLS holds: the address is this machine's own.
func (c Config) metadata(redactor *httpapi.Redactor) (credentials, error) {
	base := c.MetadataURL
	if base == "" {
		base = metadataAddress
	}
	api, err := httpapi.New(httpapi.Options{
		ErrorWords:    errorMembers.Words,
		Settings:      httpapi.Settings{UserAgent: c.UserAgent, Log: c.Log, Observe: c.Observe},
		BaseURL:       base,
		Direct:        true,
		AnswerTimeout: metadataTime,
		Redactor:      redactor,
		Transport:     c.transport,
	})
	if err != nil {
		return nil, err
	}
	m := &metadata{api: api, redactor: redactor}
	return &temporary{newLease(redactor, from("metadata", m.fetch))}, nil
}

type metadata struct {
	api      *httpapi.Client
	redactor *httpapi.Redactor
}

// metadataTimeError tells how long was waited for the service.
type metadataTimeError time.Duration

func (e metadataTimeError) Error() string {
	return fmt.Sprintf("no answer within %s", time.Duration(e))
}

func (m *metadata) fetch(ctx context.Context) (grant, error) {
	ctx, end := context.WithTimeoutCause(ctx, metadataTime, metadataTimeError(metadataTime))
	defer end()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	absent := time.AfterFunc(metadataConnectTime, func() { cancel(metadataTimeError(metadataConnectTime)) })
	defer absent.Stop()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { absent.Stop() }})
	g, err := m.keys(ctx)
	if late, ok := errors.AsType[metadataTimeError](context.Cause(ctx)); ok && err != nil {
		// The error passes for the end of the caller's own time.
		return grant{}, late
	}
	return g, err
}

// keys asks for a key pair.
func (m *metadata) keys(ctx context.Context) (grant, error) {
	call := &httpapi.Call{Kind: httpapi.Lookup, Method: http.MethodGet, Path: metadataKeys, Secret: true}
	token, err := m.token(ctx)
	if err != nil {
		return grant{}, err
	}
	if token != "" {
		call.Header = http.Header{"X-Metadata-Token": {token}}
	}
	var g grant
	err = m.api.Parse(ctx, call, func(h http.Header, data []byte) (err error) {
		g, err = parsePair(h, data)
		m.redactor.Use(g.secrets()...)
		return err
	})
	return g, err
}

// token asks for the token that a service may demand. One that knows none
// answers 404 or 405, as the official SDK expects, and serves without.
func (m *metadata) token(ctx context.Context) (string, error) {
	call := &httpapi.Call{
		Kind: httpapi.Lookup, Method: http.MethodPut, Path: metadataToken, Secret: true,
		Header: http.Header{"X-Metadata-Token-Ttl-Seconds": {metadataTokenSeconds}},
	}
	var token string
	err := m.api.Parse(ctx, call, func(_ http.Header, data []byte) error {
		if len(data) > longestGrant || unsendable(strings.TrimSpace(string(data))) != "" {
			return errors.New("an unusable token")
		}
		token = strings.TrimSpace(string(data))
		m.redactor.Use(token)
		return nil
	})
	if _, answered := errors.AsType[*httpapi.Error](err); answered {
		return "", nil
	}
	return token, err
}
