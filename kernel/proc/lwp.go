// Package proc is processes and lwps: who a caller is, what it may do, how it
// sleeps and how it is woken.
package proc

import (
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// LWP is a light-weight process: what a call runs as. One goroutine at a time
// runs as it.
type LWP struct {
	proc *Proc
	lid  int32
	key  int32 // what the process knows it by: lid, unless SetID changed that
	// attn says what the next call, or the end of this one, has to look at
	// besides the call itself: attnQuit and so on. A plain call finds it 0.
	attn  atomic.Uint32
	wake  chan struct{}
	sleep sleeper
	// recent is the system calls it made last, each its number plus one in 16
	// bits, the latest lowest: the one in progress. asleep is that of the call
	// while the lwp sleeps in it, so that others can see where.
	recent uint64
	asleep atomic.Int32
	// held is set for lwps that a caller in this process keeps between calls;
	// it never changes.
	held bool
	// standIn is set for one that makes no calls; under the process's lock.
	standIn bool
	// cpu is whether the lwp holds a virtual CPU; only its goroutine looks.
	// cpus is where it gets one, nil when they are not bounded.
	cpu  bool
	cpus *cpus
	// sigMask is the signals that don't interrupt.
	sigMask atomic.Uint64
	// replied is what OnReply left; only the lwp's goroutine looks.
	replied func()
	// onBlock is told before the lwp sleeps or waits outside the kernel.
	onBlock func()
	// clock is the processor time it has used, see cputime.go; sleeps counts
	// how often it slept.
	clock, sleeps atomic.Int64
	// Each call writes recent: no two lwps share a line of the cache, as a LWP
	// takes up two of them.
}

// What may need an lwp's attention.
const (
	attnQuit  = 1 << iota // its process ends, or execs: sleeps end with EINTR
	attnIntr              // a signal or the loss of the caller ended this sleep
	attnTrace             // calls are traced
	attnCPU               // virtual CPUs are bounded
	attnReply             // OnReply left something to do
	attnSig               // signals are recorded
	attnProxy             // somebody else serves the process's calls
	attnTime              // somebody asks for the processor time of its process
)

// OnBlock sets a function that the lwp's goroutine calls before it sleeps, and
// before it waits outside the kernel (Unblocked): what it does for others
// besides must go on without it. Preconditions: l is not in a call.
func (l *LWP) OnBlock(fn func()) { l.onBlock = fn }

// OnReply has fn run once the caller has the answer to the call in progress:
// what ends the caller's own world, such as reboot(2), is begun there. fn must
// not block.
func (l *LWP) OnReply(fn func()) {
	l.replied = fn
	l.attn.Or(attnReply)
}

// Replied runs what OnReply left. Transports call it after each call, when its
// answer has been sent.
func (l *LWP) Replied() {
	if fn := l.replied; fn != nil {
		l.replied = nil
		l.attn.And(^uint32(attnReply))
		fn()
	}
}

// Proc returns the process.
func (l *LWP) Proc() *Proc { return l.proc }

// ID returns the lwp id, unique in its process.
func (l *LWP) ID() int32 { return l.lid }

// Cred returns the credentials calls run with.
func (l *LWP) Cred() *cred.Cred { return l.proc.cred.Load() }

// Wake ends the present sleep, or the next one if there is none.
func (l *LWP) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
	if s := l.proc.table.sched; s != nil {
		s.Woken(l.wake)
	}
}

// wait waits for a wake-up, in the order of a host that decides on it.
func (l *LWP) wait() {
	if s := l.proc.table.sched; s != nil {
		s.Sleep(l.wake, l)
		return
	}
	<-l.wake
}

// Where returns the process, the lwp and the system call it is in.
func (l *LWP) Where() (pid, lid int32, num int) {
	return l.proc.Pid, l.lid, int(uint16(l.recent)) - 1
}

// Abandon ends all calls of the process: they can't end otherwise.
func (l *LWP) Abandon() { l.proc.QuitLWPs(nil) }

// Interrupt makes the present sleep, or the next one of the same call, end
// with EINTR.
func (l *LWP) Interrupt() {
	l.attn.Or(attnIntr)
	l.Wake()
}

// Quitting reports that the process is ending its lwps: calls return EINTR.
func (l *LWP) Quitting() bool { return l.attn.Load()&attnQuit != 0 }

func (l *LWP) interrupted() bool {
	attn := l.attn.Load()
	return attn&(attnQuit|attnIntr) != 0 || attn&attnSig != 0 && l.signalled()
}

// Interrupted returns EINTR when a sleep of l would be interrupted at once.
func (l *LWP) Interrupted() error {
	if l.interrupted() {
		return abi.EINTR
	}
	return nil
}

// Sleep sleeps for d, or until it is woken: nil when it was woken or d passed,
// EINTR when it was interrupted.
func (l *LWP) Sleep(d time.Duration) error {
	if l.interrupted() {
		return abi.EINTR
	}
	if d != 0 {
		l.park(d)
	}
	return l.Interrupted()
}

// park waits for a wake-up or until d has passed (Forever: no limit), without
// a virtual CPU. It reports whether d passed.
func (l *LWP) park(d time.Duration) (expired bool) {
	l.WillBlock()
	l.sleeps.Add(1)
	traced := l.attn.Load()&attnTrace != 0
	l.switched(traced, true)
	held, ran := l.cpu, l.stop()
	if held {
		l.cpus.release(l)
	}
	l.asleep.Store(int32(max(uint16(l.recent), 1)))
	if d >= 0 {
		expired = l.parkFor(d)
	} else {
		l.wait()
	}
	l.awake()
	if held {
		l.cpus.acquire(l)
	}
	if ran {
		l.start()
	}
	l.switched(traced, false)
	return expired
}

// switched tells who traces calls that l sleeps (out) or goes on.
func (l *LWP) switched(traced, out bool) {
	if fn := l.proc.table.onSwitch; traced && fn != nil {
		fn(l, out)
	}
}

// parkFor waits for a wake-up for at most d.
func (l *LWP) parkFor(d time.Duration) bool {
	var fired atomic.Bool
	timer := l.proc.table.host.AfterFunc(d, func() {
		fired.Store(true)
		l.Wake()
	})
	l.wait()
	timer.Stop()
	return fired.Load()
}

// awake ends a sleep; when the process is ending, who waits for that is told.
// The call stays interrupted to its end: an exec may be over, and the process
// go on, before the lwp looks.
func (l *LWP) awake() {
	if l.Quitting() {
		l.attn.Or(attnIntr)
	}
	l.asleep.Store(0)
	if l.Quitting() {
		l.proc.mu.Lock()
		l.proc.gone.Broadcast()
		l.proc.mu.Unlock()
	}
}

// Begin begins system call num when nothing but the call itself is to be done
// for it, and reports whether that is so; if not, the call takes the way of
// Enter and Leave. It is the short path of callers in this process.
func (l *LWP) Begin(num int) bool {
	if l.attn.Load() != 0 {
		return false
	}
	l.begin(num)
	return true
}

// begin notes that call num is in progress.
func (l *LWP) begin(num int) { l.recent = l.recent<<16 | uint64(uint16(num+1)) }

// Recent returns the system calls l made last, the latest first: as many as
// are remembered. It may be called while l runs, and then tells of a moment.
//
//go:norace
func (l *LWP) Recent() (nums []int) {
	for calls := l.recent; calls != 0; calls >>= 16 {
		nums = append(nums, int(uint16(calls))-1)
	}
	return nums
}

// Plain reports that nothing is left to do at the end of a call Begin began.
func (l *LWP) Plain() bool { return l.attn.Load() == 0 }

// Enter begins system call num on l: it takes a virtual CPU when they are
// bounded, and the lwp's processor time passes from then on. Leave ends it.
func (l *LWP) Enter(num int) {
	l.begin(num)
	if l.cpus != nil {
		l.cpus.acquire(l)
	}
	l.start()
}

// StandIn says that l makes no calls: it stands for its process, in whose name
// others do.
func (l *LWP) StandIn() {
	l.proc.mu.Lock()
	defer l.proc.mu.Unlock()
	l.standIn = true
}

// Asleep returns the number of the system call l sleeps in, -1 when it does
// not sleep.
func (l *LWP) Asleep() int { return int(l.asleep.Load()) - 1 }

// Leave ends the system call Enter began.
func (l *LWP) Leave() {
	l.stop()
	if l.cpu {
		l.cpus.release(l)
	}
	if l.attn.Load()&attnIntr != 0 {
		l.attn.And(^uint32(attnIntr))
	}
}

// WillBlock tells that l is about to wait for the host with its virtual CPU in
// its hands, which Table.Lend lends then.
func (l *LWP) WillBlock() {
	if l.onBlock != nil {
		l.onBlock()
	}
}

// Unblocked runs fn, which may block in the host or on a socket, without
// holding a virtual CPU. fn takes the locks it needs itself: l holds none that
// another lwp could wait for with the CPU that l needs afterwards.
func (l *LWP) Unblocked(fn func()) {
	l.WillBlock()
	held, ran := l.cpu, l.stop()
	if held {
		l.cpus.release(l)
	}
	fn()
	if held {
		l.cpus.acquire(l)
	}
	if ran {
		l.start()
	}
}
