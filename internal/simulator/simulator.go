// Package simulator plays the server side of an asset promotion: Huawei Cloud
// ROMA Connect with the part of IAM that a client needs, and CSA servers (HP,
// HPE, Micro Focus Cloud Service Automation), in one stateful http.Handler with
// a request log and faults that can be ordered.
//
// It is a reading of the public documents of its own and shares no code with
// the provider, so that a mistake in one of the two readings shows.
package simulator

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Identity of the simulated account. The ids are fixed so that examples can
// name them; everything secret is made anew for each Simulator.
const (
	region     = "sim-local-1"
	projectID  = "5d7f1c0e9a3b4c2d8e6f7a1b2c3d4e5f"
	domainID   = "c4a1e7d90b6f4f5d9a3e2b1c0d9e8f70"
	domainName = "simulated-account"
	userID     = "e1f0d2c3b4a5968778695a4b3c2d1e0f"
	userName   = "promoter"
)

// Simulator is the simulated platform. It is an http.Handler and safe for
// concurrent use.
type Simulator struct {
	opts     Options
	password string
	done     chan struct{}
	close    sync.Once
	// csa are the CSA servers by their names.
	csa map[string]*csaServer

	// mu guards everything below. It is never held while a request or an
	// answer is read or written.
	mu        sync.Mutex
	permanent *keyPair
	temporary *keyPair
	tokens    map[string]*token
	instances []*instance
	jobs      []*job
	active    *job
	archives  map[string]*archive
	served    []Served
	faults    []*orderedFault
	log       []*Request
	seq       int
	// finish ends the CSA imports under way when it is closed.
	finish chan struct{}
}

// New makes a Simulator that holds the assets of the options.
func New(opts Options) (*Simulator, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	s := &Simulator{
		opts:      opts,
		password:  "Sim-" + randomHex(12),
		done:      make(chan struct{}),
		permanent: newKeyPair("AKSIM"),
		temporary: newKeyPair("HSTSIM"),
		tokens:    make(map[string]*token),
		archives:  make(map[string]*archive),
		finish:    make(chan struct{}),
	}
	s.temporary.securityToken = newTokenText("gQ")
	instances, err := newInstances(opts.Assets)
	if err != nil {
		return nil, err
	}
	s.instances = instances
	if s.csa, err = newCSAServers(opts.Assets.CSA); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends slow and hanging answers, and CSA imports under way. The Simulator
// goes on to answer.
func (s *Simulator) Close() {
	s.close.Do(func() { close(s.done) })
}

// Info is what a client needs to know to use a Simulator. Its JSON is the line
// that the program prints.
type Info struct {
	ROMA ROMAInfo `json:"roma"`
	// CSA has the CSA servers by their names.
	CSA map[string]CSAInfo `json:"csa"`
}

// ROMAInfo is the ROMA Connect part of Info.
type ROMAInfo struct {
	Endpoint   string `json:"endpoint"`
	AuthURL    string `json:"auth_url"`
	Region     string `json:"region"`
	ProjectID  string `json:"project_id"`
	AccessKey  string `json:"access_key"`
	SecretKey  string `json:"secret_key"`
	UserName   string `json:"user_name"`
	Password   string `json:"password"`
	DomainName string `json:"domain_name"`
	// Instances maps the names of the instances to their ids.
	Instances map[string]string `json:"instances"`
}

// Info describes the Simulator as served at base, for example
// "http://127.0.0.1:8080".
func (s *Simulator) Info(base string) Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	base = strings.TrimSuffix(base, "/")
	ids := make(map[string]string, len(s.instances))
	for _, in := range s.instances {
		ids[in.name] = in.id
	}
	return Info{CSA: s.csaInfo(base), ROMA: ROMAInfo{
		Endpoint:   base,
		AuthURL:    base + "/v3",
		Region:     region,
		ProjectID:  projectID,
		AccessKey:  s.permanent.access,
		SecretKey:  s.permanent.secret,
		UserName:   userName,
		Password:   s.password,
		DomainName: domainName,
		Instances:  ids,
	}}
}

// wait lets d pass. It ends the answer when the client goes away or the
// Simulator is closed.
func (s *Simulator) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		abort()
	case <-s.done:
		abort()
	}
}

// abort closes the connection without (the rest of) an answer.
func abort() {
	panic(http.ErrAbortHandler)
}

// instanceByID finds an instance; the caller holds mu.
func (s *Simulator) instanceByID(id string) *instance {
	for _, in := range s.instances {
		if in.id == id {
			return in
		}
	}
	return nil
}

// instanceByName finds an instance; the caller holds mu.
func (s *Simulator) instanceByName(name string) (*instance, error) {
	for _, in := range s.instances {
		if in.name == name {
			return in, nil
		}
	}
	return nil, fmt.Errorf("there is no instance %q", name)
}
