package simulator

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// copyBuffer is in bytes: large enough for a fast disk.
const copyBuffer = 256 << 10

// content is the body of an object: in memory, or in a file if it is larger
// than spoolInMemory.
type content struct {
	data        []byte
	file        string
	size        int64
	md5, sha256 string
}

// keep reads a body to its end.
func (s *Simulator) keep(r io.Reader) (*content, error) {
	// The ETag of an object is its MD5 (PutObject, S3 and OBS API references).
	sum5, sum256 := md5.New(), sha256.New()
	r = io.TeeReader(r, io.MultiWriter(sum5, sum256))
	var head bytes.Buffer
	body := new(content)
	n, err := io.CopyN(&head, r, spoolInMemory)
	switch {
	case errors.Is(err, io.EOF):
		body.data, body.size = head.Bytes(), n
	case err != nil:
		return nil, fmt.Errorf("read the body: %w", err)
	default:
		if body.file, body.size, err = s.keepFile(io.MultiReader(&head, r)); err != nil {
			return nil, err
		}
	}
	body.md5, body.sha256 = hex.EncodeToString(sum5.Sum(nil)), hex.EncodeToString(sum256.Sum(nil))
	return body, nil
}

func (s *Simulator) keepFile(r io.Reader) (name string, size int64, err error) {
	dir, err := s.storeDirectory()
	if err != nil {
		return "", 0, err
	}
	file, err := os.CreateTemp(dir, "object-*")
	if err != nil {
		return "", 0, fmt.Errorf("keep the body: %w", err)
	}
	size, err = io.CopyBuffer(struct{ io.Writer }{file}, r, make([]byte, copyBuffer))
	if err = errors.Join(err, file.Close()); err != nil {
		// The directory goes at the end, and this with it.
		_ = os.Remove(file.Name())
		return "", 0, fmt.Errorf("keep the body: %w", err)
	}
	return file.Name(), size, nil
}

// storeDirectory is where large objects are, made for the first of them.
func (s *Simulator) storeDirectory() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.storeDir == "" {
		dir, err := os.MkdirTemp("", "asset-simulator-store-*")
		if err != nil {
			return "", fmt.Errorf("directory for objects: %w", err)
		}
		s.storeDir = dir
	}
	return s.storeDir, nil
}

// removeStoreDirectory removes the large objects.
func (s *Simulator) removeStoreDirectory() error {
	s.mu.Lock()
	dir := s.storeDir
	s.mu.Unlock()
	if dir == "" {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove the objects: %w", err)
	}
	return nil
}

// readAt is what a body is read from. It has to be closed.
type readAt interface {
	io.ReaderAt
	io.Closer
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func (b *content) open() (readAt, error) {
	if b.file == "" {
		return inMemory{bytes.NewReader(b.data)}, nil
	}
	file, err := os.Open(b.file)
	if err != nil {
		return nil, fmt.Errorf("open the object: %w", err)
	}
	return file, nil
}

// remove removes the file. Where it is still being read, on Windows, it stays
// until the directory goes.
func (b *content) remove() {
	if b.file != "" {
		_ = os.Remove(b.file)
	}
}
