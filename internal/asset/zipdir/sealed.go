package zipdir

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// sealer hashes the stored bytes of encrypted entries without a CRC-32.
type sealer struct {
	checker *checker
	r       io.ReaderAt
	// room is how many bytes of data the file has; left is what the entries of
	// this pass may still have of it.
	room, left uint64

	hash hash.Hash
	buf  []byte
	sum  []byte
}

func (d *directory) sealer() *sealer {
	room := uint64(d.start - d.base)
	return &sealer{checker: d.checker(), r: d.w.r, room: room, left: room}
}

// again prepares for another pass.
func (s *sealer) again() { s.left = s.room }

// seal sets the sum of an encrypted entry with CRC-32 0; it is valid until the
// next call.
func (s *sealer) seal(e *Entry) error {
	if e.Flags&flagEncrypted == 0 || e.CRC32 != 0 {
		return nil
	}
	begin, err := s.checker.data(*e)
	if err != nil {
		return err
	}
	// Entries that share their data could have a short file read for ever.
	if e.CompressedSize > s.left {
		return brokenEntry(e.Name, "the data of encrypted entries overlaps")
	}
	s.left -= e.CompressedSize
	if s.hash == nil {
		s.hash, s.buf = sha256.New(), make([]byte, maxChunk)
	}
	s.hash.Reset()
	length := int64(e.CompressedSize)
	n, err := io.CopyBuffer(s.hash, onlyReader{io.NewSectionReader(s.r, begin, length)}, s.buf)
	if err == nil && n < length {
		// The file is shorter than it was said to be.
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("reading %d bytes at byte %d: %w", length, begin, err)
	}
	s.sum = s.hash.Sum(s.sum[:0])
	e.sum = s.sum
	return nil
}

// onlyReader keeps io.CopyBuffer to its buffer.
type onlyReader struct{ io.Reader }
