package doctor

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// guard knows what no report may hold: what was set, and the names and ids that a server
// told. It is the second of two nets: what enters a report is a shape, or a word of a
// known form, before the guard is asked.
type guard struct {
	mu    sync.Mutex
	known map[string]bool
}

// shortest is the length in bytes from which a value is looked for in other texts; shorter
// ones would be found everywhere.
const shortest = 4

func (g *guard) add(texts ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known == nil {
		g.known = map[string]bool{}
	}
	for _, text := range texts {
		text = strings.ToLower(strings.TrimSpace(text))
		if text == "" || text == "true" || text == "false" {
			continue
		}
		g.known[text] = true
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			g.known[u.Hostname()], g.known[u.Host] = true, true
		}
	}
}

// safe says whether a text of a server may be told.
func (g *guard) safe(text string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	text = strings.ToLower(text)
	for known := range g.known {
		if text == known || len(known) >= shortest && strings.Contains(text, known) {
			return false
		}
	}
	return true
}

// Forms of what may be told of a server's texts.
var (
	// wordForm is that of a status or a type: an enumeration has no digits and no blanks.
	wordForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{1,23}$`)
	// keyForm is that of a field's name. A key with digits may be an id.
	keyForm = regexp.MustCompile(`^[a-zA-Z][A-Za-z_-]{0,39}$`)
	// codeForm is that of an error's code.
	codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}\.?[0-9]{1,10}$`)
)

// Places of what is not told.
const (
	otherWord  = "(another word)"
	otherField = "(another field)"
)

func (g *guard) word(text string) string {
	if inFacts[text] || wordForm.MatchString(text) && g.safe(text) {
		return text
	}
	return otherWord
}

func (g *guard) key(text string) string {
	if keyForm.MatchString(text) && g.safe(text) {
		return text
	}
	return otherField
}
