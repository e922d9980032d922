package zipdir_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// packed is a deflated member.
func packed(name, content string) member {
	z, err := zip.NewReader(strings.NewReader(deflated(name, content)), int64(len(deflated(name, content))))
	if err != nil {
		panic(err)
	}
	raw, err := z.File[0].OpenRaw()
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(raw)
	if err != nil {
		panic(err)
	}
	m := stored(name, content)
	m.method, m.compressed, m.data = 8, uint32(len(data)), string(data)
	return m
}

// csaSamples are three exports of the same assets, the last one signed.
var csaSamples = []string{
	build(
		packed("COMPONENTTYPE_1.json", ` { "b" : [ 1.50, {"y":null,"x":"ENC(YWJj=)"} ],`+"\r\n\t"+`"a" : "{ \"b\": 1 }", "B":{}, "c":[] } `),
		stored("TOPOLOGY_a b_1.xml", `<v a="ENC(AAAA/+==)">ENC(x) ENC( ENC(QUJD&#13;&#10;RA==)</v>`),
		stored("notes.txt", "ENC(kept)"),
		stored("META-INF/services/x.SF", "kept"),
		stored("manifest.xml", "<manifest/>"),
	),
	build(
		packed("manifest.xml", "<manifest/>"),
		stored("notes.txt", "ENC(kept)"),
		packed("TOPOLOGY_a b_1.xml", `<v a="ENC(BBBB)">ENC() ENC( ENC(QUJD)</v>`),
		stored("COMPONENTTYPE_1.json", `{"B":{},"c":[],"a":"{ \"b\": 1 }","b":[1.50,{"x":"ENC(ZGVm\/w\u003d\r\n)","y":null}]}`),
		stored("META-INF/services/x.SF", "kept"),
	),
	build(
		stored("META-INF/MANIFEST.MF", "Manifest-Version: 1.0"),
		stored("META-INF/CSA.SF", "Signature-Version: 1.0"),
		stored("META-INF/CSA.RSA", "r"), stored("META-INF/CSA.DSA", "d"), stored("meta-inf/csa.ec", "e"),
		packed("COMPONENTTYPE_1.json", `{"c":[],"b":[1.50,{"x":"ENC(Z)","y":null}],"a":"{ \"b\": 1 }","B":{}}`),
		packed("TOPOLOGY_a b_1.xml", `<v a="ENC(BBBB)">ENC(C) ENC( ENC(QUJD)</v>`),
		stored("notes.txt", "ENC(kept)"),
		stored("META-INF/services/x.SF", "kept"),
		stored("manifest.xml", "<manifest/>"),
	),
}

// recordedSample has entries that count by what the directory says of them.
func recordedSample(manifest string) string {
	const text = `{"b":1, "a":"ENC(A)"}`
	other, lying, longer, damaged, locked := stored("method.json", text), stored("short.json", text), stored("longer.json", text),
		packed("damaged.json", text), stored("locked.json", text)
	other.method = 12
	lying.uncompressed--
	longer.uncompressed += 5
	damaged.data = strings.Repeat("\xff", len(damaged.data))
	locked.flags = 1
	large := packed("large.json", strings.Repeat(" ", 8<<20)+"1")
	return build(stored("broken.json", `{"a":"ENC(A)"`), stored("empty.json", ""), other, lying, longer, damaged, locked, large,
		stored("deep.json", strings.Repeat("[", 129)+strings.Repeat("]", 129)), stored(manifest, `<m a = "ENC(A"/>`))
}

// Any order of keys and any white space have one digest; another value, another
// number and another order in a list have another.
func TestCanonicalJSON(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 16))
		value := randomJSON(rnd, 0)
		first, second := spelled(rnd, value), spelled(rnd, value)
		of := func(text string) string {
			return digestOf(t, build(stored("a.json", text), stored("manifest.xml", "")))
		}
		if of(first) != of(second) {
			t.Fatalf("seed %d: these are equal:\n%s\n%s", seed, first, second)
		}
		third := spelled(rnd, randomJSON(rnd, 0))
		var a, b any
		if errA, errB := json.Unmarshal([]byte(first), &a), json.Unmarshal([]byte(third), &b); errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if same := of(first) == of(third); same != reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d: same digest: %v\n%s\n%s", seed, same, first, third)
		}
	}
}

// Which of two members with one name counts is told by their order.
func TestOrderOfEqualNames(t *testing.T) {
	t.Parallel()
	of := func(text string) string {
		t.Helper()
		return digestOf(t, build(stored("a.json", text), stored("manifest.xml", "")))
	}
	if of(`{"b":0,"a":1,"a":2}`) == of(`{"b":0,"a":2,"a":1}`) {
		t.Error("the order of equal names means nothing")
	}
	if of(`{"b":0,"a":2,"a":1}`) != of(`{"a":2,"b":0,"a":1}`) {
		t.Error("the order of other names means something")
	}
}

func digestOf(t *testing.T, s string) string {
	t.Helper()
	digest, err := zipdir.Inspect(strings.NewReader(s), int64(len(s)))
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

type pair struct {
	name  string
	value any
}

func randomJSON(rnd *rand.Rand, depth int) any {
	kind := rnd.IntN(6)
	if depth > 4 {
		kind %= 3
	}
	switch kind {
	case 0:
		return rnd.IntN(3)
	case 1:
		return []string{"", "a", `\"`, "ENC", `{"b":1,"a":2}`, "ä"}[rnd.IntN(6)]
	case 2:
		return nil
	case 3:
		list := make([]any, rnd.IntN(4))
		for i := range list {
			list[i] = randomJSON(rnd, depth+1)
		}
		return list
	}
	var members []pair
	for _, i := range rnd.Perm(8)[:rnd.IntN(6)] {
		members = append(members, pair{fmt.Sprintf("%c%d", "aBä{"[i%4], i), randomJSON(rnd, depth+1)})
	}
	return members
}

// spelled writes a value with another order of keys and other white space each time.
func spelled(rnd *rand.Rand, value any) string {
	blank := func() string { return []string{"", " ", "\r\n\t"}[rnd.IntN(3)] }
	text := ""
	switch v := value.(type) {
	case nil:
		text = "null"
	case int:
		text = strconv.Itoa(v)
	case string:
		quoted, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		text = string(quoted)
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, spelled(rnd, e))
		}
		text = "[" + blank() + strings.Join(parts, ",") + "]"
	case []pair:
		var parts []string
		for _, i := range rnd.Perm(len(v)) {
			parts = append(parts, spelled(rnd, v[i].name)+":"+spelled(rnd, v[i].value))
		}
		text = "{" + blank() + strings.Join(parts, ",") + "}"
	}
	return blank() + text + blank()
}

// What is no encrypted value stays as it is.
func TestOnlyEncryptedValuesAreEmptied(t *testing.T) {
	t.Parallel()
	of := func(text string) string { return digestOf(t, build(stored("a.xml", text), stored("manifest.xml", ""))) }
	for _, row := range [][2]string{
		{"ENC(a", "ENC(b"},
		{"ENC(a<b/>)", "ENC(b<b/>)"},
		{"ENC(a.b)", "ENC(a.c)"},
		{`ENC("a")`, `ENC("b")`},
		{"enc(a)", "enc(b)"},
		{"ENC (a)", "ENC (b)"},
		{"ENC(a)b", "ENC(a)c"},
		{"ENC(a)", "EN(a)"},
		{"SEQUENC(One)", "SEQUENC(Two)"},
		{"ENC(see page one)", "ENC(see page two)"},
		// In two bytes for each character.
		{"\xff\xfeE\x00N\x00C\x00(\x00a\x00)\x00", "\xff\xfeE\x00N\x00C\x00(\x00b\x00)\x00"},
	} {
		if of(row[0]) == of(row[1]) {
			t.Errorf("%s and %s are taken for equal", row[0], row[1])
		}
	}
	if of("<a>ENC(a)</a>ENC(b)") != of("<a>ENC(cc)</a>ENC()") {
		t.Error("encrypted values count")
	}
	if of("ENC(QUJD\r\n\t  RA==)") != of("ENC(RA==)") {
		t.Error("an encrypted value of two lines counts")
	}
	// In one pass, whatever the blanks: a plan reads this.
	if blanks := "ENC(\n" + strings.Repeat(" ", 1<<20) + ")"; of(blanks) != of("ENC()") {
		t.Error("an encrypted value behind many blanks counts")
	}
	ofJSON := func(text string) string {
		return digestOf(t, build(stored("a.json", text), stored("manifest.xml", "")))
	}
	if ofJSON("\uFEFF"+`{"a":1,"b":2}`) == ofJSON("\uFEFF"+`{"b":2,"a":1}`) {
		t.Error("what is no JSON, because of its mark, has a canonical form")
	}
}

// The same digest with any memory for sorting, also where an archive is read in
// many passes and its manifest comes last.
func TestCanonicalInManyPasses(t *testing.T) {
	t.Parallel()
	var one, two []member
	for i := range 60 {
		name := fmt.Sprintf("%02d.json", (i*37)%60)
		one = append(one, packed(name, fmt.Sprintf(`{"a":%d,"b":"ENC(%d)"}`, i, i)))
		two = append(two, stored(name, fmt.Sprintf(`{"b":"ENC(%d)", "a":%d}`, i+7, i)))
	}
	one = append(one, stored("META-INF/X.SF", ""), stored("manifest.xml", ""))
	slices.Reverse(two)
	two = append(two, stored("manifest.xml", ""))
	want := digestOf(t, build(one...))
	for _, budget := range budgets {
		for _, members := range [][]member{one, two} {
			s := build(members...)
			if got, err := zipdir.DigestWith(strings.NewReader(s), int64(len(s)), budget); got != want || err != nil {
				t.Errorf("budget %d: %s, %v; want %s", budget, got, err, want)
			}
		}
	}
}

// A file that cannot be read is an error, and no archive with another digest.
func TestCanonicalReadError(t *testing.T) {
	t.Parallel()
	s := csaSamples[0]
	begin := int64(strings.Index(s, "COMPONENTTYPE_1.json") + len("COMPONENTTYPE_1.json"))
	if _, err := zipdir.Digest(&brokenAt{strings.NewReader(s), begin}, int64(len(s))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("%v", err)
	}
}

// brokenAt fails where reading begins at a place.
type brokenAt struct {
	r  io.ReaderAt
	at int64
}

func (b *brokenAt) ReadAt(p []byte, off int64) (int, error) {
	if off == b.at {
		return 0, iotest.ErrTimeout
	}
	return b.r.ReadAt(p, off)
}

// What an archive claims and what it holds when inflated do not decide how much
// memory it takes.
func TestCanonicalMemory(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	bomb := packed("bomb.json", "["+strings.Repeat(" ", 64<<20)+"]")
	bomb.uncompressed = 8 << 20
	members := []member{bomb, stored("manifest.xml", "")}
	for i := range 4 {
		wide := `{"b":1,` + strings.Repeat(`"a":{},`, 60_000) + `"":0}`
		nested := strings.Repeat(`{"b":`, 127) + `"` + strings.Repeat("x", 7<<20) + `"` + strings.Repeat(`,"a":0}`, 127)
		members = append(members, packed(fmt.Sprintf("wide%d.json", i), wide), packed(fmt.Sprintf("nested%d.json", i), nested))
	}
	s := build(members...)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := zipdir.Digest(strings.NewReader(s), int64(len(s))); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 24<<20 {
		t.Errorf("%d bytes were allocated, all together", got)
	}
}

// BenchmarkCanonical has what the digest of an archive of 2 MB costs: half of
// it are designs, half are images.
func BenchmarkCanonical(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 16))
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	add := func(name string, content []byte) {
		f, err := w.Create(name)
		mustWrite(f, string(content), err)
	}
	inflated := 0
	for i := 0; buf.Len() < 1<<20; i++ {
		var text strings.Builder
		for j := range 150 {
			fmt.Fprintf(&text, `%c{"name":"property%d","type":"string_encrypted","value":"ENC(%x)","displayName":"Property %d","confidential":true}`,
				"[,"[min(j, 1)], j, rnd.Uint64(), rnd.IntN(1e6))
		}
		text.WriteByte(']')
		inflated += text.Len()
		add(fmt.Sprintf("COMPONENTTYPE_%d.json", i), []byte(text.String()))
	}
	image := make([]byte, 64<<10)
	for i := 0; buf.Len() < 2<<20; i++ {
		for j := range image {
			image[j] = byte(rnd.Uint32())
		}
		add(fmt.Sprintf("%d.png", i), image)
	}
	add("manifest.xml", []byte("<manifest/>"))
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(inflated))
	r, size := bytes.NewReader(buf.Bytes()), int64(buf.Len())
	for b.Loop() {
		if _, err := zipdir.Inspect(r, size); err != nil {
			b.Fatal(err)
		}
	}
}
