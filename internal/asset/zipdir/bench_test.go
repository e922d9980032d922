package zipdir_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// manyEntries writes a zip of n entries of contentLen bytes to a file, in the
// order of their names or shuffled.
func manyEntries(b *testing.B, n, contentLen int, shuffled bool) (io.ReaderAt, int64) {
	b.Helper()
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if shuffled {
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	file, err := os.Create(filepath.Join(b.TempDir(), "many.zip"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	w := zip.NewWriter(file)
	content := bytes.Repeat([]byte("x"), contentLen)
	for _, i := range order {
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("apps/orders/definitions/%07d/api.yaml", i)})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return file, info.Size()
}

func BenchmarkDigest(b *testing.B) {
	for _, c := range []struct {
		name       string
		entries    int
		contentLen int
		shuffled   bool
	}{
		{"10", 10, 100, false},
		{"100000/ordered", 100_000, 100, false},
		{"100000/shuffled", 100_000, 100, true},
		{"1000000/ordered", 1_000_000, 0, false},
		{"1000000/shuffled", 1_000_000, 0, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, size := manyEntries(b, c.entries, c.contentLen, c.shuffled)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := zipdir.Digest(r, size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, contentLen := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("100000/%dbytes", contentLen), func(b *testing.B) {
			r, size := manyEntries(b, 100_000, contentLen, false)
			b.ReportAllocs()
			for b.Loop() {
				if err := zipdir.Check(r, size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	r, size := manyEntries(b, 100_000, 100, true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := zipdir.Inspect(r, size); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLarge has what an archive of 1 GiB with few entries costs. The
// content is stored in a file with holes.
func BenchmarkLarge(b *testing.B) {
	r, size := largeFile(b, 1<<30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := zipdir.Inspect(r, size); err != nil {
			b.Fatal(err)
		}
	}
}

// largeFile makes a zip with one stored entry of n zero bytes. Its CRC-32 is
// not that of the content, which nothing here reads.
func largeFile(b *testing.B, n int64) (io.ReaderAt, int64) {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "large.zip"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	head := local("large.bin", 0, 0, 0x01020304, uint32(n), uint32(n), "")
	tail := central("large.bin", 0, 0, 0x01020304, uint32(n), uint32(n), 0, "", "")
	tail += end(1, uint32(len(tail)), uint32(int64(len(head))+n), "")
	if _, err := file.WriteAt([]byte(head), 0); err != nil {
		b.Fatal(err)
	}
	if _, err := file.WriteAt([]byte(tail), int64(len(head))+n); err != nil {
		b.Fatal(err)
	}
	return file, int64(len(head)) + n + int64(len(tail))
}
