// Callers in this process: how they get a process and lwps, and enter calls.
package kernel

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// process is a local caller's process. It implements sysent.Process.
type process struct {
	b    *Base
	p    *proc.Proc
	main *proc.LWP // does fork, exec and exit

	mu     sync.Mutex
	closed bool
}

// Attach makes a guest process: a child of pid 1 with a fresh descriptor
// table, the console on 0 to 2 and root's credentials.
func (b *Base) Attach(name string, raise func(sig int32)) (sysent.Process, error) {
	p, l, err := b.NewGuest(name)
	if err != nil {
		return nil, err
	}
	if raise == nil {
		raise = b.localSignal(p)
	}
	p.SetRaise(raise)
	l.StandIn()
	return &process{b: b, p: p, main: l}, nil
}

// localSignal returns where signals of a local process go that has no handler
// of its own.
func (b *Base) localSignal(p *proc.Proc) func(sig int32) {
	on := b.Config.OnSignal
	if on == nil {
		return nil
	}
	return func(sig int32) { on(p.Pid, sig) }
}

// NewGuest makes the process of a new client, and the lwp that stands for its
// connection. ENXIO when the kernel is not running.
func (b *Base) NewGuest(name string) (*proc.Proc, *proc.LWP, error) {
	return b.Fork(b.init, proc.FDFresh, name)
}

// Fork makes a child of parent with one lwp.
func (b *Base) Fork(parent *proc.Proc, mode proc.FDMode, name string) (*proc.Proc, *proc.LWP, error) {
	b.mu.Lock()
	ok := b.state == running
	b.mu.Unlock()
	if !ok {
		return nil, nil, abi.ENXIO
	}
	p, err := b.Procs.Rfork(parent, mode, name)
	if err != nil {
		return nil, nil, err
	}
	l, err := p.NewLWP(true)
	return p, l, err
}

func (p *process) Pid() int32 { return p.p.Pid }

func (p *process) NewThread() (sysent.Thread, error) {
	l, err := p.p.NewLWP(true)
	if err != nil {
		return nil, err
	}
	return p.b.newThread(l), nil
}

func (p *process) Fork() (sysent.Process, error) {
	c, l, err := p.b.Fork(p.p, proc.FDCopy, "")
	if err != nil {
		return nil, err
	}
	c.SetRaise(p.b.localSignal(c))
	l.StandIn()
	return &process{b: p.b, p: c, main: l}, nil
}

func (p *process) Exec(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return abi.ESRCH
	}
	p.b.Procs.Exec(p.main, name)
	return nil
}

func (p *process) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	p.b.Procs.Exit(p.main)
	return nil
}

// Watch implements sysent.Watcher.
func (p *process) Watch(fd int32, fn func(events int16)) (stop func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, abi.ESRCH
	}
	f, err := file.Get(p.main, fd)
	if err != nil {
		return nil, err
	}
	defer f.Drop(p.main)
	q := f.Ops.Events(f)
	if q == nil {
		return nil, abi.EOPNOTSUPP
	}
	e := event.NewEntry(abi.POLLIN|abi.POLLOUT|abi.POLLHUP|abi.POLLERR, fn)
	q.Add(e)
	return e.Leave, nil
}

// ThreadMaker is implemented by Parts that have a shorter way into their calls
// for callers in this process than Parts.Syscall.
type ThreadMaker interface {
	NewThread(l *proc.LWP) sysent.Thread
}

func (b *Base) newThread(l *proc.LWP) sysent.Thread {
	if m, ok := b.parts.(ThreadMaker); ok {
		return m.NewThread(l)
	}
	return &thread{b: b, l: l}
}

// thread is an lwp of a caller in this process. It implements sysent.Thread.
type thread struct {
	b *Base
	l *proc.LWP
}

func (t *thread) Syscall(num int, f *sysent.Frame) error { return t.b.SyscallLocal(t.l, num, f) }

func (t *thread) Close() { t.l.Release() }
