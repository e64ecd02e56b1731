// Package kernel is the base kernel: what every binary holds (in NetBSD:
// rumpkern). It boots, gives callers processes, dispatches their calls, and
// serves the calls that need no faction.
package kernel

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/kqueue"
	"github.com/rumpkit/rumpkit/kernel/ktrace"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/msgbuf"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Parts is a set of parts joined into a kernel. The generator writes it.
type Parts interface {
	// Attach attaches every part, each after those it needs. When one fails,
	// those before it are detached.
	Attach(b *Base) error
	// Detach undoes Attach, in reverse order.
	Detach()
	// Syscall performs call num: decodes f, runs the handler, stores results.
	Syscall(l *proc.LWP, num int, f *sysent.Frame) error
	// Describe returns what was built in.
	Describe() Description
}

// Description is what the generator knows of a kernel.
type Description struct {
	// Selection is what was asked for, Parts the import paths in attach order.
	Selection string
	Parts     []string
	// Rows is how many of the 218 callable rows are served.
	Rows int
	// Provider names the part that would serve a row that no part here
	// serves, "" when there is none.
	Provider func(num int) string
}

// Base is one running kernel. Everything it knows hangs off this value: two
// kernels share nothing but code.
type Base struct {
	// Config is what the kernel was booted with, Host its host.
	Config Config
	Host   hypercall.Host
	// The services parts build on.
	Msgbuf *msgbuf.Buffer
	Evcnt  *evcnt.Registry
	Mem    *memlimit.Account
	Procs  *proc.Table
	Sysctl *sysctl.Tree
	Devsw  *devsw.Switch
	Ktrace *ktrace.Tracing

	parts Parts
	desc  Description
	init  *proc.Proc // pid 1
	boot  *proc.LWP  // lwp of pid 0 that boots and shuts down
	mono  int64      // the host's monotonic clock when the uptime was 0

	tracing sync.Mutex // protects changes of tracers
	tracers atomic.Pointer[[]*Tracer]

	mu        sync.Mutex
	state     state
	broken    string // what PanicReport tells
	dumped    string // what Dump tells
	reporters []func() string
	shutdown  []func(howto int32)
	done      chan struct{}

	clock   clockState
	names   names
	kqprocs *kqueue.Procs
	modules modules
	// traceLog is the trace of calls as text.
	traceLog *traceLog
	hosts    hostThreads

	etfsTaken bool // a part shows the host files of Config

	stats sync.Pool // of *abi.Stat, for fstat(2)
}

type state int

const (
	cold state = iota
	running
	halting
	halted
)

// Description returns what was built into the kernel.
func (b *Base) Description() Description { return b.desc }

// Init returns pid 1, the parent of guests and orphans.
func (b *Base) Init() *proc.Proc { return b.init }

// BootLWP returns the lwp of pid 0 in whose name parts act while they attach
// and detach, and at no other time.
func (b *Base) BootLWP() *proc.LWP { return b.boot }

// Done is closed when the kernel has halted.
func (b *Base) Done() <-chan struct{} { return b.done }

// OnShutdown adds a function that runs at reboot, before parts are detached:
// file systems are synced and unmounted by one. The last added runs first.
func (b *Base) OnShutdown(fn func(howto int32)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shutdown = append(b.shutdown, fn)
}
