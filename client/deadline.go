// Deadlines of connections.

package client

import (
	"sync"
	"time"
)

// deadline is a time that can be moved while somebody waits for it. Moving it
// on, as programs do before each call, touches no timer: the one that is set
// runs too early then, and is set again.
type deadline struct {
	// ready tells who waits, or who will wait next, to look again.
	ready chan<- struct{}

	mu    sync.Mutex
	at    time.Time // zero: there is none
	due   time.Time // when timer runs, zero when it is not set
	timer *time.Timer
}

// passed reports a deadline in the past.
func (d *deadline) passed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.at.IsZero() && !time.Now().Before(d.at)
}

// set moves the deadline to t, or takes it away if t is zero. Who waits
// already waits for the new one.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = t
	if !t.IsZero() && (d.due.IsZero() || t.Before(d.due)) {
		d.arm()
	}
}

// arm has the timer run when the deadline is over. Preconditions: d.mu is held.
func (d *deadline) arm() {
	d.due = d.at
	left := max(time.Until(d.at), 0)
	if d.timer == nil {
		d.timer = time.AfterFunc(left, d.run)
		return
	}
	d.timer.Reset(left)
}

// run is what the timer does.
func (d *deadline) run() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due = time.Time{}
	switch {
	case d.at.IsZero():
	case time.Now().Before(d.at):
		d.arm()
	default:
		wake(d.ready)
	}
}

// stop ends the timer.
func (d *deadline) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.due = time.Time{}, time.Time{}
	if d.timer != nil {
		d.timer.Stop()
	}
}
