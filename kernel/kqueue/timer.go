// EVFILT_TIMER: events at intervals of milliseconds.
package kqueue

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// maxPeriod bounds a period, so that it fits nanoseconds.
const maxPeriod = 1 << 40

// timer counts how often its period has passed. Its fields are protected by
// the queue's lock.
type timer struct {
	fired   int64
	pending hypercall.Timer
}

// attach begins to count: EINVAL for no time, or one that is too long.
func (t *timer) attach(_ *proc.LWP, n *knote) error {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	if n.kq.Data <= 0 || n.kq.Data > maxPeriod {
		return abi.EINVAL
	}
	n.kq.Flags |= abi.EV_CLEAR
	t.schedule(n)
	return nil
}

// schedule begins a period. It may have been altered to anything.
// Preconditions: the queue's lock is held.
func (t *timer) schedule(n *knote) {
	period := time.Duration(min(max(n.kq.Data, 1), maxPeriod)) * time.Millisecond
	t.pending = n.q.host.AfterFunc(period, func() { t.expire(n) })
}

func (t *timer) expire(n *knote) {
	n.q.mu.Lock()
	live := !n.dropped
	if live {
		t.fired++
		if n.kq.Flags&abi.EV_ONESHOT == 0 {
			t.schedule(n)
		}
	}
	n.q.mu.Unlock()
	if live {
		n.activate()
	}
}

func (t *timer) detach(n *knote) {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	if t.pending != nil {
		t.pending.Stop()
	}
	n.q.timers--
}

func (t *timer) check(_ *proc.LWP, n *knote, ev *abi.Kevent) bool {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	ev.Data = t.fired
	return t.fired > 0
}

func (t *timer) taken(n *knote) {
	n.q.mu.Lock()
	t.fired = 0
	n.q.mu.Unlock()
}
