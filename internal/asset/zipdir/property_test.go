package zipdir_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// naive is the digest from a list that is held in memory.
func naive(files []*zip.File) string {
	files = slices.Clone(files)
	place := make(map[*zip.File]string, len(files))
	for _, f := range files {
		place[f] = fmt.Sprintf("%08x", f.CRC32)
		if f.Flags&1 != 0 && f.CRC32 == 0 {
			place[f] = storedSum(f)
		}
	}
	slices.SortFunc(files, func(a, b *zip.File) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(place[a], place[b]),
			cmp.Compare(a.UncompressedSize64, b.UncompressedSize64))
	})
	sum := sha256.New()
	for _, f := range files {
		sum.Write(fmt.Appendf(nil, "%s\x00%d\x00%s\n", f.Name, f.UncompressedSize64, place[f]))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// budgets are amounts of memory for sorting: from one record at a time to all
// of them.
var budgets = []int{0, 4 * 32, 4 * 32 * 2, 1 << 10, 4 << 10, 64 << 10, 1 << 20}

func TestAgainstArchiveZip(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		data := randomZip(rand.New(rand.NewPCG(seed, 3)))
		r, size := bytes.NewReader(data), int64(len(data))
		z, err := zip.NewReader(r, size)
		if err != nil {
			t.Fatal(err)
		}
		want := naive(z.File)
		if got, err := zipdir.Inspect(r, size); got != want || err != nil {
			t.Fatalf("seed %d: Inspect: %s, %v; want %s", seed, got, err, want)
		}
		for _, budget := range budgets {
			if got, err := zipdir.DigestWith(r, size, budget); got != want || err != nil {
				t.Fatalf("seed %d, budget %d: %s, %v; want %s", seed, budget, got, err, want)
			}
		}
		sameEntries(t, r, size, z.File)
	}
}

func sameEntries(t *testing.T, r io.ReaderAt, size int64, files []*zip.File) {
	t.Helper()
	i := 0
	for e, err := range zipdir.Entries(r, size) {
		if err != nil {
			t.Fatal(err)
		}
		f := files[i]
		if string(e.Name) != f.Name || e.CRC32 != f.CRC32 || e.Method != f.Method || e.Flags != f.Flags ||
			e.CompressedSize != f.CompressedSize64 || e.UncompressedSize != f.UncompressedSize64 {
			t.Fatalf("entry %d is %+v; want %+v", i, e, f.FileHeader)
		}
		var h [30]byte
		if _, err := r.ReadAt(h[:], e.HeaderOffset); err != nil {
			t.Fatal(err)
		}
		begin, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		nameLen, extraLen := int64(h[26])+int64(h[27])<<8, int64(h[28])+int64(h[29])<<8
		if e.HeaderOffset+30+nameLen+extraLen != begin {
			t.Fatalf("entry %d begins at %d; its data should at %d", i, e.HeaderOffset, begin)
		}
		i++
	}
	if i != len(files) {
		t.Fatalf("%d entries; want %d", i, len(files))
	}
}

// randomZip has entries in and out of order, copies, long names, extra fields
// and comments.
func randomZip(rnd *rand.Rand) []byte {
	text := func(n int) string {
		b := make([]byte, rnd.IntN(n+1))
		for i := range b {
			b[i] = "abcd/.\x00\xff"[rnd.IntN(8)]
		}
		return string(b)
	}
	var buf bytes.Buffer
	buf.WriteString(text(50))
	w := zip.NewWriter(&buf)
	w.SetOffset(int64(buf.Len()))
	if err := w.SetComment(text(2000)); err != nil {
		panic(err)
	}
	entries := rnd.IntN(1 << rnd.IntN(9))
	// From here on names come out of order.
	ordered := rnd.IntN(2 * (entries + 1))
	for i := range entries {
		var name string
		switch {
		case i < ordered:
			name = fmt.Sprintf("%05d%s", i, text(40))
		case rnd.IntN(50) == 0:
			name = text(5_000)
		default:
			name = text(1 + rnd.IntN(60))
		}
		content := text(10)
		h := &zip.FileHeader{Name: name, Comment: text(20), Method: uint16(rnd.IntN(2)) * zip.Deflate}
		if strings.HasSuffix(name, "/") {
			content = ""
		}
		f, err := w.CreateHeader(h)
		mustWrite(f, content, err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// Entries can be left at any time and used again.
func TestEntriesBreak(t *testing.T) {
	t.Parallel()
	s := build(stored("a", ""), stored("b", ""))
	all := zipdir.Entries(strings.NewReader(s), int64(len(s)))
	for range 2 {
		for e, err := range all {
			if string(e.Name) != "a" || err != nil {
				t.Fatal(e, err)
			}
			break
		}
	}
}
