package zipdir

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
)

const (
	// manifestName is the entry that marks an archive of CSA. Its exports are
	// not repeatable: a server encrypts confidential values anew for each one,
	// and the order of JSON keys changes from run to run of a server.
	manifestName = "manifest.xml"

	// maxCanonical is the longest entry, stored and inflated, of which the
	// content is read, in bytes.
	maxCanonical = 8 << 20
	// maxInflated is for all such entries of an archive together. A server
	// takes archives of about 2 MB.
	maxInflated = 256 << 20
)

// Compression methods (4.4.5).
const (
	methodStored   = 0
	methodDeflated = 8
)

// weigher decides what of an entry enters the digest.
type weigher struct {
	seals *sealer
	// manifest: the archive has an entry manifest.xml. total is the length of
	// all entries of which the content counts.
	manifest bool
	total    uint64

	// canonical: entries are weighed by their canonical content.
	canonical bool
	data      *checker
	r         io.ReaderAt
	source    stretch
	buffered  *bufio.Reader
	inflate   io.Reader
	content   []byte
	json      canonicalJSON
}

func (d *directory) weigher() *weigher {
	return &weigher{seals: d.sealer(), data: d.checker(), r: d.w.r}
}

// note takes what has to be known of all entries before the first can be
// weighed by its content.
func (w *weigher) note(e *Entry) {
	w.manifest = w.manifest || string(e.Name) == manifestName
	if readable(e) {
		w.total += max(e.CompressedSize, e.UncompressedSize)
	}
}

// turn says whether all entries have to be weighed again, by their canonical
// content.
func (w *weigher) turn() bool {
	w.canonical = w.manifest
	w.again()
	return w.canonical
}

// again prepares for another pass.
func (w *weigher) again() { w.seals.again() }

// weigh sets size and CRC-32 of an entry, or its sum, to those that enter the
// digest, and says whether it does at all. The sum is valid until the next
// call.
func (w *weigher) weigh(e *Entry) (bool, error) {
	if w.canonical && signature(e.Name) {
		return false, nil
	}
	if w.canonical && w.total <= maxInflated && readable(e) {
		return true, w.canonise(e)
	}
	return true, w.seals.seal(e)
}

// signature tells whether an entry is one of those that signing a zip adds. Like
// in Java, case does not matter (JAR File Specification, "Signed JAR File").
func signature(name []byte) bool {
	const folder = "META-INF/"
	if len(name) < len(folder) || !bytes.EqualFold(name[:len(folder)], []byte(folder)) {
		return false
	}
	name = name[len(folder):]
	if bytes.IndexByte(name, '/') >= 0 {
		return false
	}
	if bytes.EqualFold(name, []byte("MANIFEST.MF")) {
		return true
	}
	return hasSuffixFold(name, ".SF") || hasSuffixFold(name, ".RSA") || hasSuffixFold(name, ".DSA") || hasSuffixFold(name, ".EC")
}

// readable tells whether the content of an entry may have a canonical form.
func readable(e *Entry) bool {
	return e.Flags&flagEncrypted == 0 && (e.Method == methodStored || e.Method == methodDeflated) &&
		max(e.CompressedSize, e.UncompressedSize) <= maxCanonical &&
		(hasSuffixFold(e.Name, ".json") || hasSuffixFold(e.Name, ".xml"))
}

func hasSuffixFold(name []byte, suffix string) bool {
	return len(name) >= len(suffix) && bytes.EqualFold(name[len(name)-len(suffix):], []byte(suffix))
}

// canonise replaces size and CRC-32 of an entry by those of its canonical
// content, unless it has none.
func (w *weigher) canonise(e *Entry) error {
	content, err := w.read(e)
	if err != nil || content == nil {
		return err
	}
	if hasSuffixFold(e.Name, ".json") {
		canonical, ok := w.json.of(content)
		if !ok {
			return nil
		}
		content = canonical
	} else {
		content = emptyEncrypted(content)
	}
	e.UncompressedSize, e.CRC32 = uint64(len(content)), crc32.ChecksumIEEE(content)
	return nil
}

// read returns the content of an entry, valid until the next call, or nil if it
// is not what the directory says.
func (w *weigher) read(e *Entry) ([]byte, error) {
	begin, err := w.data.data(*e)
	if err != nil {
		return nil, err
	}
	w.source = stretch{r: w.r, at: begin, left: int64(e.CompressedSize)}
	if w.buffered == nil {
		w.buffered = bufio.NewReaderSize(nil, 64<<10)
	}
	w.buffered.Reset(&w.source)
	var from io.Reader = w.buffered
	if e.Method == methodDeflated {
		if again, ok := w.inflate.(flate.Resetter); !ok {
			w.inflate = flate.NewReader(from)
		} else if err := again.Reset(from, nil); err != nil {
			return nil, err
		}
		from = w.inflate
	}
	// One byte more shows that the size is a lie.
	want := int(e.UncompressedSize)
	if cap(w.content) < want+1 {
		w.content = make([]byte, want+1)
	}
	n, err := io.ReadFull(from, w.content[:want+1])
	if w.source.err != nil {
		return nil, w.source.err
	}
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if content := w.content[:n]; ended && n == want && crc32.ChecksumIEEE(content) == e.CRC32 {
		return content, nil
	}
	return nil, nil
}

// stretch is a part of the file. It remembers what the file failed with, which
// inflating would hide.
type stretch struct {
	r        io.ReaderAt
	at, left int64
	err      error
}

func (s *stretch) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.ReadAt(p[:min(int64(len(p)), s.left)], s.at)
	s.at += int64(n)
	s.left -= int64(n)
	switch {
	case n > 0:
		return n, nil
	case err == nil || errors.Is(err, io.EOF):
		// The file is shorter than it was said to be.
		err = io.ErrUnexpectedEOF
	}
	s.err = err
	return 0, err
}

// emptyEncrypted replaces each ENC(…) by ENC(), in place. What stands between
// the brackets is Base64, whose marks and line breaks may be escaped in the ways
// of JSON and XML.
func emptyEncrypted(b []byte) []byte {
	mark := []byte("ENC(")
	out := 0
	for rest := b; ; {
		i := bytes.Index(rest, mark)
		if i < 0 {
			out += copy(b[out:], rest)
			return b[:out]
		}
		word := i > 0 && inWord(rest[i-1])
		i += len(mark)
		out += copy(b[out:], rest[:i])
		rest = rest[i:]
		if word {
			continue
		}
		end := cipherEnd(rest)
		if end < len(rest) && rest[end] == ')' {
			rest = rest[end:]
		}
	}
}

// cipherEnd is where what may be cipher text ends. Blanks are a part of it at the
// beginning of a line alone: elsewhere they make words of what they separate.
func cipherEnd(b []byte) int {
	indent := false
	for i, c := range b {
		switch {
		case c == '\n' || c == '\r':
			indent = true
		case indent && (c == ' ' || c == '\t'):
		case cipherBytes[c]:
			indent = false
		default:
			return i
		}
	}
	return len(b)
}

// inWord says whether a byte is that of a word: ENC behind one is the end of that.
func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// cipherBytes are the bytes that may stand between the brackets.
var cipherBytes = func() (set [256]bool) {
	for _, c := range []byte("+/=-_\\&#;\r\n0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		set[c] = true
	}
	return set
}()
