package zipdir

// Signature and fixed length of a local header (4.3.7).
const (
	localSignature = 0x04034b50
	localLen       = 30
)

// flagEncrypted is the general purpose bit of an encrypted entry (4.4.4).
const flagEncrypted = 1 << 0

// checker finds the data of entries. Of a local header it takes only where the
// data begins: programs that read the directory first heed nothing else there,
// and others write other names, sizes and flags.
type checker struct{ w window }

func (d *directory) checker() *checker {
	return &checker{w: window{r: d.w.r, end: d.start}}
}

// entry returns nil if there is a local header and the data lies before the
// central directory.
func (c *checker) entry(e Entry) error {
	_, err := c.data(e)
	return err
}

// data returns where the data of the entry begins in the file.
func (c *checker) data(e Entry) (int64, error) {
	if c.w.end-e.HeaderOffset < localLen {
		return 0, brokenEntry(e.Name, "its local header would reach into the central directory")
	}
	h, err := c.w.at(e.HeaderOffset, localLen)
	if err != nil {
		return 0, err
	}
	if le.Uint32(h) != localSignature {
		return 0, brokenEntry(e.Name, "there is no local header at byte %d: "+
			"the file is damaged, or a part of it is missing", e.HeaderOffset)
	}
	begin := e.HeaderOffset + localLen + int64(le.Uint16(h[26:])) + int64(le.Uint16(h[28:]))
	if begin > c.w.end || e.CompressedSize > uint64(c.w.end-begin) {
		return 0, brokenEntry(e.Name, "its data (%d bytes) does not fit before the central directory", e.CompressedSize)
	}
	return begin, nil
}
