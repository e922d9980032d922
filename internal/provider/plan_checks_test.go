package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// refusals are configurations that are refused before anything is sent. The
// answer names the resource, the attribute and what is wrong with it. A
// semicolon in a body ends a line.
var refusals = []struct {
	name, kind, body, answer string
}{
	{"no ids", "export", `roma = { apps = [], tasks = [] }`, `Nothing to export .* roma = .*Neither roma\.apps nor roma\.tasks has an id`},
	{"no ids at all", "export", `roma = {}`, `Nothing to export .* roma = .*Neither roma\.apps nor roma\.tasks has an id`},
	{"no roma", "export", ``, `Nothing to export .*Write .roma = { apps`},
	{"101 apps", "export", `roma = { apps = [for i in range(101) : "a${i}"] }`, `Too many ids .*roma\.apps has 101 ids; one export takes at most 100`},
	{"101 tasks", "export", `roma = { tasks = [for i in range(101) : "a${i}"] }`, `Too many ids .*roma\.tasks has 101 ids; one export takes at most 100`},
	{"empty app", "export", `roma = { apps = ["a", ""] }`, `Empty value .*An id in roma\.apps is null or an empty string`},
	{"null task", "export", `roma = { tasks = [null] }`, `Empty value .*An id in roma\.tasks is null or an empty string`},
	{"long app", "export", `roma = { apps = [join("", [for i in range(65) : "a"])] }`, `Id too long .*roma\.apps has an id of 65 characters.*at most 64`},
	{"long task", "export", `roma = { tasks = [join("", [for i in range(65) : "a"])] }`, `Id too long .*roma\.tasks has an id of 65 characters.*at most 64`},
	{
		"long instance", "export", `roma = { apps = ["a"], instance_id = join("", [for i in range(65) : "a"]) }`,
		`Id too long .*roma\.instance_id has an id of 65 characters.*at most 64`,
	},
	{"empty instance", "export", `roma = { apps = ["a"], instance_id = "" }`, `Empty value .*roma\.instance_id must not be an empty string`},
	{"empty path", "export", `roma = { apps = ["a"] }; path = ""`, `Empty value .* path = "".*path must not be an empty string`},
	{"directory", "export", `roma = { apps = ["a"] }; path = "."`, `Path is a directory .* path = "\.".*path is "\.", which is a directory`},
	{"directory that is not there", "export", `roma = { apps = ["a"] }; path = "new/"`, `Path is a directory .*path is "new/".*"new/assets\.zip"`},
	{"if_missing", "export", `roma = { apps = ["a"] }; if_missing = ""`, `Unknown value of if_missing .* if_missing = "".*"keep".*"export"`},
	{"timeout", "export", `roma = { apps = ["a"] }; timeouts = { create = "0s" }`, `Timeout is not positive .*timeouts\.create is "0s"`},
	{
		"timeout that overflows", "export", `roma = { apps = ["a"] }; timeouts = { create = "2562048h" }`,
		`Timeout is too long .*timeouts\.create is "2562048h".*"2562047h"`,
	},
	{"timeout without a unit", "export", `roma = { apps = ["a"] }; timeouts = { update = "5" }`, `Invalid Attribute Value Time Duration .*"5" must be`},
	{"type", "import", `source = "a.zip"; roma = { type = "merge" }`, `Unknown import type .* roma = .*roma\.type is "merge".*"Merge".*"AddNew"`},
	{"empty prefix", "import", `source = "a.zip"; roma = { prefix = "" }`, `Empty value .*roma\.prefix must not be an empty string`},
	{
		"import instance", "import", `source = "a.zip"; roma = { instance_id = join("", [for i in range(65) : "a"]) }`,
		`Id too long .*roma\.instance_id has an id of 65 characters`,
	},
	{"empty source", "import", `source = ""`, `Empty value .* source = "".*source must not be an empty string`},
	{"empty hash", "import", `source = "a.zip"; source_hash = ""`, `Empty value .*source_hash must not be an empty string`},
	{"no zip", "import", `source = "main.tf"`, `Source is no archive .* source = "main\.tf".*cannot be imported`},
	{"source directory", "import", `source = "."`, `Source is no archive .*not a regular file`},
}

// TestChecksBeforeAnythingIsSent plans all of them at once: terraform reports
// every mistake that it is told of. What validation finds hides what a plan
// would, so those that a plan finds go second.
func TestChecksBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	var validated, planned strings.Builder
	for i, r := range refusals {
		text := fmt.Sprintf("resource \"asset_%s\" \"r%d\" {\n%s\n}\n", r.kind, i, strings.ReplaceAll(r.body, "; ", "\n"))
		if strings.Contains(r.answer, "Source is no archive") || strings.Contains(r.answer, "Path is a directory") {
			planned.WriteString(text)
		} else {
			validated.WriteString(text)
		}
	}
	w := newWorkspace(t, server, "")
	var answers []string
	for _, config := range []string{validated.String(), planned.String()} {
		w.write("main.tf", head+providerBlock+config)
		r := w.terraform("plan")
		if r.code != 1 {
			t.Fatalf("plan ended with %d:\n%s", r.code, r.out)
		}
		for part := range strings.SplitSeq(r.out, "Error: ") {
			answers = append(answers, flat(part))
		}
	}
	for i, r := range refusals {
		want, found := regexp.MustCompile(`^`+r.answer), 0
		for _, answer := range answers {
			if strings.Contains(answer, fmt.Sprintf(`"r%d"`, i)) && want.MatchString(answer) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d answers match %q in:\n%s", r.name, found, r.answer, strings.Join(answers, "\n"))
		}
	}
	if got := counts(server); got != "" {
		t.Errorf("requests: %s", got)
	}
}

// TestNowhereToRun plans without a platform, an instance or credentials.
func TestNowhereToRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, config, unset, answer string }{
		{"no platform", imported("roma", ""), "HW_REGION_NAME= ROMA_ENDPOINT=", `No platform .*asset_import\.x.*none is configured.*HW_REGION_NAME, ROMA_ENDPOINT or CSA_ENDPOINT`},
		{"no instance", `provider "asset" { roma = {} }` + "\n" + imported("roma", ""), "", `No instance .*asset_import\.x.*roma\.instance_id.*ROMA_INSTANCE_ID`},
		{
			"provider's instance", `provider "asset" { roma = { instance_id = join("", [for i in range(65) : "a"]) } }` + "\n" + exported(), "",
			`Id too long .*provider "asset".*roma\.instance_id has an id of 65 characters`,
		},
		{"no credentials", providerBlock + exported(), "HW_ACCESS_KEY=", `No credentials .*token: no roma\.token \(HW_AUTH_TOKEN\).*key pair: no roma\.access_key`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			w := newWorkspace(t, server, head+test.config)
			w.setenv(strings.Fields(test.unset)...)
			r := w.terraform("plan")
			if r.code != 1 || !regexp.MustCompile(`Error: `+test.answer).MatchString(flat(r.out)) {
				t.Errorf("plan ended with %d and does not match %q:\n%s", r.code, test.answer, r.out)
			}
			if got := counts(server); got != "" {
				t.Errorf("requests: %s", got)
			}
		})
	}
}
