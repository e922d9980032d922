package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The provider promises Terraform 1.3 and OpenTofu 1.6 or newer. What a configuration needs beyond that, it
// or its feature says, and where the binary is older, the test is about that: the
// binary refuses, with words that tell why, and nothing is sent.

// program is the binary that tests run.
type program struct {
	isTofu  bool
	version *version.Version
}

func (p program) String() string {
	if p.isTofu {
		return "OpenTofu " + p.version.String()
	}
	return "Terraform " + p.version.String()
}

// terraformProgram is what TF_ACC_TERRAFORM_PATH names, or terraform.
func terraformProgram() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

var runningProgram = sync.OnceValues(func() (program, error) {
	// The answer belongs to no test, so it must not end with one.
	ask := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(context.Background(), terraformProgram(), append([]string{"version"}, args...)...)
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
		return cmd.Output()
	}
	text, err := ask()
	if err != nil {
		return program{}, fmt.Errorf("%s version: %w", terraformProgram(), err)
	}
	inJSON, err := ask("-json")
	if err != nil {
		return program{}, fmt.Errorf("%s version -json: %w", terraformProgram(), err)
	}
	// OpenTofu has no name of its own in JSON.
	var said struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(inJSON, &said); err != nil {
		return program{}, fmt.Errorf("%s version -json: %w", terraformProgram(), err)
	}
	v, err := version.NewVersion(said.Version)
	if err != nil {
		return program{}, fmt.Errorf("%s version -json: %w", terraformProgram(), err)
	}
	// A release candidate has what the release has.
	return program{isTofu: strings.HasPrefix(string(text), "OpenTofu"), version: v.Core()}, nil
})

// terraformBinary is what runs the tests.
func terraformBinary(t *testing.T) program {
	t.Helper()
	p, err := runningProgram()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// feature is something that not every version has that the provider promises to work with.
type feature struct {
	name string
	// terraform and tofu are the first versions that have it.
	terraform, tofu string
	// used finds it in a configuration.
	used *regexp.Regexp
	// refused is what older versions say of it.
	refused string
}

var features = []feature{
	{"checks", "1.5.0", "1.6.0", regexp.MustCompile(`(?m)^check "`), `Blocks of type "check" are not expected here`},
	{"functions of providers", "1.8.0", "1.7.0", regexp.MustCompile(`provider::`), `Error: (Extra characters after expression|Missing newline after argument|Invalid expression|Invalid character|Missing item separator|Missing attribute separator)`},
	{"ephemeral variables", "1.10.0", "1.11.0", regexp.MustCompile(`(?m)^\s*ephemeral\s*=`), `An argument named "ephemeral" is not expected here`},
	// No OpenTofu has them yet.
	{"actions", "1.14.0", "99.0.0", regexp.MustCompile(`(?m)^action "`), `Blocks of type "action" are not expected here`},
}

func (f feature) first(isTofu bool) *version.Version {
	if isTofu {
		return version.Must(version.NewVersion(f.tofu))
	}
	return version.Must(version.NewVersion(f.terraform))
}

func (f feature) has(p program) bool { return p.version.GreaterThanOrEqual(f.first(p.isTofu)) }

// unsupported is what a version says that is older than required_version.
const unsupported = `Unsupported (Terraform|OpenTofu) Core version`

// lacks says which command of the binary refuses an example, with a pattern for its words; the pattern is empty where
// it has all that the example needs. Init looks at required_version first, but for what is no syntax to
// it, such as functions of providers.
func (e example) lacks(t *testing.T, p program) (command, refusal string) {
	t.Helper()
	var refusals []string
	for _, f := range features {
		if f.used.MatchString(e.text(t)) && !f.has(p) {
			refusals = append(refusals, f.refused)
		}
	}
	command = "plan"
	if required := e.required(t); required != nil && !required.Check(p.version) {
		command, refusals = "init", append(refusals, unsupported)
	}
	return command, strings.Join(refusals, "|")
}

// required is the required_version of an example, or nil.
func (e example) required(t *testing.T) version.Constraints {
	t.Helper()
	for _, b := range e.blocks(t) {
		attribute, ok := b.Body.Attributes["required_version"]
		if b.Type != "terraform" || !ok {
			continue
		}
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		constraints, err := version.NewConstraint(value.AsString())
		if err != nil {
			t.Fatal(err)
		}
		return constraints
	}
	return nil
}

// hasSettings says whether there is a terraform block: a configuration that stands alone, not a part of one.
func hasSettings(blocks []*hclsyntax.Block) bool {
	for _, b := range blocks {
		if b.Type == "terraform" {
			return true
		}
	}
	return false
}

// TestExamplesSayWhatTheyNeed: whoever takes a whole example to an older version is told so.
func TestExamplesSayWhatTheyNeed(t *testing.T) {
	t.Parallel()
	whole := 0
	for _, e := range findExamples(t) {
		if !hasSettings(e.blocks(t)) {
			continue
		}
		whole++
		needed := version.Must(version.NewVersion(oldestTerraform))
		for _, f := range features {
			if f.used.MatchString(e.text(t)) && f.first(false).GreaterThan(needed) {
				needed = f.first(false)
			}
		}
		if e.tested(t) && needed.LessThan(testsWithProviders) {
			needed = testsWithProviders
		}
		before := version.Must(version.NewVersion(fmt.Sprintf("%d.%d.99", needed.Segments()[0], needed.Segments()[1]-1)))
		if required := e.required(t); required == nil || !required.Check(needed) || required.Check(before) {
			t.Errorf("%s needs %s and has required_version %q", e.name, needed, required)
		}
	}
	if whole < 5 {
		t.Errorf("%d whole examples", whole)
	}
}

// oldestTerraform and oldestTofu are promised: below, archive.path of an export is no attribute while it is
// unknown, and no warning comes with a destroy.
const oldestTerraform, oldestTofu = "1.3.0", "1.6.0"

// testsWithProviders is the first Terraform whose tests can have functions in provider blocks.
var testsWithProviders = version.Must(version.NewVersion("1.7.0"))

// TestPromisedVersions runs with a binary that is promised, and finds the promise where people read it.
func TestPromisedVersions(t *testing.T) {
	t.Parallel()
	p := terraformBinary(t)
	oldest := oldestTerraform
	if p.isTofu {
		oldest = oldestTofu
	}
	if p.version.LessThan(version.Must(version.NewVersion(oldest))) {
		t.Errorf("%s is older than %s", p, oldest)
	}
	for _, file := range []string{"../../README.md", "../../templates/index.md.tmpl", "../../CHANGELOG.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if promise := "Terraform 1.3 or newer and OpenTofu 1.6 or newer"; !strings.Contains(string(text), promise) {
			t.Errorf("%s does not say %q", file, promise)
		}
	}
}

// TestTestedVersions: what the README calls tested is what the workflow tests, from the oldest
// that is promised on.
func TestTestedVersions(t *testing.T) {
	t.Parallel()
	workflow, err := os.ReadFile("../../.github/workflows/test.yml")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for kind, row := range map[string]struct{ title, oldest string }{"terraform": {"Terraform", oldestTerraform}, "tofu": {"OpenTofu", oldestTofu}} {
		var tested []string
		for _, found := range regexp.MustCompile(`- \{`+kind+`: "~?([0-9]+\.[0-9]+)\.[0-9]+"`).FindAllStringSubmatch(string(workflow), -1) {
			tested = append(tested, found[1])
		}
		if len(tested) < 2 || tested[0]+".0" != row.oldest {
			t.Fatalf("the workflow tests %s %q, promised is %s", row.title, tested, row.oldest)
		}
		last := len(tested) - 1
		if want := row.title + " " + strings.Join(tested[:last], ", ") + " and " + tested[last]; !strings.Contains(string(readme), want) {
			t.Errorf("the README does not say that %s is tested", want)
		}
	}
}
