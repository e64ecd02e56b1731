// The fault schedule: what goes wrong, and how often, from the seed.
package sim

import (
	"strconv"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Faults says how often what goes wrong: each rate is a probability, from 0 to
// 1, for each time that it could. The zero value lets all go well.
type Faults struct {
	// IO fails an operation on a host file: EIO, and ENOSPC for some writes.
	IO float64
	// Short moves fewer bytes than a read or write of a host file asked for.
	Short float64
	// Memory refuses memory to a kernel.
	Memory float64
	// Late moves the clock beyond the next timer, by MaxLate at most (1 s):
	// as on a machine that was suspended.
	Late    float64
	MaxLate time.Duration
	// Jump moves the host's wall clock when a timer is due, by MaxJump at
	// most in either direction (1 h).
	Jump    float64
	MaxJump time.Duration
}

// Inject makes faults happen from now on. Those that do are in the trace.
func (r *Run) Inject(f Faults) {
	if f.MaxLate <= 0 {
		f.MaxLate = time.Second
	}
	if f.MaxJump <= 0 {
		f.MaxJump = time.Hour
	}
	r.mu.Lock()
	r.faults = f
	r.mu.Unlock()
}

// hit reports whether a fault of that rate happens now. A rate of 0 takes
// nothing from the stream. Preconditions: r.mu is held.
func (r *Run) hit(rate float64) bool { return rate > 0 && r.faulty.Float64() < rate }

// fileFault decides on an operation on a host file.
func (r *Run) fileFault(op hypercall.FaultOp) hypercall.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	var x hypercall.Fault
	switch {
	case r.hit(r.faults.IO):
		x.Err = abi.EIO
		if op.Op == "write" && r.faulty.IntN(2) == 0 {
			x.Err = abi.ENOSPC
		}
		r.fault(op.Op + " " + op.Name + " at " + strconv.FormatInt(op.Off, 10) + ": " + x.Err.Error())
	case op.Len > 1 && r.hit(r.faults.Short):
		x.Short = 1 + r.faulty.IntN(op.Len-1)
		r.fault(op.Op + " " + op.Name + " at " + strconv.FormatInt(op.Off, 10) + ": " +
			strconv.Itoa(x.Short) + " of " + strconv.Itoa(op.Len) + " bytes")
	}
	return x
}

// RefuseMemory implements hypercall.Refuser.
func (h *Host) RefuseMemory(n int64) bool {
	r := h.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if n <= 0 || !r.hit(r.faults.Memory) {
		return false
	}
	r.fault(strconv.FormatInt(n, 10) + " bytes of memory refused")
	return true
}

// late decides how far beyond the next timer the clock moves, and whether the
// wall clock jumps. Preconditions: r.mu is held.
func (r *Run) late() (late time.Duration) {
	if r.hit(r.faults.Jump) {
		d := time.Duration(r.faulty.Int64N(2*int64(r.faults.MaxJump))) - r.faults.MaxJump
		r.host.Jump(d)
		r.fault("the wall clock jumps by " + strconv.FormatInt(int64(d), 10) + " ns")
	}
	if r.hit(r.faults.Late) {
		late = time.Duration(r.faulty.Int64N(int64(r.faults.MaxLate)))
		r.fault("the clock is late by " + strconv.FormatInt(int64(late), 10) + " ns")
	}
	return late
}

func (r *Run) fault(what string) { r.trace.event(r.host.Mono(), "fault", what) }
