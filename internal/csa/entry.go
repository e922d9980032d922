package csa

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

const (
	// maxManifest is the longest manifest that is read, in bytes: one with
	// more than ten thousand items.
	maxManifest = 4 << 20

	localHeaderLen = 30
	methodStored   = 0
	methodDeflated = 8
	flagEncrypted  = 1
)

// openEntry returns the content of one entry. The reader ends with a
// *ManifestError if that is not what the central directory says. Sizes come
// from there: a streamed zip has none in its local headers (PKWARE APPNOTE
// 4.4.4, bit 3).
func openEntry(r io.ReaderAt, size int64, entry zipdir.Entry) (io.Reader, error) {
	bad := func(problem string, cause error) (io.Reader, error) {
		return nil, &ManifestError{Problem: problem, Cause: cause}
	}
	var header [localHeaderLen]byte
	if _, err := r.ReadAt(header[:], entry.HeaderOffset); err != nil {
		return bad("its local header cannot be read", err)
	}
	begin := entry.HeaderOffset + localHeaderLen +
		int64(binary.LittleEndian.Uint16(header[26:])) + int64(binary.LittleEndian.Uint16(header[28:]))
	switch {
	case string(header[:4]) != localHeader:
		return bad("its local header is missing", nil)
	case entry.Flags&flagEncrypted != 0:
		return bad("it is encrypted", nil)
	case entry.UncompressedSize > maxManifest:
		return bad("it is too long", nil)
	case begin > size || entry.CompressedSize > uint64(size-begin):
		return bad("its data does not lie inside of the file", nil)
	}
	// Enough of a buffer that a local file is not read byte by byte.
	var content io.Reader = bufio.NewReader(io.NewSectionReader(r, begin, int64(entry.CompressedSize)))
	switch entry.Method {
	case methodStored:
	case methodDeflated:
		content = flate.NewReader(content)
	default:
		return bad("its compression method is not supported", nil)
	}
	return &checked{r: content, left: int64(entry.UncompressedSize), sum: crc32.NewIEEE(), want: entry.CRC32}, nil
}

// checked passes on exactly the announced bytes, and fails at their end if
// there are more or fewer or their checksum is another.
type checked struct {
	r    io.Reader
	left int64
	sum  hash.Hash32
	want uint32
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.left -= int64(n)
	c.sum.Write(p[:n])
	end := errors.Is(err, io.EOF)
	switch {
	case c.left < 0, end && (c.left > 0 || c.sum.Sum32() != c.want):
		return 0, &ManifestError{Problem: "its content is not what the zip announces"}
	case err != nil && !end:
		return 0, &ManifestError{Problem: "its content cannot be read", Cause: err}
	}
	return n, err
}
