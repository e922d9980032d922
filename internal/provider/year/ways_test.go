package year_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	gateway  = "127.0.0.1:8001"
	objects  = "127.0.0.1:8002"
	metadata = "127.0.0.1:8003"

	idTokenFile = "id-token.txt"
	idTokenLife = 4 * time.Hour
)

// The lives of credentials: those that the documents name, and those that are asked for.
const (
	tokenLife    = 24 * time.Hour   // KeystoneCreateUserTokenByPassword
	metadataLife = 24 * time.Hour   // the pair of a cloud server
	agencyLife   = 15 * time.Minute // the shortest of CreateTemporaryAccessKeyByAgency
	oidcLife     = time.Hour
	storeLife    = time.Hour // what is asked for in exchange for a token
)

// way is a way to log in.
type way struct {
	name string
	// block is what the block roma has besides addresses.
	block func(context.Context, *year) (values, error)
	// model tells how often it has to log in.
	model func(*service) *model
}

// lasting are the ways of the processes that last for the year, others those that only new processes take.
var (
	lasting = []way{
		{"password", byPassword, func(*service) *model { return &model{token: life(tokenLife), store: pairs(storeLife)} }},
		{"keys", byKeys, func(*service) *model { return &model{} }},
		{"agency", byAgency, func(*service) *model { return &model{token: life(tokenLife), pair: pairs(agencyLife)} }},
		{"metadata", byMetadata, func(s *service) *model { return &model{served: s} }},
		{"identity", byIdentity, func(*service) *model { return &model{pair: pairs(oidcLife), federated: true} }},
	}
	others = []way{
		{"token", byToken, func(*service) *model { return &model{store: pairs(storeLife)} }},
		{"agency-keys", byAgencyKeys, func(*service) *model { return &model{pair: pairs(agencyLife)} }},
		{"pair", byPair, func(*service) *model { return &model{} }},
	}
)

func byPassword(_ context.Context, y *year) (values, error) {
	r := y.info.ROMA
	return values{"user_name": r.UserName, "password": r.Password, "domain_name": r.DomainName}, nil
}

func byKeys(_ context.Context, y *year) (values, error) {
	return values{"access_key": y.info.ROMA.AccessKey, "secret_key": y.info.ROMA.SecretKey}, nil
}

func byPair(_ context.Context, y *year) (values, error) {
	pair := y.sim.TemporaryKeys()
	return values{"access_key": pair.AccessKey, "secret_key": pair.SecretKey, "security_token": pair.SecurityToken}, nil
}

func byAgency(_ context.Context, y *year) (values, error) {
	operator := y.info.ROMA.Operator
	return values{
		"user_name": operator.UserName, "password": operator.Password, "domain_name": operator.DomainName, "assume_role": y.role(),
	}, nil
}

func byAgencyKeys(_ context.Context, y *year) (values, error) {
	operator := y.info.ROMA.Operator
	return values{"access_key": operator.AccessKey, "secret_key": operator.SecretKey, "assume_role": y.role()}, nil
}

func (y *year) role() values {
	return values{"agency_name": y.info.ROMA.AgencyName, "domain_name": y.info.ROMA.DomainName, "duration": int64(agencyLife / time.Second)}
}

func byMetadata(context.Context, *year) (values, error) { return values{}, nil }

func byIdentity(_ context.Context, y *year) (values, error) {
	return values{"assume_role_with_oidc": values{
		"idp_id": y.info.ROMA.OIDC.IDPID, "id_token_file": idTokenFile, "duration": int64(oidcLife / time.Second),
	}}, nil
}

// byToken is with a token that somebody else fetched.
func byToken(ctx context.Context, y *year) (values, error) {
	body := map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": map[string]any{
			"id": y.info.ROMA.UserID, "password": y.info.ROMA.Password,
		}}},
		"scope": map[string]any{"project": map[string]any{"id": y.info.ROMA.ProjectID}},
	}}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, y.info.ROMA.AuthURL+"/auth/tokens", bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: y.network.observe(&http.Transport{DisableKeepAlives: true})}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	token := resp.Header.Get("X-Subject-Token")
	if err := resp.Body.Close(); err != nil || token == "" {
		return nil, errors.Join(err, fmt.Errorf("no token: %s", resp.Status))
	}
	return values{"token": token}, nil
}

// process starts a provider with a way to log in. Its name is in the log of the simulator.
func (y *year) process(ctx context.Context, name string, w way) (*process, error) {
	login, err := w.block(ctx, y)
	if err != nil {
		return nil, err
	}
	r := y.info.ROMA
	block := values{
		"region": r.Region, "endpoint": r.Endpoint, "auth_url": r.AuthURL, "project_id": r.ProjectID, "instance_id": r.Instances["dev"],
	}
	maps.Copy(block, login)
	options := provider.Options{Version: name, MetadataURL: "http://" + metadata, Observe: y.network.observe}
	return start(ctx, options, values{"roma": block, "obs": values{"endpoint": "http://" + objects, "path_style": true}})
}

// rotate writes a new identity token, as a pipeline does that hands one to each of its jobs.
func (y *year) rotate() error {
	return os.WriteFile(idTokenFile, []byte(y.sim.IDToken(idTokenLife)), 0o600)
}

// model tells from the requests of a process how often it has to log in. It knows the documents and
// nothing of the product but how long before an end something is renewed.
type model struct {
	token, pair, store *grant
	// served is where the pair is from, if it is that of a cloud server, and ends is its end.
	served *service
	ends   time.Time
	// federated: each pair costs a login with an identity token.
	federated bool
	// due has when credentials have to be asked for, by the kinds of the requests.
	due map[string][]time.Time
}

// grant is a credential that ends.
type grant struct {
	life time.Duration
	// dated: what is left of its life is told by the header Date of the answer, in whole seconds.
	dated bool
	ends  time.Time
	from  time.Time
	has   bool
}

// pairs live that long.
func pairs(d time.Duration) *grant { return &grant{life: d, dated: true} }

// dated is an end that is told at a time.
func dated(at, ends time.Time) time.Time {
	return ends.Add(at.Sub(at.Truncate(time.Second)) - time.Second)
}

// service is the metadata service, which gives everybody the same pair until an hour before its end.
type service struct{ ends time.Time }

func (s *service) pair(at time.Time) (ends time.Time) {
	if s.ends.Sub(at) <= time.Hour {
		s.ends = at.Add(metadataLife)
	}
	return s.ends
}

func life(d time.Duration) *grant { return &grant{life: d} }

// use says whether a use at a time needs another one first.
func (g *grant) use(at time.Time) bool {
	if early := min(5*time.Minute, g.ends.Sub(g.from)/10); g.has && at.Before(g.ends.Add(-early)) {
		return false
	}
	g.has, g.from, g.ends = true, at, at.Add(g.life)
	if g.dated {
		g.ends = dated(at, g.ends)
	}
	return true
}

// refused ends what is older than the refusal.
func (g *grant) refused(at time.Time) {
	if g != nil && g.from.Before(at) {
		g.has = false
	}
}

func (m *model) sees(r simulator.Request) {
	if m.due == nil {
		m.due = map[string][]time.Time{}
	}
	at := r.Time
	switch {
	case r.Status == http.StatusUnauthorized && r.Kind == "temporary_keys":
		// It is asked for once more with the next token.
		m.token.refused(at)
		m.needs("temporary_keys", at)
		m.usesToken(at)
	case r.Status == http.StatusUnauthorized && r.Platform == "roma":
		m.refuses(at)
	case r.Status == http.StatusForbidden && r.Platform == "obs" && m.store != nil:
		m.store.refused(at)
	case r.Status == http.StatusForbidden && r.Platform == "obs":
		m.refuses(at)
	case r.Platform == "roma":
		m.uses(at)
	case r.Platform == "obs" && m.store != nil:
		if m.store.use(at) {
			m.needs("temporary_keys", at)
			m.usesToken(at)
		}
	case r.Platform == "obs":
		m.uses(at)
	}
}

func (m *model) needs(kind string, at time.Time) { m.due[kind] = append(m.due[kind], at) }

func (m *model) refuses(at time.Time) {
	if m.pair != nil {
		m.pair.refused(at)
		return
	}
	m.token.refused(at)
}

func (m *model) uses(at time.Time) {
	switch {
	case m.served != nil:
		if !at.Before(m.ends.Add(-5 * time.Minute)) {
			m.needs("metadata_key", at)
			m.ends = dated(at, m.served.pair(at))
		}
	case m.pair != nil:
		if !m.pair.use(at) {
			return
		}
		m.needs("temporary_keys", at)
		if m.federated {
			m.needs("oidc", at)
		} else {
			m.usesToken(at)
		}
	default:
		m.usesToken(at)
	}
}

func (m *model) usesToken(at time.Time) {
	if m.token != nil && m.token.use(at) {
		m.needs("login", at)
	}
}
