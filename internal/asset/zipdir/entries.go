package zipdir

import "iter"

// Signature and fixed length of a central directory header (4.3.12).
const (
	headerSignature = 0x02014b50
	headerLen       = 46
)

// entries iterates over the directory. It can be used again when the last
// iteration has ended.
func (d *directory) entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var count uint64
		for pos := d.start; pos < d.end; count++ {
			e, next, err := d.entry(pos)
			if err == nil && (e.HeaderOffset < d.base || e.HeaderOffset > d.start) {
				err = brokenEntry(e.Name, "its data would begin behind the central directory")
				e = Entry{}
			}
			if !yield(e, err) || err != nil {
				return
			}
			pos = next
		}
		if err := d.complete(count); err != nil {
			yield(Entry{}, err)
		}
	}
}

// entry parses the header at pos and returns where the next one begins.
func (d *directory) entry(pos int64) (e Entry, next int64, err error) {
	if d.end-pos < headerLen {
		return Entry{}, 0, broken("the central directory breaks off at byte %d", pos)
	}
	b, err := d.w.at(pos, headerLen)
	if err != nil {
		return Entry{}, 0, err
	}
	if le.Uint32(b) != headerSignature {
		return Entry{}, 0, broken("the central directory has no valid entry at byte %d", pos)
	}
	nameLen, extraLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:]))
	used := headerLen + nameLen + extraLen
	next = pos + int64(used) + int64(le.Uint16(b[32:]))
	if next > d.end {
		return Entry{}, 0, broken("the central directory breaks off in the entry at byte %d", pos)
	}
	// The comment is of no use and not read.
	if b, err = d.w.at(pos, used); err != nil {
		return Entry{}, 0, err
	}
	e = Entry{
		Flags:            le.Uint16(b[8:]),
		Method:           le.Uint16(b[10:]),
		CRC32:            le.Uint32(b[16:]),
		CompressedSize:   uint64(le.Uint32(b[20:])),
		UncompressedSize: uint64(le.Uint32(b[24:])),
		Name:             b[headerLen : headerLen+nameLen],
	}
	offset := uint64(le.Uint32(b[42:]))
	// The disk number is left alone: the end record says that there is only
	// one, and Check looks at what is there.
	if !resolve64(b[headerLen+nameLen:], &e.UncompressedSize, &e.CompressedSize, &offset) {
		return Entry{}, 0, brokenEntry(e.Name, "its sizes or its place should stand in a zip64 field, which is missing or too short")
	}
	// An offset that overflows comes out below the base.
	e.HeaderOffset = d.base + int64(offset)
	return e, next, nil
}

// complete says whether the directory ended where it should.
func (d *directory) complete(count uint64) error {
	// Some programs put more than 65535 entries into a zip without zip64, for
	// example Java's before version 7; the counter then wraps around.
	if count == d.count || !d.zip64 && count&max16 == d.count {
		if d.limit-d.end < headerLen {
			return nil
		}
		w := window{r: d.w.r, end: d.limit}
		b, err := w.at(d.end, headerLen)
		if err != nil || le.Uint32(b) != headerSignature {
			return err
		}
		count++
	}
	return broken("the central directory has another number of entries (at least %d) than the end record says (%d)",
		count, d.count)
}

// zip64ID marks the extra field with the long form of sizes and offset.
const zip64ID = 0x0001

// resolve64 replaces each value that has all 32 bits set by the one in the
// zip64 extra field, which holds just those, in this order (4.5.3). It says
// whether all were found; as in archive/zip the first, an uncompressed size,
// may really be 2^32-1.
func resolve64(extra []byte, values ...*uint64) bool {
	plain := true
	for _, v := range values[1:] {
		plain = plain && *v != max32
	}
	if plain && *values[0] != max32 {
		return true
	}
	for len(extra) >= 4 {
		id, length := le.Uint16(extra), int(le.Uint16(extra[2:]))
		extra = extra[4:]
		if length > len(extra) {
			break
		}
		if id != zip64ID {
			extra = extra[length:]
			continue
		}
		field := extra[:length]
		for _, v := range values {
			if *v != max32 {
				continue
			}
			if len(field) < 8 {
				return false
			}
			*v, field = le.Uint64(field), field[8:]
		}
		return true
	}
	return plain
}
