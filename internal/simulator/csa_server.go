package simulator

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The account that calls the Legacy API by default (Communicate with CSA, CSA
// 4.80), and the person in whose name a client calls unless told otherwise.
const (
	csaAccount      = "csaTransportUser"
	csaOrganization = "CSA-Provider"
	csaUser         = "admin"
	// csaVersion is what manifests say, in the form seen in a 4.20 archive.
	csaVersion = "04.80.0000.0"
)

// csaServer is a CSA server with what was made or imported there. Its name,
// account and people never change; the rest is guarded by Simulator.mu.
type csaServer struct {
	name, password string
	people         []*person
	organizations  []organization
	flows          []string

	artifacts []*artifactRecord
	results   map[string]*importResult
	// running counts the imports and previews under way, most is the largest
	// that it ever was.
	running, most int
	imports       map[string]int
	// runs are the imports and previews that began, the oldest first.
	runs []*csaRun
}

type organization struct {
	id, name string
}

// person is a user of an organization. The id is the userIdentifier.
type person struct {
	id, name     string
	organization organization
	forbidden    bool
}

type artifactRecord struct {
	Artifact
	created, updated time.Time
}

var serverName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// newCSAServers makes the servers; "dev" and "prod" are always there.
func newCSAServers(assets map[string]CSAAssets) (map[string]*csaServer, error) {
	if assets == nil {
		assets = defaultCSA()
	}
	all := make(map[string]*csaServer)
	for _, name := range append(slices.Collect(maps.Keys(assets)), "dev", "prod") {
		if !serverName.MatchString(name) || name == "v2" || name == "v3" {
			return nil, fmt.Errorf("%q cannot be the name of a CSA server", name)
		}
		srv, err := newCSAServer(name, assets[name])
		if err != nil {
			return nil, fmt.Errorf("CSA server %q: %w", name, err)
		}
		all[name] = srv
	}
	return all, nil
}

func newCSAServer(name string, assets CSAAssets) (*csaServer, error) {
	srv := &csaServer{
		name: name, password: "Sim-" + randomHex(12), flows: slices.Clone(assets.Flows),
		results: make(map[string]*importResult), imports: make(map[string]int),
	}
	if assets.Organizations == nil {
		assets.Organizations = defaultOrganizations()
	}
	for _, o := range assets.Organizations {
		if o.Name == "" {
			return nil, errors.New("an organization has no name")
		}
		org := organization{randomHex(16), o.Name}
		srv.organizations = append(srv.organizations, org)
		for _, u := range o.Users {
			srv.people = append(srv.people, &person{randomHex(16), u.Name, org, u.Forbidden})
		}
	}
	return srv, srv.put(assets.Artifacts, time.Now())
}

// put adds artifacts, or replaces those with the same id: all or none.
func (srv *csaServer) put(artifacts []Artifact, now time.Time) error {
	next := &csaServer{artifacts: slices.Clone(srv.artifacts)}
	for i := range artifacts {
		a := artifacts[i].clone()
		if err := a.check(); err != nil {
			return err
		}
		if other := next.same(&a); other != nil && other.ID != a.ID {
			return fmt.Errorf("two artifacts have the type %s and the name %q", a.Type, a.Name)
		}
		next.store(a, now)
	}
	for _, a := range next.artifacts {
		for _, id := range a.Uses {
			if next.artifact(id) == nil {
				return fmt.Errorf("artifact %q uses %q, which is not there", a.ID, id)
			}
		}
	}
	srv.artifacts = next.artifacts
	return nil
}

// store adds an artifact or replaces the one with its id.
func (srv *csaServer) store(a Artifact, now time.Time) {
	record := &artifactRecord{Artifact: a, created: now, updated: now}
	old := srv.artifact(a.ID)
	if old == nil {
		srv.artifacts = append(srv.artifacts, record)
		return
	}
	record.created = old.created
	srv.artifacts[slices.Index(srv.artifacts, old)] = record
}

func (srv *csaServer) artifact(id string) *artifactRecord {
	return find(srv.artifacts, func(a *artifactRecord) bool { return a.ID == id })
}

// same finds what an import takes for the same artifact.
func (srv *csaServer) same(a *Artifact) *artifactRecord {
	return find(srv.artifacts, func(b *artifactRecord) bool { return a.sameAs(&b.Artifact) })
}

func (srv *csaServer) organization(name string) (organization, bool) {
	for _, o := range srv.organizations {
		if o.name == name {
			return o, true
		}
	}
	return organization{}, false
}

func (srv *csaServer) person(fits func(*person) bool) *person {
	return find(srv.people, fits)
}

// PutArtifacts changes a CSA server as somebody at its console would:
// artifacts with a known id are replaced, others added.
func (s *Simulator) PutArtifacts(server string, artifacts ...Artifact) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv, ok := s.csa[server]
	if !ok {
		return fmt.Errorf("there is no CSA server %q", server)
	}
	if err := srv.put(artifacts, time.Now()); err != nil {
		return fmt.Errorf("CSA server %q: %w", server, err)
	}
	return nil
}

// UserIdentifier is the userIdentifier of a person on a CSA server, empty for
// somebody who is not there. It is a secret, new for each Simulator.
func (s *Simulator) UserIdentifier(server, organization, user string) string {
	srv, ok := s.csa[server]
	if !ok {
		return ""
	}
	p := srv.person(func(p *person) bool { return p.organization.name == organization && p.name == user })
	if p == nil {
		return ""
	}
	return p.id
}

// CSAInfo is what a client needs to know to use a CSA server.
type CSAInfo struct {
	Endpoint     string `json:"endpoint"`
	Username     string `json:"username"`
	Password     string `json:"password"`
	Organization string `json:"organization"`
	User         string `json:"user"`
}

// csaInfo describes the servers as served at base.
func (s *Simulator) csaInfo(base string) map[string]CSAInfo {
	all := make(map[string]CSAInfo, len(s.csa))
	for name, srv := range s.csa {
		all[name] = CSAInfo{
			Endpoint: strings.TrimSuffix(base, "/") + "/" + name, Username: csaAccount, Password: srv.password,
			Organization: csaOrganization, User: csaUser,
		}
	}
	return all
}

// CSAState is what one CSA server holds.
type CSAState struct {
	// Artifacts are in the order in which they came.
	Artifacts []Artifact `json:"artifacts"`
	// Imports counts them as "import SUCCESS", "preview FAILURE" and so on.
	Imports map[string]int `json:"imports"`
	// Running is how many imports and previews are under way, MostAtOnce the
	// largest number that it ever was.
	Running    int `json:"running"`
	MostAtOnce int `json:"most_at_once"`
}

// state describes the server; the caller holds mu.
func (srv *csaServer) state() CSAState {
	state := CSAState{
		Artifacts: []Artifact{}, Imports: maps.Clone(srv.imports),
		Running: srv.running, MostAtOnce: srv.most,
	}
	for _, a := range srv.artifacts {
		state.Artifacts = append(state.Artifacts, a.clone())
	}
	return state
}
