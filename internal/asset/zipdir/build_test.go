package zipdir_test

import (
	"encoding/binary"
	"hash/crc32"
)

// The functions of this file put zips together byte by byte; strings hold
// bytes.

func le16(v uint16) string { return string(binary.LittleEndian.AppendUint16(nil, v)) }
func le32(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)) }
func le64(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }

// local is a local header.
func local(name string, flags, method uint16, crc, compressed, uncompressed uint32, extra string) string {
	return "PK\x03\x04" + le16(20) + le16(flags) + le16(method) + le16(0x6000) + le16(0x5a21) +
		le32(crc) + le32(compressed) + le32(uncompressed) + le16(uint16(len(name))) + le16(uint16(len(extra))) +
		name + extra
}

// central is a header of the central directory.
func central(name string, flags, method uint16, crc, compressed, uncompressed, offset uint32, extra, comment string) string {
	return "PK\x01\x02" + le16(20) + le16(20) + le16(flags) + le16(method) + le16(0x6000) + le16(0x5a21) +
		le32(crc) + le32(compressed) + le32(uncompressed) +
		le16(uint16(len(name))) + le16(uint16(len(extra))) + le16(uint16(len(comment))) +
		le16(0) + le16(0) + le32(0) + le32(offset) + name + extra + comment
}

// end is the end of central directory record.
func end(count uint16, size, offset uint32, comment string) string {
	return "PK\x05\x06" + le16(0) + le16(0) + le16(count) + le16(count) + le32(size) + le32(offset) +
		le16(uint16(len(comment))) + comment
}

// end64 is the zip64 end of central directory record at pos, its locator, and
// an end record that refers to them.
func end64(count, size, offset, pos uint64) string {
	return "PK\x06\x06" + le64(44) + le16(45) + le16(45) + le32(0) + le32(0) +
		le64(count) + le64(count) + le64(size) + le64(offset) +
		"PK\x06\x07" + le32(0) + le64(pos) + le32(1) +
		end(0xffff, 0xffffffff, 0xffffffff, "")
}

// member is one entry of a zip that build makes.
type member struct {
	name                     string
	flags, method            uint16
	crc                      uint32
	compressed, uncompressed uint32
	// localExtra and extra are the extra fields of the two headers.
	localExtra, extra, comment string
	// data is what follows the local header.
	data string
	// local, if set, stands in place of the local header and data.
	local string
}

// stored is a member without compression.
func stored(name, content string) member {
	n := uint32(len(content))
	return member{name: name, crc: crc32.ChecksumIEEE([]byte(content)), compressed: n, uncompressed: n, data: content}
}

// build makes a zip; its parts are the local headers with the data, and the
// directory without the end record.
func build(members ...member) (whole string) {
	locals, directory := parts(members...)
	return locals + directory + end(uint16(len(members)), uint32(len(directory)), uint32(len(locals)), "")
}

func parts(members ...member) (locals, directory string) {
	for _, m := range members {
		directory += central(m.name, m.flags, m.method, m.crc, m.compressed, m.uncompressed,
			uint32(len(locals)), m.extra, m.comment)
		if m.local != "" {
			locals += m.local
			continue
		}
		crc, compressed, uncompressed := m.crc, m.compressed, m.uncompressed
		if m.flags&8 != 0 {
			crc, compressed, uncompressed = 0, 0, 0
		}
		locals += local(m.name, m.flags, m.method, crc, compressed, uncompressed, m.localExtra) + m.data
	}
	return locals, directory
}
