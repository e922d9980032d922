package zipdir

import "io"

// DigestWith is Digest with another memory for sorting, in bytes.
func DigestWith(r io.ReaderAt, size int64, budget int) (string, error) {
	d, err := locate(r, size)
	if err != nil {
		return "", err
	}
	return d.digest(budget, func(Entry) error { return nil })
}

// CanonicalJSON returns the canonical form of an entry .json, or false if it has none.
func CanonicalJSON(text string) (string, bool) {
	var c canonicalJSON
	out, ok := c.of([]byte(text))
	return string(out), ok
}

// Probe says whether there is the end of a zip at the end of the file.
func Probe(r io.ReaderAt, size int64) error {
	_, err := locate(r, size)
	return err
}
