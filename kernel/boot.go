// The order in which a kernel comes up.
package kernel

import (
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/kqueue"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/msgbuf"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/timer"
)

// Boot brings up a kernel on b, which must be new or halted, with the given
// parts. The steps are those of NetBSD's rump_init, in its order; what the Go
// run time gives is not among them, nor is a search for handlers.
func (b *Base) Boot(cfg Config, parts Parts) error {
	if err := b.begin(); err != nil {
		return err
	}
	cfg.Verbose = cfg.Verbose || cfg.Howto&abi.AB_VERBOSE != 0
	b.Config, b.parts, b.desc = cfg, parts, parts.Describe()
	b.etfsTaken, b.stats.New = false, func() any { return new(abi.Stat) }
	b.bootHost()
	b.bootMemory()
	b.bootProcs()
	b.bootServices()
	b.Sysctl.Finalize()
	if err := parts.Attach(b); err != nil {
		b.bootFailed()
		return err
	}
	err := b.etfsShown()
	if err == nil {
		err = b.bootInit()
	}
	if err != nil {
		parts.Detach()
		b.bootFailed()
		return err
	}
	b.setState(running)
	return nil
}

// begin claims the value: EBUSY when a kernel runs on it already.
func (b *Base) begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done != nil && b.state != halted {
		return abi.EBUSY
	}
	b.broken, b.dumped, b.reporters = "", "", nil
	b.state, b.shutdown, b.done = cold, nil, make(chan struct{})
	return nil
}

func (b *Base) setState(s state) {
	b.mu.Lock()
	b.state = s
	b.mu.Unlock()
}

func (b *Base) bootFailed() {
	b.setState(halted)
	close(b.done)
}

// bootHost settles the host, the clock's start and the message buffer.
func (b *Base) bootHost() {
	b.Host = b.Config.Host
	if b.Host == nil {
		b.Host = hypercall.Real()
	}
	b.mono = b.Host.Mono() - bootUptime
	b.clock.reset()
	b.Msgbuf = msgbuf.New()
	if b.Config.Verbose {
		b.Printf(copyright + "\n" + Version + "\n")
	}
}

// bootMemory sets up accounting: event counters and the memory limit.
func (b *Base) bootMemory() {
	b.Evcnt = evcnt.New()
	b.Mem = memlimit.New(b.Config.MemLimit)
	if h, ok := b.Host.(hypercall.Refuser); ok {
		b.Mem.RefuseBy(h.RefuseMemory)
	}
	if b.Config.Verbose {
		total := "unlimited (host limit)"
		if n := b.Config.MemLimit; n > 0 {
			total = strconv.FormatInt(n/1024, 10) + " KB"
		}
		b.Printf("total memory = " + total + "\n")
		b.Printf("timecounter: " + clockName + " frequency 1000000000 Hz quality 0\n")
		for i := range b.NCPU() {
			cpu := strconv.Itoa(i)
			b.Printf("cpu" + cpu + " at thinair0: rump virtual cpu\n")
		}
	}
}

// bootProcs makes the process table, pid 0 and the lwp that boots.
func (b *Base) bootProcs() {
	b.Procs = proc.NewTable(b.Host, b.Config.NCPU, b.maxProc())
	b.Procs.SetSigModel(b.Config.SigModel, func(why string) {
		b.spawn(func() { b.panicked(why) })
	})
	b.kqprocs = kqueue.NewProcs(b.Procs)
	p := b.Procs.Find(0)
	b.boot, _ = p.NewLWP(true)
	p.SetFiles(file.NewTable(b.openConsole, b.Mem))
	p.SetData(proc.SlotTimers, timer.New(b.Host, p))
	b.Procs.OnExec(func(l *proc.LWP) { timersOf(l).Exec() })
}

const defaultMaxProc = 16384

// maxProc returns the bound on the number of processes.
func (b *Base) maxProc() int {
	if b.Config.MaxProc > 0 {
		return b.Config.MaxProc
	}
	return defaultMaxProc
}

// bootServices makes the services that parts attach to.
func (b *Base) bootServices() {
	b.Sysctl = sysctl.New(b.Mem)
	b.Devsw = devsw.New()
	b.bootNames()
	b.bootModules()
	b.sysctlSetup()
	b.traceSetup()
	b.ktraceSetup()
}

// bootInit makes pid 1, the parent of everything local and of orphans, with
// the console on its descriptors 0 to 2.
func (b *Base) bootInit() error {
	p, err := b.Procs.Rfork(b.Procs.Find(0), proc.FDFresh, "rumplocal")
	b.init = p
	return err
}
