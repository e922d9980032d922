// Package store names objects in object stores: obs://BUCKET/KEY and
// s3://BUCKET/KEY. It sends nothing; package s3 does.
package store

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Schemes of addresses.
const (
	OBS = "obs"
	S3  = "s3"
)

// MaxKey is the length of the longest key in bytes of UTF-8 ("Naming Amazon S3
// objects"; "Object", OBS product description).
const MaxKey = 1024

// Address names an object, or one version of it. Two addresses name the same if
// they are equal by ==. The zero value is no address.
type Address struct {
	// Scheme is OBS or S3.
	Scheme string
	// Bucket keeps the rules of S3 for names.
	Bucket string
	// Key is as the store has it, without any escaping.
	Key string
	// Version is the store's name of a version, or empty.
	Version string
}

// AddressError says why a text is no address. It never quotes the text, which may
// hold a password or the signature of a signed URL.
type AddressError struct {
	// Problem continues a sentence that begins with what the address stands in.
	Problem string
}

func (e *AddressError) Error() string { return "the address " + e.Problem }

// scheme is the beginning of a URL (RFC 3986, 3.1). One letter is a drive of
// Windows.
var scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]+)://`)

// Parse reads an address. The bool says whether the text looks like SCHEME:// and so
// is never the name of a file; if it does not, there is no error and no address. The
// error is an *AddressError.
//
// The key is everything behind the bucket's slash, taken literally: "%20" is three
// characters, a space is a space, "a//b" and "a/b" are two objects, and a second
// slash behind the bucket begins a key with a slash. A key cannot hold "?" or "#",
// which begin a query and a fragment in every other tool. It has no "." or ".."
// between slashes, for hops resolve those and reach another object; and it does not
// end in a slash, for that is how consoles make folders. Schemes are written in small
// letters, as other tools for stores demand.
//
// Of queries there is one, ?versionId=ID, taken literally too. Who writes an object
// asks Unversioned.
func Parse(text string) (Address, bool, error) {
	begin := scheme.FindStringSubmatch(strings.TrimLeftFunc(text, unicode.IsSpace))
	if begin == nil {
		return Address{}, false, nil
	}
	a, problem := parse(begin[1], text)
	if problem == "" {
		return a, true, nil
	}
	return Address{}, true, &AddressError{Problem: problem}
}

func parse(name, text string) (a Address, problem string) {
	rest, ok := strings.CutPrefix(text, name+"://")
	lower := strings.ToLower(name)
	switch {
	case !ok:
		return a, "begins with a blank"
	case lower != OBS && lower != S3:
		return a, "begins with neither obs:// nor s3://"
	case lower != name:
		return a, "has to begin with obs:// or s3:// in small letters"
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	if strings.Contains(rest, "#") || strings.Contains(query, "#") {
		return a, "has a fragment (#…), which no object has"
	}
	a.Scheme = name
	a.Bucket, a.Key, _ = strings.Cut(rest, "/")
	if problem := wrongBucket(a.Bucket); problem != "" {
		return a, problem
	}
	if problem := wrongKey(a.Key); problem != "" {
		return a, problem
	}
	if hasQuery {
		a.Version, ok = strings.CutPrefix(query, "versionId=")
		if !ok || !goodVersion(a.Version) {
			return a, "has a query, of which only ?versionId=ID may follow an object"
		}
	}
	return a, ""
}

// bucketName is what all of S3, OBS and the names of hosts allow: 3 to 63 small
// letters, digits, hyphens and dots, with a letter or digit on both sides of each dot
// ("General purpose bucket naming rules"; "Creating a Bucket", OBS user guide).
var bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

func wrongBucket(name string) string {
	_, err := netip.ParseAddr(name)
	switch {
	case name == "":
		return "has no bucket"
	case strings.ContainsAny(name, "@:"):
		return "has a user name, a password or a port in place of a bucket"
	case len(name) < 3 || len(name) > 63, err == nil, !bucketName.MatchString(name):
		return "has no valid name of a bucket: 3 to 63 small letters, digits, hyphens and dots, no IP address"
	}
	return ""
}

func wrongKey(key string) string {
	switch {
	case key == "":
		return "has no key behind the bucket"
	case len(key) > MaxKey:
		return "has a key of more than 1024 bytes"
	case !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl):
		return "has a key with control characters or with bytes that are no UTF-8"
	case strings.HasSuffix(key, "/"):
		return "ends in a slash, as folders do"
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "." || part == ".." {
			return "has a key with \".\" or \"..\" between slashes, which hops resolve"
		}
	}
	return ""
}

// version are the letters of ids of versions: Base64 in both alphabets, hexadecimal
// digits, UUIDs.
var version = regexp.MustCompile(`^[A-Za-z0-9._~+/=:-]+$`)

// maxVersion is the longest id of a version in bytes ("Using versioning", S3 user guide).
const maxVersion = 1024

func goodVersion(id string) bool { return len(id) <= maxVersion && version.MatchString(id) }

// String is the canonical form: Parse of it gives the same address. It holds no secret.
func (a Address) String() string {
	text := a.Scheme + "://" + a.Bucket + "/" + a.Key
	if a.Version != "" {
		text += "?versionId=" + a.Version
	}
	return text
}

// WithVersion returns the address of a version of the object. An empty id, and one
// that no address can hold, give the address of the object.
func (a Address) WithVersion(id string) Address {
	a.Version = ""
	if goodVersion(id) {
		a.Version = id
	}
	return a
}

// Unversioned returns an *AddressError if the address names a version, for whoever
// wants to write: stores name versions themselves.
func (a Address) Unversioned() error {
	if a.Version == "" {
		return nil
	}
	return &AddressError{Problem: "names a version, which cannot be written: the store gives versions their ids"}
}

// BaseName is the part of the key behind its last slash as a name that a file can have
// on every system: what Windows refuses is "_".
func (a Address) BaseName() string {
	name := a.Key[strings.LastIndexByte(a.Key, '/')+1:]
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == utf8.RuneError || strings.ContainsRune(`<>:"|?*\/`, c) {
			return '_'
		}
		return c
	}, name)
	if trimmed := strings.TrimRight(name, " ."); trimmed != "" {
		return trimmed
	}
	return "_"
}
