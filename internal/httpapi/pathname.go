package httpapi

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// longestPath is the longest name of a file in bytes, that of Linux.
const longestPath = 4096

// ErrContent means that a setting that names a file holds what should be in
// one. It is most likely a secret, so nobody quotes it.
var ErrContent = errors.New("holds content where a path belongs")

// CheckPath returns ErrContent for a text that is no name of a file: one with
// an end of line, one that is longer than a path, and what begins like PEM,
// JSON or a token.
func CheckPath(text string) error {
	begin := strings.TrimLeft(strings.TrimPrefix(text, "\uFEFF"), " \t")
	switch {
	case len(text) > longestPath, strings.ContainsAny(text, "\r\n\x00"),
		strings.HasPrefix(begin, "-----BEGIN"), strings.HasPrefix(begin, "{"), strings.HasPrefix(begin, "["),
		likeToken(begin):
		return ErrContent
	}
	return nil
}

// Unnamed is an error of the file system without the name of the file. A name
// that leads to no file may be a secret that stands in the wrong variable, and
// nothing but a file that is there tells the one from the other.
func Unnamed(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// likeToken recognises a JSON Web Token (RFC 7519: base64url of "{"), the
// token and certificate forms of IAM (base64 of DER, with long lengths), and
// any text without a separator that no file system takes as one name.
func likeToken(text string) bool {
	const longestName = 255
	if strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") >= 1 && len(text) > 40 {
		return true
	}
	if strings.HasPrefix(text, "MII") && len(text) > 100 {
		return true
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c < 0x80 && os.IsPathSeparator(uint8(c)) }) {
		if len(part) > longestName {
			return true
		}
	}
	return false
}

// AtHome returns a path with the home directory in place of a "~/" at its
// beginning; where there is none, the path as it is.
func AtHome(name string) string {
	rest, ok := strings.CutPrefix(name, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return name
	}
	return filepath.Join(home, rest)
}
