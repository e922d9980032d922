package zipdir_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// FuzzInspect looks for panics, for answers of the functions that do not go
// together, and for files that pass here and mean something else, or nothing,
// to archive/zip.
func FuzzInspect(f *testing.F) {
	for _, list := range samples {
		for _, s := range list {
			// Changes to a longer one mostly hit its comment.
			if len(s) < 4<<10 {
				f.Add([]byte(s))
			}
		}
	}
	for _, s := range zipsamples.All() {
		f.Add([]byte(s.Zip))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, size := bytes.NewReader(data), int64(len(data))
		digest, digestErr := zipdir.Digest(r, size)
		checkErr := zipdir.Check(r, size)
		inspected, err := zipdir.Inspect(r, size)
		if text(err) != text(checkErr) {
			t.Fatalf("Inspect: %v; Check: %v", err, checkErr)
		}
		if digestErr != nil && err == nil {
			t.Fatalf("Digest: %v; Inspect: %s", digestErr, inspected)
		}
		if probeErr := zipdir.Probe(r, size); probeErr != nil && text(probeErr) != text(digestErr) {
			t.Fatalf("Probe: %v; Digest: %v", probeErr, digestErr)
		}
		if digestErr == nil {
			got, err := zipdir.DigestWith(r, size, 256)
			if got != digest || err != nil {
				t.Fatalf("with little memory: %s, %v; else %s", got, err, digest)
			}
		}
		// A wrong length must do no harm.
		for _, other := range []int64{size - 1, size + 1} {
			if _, err := zipdir.Inspect(r, other); err != nil && err.Error() == "" {
				t.Fatal("an error without words")
			}
		}
		if err != nil || !sameRules(data) {
			return
		}
		if inspected != digest {
			t.Fatalf("Inspect: %s; Digest: %s", inspected, digest)
		}
		z, err := zip.NewReader(r, size)
		if err != nil {
			t.Fatalf("archive/zip: %v", err)
		}
		csa := slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "manifest.xml" })
		if want := naive(z.File); digest != want && !csa {
			t.Fatalf("%s; want %s", digest, want)
		}
		sameEntries(t, r, size, z.File)
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// sameRules tells whether archive/zip follows the same rules for this file.
// It takes the last signature of an end record even inside a comment, and it
// looks for a zip64 record when the size is 0xffff, not 0xffffffff, never where
// there is no need of one, and only where its locator says, which does not know
// what precedes the zip. Of an empty directory it reads on at the plain offset,
// whatever lies there.
func sameRules(data []byte) bool {
	const signature = "PK\x05\x06"
	at := strings.LastIndex(string(data), signature)
	if strings.Count(string(data[max(0, len(data)-66<<10):]), signature) != 1 {
		return false
	}
	size := binary.LittleEndian.Uint32(data[at+12:])
	if size == 0 {
		return false
	}
	if at >= 20 && string(data[at-20:at-16]) == "PK\x06\x07" {
		place := binary.LittleEndian.Uint64(data[at-12:])
		if size != 0xffffffff || place > uint64(at) || !bytes.HasPrefix(data[place:], []byte("PK\x06\x06")) {
			return false
		}
	}
	return size != 0xffff && size != 0xffffffff || binary.LittleEndian.Uint32(data[at+16:]) == 0xffffffff
}

// What encoding/json takes for valid has a canonical form, which is its own and
// means the same; nothing else has one.
func FuzzCanonicalJSON(f *testing.F) {
	for _, text := range []string{
		`{"b":1,"a":[true,false,null,-0.5e+1,"\u00e4\\"]}`, ` [ ] `, `{ }`, `01`, `-`, `1.`, `1e`, `"\x"`, `"\u12g4"`, "\"\t\"", `{"a":1,}`,
		`[1,]`, `{"a"}`, `{1:2}`, `[1 2]`, `"a`, `1 2`, "", `tru`, `{"b":{"d":{},"c":[{"z":1,"y":"ENC(a\/b)"}]},"a":0}`, `"ENC(\")"`, `"ENC(\\)"`, "1\x00", "[\x00",
		`"\`, `"\u00`, `{"a":1 "b":2}`, `{"a":1,"a":2}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, ok := zipdir.CanonicalJSON(text)
		if ok != json.Valid([]byte(text)) {
			if !ok && (strings.Count(text, "[")+strings.Count(text, "{") > 128 || len(text) > 1<<17) {
				return
			}
			t.Fatalf("%q: %v", text, ok)
		}
		if !ok {
			return
		}
		if again, ok := zipdir.CanonicalJSON(out); !ok || again != out {
			t.Fatalf("%q: %q, and then %q", text, out, again)
		}
		// Names that are spelled in two ways, or are no text, may be one to encoding/json.
		if strings.Contains(text, `\u`) || !utf8.ValidString(text) {
			return
		}
		var a, b any
		errA, errB := json.Unmarshal([]byte(text), &a), json.Unmarshal([]byte(out), &b)
		if !strings.Contains(text, "ENC(") && ((errA == nil) != (errB == nil) || !reflect.DeepEqual(a, b)) {
			t.Fatalf("%q: %q, %v, %v", text, out, errA, errB)
		}
	})
}
