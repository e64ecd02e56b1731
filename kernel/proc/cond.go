// Condition variables on which an lwp sleeps so that it can be called away: by
// a signal, a timeout, or because its process is ending.
package proc

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Cond is a list of sleeping lwps. It is protected by the mutex given to Wait,
// which the caller of Signal and Broadcast holds too. The zero value is ready.
type Cond struct{ head, tail *sleeper }

type sleeper struct {
	l          *LWP
	prev, next *sleeper
	queued     bool
}

// Forever is the timeout of a sleep without one.
const Forever time.Duration = -1

// Wait releases mu, sleeps until it is woken, and takes mu again. It may wake
// for no reason: check the condition in a loop. The error is EINTR when the
// sleep was interrupted, EWOULDBLOCK when timeout passed (0 passes at once).
//
// Preconditions: mu is held; l is the calling lwp.
func (c *Cond) Wait(l *LWP, mu sync.Locker, timeout time.Duration) error {
	if timeout == 0 {
		return abi.EWOULDBLOCK
	}
	if l.interrupted() {
		return abi.EINTR
	}
	s := &l.sleep
	s.l = l
	c.push(s)
	mu.Unlock()
	expired := l.park(timeout)
	mu.Lock()
	c.remove(s)
	if l.interrupted() {
		return abi.EINTR
	}
	if expired {
		return abi.EWOULDBLOCK
	}
	return nil
}

// Signal wakes the lwp that has slept longest.
func (c *Cond) Signal() {
	if s := c.head; s != nil {
		c.remove(s)
		s.l.Wake()
	}
}

// Broadcast wakes all.
func (c *Cond) Broadcast() {
	for c.head != nil {
		c.Signal()
	}
}

// Sleeping reports whether any lwp sleeps here.
func (c *Cond) Sleeping() bool { return c.head != nil }

func (c *Cond) push(s *sleeper) {
	s.queued, s.prev, s.next = true, c.tail, nil
	if c.tail != nil {
		c.tail.next = s
	} else {
		c.head = s
	}
	c.tail = s
}

func (c *Cond) remove(s *sleeper) {
	if !s.queued {
		return
	}
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		c.head = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	} else {
		c.tail = s.prev
	}
	s.queued, s.prev, s.next = false, nil, nil
}
