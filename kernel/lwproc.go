// Processes and lwps for the program that embeds the kernel: what rump_pub_
// lwproc_ is to C.
package kernel

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// HostThread is a thread of the embedding program as the kernel sees it: one
// lwp at a time is current in it, and its calls run as that. Without one each
// call runs on a lwp of its own in pid 1. One goroutine at a time uses it.
//
// It is a sysent.Kernel, so that client.New(t, "") gives typed stubs whose
// calls run as the current lwp, whichever that is then.
type HostThread struct {
	b   *Base
	cur *proc.LWP
}

// hostThreads is which lwps are current somewhere.
type hostThreads struct {
	mu  sync.Mutex
	cur map[*proc.LWP]*HostThread
}

// HostThread returns a thread in which no lwp is current.
func (b *Base) HostThread() *HostThread { return &HostThread{b: b} }

// CurLWP returns the current lwp, nil when there is none.
func (t *HostThread) CurLWP() *proc.LWP { return t.cur }

// Switch makes l current, nil for none: EBUSY when it is current in another
// thread. The lwp that was current stays as it is.
func (t *HostThread) Switch(l *proc.LWP) error {
	h := &t.b.hosts
	h.mu.Lock()
	defer h.mu.Unlock()
	if l != nil {
		if o := h.cur[l]; o != nil && o != t {
			return abi.EBUSY
		}
		if h.cur == nil {
			h.cur = map[*proc.LWP]*HostThread{}
		}
		h.cur[l] = t
	}
	if t.cur != l {
		delete(h.cur, t.cur)
	}
	t.cur = l
	return nil
}

// Rfork makes a child of the current process, pid 1 when there is none, with
// its descriptors as mode says, and makes its one lwp current. EINVAL for a
// mode there is not, EAGAIN when there are too many processes.
func (t *HostThread) Rfork(mode proc.FDMode) error {
	if mode < proc.FDShare || mode > proc.FDFresh {
		return abi.EINVAL
	}
	parent, name := t.b.init, "rumproc"
	if t.cur != nil {
		parent, name = t.cur.Proc(), ""
	}
	p, l, err := t.b.Fork(parent, mode, name)
	if err != nil {
		return err
	}
	p.SetRaise(t.b.localSignal(p))
	return t.Switch(l)
}

// NewLWP makes a lwp in a process and makes it current: ESRCH when there is no
// such process, EBUSY while it ends.
func (t *HostThread) NewLWP(pid int32) error {
	p := t.b.Procs.Find(pid)
	if p == nil {
		return abi.ESRCH
	}
	l, err := p.NewLWP(true)
	if err != nil {
		return err
	}
	return t.Switch(l)
}

// ReleaseLWP ends the current lwp, and its process when it is the last one
// there: ESRCH when none is current.
func (t *HostThread) ReleaseLWP() error {
	l := t.cur
	if l == nil {
		return abi.ESRCH
	}
	h := &t.b.hosts
	h.mu.Lock()
	delete(h.cur, l)
	t.cur = nil
	last := l.Proc().NumLWPs() == 1 && l.Proc() != t.b.init && l.Proc() != t.b.boot.Proc()
	if !last {
		l.Release()
	}
	h.mu.Unlock()
	if last {
		t.b.Procs.Exit(l)
	}
	return nil
}

// Do runs fn with the lwp that calls of the thread run on.
func (t *HostThread) Do(fn func(l *proc.LWP) error) error {
	if t.cur != nil {
		return fn(t.cur)
	}
	l, err := t.b.init.NewLWP(true)
	if err != nil {
		return err
	}
	defer l.Release()
	return fn(l)
}

// Syscall performs call num as the current lwp.
func (t *HostThread) Syscall(num int, f *sysent.Frame) error {
	return t.Do(func(l *proc.LWP) error { return t.b.SyscallLocal(l, num, f) })
}

// Close ends the use of the thread: no lwp is current in it.
func (t *HostThread) Close() { _ = t.Switch(nil) }

// Attach returns the thread as a client's process. It makes none: name and
// raise are not used.
func (t *HostThread) Attach(string, func(sig int32)) (sysent.Process, error) {
	return hostProcess{t}, nil
}

// hostProcess is the process that is current in a thread.
type hostProcess struct{ t *HostThread }

func (p hostProcess) Pid() (pid int32) {
	_ = p.t.Do(func(l *proc.LWP) error {
		pid = l.Proc().Pid
		return nil
	})
	return pid
}

// NewThread returns the thread itself.
func (p hostProcess) NewThread() (sysent.Thread, error) { return hostLWP(p), nil }

// Fork makes a child that is a process of its own, not current anywhere.
func (p hostProcess) Fork() (child sysent.Process, err error) {
	err = p.t.Do(func(l *proc.LWP) error {
		child, err = (&process{b: p.t.b, p: l.Proc()}).Fork()
		return err
	})
	return child, err
}

func (p hostProcess) Exec(name string) error {
	return p.t.Do(func(l *proc.LWP) error {
		p.t.b.Procs.Exec(l, name)
		return nil
	})
}

// Close releases the current lwp.
func (p hostProcess) Close() error { return p.t.ReleaseLWP() }

// hostLWP is whichever lwp is current, for a client.
type hostLWP struct{ t *HostThread }

func (l hostLWP) Syscall(num int, f *sysent.Frame) error { return l.t.Syscall(num, f) }

func (hostLWP) Close() {}
