// Virtual CPUs: tokens that bound how many lwps run at once.
package proc

import "sync"

// cpus is the virtual CPUs of a kernel. A nil *cpus does not bound anything.
type cpus struct {
	mu   sync.Mutex
	all  int
	free int
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
	if len(c.wait) > 0 {
		turn := c.wait[0]
		c.wait = c.wait[1:]
		close(turn)
		return
	}
	c.free++
}

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
