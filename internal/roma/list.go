package roma

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Reasons of a ListError.
var (
	// ErrListRepeats: a page brought nothing that was not on an earlier one.
	ErrListRepeats = errors.New("a page repeats earlier ones")
	// ErrListUnsteady: what the server says of the list's length and what it
	// lists do not agree, each time that the list was read.
	ErrListUnsteady = errors.New("the pages do not add up")
	// ErrListTooLong: the list is longer than mostListed.
	ErrListTooLong = errors.New("the list is too long")
	// ErrListTime: the list did not end within listTime.
	ErrListTime = errors.New("the list did not end within " + listTime.String())
)

// ListError is a list that could not be read to its end. A part of it would
// pass for the whole.
type ListError struct {
	// What is in the list: "applications" or "tasks".
	What string
	// Read is how many were read, Total how many there are by the server's
	// own word, -1 where it does not say.
	Read, Total int
	// Cause is one of the reasons above.
	Cause error
}

func (e *ListError) Error() string {
	return fmt.Sprintf("%d of %d %s were read: %v", e.Read, e.Total, e.What, e.Cause)
}

func (e *ListError) Unwrap() error { return e.Cause }

const (
	// mostListed is a hundred times what the quotas allow: 100 applications
	// and 1000 tasks in an instance ("Notes and Constraints").
	mostListed = 100_000
	// listTime limits the reading of one list, so that a server that crawls
	// cannot hold a plan for ever.
	listTime = 10 * time.Minute
	// mostPasses is how often a list is read that changes meanwhile.
	mostPasses = 3
)

// listForm is how a list looks: its address, its pages and its items.
type listForm[T any] struct {
	what             string
	service, segment string
	// items is the field of the answer, page the largest number on a page.
	items string
	page  int
	parse func(*parser) T
	// id and name are of an item; hide takes secrets out of its texts.
	id, name func(*T) string
	hide     func(*T, func(string) string)
}

// readList reads all pages of a list. A list that changes while it is read is
// read again: an item that was deleted would let another slip between two
// pages.
func readList[T any](ctx context.Context, c *Client, instanceID, name string, form listForm[T]) ([]T, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, listTime, ErrListTime)
	defer cancel()
	r := &listReader[T]{client: c, instanceID: instanceID, form: form, query: url.Values{"limit": {strconv.Itoa(form.page)}}}
	// The server's match is fuzzy, so it only saves pages. A backslash may
	// mean something to it.
	if name != "" && !strings.Contains(name, `\`) {
		r.query.Set("name", name)
	}
	var err error
	for range mostPasses {
		if err = r.pass(ctx); !errors.Is(err, ErrListUnsteady) {
			break
		}
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), ErrListTime) {
			err = r.broken(ErrListTime)
		}
		return nil, err
	}
	all := []T{}
	for _, item := range r.all {
		if name == "" || form.name(&item) == name {
			form.hide(&item, c.redactor.Hide)
			all = append(all, item)
		}
	}
	return form.sorted(all), nil
}

// listReader is one reading of a list.
type listReader[T any] struct {
	client     *Client
	instanceID string
	form       listForm[T]
	query      url.Values

	all   []T
	total int
}

func (r *listReader[T]) broken(cause error) error {
	return &ListError{What: r.form.what, Read: len(r.all), Total: r.total, Cause: cause}
}

// pass reads the list once. An offset counts items. How far a page goes is
// the server's choice: it may cut the limit. A total that the first page
// proves wrong counts as none.
func (r *listReader[T]) pass(ctx context.Context) error {
	r.all, r.total = nil, -1
	seen := map[string]bool{}
	for offset, first := 0, true; ; first = false {
		items, total, err := r.fetch(ctx, offset)
		if err != nil {
			return err
		}
		switch {
		case first && total >= len(items):
			r.total = total
		case r.total >= 0 && total != r.total:
			r.total = total
			return r.broken(ErrListUnsteady)
		}
		before := len(r.all)
		for _, item := range items {
			if id := r.form.id(&item); !seen[id] {
				seen[id] = true
				r.all = append(r.all, item)
			}
		}
		offset += len(items)
		switch {
		case r.total >= 0 && len(r.all) >= r.total, r.total < 0 && len(items) == 0:
			return nil
		case len(items) == 0:
			return r.broken(ErrListUnsteady)
		case len(r.all) == before:
			return r.broken(ErrListRepeats)
		case len(r.all) > mostListed:
			return r.broken(ErrListTooLong)
		}
	}
}

// fetch reads one page. The total is -1 where the answer has none.
func (r *listReader[T]) fetch(ctx context.Context, offset int) (items []T, total int, err error) {
	r.query.Set("offset", strconv.Itoa(offset))
	err = r.client.json(ctx, r.instanceID, request{
		kind:     httpapi.Lookup,
		method:   http.MethodGet,
		service:  r.form.service,
		segments: []string{r.form.segment},
		query:    r.query,
	}, func(_ http.Header, data []byte) (err error) {
		items, total, err = r.form.parsePage(data)
		for i := range items {
			err = cmp.Or(err, r.client.checkQuiet("id", r.form.id(&items[i])))
		}
		return err
	})
	return items, total, err
}

func (f listForm[T]) parsePage(data []byte) (items []T, total int, err error) {
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, 0, fmt.Errorf("no list: %w", err)
	}
	var objects []map[string]json.RawMessage
	raw, there := answer[f.items]
	if !there {
		return nil, 0, fmt.Errorf("no list: the field %s is missing", f.items)
	}
	if err := json.Unmarshal(raw, &objects); err != nil {
		return nil, 0, fmt.Errorf("%s is no list: %w", f.items, err)
	}
	for _, object := range objects {
		p := parser{object: object}
		item := f.parse(&p)
		if p.err == nil {
			p.err = checkID("id", f.id(&item))
		}
		if p.err != nil {
			return nil, 0, fmt.Errorf("an item of the list: %w", p.err)
		}
		items = append(items, item)
	}
	counts := parser{object: answer}
	if n, said := counts.number("total"); said && n >= 0 && n < math.MaxInt32 {
		return items, int(n), nil
	}
	return items, -1, nil
}
