package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// nullVersion is the version of what was stored without versioning.
const nullVersion = "null"

// bucket is a bucket with what is in it; Simulator.mu guards it.
type bucket struct {
	Bucket
	// objects has the versions of each key, the newest last.
	objects map[string][]*stored
	// uploads maps the ids of multipart uploads to their keys.
	uploads map[string]string
}

// stored is one version of an object. It is not changed once it is stored.
type stored struct {
	version     string
	body        *content
	contentType string
	// meta is the user metadata, by header names in lower case.
	meta     map[string]string
	modified time.Time
	// marker tells that the object was deleted.
	marker bool
}

func (o *stored) etag() string {
	return `"` + o.body.md5 + `"`
}

// current is what a request without a version sees, or nil.
func (b *bucket) current(key string) *stored {
	versions := b.objects[key]
	if len(versions) == 0 {
		return nil
	}
	return versions[len(versions)-1]
}

// find finds what a request asks for; the caller holds mu.
func (b *bucket) find(at *target) (*stored, *refusal) {
	if at.version == "" {
		o := b.current(at.key)
		switch {
		case o != nil && !o.marker:
			return o, nil
		case b.ForbidMissing:
			return nil, accessDenied("Access Denied")
		}
		no := &refusal{status: http.StatusNotFound, code: "NoSuchKey", message: "The specified key does not exist."}
		if o != nil {
			no.headers = map[string]string{"X-Amz-Delete-Marker": "true", "X-Amz-Version-Id": o.version}
		}
		return nil, no
	}
	i := slices.IndexFunc(b.objects[at.key], func(o *stored) bool { return o.version == at.version })
	switch {
	case i < 0 && b.ForbidMissing:
		return nil, accessDenied("Access Denied")
	case i < 0:
		return nil, &refusal{status: http.StatusNotFound, code: "NoSuchVersion", message: "The specified version does not exist."}
	case b.objects[at.key][i].marker:
		return nil, &refusal{
			status: http.StatusMethodNotAllowed, code: "MethodNotAllowed",
			message: "The specified method is not allowed against this resource.",
			headers: map[string]string{"X-Amz-Delete-Marker": "true", "Allow": http.MethodDelete},
		}
	}
	return b.objects[at.key][i], nil
}

// add makes o the current version. Without versioning it takes the place of
// the version "null".
func (b *bucket) add(key string, o *stored) {
	o.version = nullVersion
	if b.Versioning {
		o.version = randomHex(16)
	} else {
		b.remove(key, nullVersion)
	}
	b.objects[key] = append(b.objects[key], o)
}

// remove takes a version away, if it is there.
func (b *bucket) remove(key, version string) (was *stored) {
	b.objects[key] = slices.DeleteFunc(b.objects[key], func(o *stored) bool {
		if o.version != version {
			return false
		}
		was = o
		return true
	})
	if was != nil && was.body != nil {
		was.body.remove()
	}
	if len(b.objects[key]) == 0 {
		delete(b.objects, key)
	}
	return was
}

// Prefixes of headers with user metadata.
const (
	amzMeta = "x-amz-meta-"
	obsMeta = "x-obs-meta-"
)

// metadata are the headers with user metadata. OBS takes both prefixes, S3 its
// own.
func (at *target) metadata(header http.Header) map[string]string {
	meta := make(map[string]string)
	for name, values := range header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, amzMeta) || at.store.name == platformOBS && strings.HasPrefix(name, obsMeta) {
			meta[name] = strings.Join(values, ",")
		}
	}
	return meta
}

// plainMetadata is user metadata without the prefixes.
func plainMetadata(meta map[string]string) map[string]string {
	plain := make(map[string]string, len(meta))
	for name, value := range maps.All(meta) {
		plain[strings.TrimPrefix(strings.TrimPrefix(name, amzMeta), obsMeta)] = value
	}
	return plain
}
