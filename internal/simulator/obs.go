package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Stores, as platforms are named in the log and in State.
const (
	platformOBS = "obs"
	platformS3  = "s3"
)

const (
	// s3Region is another one than that of OBS, so that a client that signs
	// for the wrong store is noticed.
	s3Region = "sim-store-1"
	// defaultBucket is the bucket that each store has.
	defaultBucket = "asset-releases"
)

// Bucket is a bucket of a store with its switches.
type Bucket struct {
	Name string `json:"name"`
	// Region is where the bucket is, the region of the store when empty. A
	// request for a bucket elsewhere is answered with 301.
	Region string `json:"region,omitempty"`
	// Versioning keeps what is overwritten or deleted.
	Versioning bool `json:"versioning,omitempty"`
	// Worm protects what is stored: no version can be deleted, and without
	// Versioning no object be overwritten.
	Worm bool `json:"worm,omitempty"`
	// IgnoreConditions makes the store take no notice of If-Match, of
	// If-None-Match and of x-obs-forbid-overwrite, as old stores do.
	IgnoreConditions bool `json:"ignore_conditions,omitempty"`
	// ForbidMissing answers 403 for a key that is not there, as stores do
	// when the caller may not list the bucket.
	ForbidMissing bool `json:"forbid_missing,omitempty"`
}

// StoreAssets are the buckets of the stores. A store without any has the
// bucket asset-releases with all switches off.
type StoreAssets struct {
	OBS []Bucket `json:"obs,omitempty"`
	S3  []Bucket `json:"s3,omitempty"`
}

// store is an object store that speaks the protocol of S3; Simulator.mu guards
// its maps and slices.
type store struct {
	sim          *Simulator
	name, region string
	buckets      map[string]*bucket
	// keys are those of S3. OBS takes the ones of IAM.
	keys []*keyPair
}

// newStores makes OBS and S3.
func newStores(s *Simulator, assets *StoreAssets) (map[string]*store, error) {
	if assets == nil {
		assets = new(StoreAssets)
	}
	stores := map[string]*store{
		platformOBS: {sim: s, name: platformOBS, region: region},
		platformS3:  {sim: s, name: platformS3, region: s3Region},
	}
	stores[platformS3].keys = []*keyPair{newKeyPair("AKS3", s3User)}
	for name, buckets := range assets.byStore() {
		st := stores[name]
		st.buckets = make(map[string]*bucket)
		if len(buckets) == 0 {
			buckets = []Bucket{{Name: defaultBucket}}
		}
		for _, b := range buckets {
			if err := st.setBucket(b); err != nil {
				return nil, err
			}
		}
	}
	return stores, nil
}

// s3User is whose key pair that of S3 is.
var s3User = identity{kind: identityUser, name: "s3"}

func (a *StoreAssets) byStore() map[string][]Bucket {
	return map[string][]Bucket{platformOBS: a.OBS, platformS3: a.S3}
}

// setBucket adds a bucket or changes the switches of one; the caller holds mu.
func (st *store) setBucket(b Bucket) error {
	if !bucketName.MatchString(b.Name) {
		return fmt.Errorf("%s: %q is no name of a bucket", st.name, b.Name)
	}
	b.Region = orDefault(b.Region, st.region)
	if there := st.buckets[b.Name]; there != nil {
		there.Bucket = b
		return nil
	}
	st.buckets[b.Name] = &bucket{Bucket: b, objects: make(map[string][]*stored), uploads: make(map[string]string)}
	return nil
}

// PutBuckets adds buckets to the stores. One that is there keeps its objects
// and gets the switches that are given; those that are not given are off.
func (s *Simulator) PutBuckets(assets StoreAssets) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, buckets := range assets.byStore() {
		for _, b := range buckets {
			if err := s.stores[name].setBucket(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// OBS answers for the Object Storage Service of Huawei Cloud, which listens at
// https://obs.REGION.myhuaweicloud.com there. It takes the key pairs of the
// first account: that of Info and each temporary one.
func (s *Simulator) OBS() http.Handler {
	return s.stores[platformOBS]
}

// S3 answers for a store as many vendors have it, with a key pair of its own.
func (s *Simulator) S3() http.Handler {
	return s.stores[platformS3]
}

// TemporaryS3Keys is a key pair of S3 with a session token that ends after life.
func (s *Simulator) TemporaryS3Keys(life time.Duration) Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := newTemporaryKeys(s3User)
	key.expires = s.clock().Add(life)
	st := s.stores[platformS3]
	st.keys = append(st.keys, key)
	return Keys{key.access, key.secret, key.securityToken}
}

// firstBucket is a bucket of the store's own region, the default one if it is
// there; the caller holds mu.
func (st *store) firstBucket() string {
	if st.buckets[defaultBucket] != nil {
		return defaultBucket
	}
	for _, name := range slices.Sorted(maps.Keys(st.buckets)) {
		if st.buckets[name].Region == st.region {
			return name
		}
	}
	return ""
}

// findKeyPair finds a key pair that the store takes; the caller holds mu.
func (st *store) findKeyPair(access string) *keyPair {
	if st.name == platformOBS {
		return st.sim.findKeyPair(access)
	}
	i := slices.IndexFunc(st.keys, func(k *keyPair) bool { return k.access == access })
	if i < 0 {
		return nil
	}
	return st.keys[i]
}

// ServeHTTP answers for the store.
func (st *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := st.locate(r)
	st.sim.play(w, &call{r: r, at: at}, at.route(r))
}

// dispatchStore does what every operation of a store begins with, in that
// order: host, protocol, signature, bucket, rights.
func (s *Simulator) dispatchStore(c *call, rt route) {
	if no := c.at.checkHost(); no != nil {
		c.refuseStore(no)
		return
	}
	if no := c.at.store.checkProtocol(c.r); no != nil {
		c.refuseStore(no)
		return
	}
	key, no := c.at.store.verify(c)
	if no != nil {
		c.refuseStore(no)
		return
	}
	s.actAs(c, key.identity)
	if no := s.admitToBucket(c, rt, key); no != nil {
		c.refuseStore(no)
		return
	}
	rt.serve(s, c)
}

// admitToBucket finds the bucket and asks whether the caller may do what it
// wants to do there.
func (s *Simulator) admitToBucket(c *call, rt route, key *keyPair) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := c.at
	if at.bucket == "" {
		return notImplemented()
	}
	b := at.store.buckets[at.bucket]
	switch {
	case b == nil:
		return &refusal{status: http.StatusNotFound, code: "NoSuchBucket", message: "The specified bucket does not exist."}
	case b.Region != at.store.region:
		return at.elsewhere(b.Region)
	case at.store.name == platformOBS && (key.identity.account != homeAccount || key.identity.powerless):
		return accessDenied("Access Denied")
	case key.policy != nil && !key.policy.allows(at.action(rt.kind), at.bucket+"/"+at.key):
		return accessDenied("Access Denied: the policy of the temporary key pair does not allow " + at.action(rt.kind))
	}
	c.bucket = b
	return nil
}
