package zipdir

import (
	"encoding/binary"
	"errors"
	"io"
)

// Signatures and fixed lengths: end of central directory record (4.3.16), its
// zip64 form (4.3.14) and the locator of that (4.3.15).
const (
	endSignature       = 0x06054b50
	endLen             = 22
	end64Signature     = 0x06064b50
	end64Len           = 56
	locator64Signature = 0x07064b50
	locator64Len       = 20
)

// A field with all bits set has its value in the zip64 record (4.4.1.4).
const (
	max16 = 1<<16 - 1
	max32 = 1<<32 - 1
)

var le = binary.LittleEndian

// directory is a central directory that was found in a file.
type directory struct {
	w window
	// start and end are where the directory lies in the file; the data of all
	// entries lies before start.
	start, end int64
	// base is the length of whatever precedes the zip, such as the program
	// of a self-extracting archive. Offsets in the zip count from there.
	base int64
	// limit is where the end record begins, or the zip64 one.
	limit int64
	// count is the number of entries; modulo 65536 unless zip64 is set.
	count uint64
	zip64 bool
}

// locate finds the central directory. The end record is the last one whose
// comment reaches exactly to the end of the file and that leads to a
// directory, so a comment may contain the bytes of another one. If there is
// none, bytes may follow it, such as padding or a line feed: as in every
// program that reads zips, as many as the longest comment could have.
func locate(r io.ReaderAt, size int64) (*directory, error) {
	d, reason := locateEnd(r, size, true)
	if _, ok := errors.AsType[*FormatError](reason); ok {
		var second error
		if d, second = locateEnd(r, size, false); second == nil {
			return d, nil
		} else if _, ok := errors.AsType[*FormatError](second); !ok {
			return nil, second
		}
		if errors.Is(reason, errNoEnd) {
			reason = second
		}
	}
	return d, reason
}

// locateEnd looks for the end records that reach exactly to the end of the
// file, or for those that something follows.
func locateEnd(r io.ReaderAt, size int64, exact bool) (*directory, error) {
	var reason error
	// Comments are rare: the longest one is looked for only if need be.
	for _, length := range []int64{1 << 10, endLen + max16} {
		w := window{r: r, end: size}
		length = min(length, max(size, 0))
		tail, err := w.at(size-length, int(length))
		if err != nil {
			return nil, err
		}
		for p := len(tail) - endLen; p >= 0; p-- {
			if le.Uint32(tail[p:]) != endSignature {
				continue
			}
			after := p + endLen + int(le.Uint16(tail[p+20:]))
			if after > len(tail) {
				reason = first(reason, broken("the comment of the end of central directory record "+
					"does not reach to the end of the file: the file is cut off"))
				continue
			}
			if (after == len(tail)) != exact {
				continue
			}
			d, err := readEnd(r, size, size-int64(len(tail)-p), tail[p:])
			if err == nil {
				err = d.alone(tail[after:])
			}
			if _, ok := errors.AsType[*FormatError](err); !ok {
				return d, err
			}
			reason = first(reason, err)
		}
	}
	return nil, first(reason, errNoEnd)
}

var errNoEnd = broken("the end of central directory record is missing: the file is cut off or no zip")

// alone says whether what precedes the zip and what follows it is not zip as
// well. A zip that is cut off may hold a complete one, as an entry that is
// stored or as what it was before entries were added; its content is another.
func (d *directory) alone(after []byte) error {
	if len(after) >= 4 && le.Uint32(after) == localSignature {
		return broken("another zip begins behind the end record at byte %d: its end is cut off", d.limit)
	}
	if d.base < 4 {
		return nil
	}
	w := window{r: d.w.r, end: d.base}
	b, err := w.at(0, 4)
	if err != nil || le.Uint32(b) != localSignature {
		return err
	}
	return broken("the zip that ends here begins at byte %d, inside of another one, whose end is cut off", d.base)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// endRecord is what the end record says, or its zip64 form.
type endRecord struct {
	disk, directoryDisk, countHere, count, size, offset uint64
}

// readEnd follows the end record b, which lies at pos, to the directory.
func readEnd(r io.ReaderAt, size, pos int64, b []byte) (*directory, error) {
	end := endRecord{
		disk:          uint64(le.Uint16(b[4:])),
		directoryDisk: uint64(le.Uint16(b[6:])),
		countHere:     uint64(le.Uint16(b[8:])),
		count:         uint64(le.Uint16(b[10:])),
		size:          uint64(le.Uint32(b[12:])),
		offset:        uint64(le.Uint32(b[16:])),
	}
	d := &directory{limit: pos}
	w := window{r: r, end: size}
	if err := d.readEnd64(&w, &end); err != nil {
		return nil, err
	}
	switch {
	case end.disk != 0 || end.directoryDisk != 0 || end.countHere != end.count:
		return nil, broken("the file is one part of a zip that is split over several files")
	case end.size > uint64(d.limit) || end.offset > uint64(d.limit)-end.size:
		return nil, broken("the central directory (%d bytes at byte %d) does not fit before the end record at byte %d: "+
			"the file is damaged, or its beginning is missing", end.size, end.offset, d.limit)
	case end.count > end.size/headerLen:
		return nil, broken("a central directory of %d bytes cannot hold %d entries", end.size, end.count)
	}
	d.count = end.count
	d.w = window{r: r, end: size}
	d.start = d.limit - int64(end.size)
	d.base = d.start - int64(end.offset)
	d.end = d.limit
	if d.base > 0 {
		// Either something precedes the zip, or something that is not counted
		// stands between directory and end record. archive/zip takes a valid
		// entry at the plain offset for proof of the latter.
		plain := *d
		plain.base, plain.start, plain.end = 0, int64(end.offset), size
		if _, _, err := plain.entry(plain.start); err == nil {
			plain.end = plain.start + int64(end.size)
			*d = plain
		} else if _, ok := errors.AsType[*FormatError](err); !ok {
			return nil, err
		}
	}
	d.w.end = d.end
	return d, nil
}

// needs64 says whether a value stands in the zip64 record.
func (e endRecord) needs64() bool {
	return e.disk == max16 || e.directoryDisk == max16 || e.countHere == max16 || e.count == max16 || e.size == max32 || e.offset == max32
}

// readEnd64 replaces what the end record says by what the zip64 end record
// says, if there is one. Some programs always write one, and some readers take
// its word where there is no need, so it may not say otherwise.
func (d *directory) readEnd64(w *window, end *endRecord) error {
	pos := d.limit - locator64Len
	if pos < 0 {
		return nil
	}
	b, err := w.at(pos, locator64Len)
	if err != nil {
		return err
	}
	if le.Uint32(b) != locator64Signature {
		// All bits set can be a plain value too: 65535 entries.
		return nil
	}
	severed, disks := le.Uint32(b[4:]) != 0 || le.Uint32(b[16:]) != 1, le.Uint32(b[16:])
	long, at, err := record64(w, pos, le.Uint64(b[8:]))
	if _, ok := errors.AsType[*FormatError](err); ok && !end.needs64() {
		// The signature belongs to something else, such as a comment.
		return nil
	}
	switch {
	case severed:
		return broken("the zip64 locator counts %d files, but a zip that is split over several files cannot be used", disks)
	case err != nil:
		return err
	case !agree(end.count, long.count, max16) || !agree(end.size, long.size, max32) || !agree(end.offset, long.offset, max32):
		return broken("the end of central directory record and its zip64 form contradict each other")
	}
	*end, d.limit, d.zip64 = long, at, true
	return nil
}

// record64 reads the zip64 end record, which the locator at pos says to be at a
// place. Where something precedes the zip that its offsets do not count, the
// record is right before the locator, and the locator means where it would be
// without that: behind the directory.
func record64(w *window, pos int64, place uint64) (endRecord, int64, error) {
	if place > uint64(pos) || uint64(pos)-place < end64Len {
		return endRecord{}, 0, broken("the zip64 locator points to byte %d, where no zip64 end record fits", place)
	}
	for _, at := range []int64{int64(place), pos - end64Len} {
		b, err := w.at(at, end64Len)
		if err != nil {
			return endRecord{}, 0, err
		}
		if le.Uint32(b) != end64Signature {
			continue
		}
		long := endRecord{
			disk:          uint64(le.Uint32(b[16:])),
			directoryDisk: uint64(le.Uint32(b[20:])),
			countHere:     le.Uint64(b[24:]),
			count:         le.Uint64(b[32:]),
			size:          le.Uint64(b[40:]),
			offset:        le.Uint64(b[48:]),
		}
		if at == int64(place) || long.offset <= place && long.size == place-long.offset {
			return long, at, nil
		}
	}
	return endRecord{}, 0, broken("the zip64 end of central directory record is missing at byte %d", place)
}

// agree tells whether a short field stands for the long one.
func agree(short, long, all uint64) bool { return short == all || short == long }
