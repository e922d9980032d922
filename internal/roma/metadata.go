package roma

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	// metadataTime limits a look. The service answers from the same machine;
	// elsewhere nobody does.
	metadataTime = 3 * time.Second
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
	return &temporary{newLease(from("metadata", m.fetch))}, nil
}

type metadata struct {
	api      *httpapi.Client
	redactor *httpapi.Redactor
}

var errMetadataTime = fmt.Errorf("no answer within %s", metadataTime)

func (m *metadata) fetch(ctx context.Context) (grant, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, metadataTime, errMetadataTime)
	defer cancel()
	g, err := m.keys(ctx)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errMetadataTime) {
		// The error passes for the end of the caller's own time.
		return grant{}, cause
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
		m.redactor.Add(g.pair.accessKey, g.pair.secretKey, g.pair.securityToken)
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
		token = strings.TrimSpace(string(data))
		m.redactor.Add(token)
		return nil
	})
	if _, answered := errors.AsType[*httpapi.Error](err); answered {
		return "", nil
	}
	return token, err
}
