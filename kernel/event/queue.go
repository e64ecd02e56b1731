// Package event tells waiters that a file may have become ready: one queue for
// each thing that can be waited on, one entry for each who waits (poll, select
// and kqueue alike).
package event

import (
	"sync"
	"sync/atomic"
)

// Mask is a set of poll(2) events: abi.POLLIN and so on.
type Mask = int16

// Entry is one waiter on one Queue. It is made by NewEntry and lives in at
// most one queue at a time.
type Entry struct {
	mask       Mask
	notify     func(Mask)
	prev, next *Entry
	q          *Queue
}

// NewEntry returns an entry that is told of the events in mask by a call of
// notify. notify runs with the queue locked, on the goroutine that changed the
// file: it must not block nor call back into the queue.
func NewEntry(mask Mask, notify func(Mask)) *Entry { return &Entry{mask: mask, notify: notify} }

// Queue is the waiters of one file. The zero value is empty and ready to use.
type Queue struct {
	mu   sync.Mutex
	head *Entry
	n    atomic.Int32
}

// Add enters e. It must not be in a queue.
func (q *Queue) Add(e *Entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e.q, e.prev, e.next = q, nil, q.head
	if q.head != nil {
		q.head.prev = e
	}
	q.head = e
	q.n.Add(1)
}

// Remove takes e out; when it returns, notify is not running and will not be
// called again. An entry that is not in this queue is ignored.
func (q *Queue) Remove(e *Entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e.q != q {
		return
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		q.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	}
	e.q, e.prev, e.next = nil, nil, nil
	q.n.Add(-1)
}

// Notify tells the waiters that asked for any of the events in mask. It costs
// next to nothing when there are none. Call it after the change: a waiter
// enters the queue before it looks.
func (q *Queue) Notify(mask Mask) {
	if q.n.Load() != 0 {
		q.notify(mask)
	}
}

func (q *Queue) notify(mask Mask) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for e := q.head; e != nil; {
		next := e.next
		if e.mask&mask != 0 {
			e.notify(mask)
		}
		e = next
	}
}

// Len returns the number of waiters.
func (q *Queue) Len() int { return int(q.n.Load()) }

// Leave takes the entry out of the queue it was added to, as Queue.Remove does.
// Preconditions: nobody else adds or removes it meanwhile.
func (e *Entry) Leave() {
	if q := e.q; q != nil {
		q.Remove(e)
	}
}
