package zipsamples

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// The functions of this file put zips together byte by byte; strings hold bytes.

func le16(v uint16) string { return string(binary.LittleEndian.AppendUint16(nil, v)) }
func le32(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)) }
func le64(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }

const (
	all16 = 1<<16 - 1
	all32 = 1<<32 - 1

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagUTF8       = 1 << 11

	methodStored = 0
	// methodAES is that of WinZip's encryption (APPNOTE, appendix E).
	methodAES = 99
)

// entry is one entry as some program writes it.
type entry struct {
	name          string
	flags, method uint16
	crc           uint32
	// packed and size are the lengths before and after inflating; offset is where the
	// local header stands, by the zip's own count.
	packed, size, offset uint32
	// extra is that of the directory, localExtra that of the local header.
	extra, localExtra string
	// data are the stored bytes, after what follows them.
	data, after string
	// local, if set, stands in place of the local header.
	local string
	// shared: it has no local header of its own, offset is another's.
	shared bool
}

// stored is an entry without compression.
func stored(name, content string) entry {
	n := uint32(len(content))
	return entry{name: name, crc: crc32.ChecksumIEEE([]byte(content)), packed: n, size: n, data: content}
}

// localHeader is what stands before the data.
func (e entry) localHeader() string {
	crc, packed, size := e.crc, e.packed, e.size
	if e.flags&flagDescriptor != 0 {
		crc, packed, size = 0, 0, 0
	}
	return "PK\x03\x04" + le16(20) + e.numbers(crc, packed, size) + le16(uint16(len(e.localExtra))) + e.name + e.localExtra
}

// header is that of the directory.
func (e entry) header() string {
	return "PK\x01\x02" + le16(20) + le16(20) + e.numbers(e.crc, e.packed, e.size) + le16(uint16(len(e.extra))) +
		le16(0) + le16(0) + le16(0) + le32(0) + le32(e.offset) + e.name + e.extra
}

func (e entry) numbers(crc, packed, size uint32) string {
	return le16(e.flags) + le16(e.method) + le16(0x6000) + le16(0x5a21) + le32(crc) + le32(packed) + le32(size) + le16(uint16(len(e.name)))
}

// layout is a zip in its parts.
type layout struct {
	locals, directory string
	count             int
}

// lay puts entries one behind the other, with offsets that count from base.
func lay(base int, entries ...entry) layout {
	l := layout{count: len(entries)}
	for _, e := range entries {
		if !e.shared {
			if e.offset != all32 {
				e.offset = uint32(base + len(l.locals))
			}
			head := e.local
			if head == "" {
				head = e.localHeader()
			}
			l.locals += head + e.data + e.after
		}
		l.directory += e.header()
	}
	return l
}

// zip closes it with an end record; offsets count from base.
func (l layout) zip(base int, comment string) string {
	return l.locals + l.directory + end(0, l.count, len(l.directory), base+len(l.locals), comment)
}

// zip64 closes it with the long form of the end record, of which the short one has what
// the bits of known say: 1 the count, 2 the size, 4 the offset. The place in the locator
// counts from base, as offsets do.
func (l layout) zip64(base, known int, more string) string {
	size, offset := len(l.directory), base+len(l.locals)
	count16, size32, offset32 := all16, all32, all32
	if known&1 != 0 {
		count16 = l.count
	}
	if known&2 != 0 {
		size32 = size
	}
	if known&4 != 0 {
		offset32 = offset
	}
	return l.locals + l.directory + end64(l.count, size, offset, more) + locator(offset+size, 1) + end(0, count16, size32, offset32, "")
}

// end is the end of central directory record (APPNOTE, 4.3.16).
func end(disk uint16, count, size, offset int, comment string) string {
	return "PK\x05\x06" + le16(disk) + le16(disk) + le16(uint16(count)) + le16(uint16(count)) + le32(uint32(size)) + le32(uint32(offset)) +
		le16(uint16(len(comment))) + comment
}

// end64 is its zip64 form (4.3.14); more is what a program may add for itself.
func end64(count, size, offset int, more string) string {
	return "PK\x06\x06" + le64(uint64(44+len(more))) + le16(45) + le16(45) + le32(0) + le32(0) +
		le64(uint64(count)) + le64(uint64(count)) + le64(uint64(size)) + le64(uint64(offset)) + more
}

// locator says where that is (4.3.15).
func locator(at int, disks uint32) string {
	return "PK\x06\x07" + le32(0) + le64(uint64(at)) + le32(disks)
}

// extra is an extra field.
func extra(id uint16, values ...string) string {
	data := strings.Join(values, "")
	return le16(id) + le16(uint16(len(data))) + data
}

const (
	extraZip64   = 0x0001
	extraUnicode = 0x7075
	extraAES     = 0x9901
)
