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
	period  time.Duration
	fired   int64
	gen     int
	pending hypercall.Timer
}

func (t *timer) attach(_ *proc.LWP, n *knote) error {
	if n.kq.Data == 0 {
		return abi.EINVAL
	}
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	n.kq.Flags |= abi.EV_CLEAR
	return t.start(n)
}

// start begins to count anew. Preconditions: the queue's lock is held.
func (t *timer) start(n *knote) error {
	if n.kq.Data < 0 || n.kq.Data > maxPeriod {
		return abi.EINVAL
	}
	t.stop()
	t.period = max(time.Duration(n.kq.Data), 1) * time.Millisecond
	t.fired = 0
	t.schedule(n)
	return nil
}

func (t *timer) stop() {
	t.gen++
	if t.pending != nil {
		t.pending.Stop()
	}
}

func (t *timer) schedule(n *knote) {
	gen := t.gen
	t.pending = n.q.host.AfterFunc(t.period, func() { t.expire(n, gen) })
}

func (t *timer) expire(n *knote, gen int) {
	n.q.mu.Lock()
	live := t.gen == gen && !n.dropped
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
	t.stop()
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

func (t *timer) touch(n *knote) error {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	n.kq.Flags |= abi.EV_CLEAR
	return t.start(n)
}
