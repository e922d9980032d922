package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// said checks that messages are texts, whatever they are about.
func said(t *testing.T, diags diag.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		text := d.Summary() + d.Detail()
		if d.Summary() == "" || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\r") {
			t.Fatalf("%q", text)
		}
	}
}

// The id of an import is taken as it is written or refused; nothing of it is lost, and what
// may be a secret in an address is not quoted.
func FuzzImportID(f *testing.F) {
	for _, seed := range []string{
		"roma", "roma,7a2f3c4d", "roma,7a2f3c4d,ff80", "csa,https://csa.example.com:8444,0e3f", "csa,https://u:t0ps3cret@h", "csa,https://h?token=t0ps3cret", "csa,https://h#t0ps3cret",
		"roma,,", "roma, a", "ROMA,a", "a,b,c,d", "", "csa,http://h", "roma,\u202ea", "roma," + strings.Repeat("x", 300), "csa,https://h/csa/rest/", "csa,https://t0ps3cret%zz", "roma,\xff",
	} {
		f.Add(seed)
	}
	kinds := platforms()
	f.Fuzz(func(t *testing.T, id string) {
		var diags diag.Diagnostics
		found := (*providerData)(nil).adopt(kinds, id, &diags)
		said(t, diags)
		parts := strings.Split(id, ",")
		for _, d := range diags {
			if _, query, ok := strings.Cut(id, "?"); ok && len(query) > 8 && strings.Contains(d.Detail(), query) {
				t.Fatalf("%q is quoted in %q", query, d.Detail())
			}
		}
		if diags.HasError() {
			return
		}
		if len(parts) > 3 || found.platform.ValueString() != parts[0] || found.named != (len(parts) > 1) || found.job.ValueString() != strings.Join(parts[min(len(parts), 2):], "") {
			t.Fatalf("%q: %+v", id, found)
		}
		if found.named {
			// What is recorded is what would be recorded of itself.
			again := (*providerData)(nil).adopt(kinds, parts[0]+","+found.instance.ValueString(), &diags)
			if diags.HasError() || !again.instance.Equal(found.instance) || !message.IsPlain(found.instance.ValueString()) {
				t.Fatalf("%q: %+v, then %+v", id, found, again)
			}
		}
	})
}

// What a state or a note beside a path holds is understood as a whole or not at all, and
// comes out as it went in.
func FuzzPrivateState(f *testing.F) {
	for _, seed := range []string{
		`{"fingerprint":"f","job":"j","sha256":"s","size":1,"begin":"2026-01-01T00:00:00Z"}`, `{"next":"create","path":"a.zip","asks":"x"}`, `{"own":{"Path":"a"},"for":"x","job":{"fingerprint":"f"}}`,
		`null`, `[]`, `{"fingerprint":1}`, `{"fingerprint":"f","size":1e99}`, `{"next":"\ud800"}`, `{"begin":"9999-12-31T23:59:59-01:00","fingerprint":"f"}`, `{"own":null}`, "", "true",
		`{"fingerprint":"f","job":"j","lost":["a","b\u001b"],"since":"x","unsure":true}`, `{"lost":[]}`, `{"path":"x","sha256":"ab"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if p := jobrun.DecodePending(text); p != nil {
			again := jobrun.DecodePending(p.Encode())
			if again == nil || !reflect.DeepEqual(again.Encode(), p.Encode()) || p.Fingerprint == "" {
				t.Fatalf("%q: %+v, then %+v", text, p, again)
			}
			if p.Matches(jobrun.Spec{Kind: "import"}, "") && p.Fingerprint != (jobrun.Spec{Kind: "import"}).Fingerprint() {
				t.Fatalf("%q matches", text)
			}
		}
		l := decodeLegacy(text)
		if again := decodeLegacy(l.encode()); !reflect.DeepEqual(again.encode(), l.encode()) || !json.Valid(l.encode()) {
			t.Fatalf("%q: %+v, then %+v", text, l, again)
		}
		if n := decodeNoted(text); n != nil {
			encoded, err := json.Marshal(n)
			again, _ := json.Marshal(decodeNoted(encoded))
			if err != nil || !bytes.Equal(again, encoded) || n.Fingerprint == "" || !message.IsPlain(n.Job+strings.Join(n.Lost, "")) {
				t.Fatalf("%q: %s, then %s, %v", text, encoded, again, err)
			}
		}
		var m mark
		if json.Unmarshal(text, &m) == nil && m.destroys() && (m.writes("a.zip") || m.mayWrite()) {
			t.Fatalf("%q destroys and writes", text)
		}
	})
}

// What two lists of entries differ in does not depend on their order, and is the other way
// round where they are swapped.
func FuzzContentChanges(f *testing.F) {
	f.Add("a 1 x\nb 2 y", "b 2 Y\nc 1 z")
	f.Add("a 1 x\na 2 x", "a 2 x\na 1 x")
	f.Add("", "\x00")
	listed := func(text string) (all []listedEntry) {
		for line := range strings.Lines(text) {
			name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			size, crc, _ := strings.Cut(rest, " ")
			all = append(all, listedEntry{Name: name, Size: int64(len(size)), CRC32: crc})
		}
		return all
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		before, after := listed(one), listed(two)
		added, removed, changed := contentChanges(before, after)
		back, forth, same := contentChanges(after, before)
		if !slices.Equal(added, forth) || !slices.Equal(removed, back) || !slices.Equal(changed, same) {
			t.Fatalf("%q to %q: %q %q %q, back %q %q %q", one, two, added, removed, changed, back, forth, same)
		}
		slices.Reverse(before)
		if a, r, c := contentChanges(before, after); !slices.Equal(a, added) || !slices.Equal(r, removed) || !slices.Equal(c, changed) {
			t.Fatalf("%q to %q depends on the order", one, two)
		}
		if a, r, c := contentChanges(after, after); len(a)+len(r)+len(c) != 0 {
			t.Fatalf("%q differs from itself: %q %q %q", two, a, r, c)
		}
	})
}

// A path or a digest that passes is one that people can see as it is, and what is refused
// of an address is not quoted.
func FuzzPlace(f *testing.F) {
	for _, seed := range []string{
		"a.zip", "obs://releases/a.zip", "s3://key:t0ps3cret@abc/k", "https://h/x?Signature=t0ps3cret", "~/a", "$HOME/a", `C:\a`, "", " a", "a\n", "\xef\xbb\xbfa", "obs://releases/a?versionId=1",
		strings.Repeat("a", 63), strings.Repeat("A", 64), "sha256:" + strings.Repeat("a", 64), "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var diags diag.Diagnostics
		checkPlace("source", types.StringValue(text), true, &diags)
		said(t, diags)
		if !diags.HasError() && (text == "" || !message.IsPlain(text) || strings.Contains(text, "://") && !isObject(text) && address.MatchString(text)) {
			t.Fatalf("%q passes", text)
		}
		if _, rest, ok := strings.Cut(text, "://"); ok && len(rest) > 20 && address.MatchString(strings.TrimSpace(text)) {
			for _, d := range diags {
				if strings.Contains(d.Detail(), rest) {
					t.Fatalf("%q is quoted in %q", rest, d.Detail())
				}
			}
		}
		diags = nil
		checkHash(types.StringValue(text), &diags)
		said(t, diags)
		digest := digestOf(types.StringValue(text))
		if digest != "" && (len(diags) > 0 || digestOf(types.StringValue(digest)) != digest) {
			t.Fatalf("%q: %q, %v", text, digest, diags)
		}
		model := importModel{SourceHash: types.StringValue(text)}
		if digest != "" && model.approves(asset.Stored{SHA256: "x", ContentDigest: "y"}) || digest == "" && !model.approves(asset.Stored{}) {
			t.Fatalf("%q approves another archive", text)
		}
		if problem := noDigest(text, errors.New("x")); problem == nil || !utf8.ValidString(problem.Text) {
			t.Fatalf("%v", problem)
		}
	})
}
