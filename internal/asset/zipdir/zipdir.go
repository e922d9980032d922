// Package zipdir reads the central directory of a zip file in bounded memory:
// it derives the content digest from it and tells a complete file from a
// broken one. Nothing is extracted, and of an archive of CSA some entries are
// inflated in memory.
//
// Section numbers refer to PKWARE's APPNOTE.TXT, version 6.3.10
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
//
// Every function takes the file as an io.ReaderAt and its length in bytes.
// Errors of the reader are returned wrapped; what is wrong with the file
// itself is a *FormatError. Whatever a file claims, a call needs less than
// 24 MiB: two windows of at most 256 KiB into the file, one name, and, for
// the digest, 16 MiB for the names and records that are being sorted. The digest
// of an archive of CSA needs up to 18 MiB more, for one entry.
package zipdir

import (
	"fmt"
	"io"
	"iter"
)

// Entry is one entry of the central directory (4.3.12).
type Entry struct {
	// Name is the raw name, in whatever encoding it has; a directory's ends
	// in a slash. It is valid until the next entry is read.
	Name []byte
	// CompressedSize and UncompressedSize are in bytes.
	CompressedSize, UncompressedSize uint64
	// CRC32 is that of the uncompressed data; some encrypted entries have 0.
	CRC32 uint32
	// Method is the compression method (4.4.5), Flags the general purpose
	// bits (4.4.4).
	Method, Flags uint16
	// HeaderOffset is where the local header starts in the file.
	HeaderOffset int64

	// sum is the SHA-256 that takes the place of the CRC-32 in the digest, or
	// empty.
	sum []byte
}

// FormatError says why a file is no complete zip.
type FormatError struct {
	// Entry is the name of the entry at fault, raw and cut to 256 bytes;
	// empty when the fault lies in the file as a whole.
	Entry string
	// Problem is a sentence without a full stop.
	Problem string
}

func (e *FormatError) Error() string {
	if e.Entry == "" {
		return e.Problem
	}
	return fmt.Sprintf("entry %q: %s", e.Entry, e.Problem)
}

func broken(format string, args ...any) error {
	return &FormatError{Problem: fmt.Sprintf(format, args...)}
}

func brokenEntry(name []byte, format string, args ...any) error {
	// 256 bytes tell an entry apart; a name may have 65535.
	return &FormatError{Entry: string(name[:min(len(name), 256)]), Problem: fmt.Sprintf(format, args...)}
}

// Entries iterates over the central directory in the order of the file. An
// error is the last thing that it yields, with an empty Entry; among them is
// a number of entries other than the one that the file claims.
func Entries(r io.ReaderAt, size int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		d, err := locate(r, size)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		d.entries()(yield)
	}
}

// Digest returns the content digest: the SHA-256, in lower-case hex, over one
// record for each entry of the central directory. A record is the name, NUL,
// the uncompressed size in decimal, NUL, the CRC-32 as eight lower-case hex
// digits, LF. Records are sorted by the raw bytes of the name, then CRC, then
// size as a number.
//
// Encrypted entries may have no CRC-32 (AE-2, winzip.com/en/support/aes-encryption).
// Where it is 0, the SHA-256 of the stored bytes, in lower-case hex, takes its
// place, also in the order, which is that of the text. Those bytes are read.
//
// Where an entry is named manifest.xml, the zip is an archive of CSA, and entries
// count by their canonical content: DESIGN.md, "Archives". The directory is then
// read once more.
//
// It reads the directory once if the entries come in that order, or if there
// are no more than 131,072 of them with 12 MiB of names; else at most once for
// each 65,536 different entries or 6 MiB of names. A caller that wants to give
// up on a huge directory has the reader fail.
func Digest(r io.ReaderAt, size int64) (string, error) {
	d, err := locate(r, size)
	if err != nil {
		return "", err
	}
	return d.digest(sortBudget, func(Entry) error { return nil })
}

// Check returns nil if the file is a complete zip: the end record is there,
// the central directory parses, and every entry has a local header, whose data
// lies between it and the directory. Bytes before or behind the zip do not
// matter, nor what a local header says of its entry. The data is not read.
func Check(r io.ReaderAt, size int64) error {
	d, err := locate(r, size)
	if err != nil {
		return err
	}
	check := d.checker()
	for e, err := range d.entries() {
		if err == nil {
			err = check.entry(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Inspect is Check and Digest with one reading of the directory.
func Inspect(r io.ReaderAt, size int64) (digest string, err error) {
	d, err := locate(r, size)
	if err != nil {
		return "", err
	}
	return d.digest(sortBudget, d.checker().entry)
}
