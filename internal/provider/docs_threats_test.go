package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatModel: each line of the threat model names tests, and they are there.
func TestThreatModel(t *testing.T) {
	t.Parallel()
	design, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(design), "\n## Threat model\n")
	section, _, _ = strings.Cut(section, "\n## ")
	there := testsOfModule(t)
	name := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	lines := 0
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| who ") {
			continue
		}
		lines++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 {
			t.Fatalf("%d cells in %s", len(cells), line)
		}
		named := name.FindAllStringSubmatch(cells[3], -1)
		if len(named) == 0 {
			t.Errorf("no test shows that %s", line)
		}
		for _, m := range named {
			if !there[m[1]] {
				t.Errorf("%s is no test", m[1])
			}
		}
	}
	if lines < 15 {
		t.Errorf("the table has %d lines", lines)
	}
}

// testsOfModule are the names of all tests and fuzz targets below internal.
func testsOfModule(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	there := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}
