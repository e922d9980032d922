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
