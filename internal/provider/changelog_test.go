package provider_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// changelogParts are the headings that HashiCorp prescribes, in their order.
var changelogParts = []string{"BREAKING CHANGES:", "NOTES:", "FEATURES:", "ENHANCEMENTS:", "BUG FIXES:"}

var (
	changelogVersion = regexp.MustCompile(`^## \d+\.\d+\.\d+ \((Unreleased|[A-Z][a-z]+ \d{1,2}, 20\d\d)\)$`)
	// changelogEntry names what it is about; notes need not.
	changelogEntry = regexp.MustCompile("^\\* (\\*\\*New (Provider|Resource|Data Source|Function|Action):\\*\\* `[a-z_]+`" +
		"|(provider|(resource|data-source|function)/[a-z_]+): \\S)")
)

// TestChangelog finds lines of the changelog that are none of its format, and
// what is registered and was never announced.
func TestChangelog(t *testing.T) {
	t.Parallel()
	text := read(t, "../../CHANGELOG.md")
	_, entries, found := strings.Cut(text, "\n\n## ")
	if !found {
		t.Fatal("there is no version")
	}
	part := -1
	for line := range strings.Lines("## " + entries) {
		line = strings.TrimSuffix(line, "\n")
		at := slices.Index(changelogParts, line)
		switch {
		case line == "":
		case changelogVersion.MatchString(line):
			part = -1
		case at > part:
			part = at
		case part >= 0 && (changelogEntry.MatchString(line) || changelogParts[part] == "NOTES:" && strings.HasPrefix(line, "* ")):
		default:
			t.Errorf("out of place: %q", line)
		}
	}
	registered := providerSchemas(t)
	for kind, names := range map[string][]string{
		"Resource":    slices.Collect(maps.Keys(registered.ResourceSchemas)),
		"Data Source": slices.Collect(maps.Keys(registered.DataSourceSchemas)),
		"Action":      slices.Collect(maps.Keys(registered.ActionSchemas)),
		"Function":    slices.Collect(maps.Keys(registered.Functions)),
	} {
		for _, name := range names {
			if !strings.Contains(text, "* **New "+kind+":** `"+name+"`\n") {
				t.Errorf("not announced: %s %s", kind, name)
			}
		}
	}
}
