// Package zipsamples has small zips as other tools make them, whole and broken ones, put
// together byte by byte, for the tests of whoever reads zips. Nothing of the provider uses
// it. Section numbers refer to PKWARE's APPNOTE.TXT, version 6.3.10.
package zipsamples

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Sample is a zip, and what has to become of it.
type Sample struct {
	Name string
	// Zip holds the bytes.
	Zip string
	// Refused is a part of the error; empty for a zip that is accepted.
	Refused string
	// Records are what the content digest is made of, sorted: "NAME\x00SIZE\x00MARK\n".
	Records []string
}

// Digest is the content digest of a sample that is accepted: lower-case hex.
func (s Sample) Digest() string {
	sum := sha256.Sum256([]byte(strings.Join(s.Records, "")))
	return hex.EncodeToString(sum[:])
}

// record is the line of an entry in the digest.
func record(name string, size int, crc uint32) string {
	return fmt.Sprintf("%s\x00%d\x00%08x\n", name, size, crc)
}

const (
	content = "hello"
	crc     = 0x3610a686
)

func hello() entry { return stored("hello.txt", content) }

// hellos are the records of the zip whose only entry is hello.
func hellos() []string { return []string{record("hello.txt", len(content), crc)} }

// All are the samples.
func All() []Sample {
	var all []Sample
	for _, some := range [][]Sample{streamed(), long(), names(), around(), odd(), hostile()} {
		all = append(all, some...)
	}
	return all
}

// streamed are written by programs that do not know lengths beforehand: they follow the
// data (4.3.9).
func streamed() []Sample {
	with := func(after string) string {
		e := hello()
		e.flags, e.after = flagDescriptor, after
		return lay(0, e).zip(0, "")
	}
	const signature = "PK\x07\x08"
	short, wide := le32(crc)+le32(5)+le32(5), le32(crc)+le64(5)+le64(5)
	return []Sample{
		{Name: "descriptor", Zip: with(signature + short), Records: hellos()},
		{Name: "descriptor without signature", Zip: with(short), Records: hellos()},
		{Name: "wide descriptor", Zip: with(signature + wide), Records: hellos()},
		{Name: "wide descriptor without signature", Zip: with(wide), Records: hellos()},
		{Name: "no descriptor in spite of its flag", Zip: with(""), Records: hellos()},
	}
}

// long have fields of zip64, of need or not (4.3.14, 4.5.3).
func long() []Sample {
	var all []Sample
	add := func(name, zip string) { all = append(all, Sample{Name: name, Zip: zip, Records: hellos()}) }
	plain := lay(0, hello())
	for known, name := range map[int]string{
		0: "all of it", 1: "all but the count", 2: "all but the size", 4: "all but the offset", 6: "the count", 5: "the size", 3: "the offset", 7: "nothing",
	} {
		// What an end record tells itself is there twice, as some programs always do it.
		add("zip64 record for "+name, plain.zip64(0, known, ""))
		add("zip64 record for "+name+", bytes before, offsets of the file", "#!/bin/sh\n"+lay(10, hello()).zip64(10, known, ""))
		add("zip64 record for "+name+", bytes before, offsets of the zip", "#!/bin/sh\n"+plain.zip64(0, known, ""))
	}
	add("zip64 record with a field of a program", plain.zip64(0, 0, "\x99\x99"+le32(2)+"??"))
	all = append(all, Sample{Name: "zip64 record of an empty zip", Zip: layout{}.zip64(0, 0, "")}, Sample{Name: "zip64 record of an empty zip, of no need", Zip: layout{}.zip64(0, 7, "")})

	whole := hello()
	whole.packed, whole.size = all32, all32
	whole.localExtra, whole.extra = extra(extraZip64, le64(5), le64(5)), extra(extraZip64, le64(5), le64(5))
	add("zip64 sizes", lay(0, whole).zip(0, ""))
	whole.offset, whole.extra = all32, extra(0x9999, "??")+extra(extraZip64, le64(5), le64(5), le64(0), le32(0))
	add("zip64 sizes, place and disk", lay(0, whole).zip(0, ""))
	spare := hello()
	spare.localExtra, spare.extra = extra(extraZip64, le64(5), le64(5)), extra(extraZip64, le64(5), le64(5))
	add("zip64 sizes of no need", lay(0, spare).zip(0, ""))
	streamed := hello()
	streamed.flags, streamed.after = flagDescriptor, "PK\x07\x08"+le32(crc)+le64(5)+le64(5)
	streamed.localExtra = extra(extraZip64, le64(0), le64(0))
	add("zip64 sizes that follow the data", lay(0, streamed).zip64(0, 0, ""))
	return all
}

// names have other encodings than UTF-8 without a flag (4.4.4, bit 11; appendix D).
func names() []Sample {
	named := func(name string, flags uint16, more string) string {
		e := stored(name, content)
		e.flags, e.extra = flags, more
		return lay(0, e).zip(0, "")
	}
	const cp437, utf8 = "gr\x81n.txt", "grün.txt"
	return []Sample{
		{Name: "name in CP437", Zip: named(cp437, 0, ""), Records: []string{record(cp437, 5, crc)}},
		{Name: "name in CP437 with its form in UTF-8", Zip: named(cp437, 0, extra(extraUnicode, "\x01", le32(0), utf8)), Records: []string{record(cp437, 5, crc)}},
		{Name: "name in UTF-8", Zip: named(utf8, flagUTF8, ""), Records: []string{record(utf8, 5, crc)}},
		{Name: "name in UTF-8 without its flag", Zip: named(utf8, 0, ""), Records: []string{record(utf8, 5, crc)}},
		{Name: "name that is no UTF-8 in spite of its flag", Zip: named(cp437, flagUTF8, ""), Records: []string{record(cp437, 5, crc)}},
		{Name: "name with backslashes", Zip: named(`a\b.txt`, 0, ""), Records: []string{record(`a\b.txt`, 5, crc)}},
		{Name: "name that leads upwards", Zip: named("../../etc/passwd", 0, ""), Records: []string{record("../../etc/passwd", 5, crc)}},
		{Name: "no name", Zip: named("", 0, ""), Records: []string{record("", 5, crc)}},
	}
}

// around have bytes before or behind them, as those of a program that extracts them, and
// comments.
func around() []Sample {
	const program, font = "MZ a program that extracts the rest", "\xef\xbb\xbf"
	plain := lay(0, hello())
	adjusted := func(before string) string {
		return before + lay(len(before), hello()).zip(len(before), "")
	}
	directory := len(plain.directory)
	return []Sample{
		{Name: "bytes before, offsets of the zip", Zip: program + plain.zip(0, ""), Records: hellos()},
		{Name: "bytes before, offsets of the file", Zip: adjusted(program), Records: hellos()},
		{Name: "bytes behind", Zip: plain.zip(0, "") + "\r\n", Records: hellos()},
		{Name: "bytes at both ends, offsets of the zip", Zip: font + plain.zip(0, "") + strings.Repeat("\x00", 300), Records: hellos()},
		{Name: "bytes at both ends, offsets of the file", Zip: adjusted(program) + "\n", Records: hellos()},
		{Name: "mark of a zip that was split and put together", Zip: adjusted("PK\x07\x08"), Records: hellos()},
		{Name: "mark of a zip that did not need to be split", Zip: adjusted("PK00"), Records: hellos()},
		{Name: "bytes between directory and end", Zip: plain.locals + plain.directory + "--" + end(0, 1, directory, len(plain.locals), ""), Records: hellos()},
		{Name: "comment", Zip: plain.zip(0, "made by hand"), Records: hellos()},
		{Name: "comment with the signature of an end record", Zip: plain.zip(0, "PK\x05\x06"), Records: hellos()},
		{Name: "comment with an end record that leads nowhere", Zip: plain.zip(0, end(0, 3, 3000, 70, "")), Records: hellos()},
		{Name: "comment and bytes behind", Zip: plain.zip(0, "made by hand") + "\n", Records: hellos()},
	}
}

// odd are unusual, and complete.
func odd() []Sample {
	// AE-2 leaves the CRC out; the stored bytes count.
	const cipher = "salt-and-cipher-and-code"
	sealed := entry{
		name: "secret.txt", flags: flagEncrypted, method: methodAES, packed: uint32(len(cipher)), size: 5, data: cipher,
		extra: extra(extraAES, le16(2), "AE", "\x03", le16(methodStored)),
	}
	sealed.localExtra = sealed.extra
	cipherSum := sha256.Sum256([]byte(cipher))
	folder := stored("etc/", "data")
	inner := lay(0, hello()).zip(0, "")
	other, twin := hello(), hello()
	other.local = "PK\x03\x04" + le16(20) + le16(flagEncrypted) + le16(8) + le32(0) + le32(1) + le32(4) + le32(6) + le16(4) + le16(0) + "evil"
	twin.shared = true
	// The local header of the second one lies in the data of the first one, as in bombs.
	within := hello()
	outer := stored("outer.bin", within.localHeader()+content)
	within.shared, within.offset = true, uint32(len(outer.localHeader()))
	return []Sample{
		{Name: "empty zip", Zip: layout{}.zip(0, "")},
		{Name: "encrypted entry of AE-2", Zip: lay(0, sealed).zip(0, ""), Records: []string{"secret.txt\x005\x00" + hex.EncodeToString(cipherSum[:]) + "\n"}},
		{Name: "same entry twice", Zip: lay(0, hello(), hello()).zip(0, ""), Records: append(hellos(), hellos()...)},
		{Name: "same name twice", Zip: lay(0, stored("hello.txt", "hallo"), hello()).zip(0, ""), Records: append(hellos(), record("hello.txt", 5, 0xb97231d1))},
		{Name: "directory with data", Zip: lay(0, folder).zip(0, ""), Records: []string{record("etc/", 4, folder.crc)}},
		{Name: "zip in a zip, stored", Zip: lay(0, stored("lib.jar", inner)).zip(0, ""), Records: []string{record("lib.jar", len(inner), stored("", inner).crc)}},
		{Name: "local header that says otherwise", Zip: lay(0, other).zip(0, ""), Records: hellos()},
		{Name: "entry inside of another one", Zip: lay(0, outer, within).zip(0, ""), Records: append(hellos(), record("outer.bin", int(outer.size), outer.crc))},
		{Name: "two entries of the same data", Zip: lay(0, hello(), twin).zip(0, ""), Records: append(hellos(), hellos()...)},
	}
}

// hostile are no complete zips, or claim what they do not hold.
func hostile() []Sample {
	plain := lay(0, hello())
	size, offset := len(plain.directory), len(plain.locals)
	body := plain.locals + plain.directory
	ends := func(disk uint16, count, size, offset int) string { return body + end(disk, count, size, offset, "") }
	changed := func(change func(*entry)) string {
		e := hello()
		change(&e)
		return lay(0, e).zip(0, "")
	}
	inner := plain.zip(0, "")
	return []Sample{
		{Name: "0 bytes", Refused: "the end of central directory record is missing: the file is cut off or no zip"},
		{Name: "one byte", Zip: "P", Refused: "the end of central directory record is missing"},
		{Name: "error page", Zip: "<html><body>502 Bad Gateway</body></html>", Refused: "the end of central directory record is missing"},
		{Name: "local header alone", Zip: plain.locals, Refused: "the end of central directory record is missing"},
		{Name: "end record that breaks off", Zip: inner[:len(inner)-1], Refused: "is missing"},
		{Name: "comment that breaks off", Zip: strings.TrimSuffix(plain.zip(0, "made by hand"), "d"), Refused: "does not reach to the end of the file: the file is cut off"},
		{Name: "beginning is missing", Zip: inner[10:], Refused: "does not fit before the end record"},
		{Name: "end record alone, of one entry", Zip: end(0, 1, 0, 0, ""), Refused: "cannot hold 1 entries"},
		{Name: "end record alone, of a directory", Zip: end(0, 1, 55, 0, ""), Refused: "does not fit before the end record"},
		{Name: "last part of a split zip", Zip: ends(1, 1, size, offset), Refused: "one part of a zip that is split over several files"},
		{Name: "zip64 locator of a split zip", Zip: body + end64(1, size, offset, "") + locator(offset+size, 2) + end(0, all16, all32, all32, ""), Refused: "counts 2 files"},
		{Name: "all bits set and no zip64 record", Zip: ends(0, all16, all32, all32), Refused: "one part of a zip|does not fit|cannot hold"},
		{Name: "zip64 locator that leads nowhere", Zip: body + locator(9999, 1) + end(0, all16, all32, all32, ""), Refused: "where no zip64 end record fits"},
		{Name: "zip64 record that says otherwise", Zip: body + end64(1, size, 0, "") + locator(offset+size, 1) + end(0, 1, size, offset, ""), Refused: "contradict each other"},
		{Name: "zip64 record of too many entries", Zip: body + end64(1<<40, size, offset, "") + locator(offset+size, 1) + end(0, all16, size, offset, ""), Refused: "cannot hold"},
		{Name: "zip64 record with a size beyond all files", Zip: body + end64(1, -1, offset, "") + locator(offset+size, 1) + end(0, 1, all32, offset, ""), Refused: "does not fit before the end record"},
		{Name: "zip64 size without its field", Zip: changed(func(e *entry) { e.packed = all32 }), Refused: "should stand in a zip64 field"},
		{Name: "zip64 field that is too short", Zip: changed(func(e *entry) { e.packed, e.extra = all32, extra(extraZip64, le32(5)) }), Refused: "missing or too short"},
		{Name: "more entries than there are", Zip: ends(0, 2, size, offset), Refused: "cannot hold 2 entries"},
		{Name: "entry that is not counted", Zip: ends(0, 0, size, offset), Refused: "another number of entries"},
		{Name: "more data than there is", Zip: changed(func(e *entry) { e.packed, e.size = 500, 500 }), Refused: "does not fit before the central directory"},
		{Name: "entry behind the directory", Zip: changed(func(e *entry) { e.offset = all32; e.extra = extra(extraZip64, le64(1<<20)) }), Refused: "would begin behind the central directory"},
		{Name: "entry at an offset that overflows", Zip: changed(func(e *entry) { e.offset = all32; e.extra = extra(extraZip64, le64(1<<64-1)) }), Refused: "would begin behind the central directory"},
		{Name: "no local header", Zip: changed(func(e *entry) { e.local = strings.Repeat("-", 39) }), Refused: "there is no local header at byte 0"},
		{Name: "zip in a zip, and the outer one is cut", Zip: "PK\x03\x04" + strings.Repeat("-", 35) + inner, Refused: "inside of another one, whose end is cut off"},
		{Name: "another zip begins behind", Zip: inner + plain.locals, Refused: "another zip begins behind the end record"},
	}
}
