// Package simulator plays the server side of an asset promotion: Huawei Cloud
// ROMA Connect with the part of IAM that a client needs, CSA servers (HP, HPE,
// Micro Focus Cloud Service Automation), and the object stores OBS and S3, in
// stateful http.Handlers with one request log and faults that can be ordered.
//
// There are two accounts, so that a client can be seen to ask the right one:
// the user promoter of the first has all rights, the user operator of the
// second has to assume an agency of the first. A federated user comes with an
// ID token, a cloud server asks a metadata service. Tokens and temporary key
// pairs end when time.Now says so, or when they are told to.
//
// It is a reading of the public documents of its own and shares no code with
// the provider, so that a mistake in one of the two readings shows.
package simulator

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Simulator is the simulated platform. It is an http.Handler and safe for
// concurrent use.
type Simulator struct {
	opts  Options
	done  chan struct{}
	close sync.Once
	// csa are the CSA servers by their names.
	csa map[string]*csaServer
	// promoter is the user of Info, operator that of the second account.
	promoter, operator *user
	idp                *identityProvider
	metadata           *metadataService
	// stores are OBS and S3 by their names.
	stores map[string]*store
	// shown is what the streams of events send.
	shown shownView

	// mu guards everything below. It is never held while a request or an
	// answer is read or written.
	mu sync.Mutex
	// skew is how far the clock of the gateway and of IAM is ahead.
	skew      time.Duration
	keys      []*keyPair
	temporary *keyPair
	tokens    map[string]*token
	issued    map[string]int
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
	// storeDir has the large objects; it is empty until there is one.
	storeDir string
}

// New makes a Simulator that holds the assets of the options.
func New(opts Options) (*Simulator, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	s := &Simulator{
		opts:     opts,
		skew:     opts.ClockSkew,
		done:     make(chan struct{}),
		promoter: newUser(userID, userName, homeAccount, false),
		operator: newUser(operatorID, operatorName, operatorAccount, true),
		tokens:   make(map[string]*token),
		issued:   make(map[string]int),
		archives: make(map[string]*archive),
		finish:   make(chan struct{}),
	}
	s.temporary = newTemporaryKeys(s.promoter.identity)
	if opts.TemporaryKeyLife > 0 {
		s.temporary.expires = s.clock().Add(opts.TemporaryKeyLife)
	}
	s.keys = []*keyPair{s.promoter.key, s.operator.key, s.temporary}
	s.metadata = &metadataService{sim: s, tokens: make(map[string]time.Time)}
	var err error
	if s.idp, err = newIdentityProvider(opts.FederatedPowerless); err != nil {
		return nil, err
	}
	instances, err := newInstances(opts.Assets)
	if err != nil {
		return nil, err
	}
	s.instances = instances
	if s.csa, err = newCSAServers(opts.Assets.CSA); err != nil {
		return nil, err
	}
	if s.stores, err = newStores(s, opts.Assets.Stores); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends slow and hanging answers, and CSA imports under way, and removes
// the files of large objects. The Simulator goes on to answer, but keeps no
// large object any more.
func (s *Simulator) Close() {
	s.close.Do(func() { close(s.done) })
	// Where a file is still being read, on Windows, Server.Close comes again.
	_ = s.removeStoreDirectory()
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
