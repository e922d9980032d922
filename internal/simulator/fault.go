package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
)

// Fault is an order to misbehave. On, Do and the fields that its action knows
// matter; any other field is refused.
type Fault struct {
	// On is the kind of request, as in the log, or "*".
	On string `json:"on"`
	// Method and PathContains narrow the choice.
	Method       string `json:"method,omitempty"`
	PathContains string `json:"path_contains,omitempty"`
	// Times is how often the fault applies: once when 0, for ever when -1.
	Times int `json:"times,omitempty"`
	// Skip lets that many matching requests pass first.
	Skip int `json:"skip,omitempty"`
	// Probability makes the fault apply to a part of the matching requests,
	// drawn from a generator with that Seed; to all when 0.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`

	// Do is the action.
	Do string `json:"do"`

	Status         int               `json:"status,omitempty"`
	Code           string            `json:"code,omitempty"`
	Message        string            `json:"message,omitempty"`
	Body           string            `json:"body,omitempty"`
	ContentType    string            `json:"content_type,omitempty"`
	Headers        map[string]string `json:"headers,omitempty"`
	Location       string            `json:"location,omitempty"`
	Unread         bool              `json:"unread,omitempty"`
	Bytes          int64             `json:"bytes,omitempty"`
	Chunked        bool              `json:"chunked,omitempty"`
	DelayMS        int               `json:"delay_ms,omitempty"`
	BytesPerSecond int               `json:"bytes_per_second,omitempty"`
	Reasons        []Reason          `json:"reasons,omitempty"`
	Count          int               `json:"count,omitempty"`
	JobTimeMS      int               `json:"job_time_ms,omitempty"`
	Word           string            `json:"word,omitempty"`
	Unit           string            `json:"unit,omitempty"`
	Field          string            `json:"field,omitempty"`
	Shape          string            `json:"shape,omitempty"`
	Variant        string            `json:"variant,omitempty"`
	Entries        int               `json:"entries,omitempty"`
	Summary        string            `json:"summary,omitempty"`
	Messages       []string          `json:"messages,omitempty"`
}

// orderedFault is a fault that waits for its requests.
type orderedFault struct {
	Fault
	// left is how often it still applies, negative for ever.
	left int
	seen int
	rand *rand.Rand
}

// Order adds faults, which apply from the next request on. The oldest wins
// where only one can.
func (s *Simulator) Order(faults ...Fault) error {
	ordered := make([]*orderedFault, len(faults))
	for i, f := range faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("fault %d: %w", i, err)
		}
		o := &orderedFault{Fault: f, left: f.Times, rand: rand.New(rand.NewPCG(f.Seed, 0))}
		if f.Times == 0 {
			o.left = 1
		}
		ordered[i] = o
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, ordered...)
	return nil
}

// ClearFaults drops the faults that wait. Jobs keep what a fault did to them.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// check refuses what the action does not know.
func (f *Fault) check() error {
	act, ok := actions[f.Do]
	if !ok {
		return fmt.Errorf("do: unknown action %q; the actions are %s", f.Do, strings.Join(actionNames(), ", "))
	}
	if f.On != "*" && !slices.Contains(allKinds, f.On) {
		return fmt.Errorf("on: unknown kind %q; the kinds are *, %s", f.On, strings.Join(allKinds, ", "))
	}
	if f.On != "*" && !act.fits(f.On) {
		return fmt.Errorf("%s applies to %s only", f.Do, strings.Join(act.kinds, ", "))
	}
	if f.Times < -1 || f.Skip < 0 || f.Probability < 0 || f.Probability > 1 {
		return errors.New("times is at least -1, skip at least 0, probability from 0 to 1")
	}
	given, err := f.fields()
	if err != nil {
		return err
	}
	for name := range given {
		if !slices.Contains(commonFields, name) && !slices.Contains(act.fields, name) {
			return fmt.Errorf("%s has no field %q; its fields are %s", f.Do, name, strings.Join(act.fields, ", "))
		}
	}
	for name, allowed := range act.words {
		if value, ok := given[name].(string); ok && !slices.Contains(allowed, value) {
			return fmt.Errorf("%s: %s is one of %s", f.Do, name, strings.Join(allowed, ", "))
		}
	}
	for _, name := range act.required {
		if _, ok := given[name]; !ok {
			return fmt.Errorf("%s: the field %q is required", f.Do, name)
		}
	}
	return f.checkNumbers()
}

// fields are the fields that are set, by their JSON names.
func (f *Fault) fields() (map[string]any, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("fault: %w", err)
	}
	given := make(map[string]any)
	if err := json.Unmarshal(data, &given); err != nil {
		return nil, fmt.Errorf("fault: %w", err)
	}
	return given, nil
}

func (f *Fault) checkNumbers() error {
	for name, n := range map[string]int64{
		"bytes": f.Bytes, "delay_ms": int64(f.DelayMS), "bytes_per_second": int64(f.BytesPerSecond),
		"count": int64(f.Count), "job_time_ms": int64(f.JobTimeMS), "entries": int64(f.Entries),
	} {
		if n < 0 {
			return fmt.Errorf("%s: %s is negative", f.Do, name)
		}
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("%s: status %d is not from 200 to 599", f.Do, f.Status)
	}
	if f.Location != "" {
		if u, err := url.Parse(f.Location); err != nil || !u.IsAbs() || u.Host == "" {
			return fmt.Errorf("%s: location is not an absolute URL", f.Do)
		}
		if f.Status != 0 && (f.Status < 300 || f.Status > 399) {
			return fmt.Errorf("%s: status %d is not from 300 to 399", f.Do, f.Status)
		}
	}
	if f.Count > maxReasons || len(f.Reasons) > maxReasons {
		return fmt.Errorf("%s: a job has at most %d reasons", f.Do, maxReasons)
	}
	return nil
}

// takeFault finds the fault that answers a request or shapes the transport of
// its answer: the first that applies.
func (s *Simulator) takeFault(c *call) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if taken := s.take(c, false); len(taken) > 0 {
		return taken[0]
	}
	return nil
}

// takeViews finds the faults that change a job or how it looks: all that
// apply. It is asked when a job starts or is looked at; the caller holds mu.
func (s *Simulator) takeViews(c *call) []*Fault {
	return s.take(c, true)
}

// take counts a request at each fault that matches it and uses up those that
// apply; the caller holds mu.
func (s *Simulator) take(c *call, onJob bool) []*Fault {
	var taken []*Fault
	for _, o := range s.faults {
		if actions[o.Do].onJob != onJob || !o.matches(c) {
			continue
		}
		o.seen++
		lucky := o.Probability == 0 || o.rand.Float64() < o.Probability
		if o.seen <= o.Skip || !lucky || !onJob && len(taken) > 0 {
			continue
		}
		if o.left > 0 {
			o.left--
		}
		fault := o.Fault
		taken = append(taken, &fault)
		if c.entry.Fault != "" {
			c.entry.Fault += ","
		}
		c.entry.Fault += fault.Do
	}
	s.faults = slices.DeleteFunc(s.faults, func(o *orderedFault) bool { return o.left == 0 })
	return taken
}

func (o *orderedFault) matches(c *call) bool {
	return (o.On == "*" || o.On == c.entry.Kind) && actions[o.Do].fits(c.entry.Kind) &&
		(o.Method == "" || o.Method == c.entry.Method) &&
		strings.Contains(c.entry.Path, o.PathContains)
}
