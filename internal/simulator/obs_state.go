package simulator

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// StoreState is what a store holds.
type StoreState struct {
	Region  string                 `json:"region"`
	Buckets map[string]BucketState `json:"buckets"`
}

// BucketState is a bucket with its switches and what it holds.
type BucketState struct {
	Bucket
	// Objects are all versions, by key, the oldest of a key first.
	Objects []ObjectState `json:"objects"`
	// Uploads counts multipart uploads that were begun and not aborted.
	Uploads int `json:"uploads"`
}

// ObjectState is one version of an object.
type ObjectState struct {
	Key string `json:"key"`
	// VersionID is "null" for what was stored without versioning.
	VersionID string `json:"version_id"`
	// Latest marks the version that a request without one sees.
	Latest bool `json:"latest"`
	// DeleteMarker tells that the key was deleted; the fields below are empty.
	DeleteMarker bool  `json:"delete_marker,omitempty"`
	Size         int64 `json:"size"`
	// ETag has quotes.
	ETag        string `json:"etag,omitempty"`
	SHA256      string `json:"sha256,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	// Metadata has the names in lower case, without x-amz-meta- or x-obs-meta-.
	Metadata map[string]string `json:"metadata,omitempty"`
	Modified time.Time         `json:"modified"`
}

// state describes the store; the caller holds mu.
func (st *store) state() StoreState {
	all := StoreState{Region: st.region, Buckets: make(map[string]BucketState)}
	for name, b := range st.buckets {
		state := BucketState{Bucket: b.Bucket, Objects: []ObjectState{}, Uploads: len(b.uploads)}
		for _, key := range slices.Sorted(maps.Keys(b.objects)) {
			for _, o := range b.objects[key] {
				state.Objects = append(state.Objects, o.state(key, o == b.current(key)))
			}
		}
		all.Buckets[name] = state
	}
	return all
}

func (o *stored) state(key string, latest bool) ObjectState {
	state := ObjectState{
		Key: key, VersionID: o.version, Latest: latest, DeleteMarker: o.marker, Modified: o.modified.UTC(),
	}
	if !o.marker {
		state.Size, state.ETag, state.SHA256 = o.body.size, o.etag(), o.body.sha256
		state.ContentType, state.Metadata = o.contentType, plainMetadata(o.meta)
	}
	return state
}

var errNoObject = errors.New("there is no such object")

// bucketByName finds a bucket; the caller holds mu.
func (s *Simulator) bucketByName(storeName, name string) (*bucket, error) {
	st := s.stores[storeName]
	if st == nil {
		return nil, fmt.Errorf("there is no store %q", storeName)
	}
	b := st.buckets[name]
	if b == nil {
		return nil, fmt.Errorf("%s: there is no bucket %q", storeName, name)
	}
	return b, nil
}

// PutObject stores an object as another client would, whatever the switches of
// the bucket but versioning; store is "obs" or "s3". The names in metadata have
// no prefix.
func (s *Simulator) PutObject(store, bucket, key string, data []byte, metadata map[string]string) error {
	body, err := s.keep(bytes.NewReader(data))
	if err != nil {
		return err
	}
	meta := make(map[string]string, len(metadata))
	for name, value := range metadata {
		meta[amzMeta+strings.ToLower(name)] = value
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucketByName(store, bucket)
	if err != nil {
		body.remove()
		return err
	}
	b.add(key, &stored{body: body, contentType: defaultObjectType, meta: meta, modified: time.Now()})
	return nil
}

// inMemoryContent is a body that is there already.
func inMemoryContent(data []byte) *content {
	sum5, sum256 := md5.Sum(data), sha256.Sum256(data)
	return &content{
		data: data, size: int64(len(data)),
		md5: hex.EncodeToString(sum5[:]), sha256: hex.EncodeToString(sum256[:]),
	}
}

// Object reads an object directly: the current version if version is empty.
func (s *Simulator) Object(store, bucket, key, version string) ([]byte, error) {
	body, size, err := s.openObject(store, bucket, key, version)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.NewSectionReader(body, 0, size))
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, fmt.Errorf("read the object: %w", err)
	}
	return data, nil
}

func (s *Simulator) openObject(store, bucket, key, version string) (readAt, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucketByName(store, bucket)
	if err != nil {
		return nil, 0, err
	}
	o, no := b.find(&target{key: key, version: version})
	if no != nil {
		return nil, 0, errNoObject
	}
	body, err := o.body.open()
	return body, o.body.size, err
}

// RemoveObject removes all versions of an object, whatever the switches of the
// bucket.
func (s *Simulator) RemoveObject(store, bucket, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucketByName(store, bucket)
	if err != nil {
		return err
	}
	if len(b.objects[key]) == 0 {
		return errNoObject
	}
	for len(b.objects[key]) > 0 {
		b.remove(key, b.objects[key][0].version)
	}
	return nil
}
