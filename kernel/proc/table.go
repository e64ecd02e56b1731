// The process table: pids, creation by rfork, and the end of a process.
package proc

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// MaxComm is the longest command name, in bytes (MAXCOMLEN less the NUL).
const MaxComm = 15

// pidMax bounds pids; a pid is not used again until the numbers wrap.
const pidMax = 30000

// maxProcs bounds how many processes there may be: fewer than pids, so that a
// free one is soon found. rootProcs of them only root can have.
const (
	maxProcs  = pidMax * 9 / 10
	rootProcs = 5
)

// Table is the processes of one kernel.
type Table struct {
	host hypercall.Host
	cpus *cpus
	// sched decides in which order lwps run, on hosts that do; nil on others.
	sched hypercall.Scheduler
	attn  atomic.Uint32 // what new lwps have to look at from the start
	// model is what becomes of signals, fatal ends the kernel for one.
	model SigModel
	fatal func(why string)

	// tree protects the kids of all processes.
	tree sync.Mutex

	mu    sync.Mutex
	procs map[int32]*Proc
	next  int32
	top   int32 // the largest pid there was
	max   atomic.Int32
	users users
	forks atomic.Int64
	// hooks run when a process forks, before it can run.
	forkHooks []func(parent, child *Proc)
	exitHooks []func(p *Proc)
	execHooks []func(l *LWP)
	// while calls are traced these are told of signals and of lwps that sleep.
	onSignal func(p *Proc, sig int32)
	onSwitch func(l *LWP, out bool)
}

// NewTable returns a table with pid 0, the kernel's own process. ncpu bounds
// how many lwps run at once, 0 for no bound; maxproc how many processes; there are
// never so many that pids are hard to find.
func NewTable(host hypercall.Host, ncpu, maxproc int) *Table {
	t := &Table{host: host, cpus: newCPUs(ncpu), procs: map[int32]*Proc{}}
	t.max.Store(int32(min(maxproc, maxProcs)))
	t.sched, _ = host.(hypercall.Scheduler)
	if t.cpus != nil {
		t.attn.Store(attnCPU)
	}
	p := t.newProc(nil, 0, "system")
	c := cred.Root()
	p.cred.Store(c)
	p.limits.Store(DefaultLimits())
	p.startCount(Unlimited)
	p.pgrp = newSession(p)
	t.procs[0] = p
	t.next = 1
	return t
}

func (t *Table) newProc(parent *Proc, pid int32, name string) *Proc {
	p := &Proc{
		Pid: pid, key: pid, table: t, name: trimComm(name),
		lwps: map[int32]*LWP{}, started: t.host.Now(),
	}
	p.parent.Store(parent)
	return p
}

func trimComm(name string) string { return name[:min(len(name), MaxComm)] }

// Host returns the host the kernel runs on.
func (t *Table) Host() hypercall.Host { return t.host }

// Find returns the process with that pid, nil when there is none.
func (t *Table) Find(pid int32) *Proc {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.procs[pid]
}

// All returns the processes there are now, by pid.
func (t *Table) All() []*Proc {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := make([]*Proc, t.top+1)
	for _, p := range t.procs {
		if p != nil {
			s[p.Pid] = p
		}
	}
	n := 0
	for _, p := range s {
		if p != nil {
			s[n] = p
			n++
		}
	}
	return s[:n]
}

// MaxProcs returns how many processes there may be (kern.maxproc).
func (t *Table) MaxProcs() int { return int(t.max.Load()) }

// SetMaxProcs changes that: EINVAL when there are not enough pids.
func (t *Table) SetMaxProcs(n int32) error {
	if n < 0 || n > maxProcs {
		return abi.EINVAL
	}
	t.max.Store(n)
	return nil
}

// Forks returns how many processes have been made.
func (t *Table) Forks() int64 { return t.forks.Load() }

// Len returns the number of processes.
func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.procs)
}

// SetTraced says whether calls are traced, to all lwps there are and will be.
func (t *Table) SetTraced(on bool) {
	set := func(v *atomic.Uint32) {
		if on {
			v.Or(attnTrace)
		} else {
			v.And(^uint32(attnTrace))
		}
	}
	set(&t.attn)
	for _, p := range t.All() {
		for _, l := range p.LWPs() {
			set(&l.attn)
		}
	}
}

// OnFork adds a function that is called with each new process before it runs.
func (t *Table) OnFork(fn func(parent, child *Proc)) { t.forkHooks = append(t.forkHooks, fn) }

// OnExit adds a function that is called when a process has ended.
func (t *Table) OnExit(fn func(p *Proc)) { t.exitHooks = append(t.exitHooks, fn) }

// OnExec adds a function that is called after a process's exec, with the lwp
// that did it.
func (t *Table) OnExec(fn func(l *LWP)) { t.execHooks = append(t.execHooks, fn) }

// OnSignal has fn told of signals while calls are traced (SetTraced). It must
// not sleep. Preconditions, also of OnSwitch: pid 0 is the only process.
func (t *Table) OnSignal(fn func(p *Proc, sig int32)) { t.onSignal = fn }

// OnSwitch has fn told when an lwp goes to sleep (out) and when it goes on,
// while calls are traced, on that lwp's goroutine. It must not sleep.
func (t *Table) OnSwitch(fn func(l *LWP, out bool)) { t.onSwitch = fn }

// Rfork makes a child of parent, with no lwp yet: credentials and limits are
// inherited, descriptors as mode says, data as each subsystem forks it. An
// empty name takes the parent's. EAGAIN when there are too many processes, the
// last of which are root's, or the user has more than the parent's limit;
// ESRCH when the parent has ended, ENOMEM.
func (t *Table) Rfork(parent *Proc, mode FDMode, name string) (*Proc, error) {
	if name == "" {
		name = parent.Name()
	}
	most := t.MaxProcs()
	if !parent.Cred().IsRoot() {
		most -= rootProcs
	}
	t.mu.Lock()
	if len(t.procs) >= most {
		t.mu.Unlock()
		return nil, abi.EAGAIN
	}
	child := t.newProc(parent, t.allocPid(), name)
	t.procs[child.Pid] = nil // taken, but nobody sees the child yet
	t.mu.Unlock()
	err := t.inherit(parent, child, mode)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		delete(t.procs, child.Pid)
		return nil, err
	}
	t.procs[child.Pid] = child
	t.forks.Add(1)
	return child, nil
}

// inherit gives child what it has from its parent, which can't end meanwhile:
// ESRCH when it has.
func (t *Table) inherit(parent, child *Proc, mode FDMode) error {
	parent.forks.RLock()
	defer parent.forks.RUnlock()
	if parent.hasEnded() {
		return abi.ESRCH
	}
	child.cred.Store(parent.Cred())
	child.limits.Store(parent.limits.Load())
	child.corename.Store(parent.corename.Load())
	if !child.startCount(parent.most(abi.RLIMIT_NPROC)) {
		return abi.EAGAIN
	}
	if parent.files != nil {
		var err error
		if child.files, err = parent.files.Fork(mode); err != nil {
			child.stopCount()
			return err
		}
	}
	for i, d := range parent.data {
		if d != nil {
			child.data[i] = d.Fork(child)
		}
	}
	parent.mu.Lock()
	child.sugid, child.nice = parent.sugid, parent.nice
	child.pgrp = parent.pgrp
	parent.mu.Unlock()
	t.adopt(parent, child)
	child.pgrp.join(child)
	for _, fn := range t.forkHooks {
		fn(parent, child)
	}
	return nil
}

// allocPid returns an unused pid. Preconditions: t.mu is held.
func (t *Table) allocPid() int32 {
	for {
		pid := t.next
		if t.next++; t.next > pidMax {
			t.next = 2
		}
		if _, taken := t.procs[pid]; !taken {
			t.top = max(t.top, pid)
			return pid
		}
	}
}

// SetFiles gives p its descriptor table, while p is being made.
func (p *Proc) SetFiles(f Files) { p.files = f }

// SetData gives p what the subsystem of slot keeps with it, while p is being
// made or before the kernel has other processes.
func (p *Proc) SetData(slot Slot, d Data) { p.data[slot] = d }

// Exec tells that p runs a new program: every other lwp quits, the
// close-on-exec descriptors are closed, the name changes. Pid, other
// descriptors, directory and credentials stay. It returns when the other lwps
// are gone; l is the caller's own lwp.
func (t *Table) Exec(l *LWP, name string) {
	p := l.proc
	p.QuitLWPs(l)
	p.WaitLWPs(l)
	p.mu.Lock()
	p.name = trimComm(name)
	p.sugid = false
	p.mu.Unlock()
	if p.files != nil {
		p.files.Exec(l)
	}
	for _, fn := range t.execHooks {
		fn(l)
	}
	p.Resume()
}

// Exit ends the process of l: its other lwps quit, and when they are gone its
// descriptors are closed, its children become pid 1's and its pid is free. l
// ends too. There is no zombie: nobody waits.
func (t *Table) Exit(l *LWP) {
	t.end(l.proc, l)
	l.Release()
}

// Kill ends p as Exit does, on behalf of l, an lwp of another process.
func (t *Table) Kill(l *LWP, p *Proc) { t.end(p, l) }

// setEnding marks p as torn down, once no fork of it is under way, and reports
// whether it was already.
func (p *Proc) setEnding() (again bool) {
	p.forks.Lock()
	defer p.forks.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	again = p.ending
	p.ending = true
	return again
}

func (p *Proc) hasEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ending
}

func (t *Table) end(p *Proc, l *LWP) {
	p.QuitLWPs(l)
	p.WaitLWPs(l)
	if p.setEnding() {
		return
	}
	if p.files != nil {
		p.files.Free(l)
	}
	for _, d := range p.data {
		if d != nil {
			d.Free(l)
		}
	}
	p.bequeath()
	t.reparent(p)
	p.Pgrp().leave(p)
	p.stopCount()
	t.mu.Lock()
	delete(t.procs, p.key)
	t.mu.Unlock()
	for _, fn := range t.exitHooks {
		fn(p)
	}
}
