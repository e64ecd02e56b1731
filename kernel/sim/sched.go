// Whose turn it is.
package sim

import (
	"slices"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// maxStill is how many timers in a row may wake nobody before the tasks count
// as stuck: timers that run again and again never end.
const maxStill = 100_000

// Sleep implements hypercall.Scheduler.
func (h *Host) Sleep(wake <-chan struct{}, s hypercall.Sleeper) {
	r := h.run
	r.mu.Lock()
	t := r.now
	if t == nil || r.free || len(wake) > 0 {
		r.mu.Unlock()
		<-wake
		return
	}
	t.wake, t.sleep = wake, s
	r.asleep[wake] = t
	r.pass()
	r.mu.Unlock()
	<-t.turn
	<-wake
}

// Woken implements hypercall.Scheduler.
func (h *Host) Woken(wake <-chan struct{}) {
	h.run.mu.Lock()
	h.run.woken(wake)
	h.run.mu.Unlock()
}

// Yield implements hypercall.Scheduler. When no other task can go on, the
// clock moves.
func (h *Host) Yield() {
	r := h.run
	r.mu.Lock()
	t := r.now
	if t == nil || r.free {
		r.mu.Unlock()
		return
	}
	if len(r.ready) == 0 {
		r.advance()
	}
	r.makeReady(t)
	r.pass()
	r.mu.Unlock()
	<-t.turn
}

// Go implements hypercall.Scheduler.
func (h *Host) Go(name string, fn func()) { h.run.Go(name, fn) }

// woken makes ready who sleeps on wake. Preconditions: r.mu is held.
func (r *Run) woken(wake <-chan struct{}) {
	if t := r.asleep[wake]; t != nil {
		delete(r.asleep, wake)
		t.wake, t.sleep = nil, nil
		r.makeReady(t)
	}
}

// makeReady enters t among those that can run. They are kept by id, so that
// nothing depends on the order in which they were woken. Preconditions: r.mu
// is held.
func (r *Run) makeReady(t *Task) {
	i, _ := slices.BinarySearchFunc(r.ready, t.id, func(o *Task, id int) int { return o.id - id })
	r.ready = slices.Insert(r.ready, i, t)
}

// pass gives the right to run to a task that can, when the one that has it
// ends or sleeps. Preconditions: r.mu is held.
func (r *Run) pass() {
	if r.free {
		return
	}
	last := r.now
	r.now = nil
	for len(r.ready) == 0 {
		if r.live == 0 {
			r.free = true
			close(r.over)
			return
		}
		if r.still > maxStill || !r.advance() {
			if !r.unstick() {
				return
			}
		}
	}
	i := 0
	if n := len(r.ready); n > 1 {
		i = r.order.IntN(n)
	}
	t := r.ready[i]
	r.ready = slices.Delete(r.ready, i, i+1)
	r.now = t
	if !t.timer {
		r.still = 0
	}
	if t != last {
		r.trace.event(r.host.Mono(), t.name, "runs")
	}
	t.turn <- struct{}{}
}

// advance moves the clock to the next timer, and reports whether there was
// one. Timers run as tasks. Preconditions: r.mu is held; it is released
// meanwhile.
func (r *Run) advance() bool {
	now := r.now
	r.now = nil
	late := r.late()
	r.still++
	r.mu.Unlock()
	ok := r.host.AdvanceNext(late)
	r.mu.Lock()
	r.now = now
	return ok
}

// unstick ends the sleeps of a run in which no task can go on, so that it can
// end; the second time it lets go of everything. It reports whether the run
// goes on. Preconditions: r.mu is held; it is released meanwhile.
func (r *Run) unstick() bool {
	if r.stuck {
		r.letGo()
		return false
	}
	r.stuck, r.still = true, 0
	r.fail("no task can go on", r.sleepers())
	var quit []hypercall.Sleeper
	for _, t := range r.inOrder() {
		if t.sleep != nil {
			quit = append(quit, t.sleep)
		}
	}
	r.mu.Unlock()
	for _, s := range quit {
		s.Abandon()
	}
	r.mu.Lock()
	return true
}

// letGo ends the run without its tasks: they go on without an order, if ever.
// Preconditions: r.mu is held.
func (r *Run) letGo() {
	r.free = true
	for wake, t := range r.asleep {
		delete(r.asleep, wake)
		t.turn <- struct{}{}
	}
	close(r.over)
}

// inOrder returns the tasks that sleep, by id. Preconditions: r.mu is held.
func (r *Run) inOrder() []*Task {
	s := make([]*Task, 0, len(r.asleep))
	for _, t := range r.asleep {
		s = append(s, t)
	}
	slices.SortFunc(s, func(a, b *Task) int { return a.id - b.id })
	return s
}

// Elapsed is the simulated time since the run began.
func (r *Run) Elapsed() time.Duration { return time.Duration(r.host.Mono()) }
