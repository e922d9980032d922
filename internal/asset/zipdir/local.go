package zipdir

import "bytes"

// Signature and fixed length of a local header (4.3.7), and the signature
// that a data descriptor may have (4.3.9.3).
const (
	localSignature      = 0x04034b50
	localLen            = 30
	descriptorSignature = 0x08074b50
)

// General purpose bits (4.4.4).
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
)

// checker compares local headers with the directory.
type checker struct {
	w window
	// base is where offset 0 of the zip lies in the file.
	base int64
}

func (d *directory) checker() *checker {
	return &checker{w: window{r: d.w.r, end: d.start}, base: d.base}
}

// entry returns nil if the local header says what e says and the data lies
// before the central directory.
func (c *checker) entry(e Entry) error {
	if c.w.end-e.HeaderOffset < localLen {
		return brokenEntry(e.Name, "its local header would reach into the central directory")
	}
	h, err := c.w.at(e.HeaderOffset, localLen)
	if err != nil {
		return err
	}
	if le.Uint32(h) != localSignature {
		return brokenEntry(e.Name, "there is no local header at byte %d: "+
			"the file is damaged, or a part of it is missing", e.HeaderOffset)
	}
	nameLen, extraLen := int(le.Uint16(h[26:])), int(le.Uint16(h[28:]))
	used := localLen + nameLen + extraLen
	room := c.w.end - e.HeaderOffset - int64(used)
	if room < 0 || e.CompressedSize > uint64(room) {
		return brokenEntry(e.Name, "its data (%d bytes) does not fit before the central directory", e.CompressedSize)
	}
	if h, err = c.w.at(e.HeaderOffset, used); err != nil {
		return err
	}
	flags, extra := le.Uint16(h[6:]), h[localLen+nameLen:]
	switch {
	case !bytes.Equal(h[localLen:localLen+nameLen], e.Name):
		return brokenEntry(e.Name, "its local header has another name")
	case le.Uint16(h[8:]) != e.Method:
		return brokenEntry(e.Name, "its local header has another compression method (%d, not %d)",
			le.Uint16(h[8:]), e.Method)
	case (flags^e.Flags)&flagEncrypted != 0:
		return brokenEntry(e.Name, "its local header and the central directory contradict each other about encryption")
	case c.sameSizes(h, extra, e):
		return nil
	case flags&flagDescriptor == 0:
		return brokenEntry(e.Name, "its local header has another size or CRC-32")
	}
	return c.descriptor(e, e.HeaderOffset+int64(used)+int64(e.CompressedSize))
}

// sameSizes compares sizes and CRC-32, as far as the local header has them.
func (c *checker) sameSizes(h, extra []byte, e Entry) bool {
	compressed, uncompressed := uint64(le.Uint32(h[18:])), uint64(le.Uint32(h[22:]))
	if !resolve64(extra, &uncompressed, &compressed) {
		// Zip64 without its field: there is nothing to compare.
		return le.Uint32(h[14:]) == e.CRC32
	}
	return le.Uint32(h[14:]) == e.CRC32 && compressed == e.CompressedSize && uncompressed == e.UncompressedSize
}

// descriptor looks at the data descriptor at pos. It has the CRC-32 first,
// with or without a signature before it (4.3.9.3). The sizes after it are 4 or
// 8 bytes long, which programs handle so differently that, as in archive/zip,
// they are not compared.
func (c *checker) descriptor(e Entry, pos int64) error {
	room := c.w.end - pos
	if room < 12 {
		return brokenEntry(e.Name, "its data descriptor does not fit before the central directory")
	}
	b, err := c.w.at(pos, int(min(room, 16)))
	if err != nil {
		return err
	}
	switch {
	case le.Uint32(b) == e.CRC32,
		len(b) == 16 && le.Uint32(b) == descriptorSignature && le.Uint32(b[4:]) == e.CRC32:
		return nil
	case e.Flags&flagEncrypted != 0:
		// Some kinds of encryption leave the CRC-32 out in one of the places.
		return nil
	}
	return brokenEntry(e.Name, "there is no data descriptor with its CRC-32 after its data")
}
