// Waiting for events.
package kqueue

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Wait fills evs with events and returns how many there are: none only when
// timeout has passed (proc.Forever: no limit). EINTR when the sleep was
// interrupted.
func (q *Queue) Wait(l *proc.LWP, evs []abi.Kevent, timeout time.Duration) (int, error) {
	end := q.host.Mono() + int64(timeout)
	for {
		if n := q.collect(l, evs); n > 0 {
			return n, nil
		}
		left := timeout
		if timeout > 0 {
			if left = time.Duration(end - q.host.Mono()); left <= 0 {
				return 0, nil
			}
		}
		err := q.sleep(l, left)
		if err == abi.EWOULDBLOCK {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// sleep waits for an active note.
func (q *Queue) sleep(l *proc.LWP, d time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.active > 0 {
		return nil
	}
	if q.closed {
		return abi.EBADF
	}
	return q.wait.Wait(l, &q.mu, d)
}

// collect asks each note that is active now, once, and delivers those that
// have something to tell.
func (q *Queue) collect(l *proc.LWP, evs []abi.Kevent) (got int) {
	q.mu.Lock()
	for left := q.active; left > 0 && got < len(evs) && q.active > 0; left-- {
		n := q.pop()
		if n.dropped || n.disabled {
			continue
		}
		q.mu.Unlock()
		if q.deliver(l, n, &evs[got]) {
			got++
		}
		q.mu.Lock()
	}
	q.mu.Unlock()
	return got
}

// deliver asks one note, and settles what becomes of it.
func (q *Queue) deliver(l *proc.LWP, n *knote, ev *abi.Kevent) bool {
	q.mu.Lock()
	*ev = n.kq
	q.mu.Unlock()
	ev.Flags &^= abi.EV_SYSFLAGS
	ev.Data, ev.Fflags = 0, 0
	if !n.f.check(l, n, ev) {
		return false
	}
	switch {
	case ev.Flags&abi.EV_ONESHOT != 0:
		q.drop(n)
	case ev.Flags&abi.EV_CLEAR != 0:
		n.f.taken(n)
	case ev.Flags&abi.EV_DISPATCH != 0:
		q.mu.Lock()
		n.disabled = true
		q.mu.Unlock()
	default:
		n.activate() // still ready, for all that is known
	}
	return true
}
