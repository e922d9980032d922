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
// content digest. Sorting needs up to budget bytes. The archive of CSA is known
// by an entry that may come last: then a second first pass weighs all again.
//
// Each pass over the directory takes the smallest records above those of the
// pass before, as many as fit. The number of passes grows with the size of the
// directory, the memory does not.
func (d *directory) digest(budget int, visit func(Entry) error) (string, error) {
	s := newSelection(d, budget)
	w := d.weigher()
	count, err := d.first(s, w, func(e Entry) error {
		w.note(&e)
		return visit(e)
	})
	if err == nil && w.turn() {
		s.restart()
		count, err = d.first(s, w, func(Entry) error { return nil })
	}
	if err != nil {
		return "", err
	}
	for s.flush(); s.left; s.flush() {
		// A file that changes must not keep this going for ever.
		if s.written > count {
			return "", errChanged
		}
		s.again()
		w.again()
		for e, err := range d.entries() {
			counts := err == nil && !s.passes(e.Name)
			if counts {
				counts, err = w.weigh(&e)
			}
			if err != nil {
				return "", err
			}
			if counts {
				s.add(&e)
			}
		}
	}
	if s.written != count {
		return "", errChanged
	}
	return hex.EncodeToString(s.hash.Sum(nil)), nil
}

// first makes the first pass, and returns how many entries count.
func (d *directory) first(s *selection, w *weigher, visit func(Entry) error) (count uint64, err error) {
	for e, err := range d.entries() {
		if err == nil {
			err = visit(e)
		}
		counts := false
		if err == nil {
			counts, err = w.weigh(&e)
		}
		if err != nil {
			return 0, err
		}
		if counts {
			s.add(&e)
			count++
		}
	}
	return count, nil
}
