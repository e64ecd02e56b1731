// Package ktrace writes what processes do to files, as the records of
// ktrace(2) that kdump(1) reads. Traced processes fill a bounded queue for each
// file; a goroutine of the kernel's writes it out.
package ktrace

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Config is what tracing needs of the kernel.
type Config struct {
	// Procs are the processes there are.
	Procs *proc.Table
	// Mem is charged for the queues.
	Mem *memlimit.Account
	// Now returns the wall clock in nanoseconds.
	Now func() int64
	// Go runs a goroutine of the kernel's.
	Go func(fn func())
	// Yield lets other goroutines run, on hosts that decide which.
	Yield func()
	// Log prints a line of the kernel's.
	Log func(s string)
	// Active says whether there is anything to trace: Enter and Exit are to be
	// called for each call from now on, or no more.
	Active func(on bool)
}

// Tracing is the tracing of one kernel.
type Tracing struct {
	conf Config
	on   atomic.Bool

	mu       sync.Mutex
	targets  map[*proc.Proc]*target
	sessions []*session
	// calls are those under way of processes that were traced when they began.
	calls map[*proc.LWP]*call
	// stopped is set when the kernel halts.
	stopped bool
}

// target is a process that is traced.
type target struct {
	s *session
	// facs are the facilities, KTRFAC_INHERIT and KTRFAC_PERSISTENT, and the
	// version of records.
	facs uint32
	// emul is set when a KTR_EMUL record has to come before the next one.
	emul bool
}

// New makes the tracing of a kernel that is booting; nothing is traced yet.
func New(c Config) *Tracing {
	t := &Tracing{conf: c, targets: map[*proc.Proc]*target{}, calls: map[*proc.LWP]*call{}}
	c.Procs.OnFork(t.forked)
	c.Procs.OnExit(t.exited)
	c.Procs.OnExec(t.execed)
	c.Procs.OnSignal(t.signalled)
	return t
}

// On reports whether any process is traced. It costs a load: who has something
// to record asks first.
func (t *Tracing) On() bool { return t.on.Load() }

// set makes g what is traced of p, nil for nothing. Preconditions: t.mu is held.
func (t *Tracing) set(p *proc.Proc, g *target) {
	if old := t.targets[p]; old != nil {
		t.unref(old.s)
	}
	if g == nil {
		delete(t.targets, p)
	} else {
		g.s.refs++
		t.targets[p] = g
	}
	if on := len(t.targets) > 0; on != t.on.Load() {
		t.on.Store(on)
		t.conf.Active(on)
	}
}

// forked lets a child inherit the trace of its parent.
func (t *Tracing) forked(parent, child *proc.Proc) {
	if !t.On() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.targets[parent]; g != nil && g.facs&abi.KTRFAC_INHERIT != 0 {
		t.set(child, &target{s: g.s, facs: g.facs, emul: g.emul})
	}
}

// exited ends the trace of a process that is gone.
func (t *Tracing) exited(p *proc.Proc) {
	if !t.On() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.targets[p] != nil {
		t.set(p, nil)
	}
}

// Stop ends all tracing and waits until what was recorded is written, as far as
// that needs no waiting. Preconditions: all processes have ended.
func (t *Tracing) Stop() {
	t.mu.Lock()
	t.stopped = true
	sessions := append([]*session(nil), t.sessions...)
	for p := range t.targets {
		t.set(p, nil)
	}
	for _, s := range sessions {
		s.w.Interrupt()
	}
	t.mu.Unlock()
	for _, s := range sessions {
		for !s.over() {
			t.conf.Yield()
		}
	}
}
