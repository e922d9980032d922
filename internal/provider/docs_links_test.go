package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	// The pages are published there. The registry does not rewrite relative
	// links, so pages link to each other by these addresses.
	publishedPages = "https://registry.terraform.io/providers/asset-promotion/asset/latest/docs"
	publishedFiles = "https://github.com/asset-promotion/terraform-provider-asset/"
	publishedRaw   = "https://raw.githubusercontent.com/asset-promotion/terraform-provider-asset/main/"
	// longestPage is the registry's limit of a page, in bytes.
	longestPage = 500_000
)

// TestDocumentedLinks follows the links of the documentation to this
// repository's own pages, files and headings.
func TestDocumentedLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)|(?m:^\[[^\]]+\]: (\S+)$)|(?:src|srcset|href)="([^"]+)"`)
	followed := 0
	for _, page := range documentationPages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > longestPage && isPublished(page) {
			t.Errorf("%s has %d bytes, the registry shows %d", page, len(text), longestPage)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target := m[1] + m[2] + m[3]
			file, heading := linkedFile(page, target)
			if file == "" {
				continue
			}
			if isPublished(page) && file != page && !strings.HasPrefix(target, "https://") {
				t.Errorf("%s links to %s, which leads nowhere in the registry: write %s/...", page, target, publishedPages)
			}
			followed++
			linked, err := os.Stat(file)
			if err != nil {
				t.Errorf("%s links to %s: %v", page, target, err)
				continue
			}
			if heading != "" && (linked.IsDir() || !headings(t, file)[heading]) {
				t.Errorf("%s links to %s, and %s has no such heading", page, target, file)
			}
		}
	}
	if followed < 10 {
		t.Errorf("only %d links were found", followed)
	}
}

// TestEveryGuideIsFound looks for a link to each guide in the two pages that
// readers begin with.
func TestEveryGuideIsFound(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("%d guides (%v)", len(guides), err)
	}
	for page, link := range map[string]string{"../../README.md": "docs/guides/%s.md", "../../docs/index.md": publishedPages + "/guides/%s"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, guide := range guides {
			wanted := strings.Replace(link, "%s", strings.TrimSuffix(filepath.Base(guide), ".md"), 1)
			if !strings.Contains(string(text), wanted) {
				t.Errorf("%s has no link to %s", page, wanted)
			}
		}
	}
}

// isPublished tells the pages that the registry shows.
func isPublished(page string) bool { return strings.HasPrefix(page, "../../docs/") }

// documentationPages are the pages that users read.
func documentationPages(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			pages = append(pages, filepath.ToSlash(page))
		}
	}
	return pages
}

// linkedFile is the file of this repository that a link leads to, with the
// heading in it; empty where the link leads elsewhere.
func linkedFile(page, target string) (file, heading string) {
	target, heading, _ = strings.Cut(target, "#")
	switch {
	case strings.HasPrefix(target, publishedPages):
		if target = strings.Trim(strings.TrimPrefix(target, publishedPages), "/"); target == "" {
			target = "index"
		}
		return "../../docs/" + target + ".md", heading
	case strings.HasPrefix(target, publishedRaw):
		return "../../" + strings.TrimPrefix(target, publishedRaw), heading
	case strings.HasPrefix(target, publishedFiles):
		for _, kind := range []string{"blob/main/", "tree/main/"} {
			if path, ok := strings.CutPrefix(target, publishedFiles+kind); ok {
				return "../../" + path, heading
			}
		}
		return "", ""
	case strings.Contains(target, "://"):
		return "", ""
	case target == "":
		return page, heading
	}
	return filepath.Join(filepath.Dir(page), target), heading
}

// headings are the anchors of a page.
func headings(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors[strings.ReplaceAll(name, " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		anchors[m[1]] = true
	}
	return anchors
}
