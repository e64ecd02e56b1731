// kill(2).
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// SysKill is kill(2), row 37: what becomes of the signal is for the kernel's
// signal model to say. EINVAL for a signal there is not; ESRCH when nobody is
// meant, EPERM when none of those may be sent it. Signal 0 only asks.
func (b *Base) SysKill(l *proc.LWP, pid, signum int32) error {
	if signum < 0 || signum >= abi.NSIG {
		return abi.EINVAL
	}
	procs := b.killed(l, pid)
	if len(procs) == 0 {
		return abi.ESRCH
	}
	err := error(abi.EPERM)
	for _, p := range procs {
		if !maySignal(l.Cred(), p.Cred()) {
			continue
		}
		err = nil
		if signum != 0 {
			p.Signal(signum)
		}
	}
	return err
}

// killed returns the processes that pid means: one, for 0 and less than -1 a
// group, for -1 all but the kernel's own and the caller.
func (b *Base) killed(l *proc.LWP, pid int32) (procs []*proc.Proc) {
	switch {
	case pid > 0:
		if p := b.Procs.Find(pid); p != nil {
			procs = append(procs, p)
		}
	case pid == -1:
		for _, p := range b.Procs.All() {
			if p.Pid > 1 && p != l.Proc() {
				procs = append(procs, p)
			}
		}
	default:
		g := l.Proc().Pgrp()
		if pid != 0 {
			g = b.Procs.FindPgrp(-pid)
		}
		if g != nil {
			procs = g.Members()
		}
	}
	return procs
}

// maySignal reports whether who has c may signal who has o: root anybody,
// others those who have one of their user ids.
func maySignal(c, o *cred.Cred) bool {
	return c.IsRoot() || c.Ruid == o.Ruid || c.Ruid == o.Euid || c.Euid == o.Ruid || c.Euid == o.Euid
}
