package provider_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// Of a resource of another provider that is moved here, nothing is read and nothing is
// told: whatever its state holds, what is adopted is the same.
func FuzzMovedState(f *testing.F) {
	const builtin = "terraform.io/builtin/terraform"
	for _, seed := range [][3]string{
		{builtin, "terraform_data", `{"id":"x","input":{"token":"t0ps3cret-t0ps3cret"},"triggers_replace":null}`},
		{"registry.terraform.io/hashicorp/null", "null_resource", `{"id":"1","triggers":{}}`},
		{builtin, "terraform_data", `{`},
		{builtin, "terraform_data", ``},
		{builtin, "terraform_data", "[\xff]"},
		{"evil.example.com/x/terraform", "terraform_data", `null`},
		{"", "asset_import", `{}`},
		{builtin, "\u202enull_resource\x1b", `{}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	server := provider.ServerHere()
	f.Fuzz(func(t *testing.T, address, from, state string) {
		for _, kind := range []string{"asset_export", "asset_import"} {
			it, said := moving(t, server, kind, address, from, state)
			if !utf8.ValidString(said) || strings.ContainsAny(said, "\x00\x1b\r") || strings.Contains(said, "t0ps3cret-t0ps3cret") {
				t.Fatalf("%q", said)
			}
			if strings.Contains(said, "Error: ") {
				continue
			}
			same, _ := moving(t, server, kind, address, from, `{"id":"1"}`)
			if string(same.state.MsgPack) != string(it.state.MsgPack) || string(same.private) != string(it.private) {
				t.Fatalf("%q makes %q", state, it.state.MsgPack)
			}
		}
	})
}

// The path that the function is given is a file or none: whatever is in it, the answer is a
// digest or a sentence.
func FuzzDigestArgument(f *testing.F) {
	for _, seed := range []string{"", ".", "/dev/null", "a\x00b", "no such file.zip", "obs://releases/a.zip", "\u202ea", strings.Repeat("x", 5000), "moved_fuzz_test.go"} {
		f.Add(seed)
	}
	server := provider.ServerHere()
	f.Fuzz(func(t *testing.T, path string) {
		if !utf8.ValidString(path) {
			// No text of Terraform.
			return
		}
		digest, problem := (&plugin{server: server}).digest(t, path)
		if (digest == "") == (problem == "") || digest != "" && len(digest) != 64 || strings.ContainsAny(problem, "\x00\x1b\r") {
			t.Fatalf("%q: %q, %q", path, digest, problem)
		}
	})
}
