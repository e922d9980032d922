package zipdir_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// sealed is an encrypted member of five bytes without a CRC-32, stored as data.
func sealed(name, data string) member {
	return member{name: name, flags: 1, method: 99, compressed: uint32(len(data)), uncompressed: 5, data: data}
}

// withCRC is a member "twice" with that CRC-32, which nothing here compares with its data.
func withCRC(crc uint32) member {
	return member{name: "twice", crc: crc, compressed: 5, uncompressed: 5, data: "hello"}
}

// storedSum hashes what archive/zip finds stored.
func storedSum(f *zip.File) string {
	raw, err := f.OpenRaw()
	if err != nil {
		panic(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, raw); err != nil {
		panic(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Encrypted entries with and without a CRC-32, copies and equal names among
// them, in any amount of memory.
func TestSealedAgainstArchiveZip(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 14))
		members := make([]member, rnd.IntN(120))
		for i := range members {
			name, data := fmt.Sprintf("n%02d", rnd.IntN(1+rnd.IntN(60))), strconv.Itoa(rnd.IntN(8))
			members[i] = stored(name, data)
			if rnd.IntN(2) == 0 {
				members[i] = sealed(name, strings.Repeat(data, rnd.IntN(30)))
			}
			if rnd.IntN(5) == 0 {
				// The numbers that the texts of the sums begin with.
				sum := sha256.Sum256([]byte(members[i].data))
				members[i] = stored(name, data)
				members[i].crc = uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3])
			}
		}
		s := build(members...)
		r, size := strings.NewReader(s), int64(len(s))
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
	}
}

// A digest that needs the data of an entry finds it or says why not.
func TestSealedDamage(t *testing.T) {
	t.Parallel()
	_, directory := parts(sealed("secret", "0123456789"))
	locals, _ := parts(sealed("secret", "0123456789"))
	twice := directory + directory
	for _, c := range []struct{ name, zip, want string }{
		{"no local header", build(member{name: "secret", flags: 1, local: "PK\x03\x05" + locals[4:]}), "there is no local header"},
		{"shared data", locals + twice + end(2, uint32(len(twice)), uint32(len(locals)), ""), ""},
		{
			"shared data of many", locals + strings.Repeat(directory, 9) + end(9, uint32(9*len(directory)), uint32(len(locals)), ""),
			"the data of encrypted entries overlaps",
		},
	} {
		_, err := zipdir.Digest(strings.NewReader(c.zip), int64(len(c.zip)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	s := build(sealed("secret", strings.Repeat("x", 10_000)))
	_, err := zipdir.Digest(failsIn{strings.NewReader(s), 5000}, int64(len(s)))
	if _, ok := errors.AsType[*zipdir.FormatError](err); ok || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a reader that fails in the data: %v", err)
	}
}

// failsIn fails reads that reach the byte at.
type failsIn struct {
	r  io.ReaderAt
	at int64
}

func (f failsIn) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.at && f.at < off+int64(len(p)) {
		return 0, io.ErrClosedPipe
	}
	return f.r.ReadAt(p, off)
}

// Hashing what is stored needs no more memory than the rest.
func TestSealedMemory(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	data := bytes.Repeat([]byte("0123456789abcdef"), 4<<20)
	m := sealed("secret", "")
	m.compressed = uint32(len(data))
	m.local = local("secret", 1, 99, 0, m.compressed, 5, "")
	s := m.local
	directory := central("secret", 1, 99, 0, m.compressed, 5, 0, "", "")
	file := io.NewSectionReader(&joined{s, data, directory + end(1, uint32(len(directory)), uint32(len(s)+len(data)), "")}, 0, 1<<62)
	size := int64(len(s)+len(data)) + int64(len(directory)) + 22
	var got string
	var err error
	if n := allocated(func() { got, err = zipdir.Inspect(file, size) }); n > 2<<20 {
		t.Errorf("%d bytes were allocated for an entry of %d", n, len(data))
	}
	sum := sha256.Sum256(data)
	record := sha256.Sum256([]byte("secret\x005\x00" + hex.EncodeToString(sum[:]) + "\n"))
	if got != hex.EncodeToString(record[:]) || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

// joined is head, data and tail as one file.
type joined struct {
	head string
	data []byte
	tail string
}

func (j *joined) ReadAt(p []byte, off int64) (n int, err error) {
	at := off
	for _, part := range []interface {
		io.ReaderAt
		Size() int64
	}{strings.NewReader(j.head), bytes.NewReader(j.data), strings.NewReader(j.tail)} {
		if at < part.Size() && n < len(p) {
			m, _ := part.ReadAt(p[n:], at)
			n, at = n+m, at+int64(m)
		}
		at -= part.Size()
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
