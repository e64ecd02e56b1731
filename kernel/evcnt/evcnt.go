// Package evcnt is event counters: what the parts of a kernel count, for
// vmstat -e and the node kern.evcnt.
package evcnt

import (
	"sync"
	"sync/atomic"
)

// Type is what a counter counts (EVCNT_TYPE_).
type Type uint8

// The types of counters.
const (
	Misc Type = iota
	Intr
	Trap
)

// Counter is one counter. The zero value counts, but nobody sees it.
type Counter struct {
	n     atomic.Uint64
	typ   Type
	group string
	name  string
}

// Add counts n events.
func (c *Counter) Add(n uint64) { c.n.Add(n) }

// Count returns the number of events so far.
func (c *Counter) Count() uint64 { return c.n.Load() }

// Group and Name are what the counter is listed as, Type what it counts.
func (c *Counter) Group() string { return c.group }

// Name returns the name within the group.
func (c *Counter) Name() string { return c.name }

// Type returns what is counted.
func (c *Counter) Type() Type { return c.typ }

// Registry is the counters of one kernel.
type Registry struct {
	mu   sync.Mutex
	list []*Counter
}

// New returns an empty registry.
func New() *Registry { return &Registry{} }

// Attach makes a counter. Group and name are at most 255 bytes.
func (r *Registry) Attach(t Type, group, name string) *Counter {
	c := &Counter{typ: t, group: group[:min(len(group), 255)], name: name[:min(len(name), 255)]}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, c)
	return c
}

// Detach takes a counter out of the listing.
func (r *Registry) Detach(c *Counter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, o := range r.list {
		if o == c {
			r.list = append(r.list[:i:i], r.list[i+1:]...)
			return
		}
	}
}

// List returns the counters, in the order in which they were attached.
func (r *Registry) List() []*Counter {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*Counter(nil), r.list...)
}
