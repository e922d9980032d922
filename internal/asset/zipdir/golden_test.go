package zipdir_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

const helloCRC = 0x3610a686

// samples are complete zips, by the name of the golden vector that all zips
// under it share.
var samples = map[string][]string{
	"empty": {
		build(),
		end(0, 0, 0, "a comment"),
		"#!/bin/sh\n" + build(),
		end64(0, 0, 0, 0),
	},
	"one file": {
		build(stored("hello.txt", "hello")),
		"MZ a program that extracts the rest" + build(stored("hello.txt", "hello")),
		deflated("hello.txt", "hello"),
		encrypted,
		commented,
		gap,
	},
	"directory": {
		build(stored("etc/", ""), stored("etc/hello.txt", "hello")),
	},
	"same content": {
		written(plain, ""),
		written(backwards, "made backwards"),
		written(decorated, strings.Repeat("c", 65535)),
	},
	"same name": {
		build(stored("twice", "first"), stored("twice", "second"), stored("twice", "second")),
		build(stored("twice", "second"), stored("twice", "first"), stored("twice", "second")),
	},
	"same name and CRC": {
		build(member{name: "twice", crc: 0x01020304, method: 8, uncompressed: 10},
			member{name: "twice", crc: 0x01020304, method: 8, uncompressed: 9}),
	},
	"name that is no UTF-8": {
		build(stored("caf\xe9.txt", "hello")),
	},
	"odd names": {
		build(stored("../up", "hello"), stored("a\x00b", "hello"), stored("", ""), stored("a\nb", "hello")),
	},
	"encrypted without CRC": {
		build(stored("empty.txt", ""), sealed("secret.txt", "salt-and-cipher-1")),
		"MZ" + build(sealed("secret.txt", "salt-and-cipher-1"), stored("empty.txt", "")) + "\n",
	},
	"encrypted without CRC, other bytes": {
		build(stored("empty.txt", ""), sealed("secret.txt", "salt-and-cipher-2")),
	},
	"encrypted without CRC, same name": {
		build(sealed("twice", "salt-and-cipher-2"), withCRC(0x5dae705b), sealed("twice", "salt-and-cipher-1"),
			withCRC(0x5dae705a), sealed("twice", "salt-and-cipher-2")),
	},
	"zip64 sizes":      {zip64Sample()},
	"data descriptors": {descriptors()},
	"archive of CSA":   csaSamples,
	"archive of CSA, as recorded": {
		recordedSample("manifest.xml"),
	},
	"no archive of CSA": {
		build(stored("a.json", `{"b":1, "a":"ENC(A)"}`), stored("a.xml", "ENC(A)"), stored("META-INF/CSA.SF", "s"),
			stored("sub/manifest.xml", ""), stored("MANIFEST.XML", "")),
	},
}

// encrypted has a flag for encryption and other flags that are of no concern.
var encrypted = build(member{
	name: "hello.txt", flags: 1 | 1<<11, method: 99, crc: helloCRC, compressed: 20, uncompressed: 5,
	data: strings.Repeat("?", 20),
})

// commented has the bytes of an end record in its comment, once without a
// sensible length and once with an impossible directory.
var commented = func() string {
	comment := "PK\x05\x06" + strings.Repeat("\xee", 30) + end(3, 3000, 70, "")
	locals, directory := parts(stored("hello.txt", "hello"))
	return locals + directory + end(1, uint32(len(directory)), uint32(len(locals)), comment)
}()

// gap has bytes between directory and end record that nothing counts.
var gap = func() string {
	locals, directory := parts(stored("hello.txt", "hello"))
	return locals + directory + strings.Repeat("-", 99) + end(1, uint32(len(directory)), uint32(len(locals)), "")
}()

func zip64Sample() string {
	const all = 0xffffffff
	long := func(values ...uint64) string {
		field := ""
		for _, v := range values {
			field += le64(v)
		}
		// An unknown field comes before.
		return "\x99\x99" + le16(2) + "??" + le16(1) + le16(uint16(len(field))) + field
	}
	large := local("large.bin", 0, 8, 1, all, all, long(1<<32, 4)) + "data"
	huge := local("huge.bin", 0, 8, 0x0a0b0c0d, all, all, long(5_000_000_000, 3)) + "DAT"
	directory := central("large.bin", 0, 8, 1, 4, all, 0, long(1<<32), "") +
		central("huge.bin", 0, 8, 0x0a0b0c0d, all, all, all, long(5_000_000_000, 3, uint64(len(large))), "a comment")
	start := uint64(len(large) + len(huge))
	return large + huge + directory +
		end64(2, uint64(len(directory)), start, start+uint64(len(directory)))
}

// descriptors has data descriptors with and without signature, with short and
// long sizes.
func descriptors() string {
	a := member{name: "a.txt", flags: 8, crc: helloCRC, compressed: 5, uncompressed: 5}
	b := a
	b.name = "b.txt"
	a.data = "hello" + le32(helloCRC) + le32(5) + le32(5)
	b.data = "hello" + "PK\x07\x08" + le32(helloCRC) + le64(5) + le64(5)
	return build(a, b)
}

func deflated(name, content string) string {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	mustWrite(f, content, err)
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buf.String()
}

func mustWrite(w io.Writer, content string, err error) {
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err != nil {
		panic(err)
	}
}

func plain(int, *zip.FileHeader) {}

func backwards(_ int, h *zip.FileHeader) { h.Method = zip.Deflate }

func decorated(i int, h *zip.FileHeader) {
	h.Modified = time.Date(2001, 2, 3, 4, 5, i, 0, time.UTC)
	h.Comment = "about " + h.Name
	h.SetMode(0o600)
	h.Extra = []byte("\x99\x99\x01\x00x")
}

// written makes the zip of the vector "same content" with archive/zip.
func written(change func(int, *zip.FileHeader), comment string) string {
	files := [][2]string{
		{"B.txt", "upper"},
		{"a.txt", "lower"},
		{"a/", ""},
		{"a/b.txt", strings.Repeat("x", 1000)},
		{"a0", "zero"},
		{"ä.txt", "umlaut"},
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	if err := w.SetComment(comment); err != nil {
		panic(err)
	}
	for i := range files {
		file := files[i]
		if comment != "" {
			file = files[len(files)-1-i]
		}
		h := &zip.FileHeader{Name: file[0]}
		change(i, h)
		f, err := w.CreateHeader(h)
		mustWrite(f, file[1], err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Vectors []struct {
			Name    string
			Records []string
			SHA256  string
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Vectors) != len(samples) {
		t.Errorf("%d vectors, %d samples", len(golden.Vectors), len(samples))
	}
	for _, v := range golden.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var records []byte
			for _, c := range strings.Join(v.Records, "") {
				records = append(records, byte(c))
			}
			if sum := sha256.Sum256(records); hex.EncodeToString(sum[:]) != v.SHA256 {
				t.Fatalf("the vector contradicts itself: its records have the SHA-256 %x", sum)
			}
			if len(samples[v.Name]) == 0 {
				t.Fatal("no sample")
			}
			for i, s := range samples[v.Name] {
				r, size := strings.NewReader(s), int64(len(s))
				if got, err := zipdir.Digest(r, size); got != v.SHA256 || err != nil {
					t.Errorf("Digest of sample %d is %s, %v; want %s", i, got, err, v.SHA256)
				}
				if got, err := zipdir.Inspect(r, size); got != v.SHA256 || err != nil {
					t.Errorf("Inspect of sample %d is %s, %v; want %s", i, got, err, v.SHA256)
				}
				if err := zipdir.Check(r, size); err != nil {
					t.Errorf("Check of sample %d: %v", i, err)
				}
				if err := zipdir.Probe(r, size); err != nil {
					t.Errorf("Probe of sample %d: %v", i, err)
				}
			}
		})
	}
}
