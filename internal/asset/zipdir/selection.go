package zipdir

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
)

// record is what the digest takes of an entry.
type record struct {
	size uint64
	// copies is how many entries are equal to it.
	copies uint64
	// at and length tell where the name lies in the selection's names.
	at     uint32
	length uint16
	// sealed: the SHA-256 in place of the crc follows the name.
	sealed bool
	crc    uint32
}

// recordLen is the size of a record in memory in bytes.
const recordLen = 32

// mark is a record that owns its name, to compare others with.
type mark struct {
	set  bool
	name []byte
	sum  []byte
	size uint64
	crc  uint32
}

// selection collects the smallest records above floor, as many as fit, and
// writes them into the hash in order.
//
// During the first pass, a selection that is full and in order is written at
// once, and the pass goes on in the hope that nothing smaller follows. If
// something does, that pass was in vain.
type selection struct {
	names                []byte
	records              []record
	maxNames, maxRecords int
	inOrder              bool

	// floor is the last record written, ceiling the largest one that can
	// still be taken in this pass.
	floor, ceiling mark
	// left: records above the ceiling are left to another pass.
	left bool
	// hope: records may be written before the end of the pass; hoping: some
	// were; vain: a smaller one followed.
	hope, hoping, vain bool

	hash    hash.Hash
	line    []byte
	written uint64
}

// newSelection allocates what the directory can fill, which lies in the file
// and is no promise of it, and not more than budget.
func newSelection(d *directory, budget int) *selection {
	s := &selection{maxNames: budget / 4 * 3, maxRecords: budget / 4 / recordLen, hash: sha256.New()}
	s.records = make([]record, 0, min(d.count, uint64(s.maxRecords)))
	s.names = make([]byte, 0, min(uint64(d.end-d.start)-headerLen*d.count, uint64(s.maxNames)))
	s.again()
	s.hope = true
	return s
}

// restart forgets all that was added.
func (s *selection) restart() {
	s.hash.Reset()
	s.written, s.floor.set = 0, false
	s.again()
	s.hope = true
}

// again prepares for another pass.
func (s *selection) again() {
	s.ceiling.set, s.left, s.hope, s.hoping, s.vain = false, false, false, false, false
	s.clear()
}

func (s *selection) clear() {
	s.names, s.records, s.inOrder = s.names[:0], s.records[:0], true
}

// add takes the entry if it belongs to the smallest.
func (s *selection) add(e *Entry) {
	if s.refuses(e) {
		return
	}
	if s.full(e) {
		if s.hope && s.inOrder && !s.left {
			s.flush()
			s.hoping = true
		} else {
			s.shrink()
		}
		if s.refuses(e) {
			return
		}
	}
	if n := len(s.records); n > 0 && s.inOrder {
		last := &s.records[n-1]
		s.inOrder = compare(s.name(last), s.sum(last), last.crc, last.size, e.Name, e.sum, e.CRC32, e.UncompressedSize) <= 0
	}
	s.records = append(s.records, record{
		size: e.UncompressedSize, copies: 1, crc: e.CRC32,
		at: uint32(len(s.names)), length: uint16(len(e.Name)), sealed: len(e.sum) > 0,
	})
	s.names = append(append(s.names, e.Name...), e.sum...)
}

// passes tells whether a name alone says that an entry has no place in a pass
// after the first one.
func (s *selection) passes(name []byte) bool {
	return s.floor.set && bytes.Compare(name, s.floor.name) < 0 || s.ceiling.set && bytes.Compare(name, s.ceiling.name) > 0
}

// refuses tells whether e has no place between floor and ceiling.
func (s *selection) refuses(e *Entry) bool {
	if s.floor.set && !s.vain {
		c := s.floor.compare(e)
		if !s.hoping && c >= 0 {
			// All copies of the floor were written with it.
			return true
		}
		s.vain = s.hoping && c > 0
	}
	return s.vain || s.ceiling.set && s.ceiling.compare(e) < 0
}

// full tells whether e does not fit. One record always does.
func (s *selection) full(e *Entry) bool {
	return len(s.records) > 0 && (len(s.records) >= s.maxRecords || len(s.names)+len(e.Name)+len(e.sum) > s.maxNames)
}

// shrink gives up the largest records, so that half of the room is free.
func (s *selection) shrink() {
	s.sort()
	// Copies are counted: they would not be told apart by the next floor.
	kept := s.records[:1]
	for _, r := range s.records[1:] {
		if last := &kept[len(kept)-1]; s.compare(*last, r) == 0 {
			last.copies += r.copies
		} else {
			kept = append(kept, r)
		}
	}
	room, names := s.maxRecords/2, 0
	for i := range kept {
		names += kept[i].len()
		if i > 0 && (i >= room || names > s.maxNames/4*3) {
			kept, s.left = kept[:i], true
			s.ceiling.put(s, &kept[i-1])
			break
		}
	}
	// Names move down within the same memory, so in the order of their places.
	slices.SortFunc(kept, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	end := 0
	for i := range kept {
		r := &kept[i]
		kept := s.names[r.at : int(r.at)+r.len()]
		r.at = uint32(end)
		end += copy(s.names[end:], kept)
	}
	s.records, s.names, s.inOrder = kept, s.names[:end], false
}

// flush writes all records and makes the largest one the floor.
func (s *selection) flush() {
	if s.vain {
		s.hash.Reset()
		s.written, s.floor.set, s.left = 0, false, true
		return
	}
	s.sort()
	for i := range s.records {
		s.write(&s.records[i])
	}
	if n := len(s.records); n > 0 {
		s.floor.put(s, &s.records[n-1])
	}
	s.clear()
}

func (s *selection) write(r *record) {
	s.line = append(append(s.line[:0], s.name(r)...), 0)
	s.line = append(strconv.AppendUint(s.line, r.size, 10), 0)
	const digits = "0123456789abcdef"
	if r.sealed {
		s.line = hex.AppendEncode(s.line, s.sum(r))
	} else {
		for shift := 28; shift >= 0; shift -= 4 {
			s.line = append(s.line, digits[r.crc>>shift&15])
		}
	}
	s.line = append(s.line, '\n')
	for range r.copies {
		s.hash.Write(s.line)
	}
	s.written += r.copies
}

func (s *selection) sort() {
	if !s.inOrder {
		slices.SortFunc(s.records, s.compare)
	}
}

func (s *selection) name(r *record) []byte { return s.names[r.at : r.at+uint32(r.length)] }

// sum is empty for a record with a CRC-32.
func (s *selection) sum(r *record) []byte {
	return s.names[int(r.at)+int(r.length) : int(r.at)+r.len()]
}

// len is the length of name and sum in bytes.
func (r *record) len() int {
	if r.sealed {
		return int(r.length) + sha256.Size
	}
	return int(r.length)
}

func (s *selection) compare(a, b record) int {
	return compare(s.name(&a), s.sum(&a), a.crc, a.size, s.name(&b), s.sum(&b), b.crc, b.size)
}

func (m *mark) compare(e *Entry) int {
	return compare(m.name, m.sum, m.crc, m.size, e.Name, e.sum, e.CRC32, e.UncompressedSize)
}

func (m *mark) put(s *selection, r *record) {
	m.set, m.name, m.size, m.crc = true, append(m.name[:0], s.name(r)...), r.size, r.crc
	m.sum = append(m.sum[:0], s.sum(r)...)
}

// compare is the order of the digest. Eight digits sort like the number, and
// before the longer text that begins with them.
func compare(name1, sum1 []byte, crc1 uint32, size1 uint64, name2, sum2 []byte, crc2 uint32, size2 uint64) int {
	if c := bytes.Compare(name1, name2); c != 0 {
		return c
	}
	var c int
	switch {
	case len(sum1) > 0 && len(sum2) > 0:
		c = bytes.Compare(sum1, sum2)
	case len(sum1) > 0:
		c = cmp.Or(cmp.Compare(binary.BigEndian.Uint32(sum1), crc2), 1)
	case len(sum2) > 0:
		c = cmp.Or(cmp.Compare(crc1, binary.BigEndian.Uint32(sum2)), -1)
	default:
		c = cmp.Compare(crc1, crc2)
	}
	return cmp.Or(c, cmp.Compare(size1, size2))
}
