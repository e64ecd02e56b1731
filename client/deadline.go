// Deadlines of connections.

package client

import (
	"sync"
	"time"
)

// deadline is a time that can be moved while somebody waits for it.
type deadline struct {
	mu    sync.Mutex
	past  chan struct{} // closed when the time has passed
	over  bool          // past is closed
	timer *time.Timer
	moves int
}

// wait returns a channel that is closed once the deadline has passed.
func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.past == nil {
		d.past = make(chan struct{})
	}
	return d.past
}

// passed reports a deadline in the past.
func (d *deadline) passed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.over
}

// set moves the deadline to t, or takes it away if t is zero. Who waits
// already waits for the new one.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.moves++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if d.over || d.past == nil {
		d.past, d.over = make(chan struct{}), false
	}
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.pass()
		return
	}
	move := d.moves
	d.timer = time.AfterFunc(left, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		// A timer that could not be stopped in time belongs to an old one.
		if d.moves == move {
			d.pass()
		}
	})
}

// pass makes the deadline a past one. d.mu is held.
func (d *deadline) pass() {
	d.over = true
	close(d.past)
}

// stop ends the timer.
func (d *deadline) stop() { d.set(time.Time{}) }
