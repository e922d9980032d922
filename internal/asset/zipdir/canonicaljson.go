package zipdir

import (
	"bytes"
	"slices"
	"strings"
)

const (
	// maxDepth is how deep values may be nested: each level may copy what it
	// holds once.
	maxDepth = 128
	// maxMembers is how many members the objects around one place may have
	// before it, all together.
	maxMembers = 1 << 16
)

// canonicalJSON writes JSON without white space, with the members of objects in
// the order of their names, as the bytes of the names sort, and with ENC() in
// place of encrypted values. Else strings and numbers stay as they are written,
// and so does the order of equal names.
type canonicalJSON struct {
	in, out []byte
	// pos is how much of in was read.
	pos int
	// members are those of all objects that are open.
	members []jsonMember
}

// jsonMember tells where in out a member begins, its name ends, and it ends.
type jsonMember struct{ begin, name, end uint32 }

// of returns the canonical form, valid until the next call, or false for what
// is no valid JSON (RFC 8259), is nested too deep or has too many members. The
// bytes of in are used up.
func (c *canonicalJSON) of(in []byte) ([]byte, bool) {
	if cap(c.out) < len(in) {
		c.out = make([]byte, 0, len(in))
	}
	c.in, c.out, c.pos, c.members = in, c.out[:0], 0, c.members[:0]
	ok := c.value(0) && c.next() == 0 && c.pos == len(c.in)
	c.in = nil
	return c.out, ok
}

// next skips white space and returns the byte behind it, 0 at the end.
func (c *canonicalJSON) next() byte {
	for ; c.pos < len(c.in); c.pos++ {
		switch b := c.in[c.pos]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}

func (c *canonicalJSON) value(depth int) bool {
	switch b := c.next(); b {
	case '{':
		return depth < maxDepth && c.object(depth)
	case '[':
		return depth < maxDepth && c.array(depth)
	case '"':
		return c.text()
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

func (c *canonicalJSON) word(word string) bool {
	if !bytes.HasPrefix(c.in[c.pos:], []byte(word)) {
		return false
	}
	c.pos += len(word)
	c.out = append(c.out, word...)
	return true
}

func (c *canonicalJSON) number() bool {
	begin := c.pos
	c.skip("-")
	if !c.skip("0") && !c.digits() || c.skip(".") && !c.digits() {
		return false
	}
	if c.skip("eE") {
		c.skip("+-")
		if !c.digits() {
			return false
		}
	}
	c.out = append(c.out, c.in[begin:c.pos]...)
	return true
}

// skip passes one of these bytes if it is there.
func (c *canonicalJSON) skip(set string) bool {
	if c.pos == len(c.in) || strings.IndexByte(set, c.in[c.pos]) < 0 {
		return false
	}
	c.pos++
	return true
}

func (c *canonicalJSON) digits() bool {
	begin := c.pos
	for c.pos < len(c.in) && '0' <= c.in[c.pos] && c.in[c.pos] <= '9' {
		c.pos++
	}
	return c.pos > begin
}

// text copies a string. No byte of what is taken away from it is a quotation
// mark or a part of an escape that goes on behind it.
func (c *canonicalJSON) text() bool {
	begin, brackets := c.pos, false
	for c.pos++; ; c.pos++ {
		rest := c.in[c.pos:]
		n := 0
		for n < len(rest) && plainBytes[rest[n]] {
			n++
		}
		if c.pos += n; n == len(rest) {
			return false
		}
		switch rest[n] {
		case '"':
			c.pos++
			text := c.in[begin:c.pos]
			if brackets {
				text = emptyEncrypted(text)
			}
			c.out = append(c.out, text...)
			return true
		case '(':
			brackets = true
		case '\\':
			if !c.escape() {
				return false
			}
		default:
			return false
		}
	}
}

// plainBytes are those of a string that need no look.
var plainBytes = func() (set [256]bool) {
	for c := ' '; c < 256; c++ {
		set[c] = c != '"' && c != '\\' && c != '('
	}
	return set
}()

// escape moves to the last byte of an escape.
func (c *canonicalJSON) escape() bool {
	c.pos++
	if c.pos == len(c.in) || c.in[c.pos] != 'u' {
		return c.pos < len(c.in) && strings.IndexByte(`"\/bfnrt`, c.in[c.pos]) >= 0
	}
	for range 4 {
		c.pos++
		if c.pos == len(c.in) || strings.IndexByte("0123456789abcdefABCDEF", c.in[c.pos]) < 0 {
			return false
		}
	}
	return true
}

func (c *canonicalJSON) array(depth int) bool {
	c.take()
	if c.next() == ']' {
		c.take()
		return true
	}
	for c.value(depth + 1) {
		switch c.next() {
		case ',':
			c.take()
		case ']':
			c.take()
			return true
		default:
			return false
		}
	}
	return false
}

func (c *canonicalJSON) object(depth int) bool {
	from, begin, first := c.pos, len(c.out), len(c.members)
	c.take()
	if c.next() == '}' {
		c.take()
		return true
	}
	for c.member(depth) {
		switch c.next() {
		case ',':
			c.take()
		case '}':
			c.take()
			c.sort(c.members[first:], c.in[from:from], begin)
			c.members = c.members[:first]
			return true
		default:
			return false
		}
	}
	return false
}

func (c *canonicalJSON) member(depth int) bool {
	m := jsonMember{begin: uint32(len(c.out))}
	if len(c.members) == maxMembers || c.next() != '"' || !c.text() {
		return false
	}
	m.name = uint32(len(c.out))
	if c.next() != ':' {
		return false
	}
	c.take()
	// Members of what is inside come and go.
	c.members = append(c.members, m)
	at := len(c.members) - 1
	if !c.value(depth + 1) {
		return false
	}
	c.members[at].end = uint32(len(c.out))
	return true
}

// sort puts the members of the object at begin in order, by way of room: what
// was read of the object is longer than what was written, and of no use any
// more.
func (c *canonicalJSON) sort(members []jsonMember, room []byte, begin int) {
	if slices.IsSortedFunc(members, c.compare) {
		return
	}
	slices.SortStableFunc(members, c.compare)
	for i, m := range members {
		mark := byte(',')
		if i == 0 {
			mark = '{'
		}
		room = append(append(room, mark), c.out[m.begin:m.end]...)
	}
	copy(c.out[begin:], room)
}

func (c *canonicalJSON) compare(a, b jsonMember) int {
	return bytes.Compare(c.out[a.begin+1:a.name-1], c.out[b.begin+1:b.name-1])
}

// take copies one byte.
func (c *canonicalJSON) take() {
	c.out = append(c.out, c.in[c.pos])
	c.pos++
}
