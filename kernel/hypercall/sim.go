// The simulated host: a clock that a test moves, randomness from a seed, files
// in memory and a console that is kept. A run is repeatable.
package hypercall

import (
	"slices"
	"sync"
	"time"
)

// simEpoch is when the simulated wall clock starts: 2000-01-01 00:00:00 UTC.
const simEpoch = 946684800 * int64(time.Second)

// Sim is a simulated host.
type Sim struct {
	// Name is the host name, ID the process id, CPUs the number of processors.
	// They are set before the host is used.
	Name string
	ID   int
	CPUs int
	// Fault, if not nil, is asked before each operation on a file: it may cut
	// the operation short or fail it. Set it before the host is used.
	Fault func(op FaultOp) Fault
	// Spawn, if not nil, runs fn soon on a goroutine that takes part in the
	// run. Set it before the host is used.
	Spawn func(fn func())

	mu      sync.Mutex
	now     int64 // monotonic, nanoseconds
	wall    int64 // the wall clock when now is 0
	timers  []*simTimer
	random  uint64
	console []byte
	files   map[string]*simData
}

// FaultOp is an operation on a file of a simulated host.
type FaultOp struct {
	// Op is "open", "read", "write", "sync", "size".
	Op   string
	Name string
	Off  int64
	Len  int
}

// Fault is what becomes of an operation. The zero value lets it be.
type Fault struct {
	// Err fails it.
	Err error
	// Short, if not 0, is the most bytes that are moved.
	Short int
}

// NewSim returns a simulated host whose random bytes come from seed.
func NewSim(seed uint64) *Sim {
	return &Sim{Name: "sim", ID: 1, CPUs: 2, random: seed, wall: simEpoch, files: map[string]*simData{}}
}

type simTimer struct {
	host *Sim
	at   int64
	fn   func()
}

// Now returns the simulated wall clock.
func (h *Sim) Now() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wall + h.now
}

// Jump moves the wall clock alone, as who sets the host's clock does.
func (h *Sim) Jump(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wall += int64(d)
}

// Mono returns the simulated monotonic clock: how far it was advanced.
func (h *Sim) Mono() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// ClockRes returns the step of the clocks.
func (h *Sim) ClockRes() time.Duration { return time.Nanosecond }

// AfterFunc has fn run by the Advance that passes d from now; at once when d
// is not positive.
func (h *Sim) AfterFunc(d time.Duration, fn func()) Timer {
	t := &simTimer{host: h, fn: fn}
	if d <= 0 {
		go fn()
		return t
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t.at = h.now + int64(d)
	i, _ := slices.BinarySearchFunc(h.timers, t.at+1, func(o *simTimer, at int64) int {
		return int(min(max(o.at-at, -1), 1))
	})
	h.timers = slices.Insert(h.timers, i, t)
	return t
}

// Stop cancels the timer and reports whether it had not run.
func (t *simTimer) Stop() bool {
	h := t.host
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.Index(h.timers, t)
	if i < 0 {
		return false
	}
	h.timers = slices.Delete(h.timers, i, i+1)
	return true
}

// Advance moves the clock by d, and runs the timers that come due on the way,
// in order, each at its time and before the next.
func (h *Sim) Advance(d time.Duration) {
	h.mu.Lock()
	end := h.now + int64(d)
	for len(h.timers) > 0 && h.timers[0].at <= end {
		t := h.timers[0]
		h.timers = slices.Delete(h.timers, 0, 1)
		h.now = max(h.now, t.at)
		h.mu.Unlock()
		t.fn()
		h.mu.Lock()
	}
	h.now = max(h.now, end)
	h.mu.Unlock()
}

// AdvanceNext moves the clock to when the next timer is due, and late beyond:
// all that is due by then runs, in order, after the clock was moved. It reports
// whether there was a timer.
func (h *Sim) AdvanceNext(late time.Duration) bool {
	h.mu.Lock()
	if len(h.timers) == 0 {
		h.mu.Unlock()
		return false
	}
	h.now = max(h.now, h.timers[0].at+int64(late))
	h.mu.Unlock()
	h.Advance(0)
	return true
}

// Pending returns the number of timers that wait.
func (h *Sim) Pending() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.timers)
}

// Random fills b from the seed (splitmix64).
func (h *Sim) Random(b []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range b {
		if i%8 == 0 {
			h.random += 0x9e3779b97f4a7c15
		}
		z := h.random
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		b[i] = byte((z ^ z>>31) >> (i % 8 * 8))
	}
	return nil
}

// Hostname returns the name.
func (h *Sim) Hostname() string { return h.Name }

// Pid returns the process id.
func (h *Sim) Pid() int { return h.ID }

// NCPU returns the number of processors.
func (h *Sim) NCPU() int { return h.CPUs }

// ConsoleWrite keeps what is written.
func (h *Sim) ConsoleWrite(b []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.console = append(h.console, b...)
}

// Console returns what was written to the console so far.
func (h *Sim) Console() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(h.console)
}
