// Processes: identity, credentials, groups, limits, and what other subsystems
// keep for them.
package proc

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// Proc is a process.
type Proc struct {
	// Pid is the process id.
	Pid int32

	key   int32 // what the table knows it by: the pid, unless SetID changed that
	table *Table
	cred  atomic.Pointer[cred.Cred]
	// parent is read without a lock; Table.reparent changes it.
	parent atomic.Pointer[Proc]
	// Limits are the resource limits, shared until one of the sharers
	// changes them.
	limits atomic.Pointer[Limits]

	// files and data belong to other subsystems; set while the process is
	// made, read without a lock afterwards.
	files Files
	data  [numSlots]Data

	// forks is held to inherit from the process, and to end it.
	forks sync.RWMutex
	kids  map[int32]*Proc // protected by Table.tree

	mu      sync.Mutex
	name    string
	pgrp    *Pgrp
	lwps    map[int32]*LWP
	nextLID int32
	// exiting refuses new lwps; ending is set once the process is torn down.
	exiting, ending bool
	sugid           bool
	counted         bool         // among its user's processes
	threads         atomic.Int32 // see SetThreads
	gone            Cond
	raise           func(sig int32)
	sigIgnore       uint64        // not recorded
	sigPend         atomic.Uint64 // recorded
	proxy           atomic.Pointer[Proxy]
	started         int64

	// ran is the processor time of lwps that are gone, kidsRan that of children
	// that are; timed is whether somebody asks for it. Like nice, and slept,
	// which counts the sleeps of lwps that are gone, they are protected by mu.
	ran, kidsRan, slept int64
	timed               bool
	nice                int32
	signals             atomic.Int64 // how many were sent to it
	// alarmAt is the processor time at which alarm is called, 0 for never.
	alarmAt atomic.Int64
	alarm   func()

	corename  atomic.Pointer[string]
	stopFlags atomic.Uint32
}

// Files is a descriptor table as package file keeps it.
type Files interface {
	// Fork returns the table of a child: shared, copied or fresh. ENOMEM.
	Fork(mode FDMode) (Files, error)
	// Exec closes the close-on-exec descriptors.
	Exec(l *LWP)
	// Free drops the process's use of the table; the last one closes all.
	Free(l *LWP)
}

// FDMode says what a child does with its parent's descriptors.
type FDMode int

// The modes of rfork: 0, RFFDG and RFCFDG.
const (
	FDShare FDMode = iota
	FDCopy
	FDFresh
)

// Data is what a subsystem keeps with a process.
type Data interface {
	// Fork returns the child's.
	Fork(child *Proc) Data
	// Free is called when the process is gone.
	Free(l *LWP)
}

// Slot names the subsystem that Data belongs to.
type Slot int

// The slots.
const (
	SlotCwd    Slot = iota // directories and umask (vfs)
	SlotTimers             // interval and per-process timers (base)
	SlotTrace              // ktrace (base)
	SlotExtra              // for parts of other modules
	numSlots
)

// Data returns what the subsystem of slot keeps with p, nil if nothing.
func (p *Proc) Data(slot Slot) Data { return p.data[slot] }

// Files returns the descriptor table.
func (p *Proc) Files() Files { return p.files }

// Table returns the process table p is in.
func (p *Proc) Table() *Table { return p.table }

// Cred returns the credentials.
func (p *Proc) Cred() *cred.Cred { return p.cred.Load() }

// SetCred changes the credentials; sugid marks the process as having changed
// its identity (issetugid).
func (p *Proc) SetCred(c *cred.Cred, sugid bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sugid = p.sugid || sugid
	p.moveCount(p.Cred().Ruid, c.Ruid)
	p.cred.Store(c)
}

// Sugid reports a process that has changed its identity since its last exec.
func (p *Proc) Sugid() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sugid
}

// Name returns the command name, at most 15 bytes.
func (p *Proc) Name() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name
}

// Ppid returns the parent's process id, 0 for pid 0 and 1.
func (p *Proc) Ppid() int32 {
	if parent := p.parent.Load(); parent != nil {
		return parent.Pid
	}
	return 0
}

// Started returns when the process was made: the wall clock in nanoseconds.
func (p *Proc) Started() int64 { return p.started }

// NumLWPs returns the number of lwps.
func (p *Proc) NumLWPs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lwps)
}

// SetThreads says how many threads make calls for p, as far as the server of a
// remote process has seen: its lwps are made as calls come in. 0 is for
// processes whose lwps are their threads.
func (p *Proc) SetThreads(n int32) { p.threads.Store(n) }

// Alone reports whether the calls of p are made by one thread, as far as the
// kernel knows: while that sleeps, nobody calls for p.
func (p *Proc) Alone() bool {
	if n := p.threads.Load(); n != 0 {
		return n == 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, l := range p.lwps {
		if !l.standIn {
			n++
		}
	}
	return n <= 1
}

// LWPs returns the lwps there are now.
func (p *Proc) LWPs() []*LWP {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := make([]*LWP, 0, len(p.lwps))
	for _, l := range p.lwps {
		s = append(s, l)
	}
	return s
}

// SetRaise sets where signals to p go: fn is called with the NetBSD number
// and must not block. nil drops them.
func (p *Proc) SetRaise(fn func(sig int32)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raise = fn
}

// NewLWP makes an lwp: ESRCH when the process is gone, EBUSY while its lwps
// are told to quit. held says that the caller keeps it between calls, so that
// nobody waits for its release.
func (p *Proc) NewLWP(held bool) (*LWP, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending {
		return nil, abi.ESRCH
	}
	if p.exiting {
		return nil, abi.EBUSY
	}
	p.nextLID++
	l := &LWP{proc: p, lid: p.nextLID, key: p.nextLID, held: held, wake: make(chan struct{}, 1), cpus: p.table.cpus}
	l.attn.Store(p.table.attn.Load() | p.attn())
	p.lwps[l.lid] = l
	return l, nil
}

// Release ends l, which must not be in a call.
func (l *LWP) Release() {
	p := l.proc
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lwps[l.key] == l {
		p.ran += l.ran(0)
		p.slept += l.sleeps.Load()
		delete(p.lwps, l.key)
	}
	p.gone.Broadcast()
}

// QuitLWPs tells every lwp but except to quit: its sleeps end with EINTR and
// no new lwp can be made until Resume.
func (p *Proc) QuitLWPs(except *LWP) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exiting = true
	for _, l := range p.lwps {
		if l != except {
			l.attn.Or(attnQuit)
			l.Wake()
		}
	}
}

// WaitLWPs waits until the lwps that QuitLWPs told to quit are gone, or at
// least out of their sleeps when their callers keep them. l is the caller's.
func (p *Proc) WaitLWPs(l *LWP) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.busy(l) {
		s := &l.sleep
		s.l = l
		p.gone.push(s)
		p.mu.Unlock()
		l.park(Forever)
		p.mu.Lock()
		p.gone.remove(s)
	}
}

// busy reports whether an lwp other than l is still at work. Preconditions:
// p.mu is held.
func (p *Proc) busy(l *LWP) bool {
	for _, o := range p.lwps {
		if o != l && (!o.held || o.asleep.Load() != 0) {
			return true
		}
	}
	return false
}

// Resume lets the process go on after an exec.
func (p *Proc) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exiting = false
	for _, l := range p.lwps {
		l.attn.And(^uint32(attnQuit))
	}
}

// LWP returns the lwp with that id, nil when there is none.
func (p *Proc) LWP(lid int32) *LWP {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lwps[lid]
}
