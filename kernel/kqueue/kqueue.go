// Package kqueue is kernel event queues: one place to wait for files, timers
// and processes.
package kqueue

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Queue is one kqueue.
//
// Locks: mu is the innermost of all. Files are asked whether they are ready
// with no lock held, as they tell of changes with their own held.
type Queue struct {
	host  hypercall.Host
	procs *Procs

	mu     sync.Mutex
	notes  map[key]*knote
	head   *knote // the active notes, in order
	tail   *knote
	active int
	wait   proc.Cond
	events event.Queue
	timers int
	closed bool

	// inner is the queues this one waits for, height a bound of how deep
	// they wait in turn. Both are protected by the kernel's nesting lock.
	inner  []*Queue
	height int
}

// key names a note: a queue has one for each thing and filter.
type key struct {
	ident  uint64
	filter uint32
}

// maxTimers bounds the timers of one queue.
const maxTimers = 4096

// New returns a kqueue as an open file with the given flags.
func New(host hypercall.Host, procs *Procs, flags uint32) *file.File {
	q := &Queue{host: host, procs: procs, notes: map[key]*knote{}}
	return file.New(q, file.KindKqueue, nil, file.FREAD|file.FWRITE|flags)
}

// knote is one thing that is waited for. What a filter keeps with it is
// protected by the queue's lock.
type knote struct {
	q  *Queue
	kq abi.Kevent // ident, filter, flags, fflags (those asked for), data as given, udata
	f  filter
	// file is what ident stood for when the note was made, of filters of
	// files. The note has no reference to it.
	file *file.File

	// Protected by the queue's lock.
	next     *knote
	queued   bool
	disabled bool
	dropped  bool
	// attaching is set while the filter begins to watch, which whoever drops
	// the note meanwhile does not disturb (Queue.attached).
	attaching bool
}

// filter is what a note waits for.
type filter interface {
	// attach begins to watch. l is the caller.
	attach(l *proc.LWP, n *knote) error
	// detach ends it, once, after attach, also when that failed; no lock is
	// held.
	detach(n *knote)
	// check reports whether the note has something to tell and fills in data,
	// fflags and flags of ev; no lock is held.
	check(l *proc.LWP, n *knote, ev *abi.Kevent) bool
	// taken is told that an event with EV_CLEAR was delivered.
	taken(n *knote)
}

// activate puts a note on the active list. It may be called with any lock held.
func (n *knote) activate() {
	q := n.q
	q.mu.Lock()
	if n.queued || n.disabled || n.dropped {
		q.mu.Unlock()
		return
	}
	q.push(n)
	q.wait.Signal()
	q.mu.Unlock()
	q.events.Notify(abi.POLLIN | abi.POLLRDNORM)
}

// push appends a note. Preconditions: q.mu is held and n is not queued.
func (q *Queue) push(n *knote) {
	n.queued, n.next = true, nil
	if q.tail != nil {
		q.tail.next = n
	} else {
		q.head = n
	}
	q.tail = n
	q.active++
}

// pop takes the first active note. Preconditions: q.mu is held and there is one.
func (q *Queue) pop() *knote {
	n := q.head
	q.head = n.next
	if q.head == nil {
		q.tail = nil
	}
	n.queued, n.next = false, nil
	q.active--
	return n
}

// drop takes a note out of the queue and ends its watch. Its place in the
// active list, if it has one, is passed over later.
func (q *Queue) drop(n *knote) {
	q.mu.Lock()
	k := key{n.kq.Ident, n.kq.Filter}
	end := !n.dropped && !n.attaching
	n.dropped = true
	if q.notes[k] == n {
		delete(q.notes, k)
	}
	q.mu.Unlock()
	if end {
		n.f.detach(n)
	}
}
