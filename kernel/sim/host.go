// The host of a run: the simulated one, with timers that are tasks.
package sim

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Host is the host of a run. It is a hypercall.Sim whose clock the run moves.
type Host struct {
	*hypercall.Sim
	run *Run
}

var (
	_ hypercall.Host      = (*Host)(nil)
	_ hypercall.Scheduler = (*Host)(nil)
	_ hypercall.Refuser   = (*Host)(nil)
)

func newHost(r *Run) *Host {
	h := &Host{Sim: hypercall.NewSim(r.seed), run: r}
	h.CPUs = 1
	h.Fault = r.fileFault
	h.Spawn = func(fn func()) { h.AfterFunc(0, fn) }
	return h
}

// AfterFunc has fn run in a task of its own, once d has passed.
func (h *Host) AfterFunc(d time.Duration, fn func()) hypercall.Timer {
	return h.Sim.AfterFunc(max(d, 1), func() {
		h.run.mu.Lock()
		defer h.run.mu.Unlock()
		h.run.start("timer", true, fn)
	})
}
