package zipdir

import (
	"bytes"
	"slices"
)

const (
	// maxDepth is how deep values may be nested: each level may copy what it
	// holds once.
	maxDepth = 128
	// maxMembers is how many members the objects around one place may have
	// before it, all together.
	maxMembers = 1 << 16
)

// canonicalJSON writes JSON without white space and with the members of objects
// in the order of their names, as the bytes of the names sort. Strings and
// numbers stay as they are written, and so does the order of equal names.
type canonicalJSON struct {
	in, out []byte
	// pos is how much of in was read.
	pos int
	// members are those of all objects that are open.
	members []jsonMember
}

// jsonMember tells where in out a member begins, its name ends, and it ends.
type jsonMember struct{ begin, name, end uint32 }

// of returns the canonical form of valid JSON, valid until the next call, or
// false if it is nested too deep or has too many members. The bytes of in are
// used up.
func (c *canonicalJSON) of(in []byte) ([]byte, bool) {
	if cap(c.out) < len(in) {
		c.out = make([]byte, 0, len(in))
	}
	c.in, c.out, c.pos, c.members = in, c.out[:0], 0, c.members[:0]
	ok := c.value(0)
	c.in = nil
	return c.out, ok
}

// next skips white space and returns the byte behind it.
func (c *canonicalJSON) next() byte {
	for {
		switch b := c.in[c.pos]; b {
		case ' ', '\t', '\r', '\n':
			c.pos++
		default:
			return b
		}
	}
}

func (c *canonicalJSON) value(depth int) bool {
	switch c.next() {
	case '{':
		return depth < maxDepth && c.object(depth)
	case '[':
		return depth < maxDepth && c.array(depth)
	case '"':
		c.text()
	default:
		begin := c.pos
		for c.pos < len(c.in) && bytes.IndexByte([]byte(",]} \t\r\n"), c.in[c.pos]) < 0 {
			c.pos++
		}
		c.out = append(c.out, c.in[begin:c.pos]...)
	}
	return true
}

// text copies a string.
func (c *canonicalJSON) text() {
	begin := c.pos
	for c.pos++; c.in[c.pos] != '"'; c.pos++ {
		if c.in[c.pos] == '\\' {
			c.pos++
		}
	}
	c.pos++
	c.out = append(c.out, c.in[begin:c.pos]...)
}

func (c *canonicalJSON) array(depth int) bool {
	c.take()
	for c.next() != ']' {
		if !c.value(depth + 1) {
			return false
		}
		if c.next() == ',' {
			c.take()
		}
	}
	c.take()
	return true
}

func (c *canonicalJSON) object(depth int) bool {
	from, begin, first := c.pos, len(c.out), len(c.members)
	c.take()
	for c.next() != '}' {
		if len(c.members) == maxMembers {
			return false
		}
		m := jsonMember{begin: uint32(len(c.out))}
		c.text()
		m.name = uint32(len(c.out))
		c.next()
		c.take()
		if !c.value(depth + 1) {
			return false
		}
		m.end = uint32(len(c.out))
		c.members = append(c.members, m)
		if c.next() == ',' {
			c.take()
		}
	}
	c.take()
	members := c.members[first:]
	if !slices.IsSortedFunc(members, c.compare) {
		slices.SortStableFunc(members, c.compare)
		// What was read of the object is longer than what was written of it,
		// and of no use any more.
		sorted := c.in[from:from]
		for i, m := range members {
			mark := byte(',')
			if i == 0 {
				mark = '{'
			}
			sorted = append(append(sorted, mark), c.out[m.begin:m.end]...)
		}
		copy(c.out[begin:], sorted)
	}
	c.members = c.members[:first]
	return true
}

func (c *canonicalJSON) compare(a, b jsonMember) int {
	return bytes.Compare(c.out[a.begin+1:a.name-1], c.out[b.begin+1:b.name-1])
}

// take copies one byte.
func (c *canonicalJSON) take() {
	c.out = append(c.out, c.in[c.pos])
	c.pos++
}
