// Virtual CPUs: tokens that bound how many lwps run at once.
package proc

import (
	"sync"
	"time"
)

// cpus is the virtual CPUs of a kernel. A nil *cpus does not bound anything.
type cpus struct {
	mu   sync.Mutex
	all  int
	free int             // less than 0 while some are to be paid back
	wait []chan struct{} // lwps that wait for one, in order
}

func newCPUs(n int) *cpus {
	if n <= 0 {
		return nil
	}
	return &cpus{all: n, free: n}
}

// acquire takes a virtual CPU for l, waiting in order of arrival.
func (c *cpus) acquire(l *LWP) {
	c.mu.Lock()
	if c.free > 0 && len(c.wait) == 0 {
		c.free--
		c.mu.Unlock()
		l.cpu = true
		return
	}
	turn := make(chan struct{})
	c.wait = append(c.wait, turn)
	c.mu.Unlock()
	<-turn
	l.cpu = true
}

// release gives the virtual CPU of l to who has waited longest.
func (c *cpus) release(l *LWP) {
	l.cpu = false
	c.mu.Lock()
	defer c.mu.Unlock()
	c.give()
}

// give has one virtual CPU more for who has waited longest. Preconditions: c.mu
// is held.
func (c *cpus) give() {
	c.free++
	if c.free > 0 && len(c.wait) > 0 {
		turn := c.wait[0]
		c.wait = c.wait[1:]
		c.free--
		close(turn)
	}
}

// lendAfter is how long an lwp may wait with a virtual CPU in its hands before
// that is lent.
const lendAfter = 2 * time.Millisecond

// Lend runs fn, in which an lwp may wait for the host or for who waits for it,
// with locks held: too many for it to give its virtual CPU up and wait for
// another afterwards. When fn takes long the virtual CPU is lent to others; the
// lwp goes on when fn is over, and those that end calls then pay back before
// new ones begin. A kernel's own goroutine, which has no virtual CPU, lends one
// all the same: an lwp more may run while the host keeps it waiting. Simulated
// hosts keep nobody waiting.
func (t *Table) Lend(fn func()) {
	c := t.cpus
	if c == nil || t.sched != nil {
		fn()
		return
	}
	var lent, over bool // protected by c.mu
	timer := t.host.AfterFunc(lendAfter, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if lent = !over; lent {
			c.give()
		}
	})
	fn()
	timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	over = true
	if lent {
		c.free--
	}
}

// Bounded reports whether virtual CPUs are.
func (t *Table) Bounded() bool { return t.cpus != nil }

// Waiting returns how many lwps wait for a virtual CPU.
func (t *Table) Waiting() int {
	if t.cpus == nil {
		return 0
	}
	t.cpus.mu.Lock()
	defer t.cpus.mu.Unlock()
	return len(t.cpus.wait)
}

// Busy returns how many lwps have a virtual CPU or wait for one, which is
// known where they are bounded: one, the caller's, otherwise.
func (t *Table) Busy() int {
	c := t.cpus
	if c == nil {
		return 1
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all - c.free + len(c.wait)
}
