// The path of a call: enter, dispatch, trace, leave.
package kernel

import (
	"errors"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Syscall performs call num for l: the arguments are in f, the results are
// left in f.Ret. The error is an abi.Errno. An lwp whose process has ended
// gets ESRCH.
func (b *Base) Syscall(l *proc.LWP, num int, f *sysent.Frame) (err error) {
	if l.Quitting() {
		return abi.ESRCH
	}
	l.Enter(num)
	f.Ret = [2]int64{}
	if ts := b.tracers.Load(); ts != nil {
		err = b.traced(*ts, l, num, f)
	} else {
		err = b.dispatch(l, num, f)
	}
	l.Leave()
	return err
}

// SyscallLocal is Syscall for a caller in this process, whose answer is the
// return: what OnReply left is done. It is the way of calls for which there is
// more to do than the call (proc.LWP.Begin).
func (b *Base) SyscallLocal(l *proc.LWP, num int, f *sysent.Frame) error {
	err := b.Syscall(l, num, f)
	l.Replied()
	return err
}

// FinishLocal ends a call that proc.LWP.Begin began, when more is to be done
// at its end than there was at its beginning.
func (b *Base) FinishLocal(l *proc.LWP) {
	l.Leave()
	l.Replied()
}

// dispatch runs the handler. A panic in it ends this kernel and no other.
func (b *Base) dispatch(l *proc.LWP, num int, f *sysent.Frame) (err error) {
	returned := false
	defer func() {
		if !returned {
			err = b.Broken(recover())
		}
	}()
	if proxy := l.Proxy(); proxy != nil {
		err = proxy(l, num, f)
	} else {
		err = b.parts.Syscall(l, num, f)
	}
	returned = true
	if err != nil {
		err = Errno(err)
	}
	return err
}

// Broken is the end of a call that did not return: the kernel's end, when the
// handler panicked. Without a panic its goroutine is ending, which is its
// caller's affair. The error is EIO.
func (b *Base) Broken(panicked any) error {
	if panicked != nil {
		b.panicked(panicked)
	}
	return abi.EIO
}

// Errno returns the errno of err, EIO for an error that has none.
func Errno(err error) error {
	if _, ok := err.(abi.Errno); ok {
		return err
	}
	if e, ok := errors.AsType[abi.Errno](err); ok {
		return e
	}
	return abi.EIO
}

// Unserved answers a row that no part serves: ENOSYS, after SIGSYS when the
// row is a module's.
func (b *Base) Unserved(l *proc.LWP, num int) error {
	if num >= 0 && num < len(sysent.Rows) && sysent.Rows[num].Modular {
		l.Proc().Signal(int32(abi.SIGSYS))
	}
	return abi.ENOSYS
}

// callName returns the name of a call, "" when there is no such row.
func callName(num int) string {
	if num < 0 || num >= len(sysent.Rows) {
		return ""
	}
	return sysent.Rows[num].Name
}
