package zipdir

import (
	"encoding/hex"
	"errors"
)

// sortBudget is the memory for sorting in bytes: names get three quarters of
// it, the rest of what is known of entries one quarter.
const sortBudget = 16 << 20

var errChanged = errors.New("the file changed while it was read")

// digest visits every entry once, in the order of the file, and returns the
// content digest. Sorting needs up to budget bytes.
//
// Each pass over the directory takes the smallest records above those of the
// pass before, as many as fit. The number of passes grows with the size of the
// directory, the memory does not.
func (d *directory) digest(budget int, visit func(Entry) error) (string, error) {
	s := newSelection(d, budget)
	seals := d.sealer()
	var count uint64
	for e, err := range d.entries() {
		if err == nil {
			err = visit(e)
		}
		if err == nil {
			err = seals.seal(&e)
		}
		if err != nil {
			return "", err
		}
		s.add(&e)
		count++
	}
	for s.flush(); s.left; s.flush() {
		// A file that changes must not keep this going for ever.
		if s.written > count {
			return "", errChanged
		}
		s.again()
		seals.again()
		for e, err := range d.entries() {
			if err == nil && !s.passes(e.Name) {
				err = seals.seal(&e)
			}
			if err != nil {
				return "", err
			}
			s.add(&e)
		}
	}
	if s.written != count {
		return "", errChanged
	}
	return hex.EncodeToString(s.hash.Sum(nil)), nil
}
