package simulator

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// defaultEntries is how many entries a zip of too many has.
const defaultEntries = 1_000_000

// answerBadZip answers a download with a zip that is wrong in one way; the
// package is gone.
func (s *Simulator) answerBadZip(c *call, f *Fault) {
	s.loseArchive(c)
	contentType, name := "application/octet-stream", manifestName
	if c.server != nil {
		contentType, name = zipType, csaManifest
	}
	if f.Variant == zipManyEntries {
		c.sendManyEntries(contentType, int64(orDefault(f.Entries, defaultEntries)))
		return
	}
	data, err := badZip(f.Variant, name)
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot make a bad zip: %v", err))
	}
	c.raw(http.StatusOK, contentType, data)
}

// badZip makes a small zip with one entry and breaks it.
func badZip(variant, name string) ([]byte, error) {
	switch variant {
	case zipDotDot:
		name = "../../../../outside.json"
	case zipNoManifest:
		name = "readme.txt"
	}
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	w, err := zw.Create(name)
	if err == nil {
		_, err = io.WriteString(w, `{"version":"1.0","apps":[],"tasks":[]}`)
	}
	if err == nil && variant == zipAbsurdSize {
		_, err = zw.CreateRaw(&zip.FileHeader{Name: "huge.bin", Method: zip.Deflate, UncompressedSize64: 1 << 60})
	}
	if err := errors.Join(err, zw.Close()); err != nil {
		return nil, fmt.Errorf("make a zip: %w", err)
	}
	data := buf.Bytes()
	switch variant {
	case zipLocalHeader:
		// The length of the name in the local header leaves no room for the data.
		data[27] = 0xff
	case zipTruncated:
		data = data[:len(data)-10]
	}
	return data, nil
}

// Sizes of the fixed parts of zip records (APPNOTE 4.3).
const (
	localLength   = 30
	centralLength = 46
	endLength     = 22
	end64Length   = 56 + 20
	entryNameSize = 10
)

// sendManyEntries streams a zip of that many empty entries. It writes the
// records itself because archive/zip remembers every entry.
func (c *call) sendManyEntries(contentType string, n int64) {
	centralSize := n * (centralLength + entryNameSize)
	centralStart := n * (localLength + entryNameSize)
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.FormatInt(centralStart+centralSize+end64Length+endLength, 10))
	c.w.WriteHeader(http.StatusOK)
	out := bufio.NewWriterSize(c.w, 64<<10)
	le := binary.LittleEndian
	name := func(i int64) string { return fmt.Sprintf("e%0*d", entryNameSize-1, i) }

	for i := range n {
		b := append([]byte("PK\x03\x04"), make([]byte, localLength-4)...)
		le.PutUint16(b[4:], 20)
		le.PutUint16(b[26:], entryNameSize)
		_, _ = out.Write(append(b, name(i)...))
	}
	for i := range n {
		b := append([]byte("PK\x01\x02"), make([]byte, centralLength-4)...)
		le.PutUint16(b[4:], 20)
		le.PutUint16(b[6:], 20)
		le.PutUint16(b[28:], entryNameSize)
		le.PutUint32(b[42:], uint32(i*(localLength+entryNameSize)))
		_, _ = out.Write(append(b, name(i)...))
	}
	b := append([]byte("PK\x06\x06"), make([]byte, end64Length-4)...)
	le.PutUint64(b[4:], 44)
	le.PutUint16(b[12:], 45)
	le.PutUint16(b[14:], 45)
	le.PutUint64(b[24:], uint64(n))
	le.PutUint64(b[32:], uint64(n))
	le.PutUint64(b[40:], uint64(centralSize))
	le.PutUint64(b[48:], uint64(centralStart))
	copy(b[56:], "PK\x06\x07")
	le.PutUint64(b[64:], uint64(centralStart+centralSize))
	le.PutUint32(b[72:], 1)
	_, _ = out.Write(b)
	end := append([]byte("PK\x05\x06"), make([]byte, endLength-4)...)
	for i := 8; i < 20; i++ {
		end[i] = 0xff
	}
	_, _ = out.Write(end)
	// A buffered writer keeps its first error for the end.
	if err := out.Flush(); err != nil {
		abort()
	}
}
