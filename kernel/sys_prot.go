// Calls on identity: process ids, groups of processes, sessions, the login
// name.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysGetpidWithPpid is getpid(2), row 20: the second result is the parent's.
func (b *Base) SysGetpidWithPpid(l *proc.LWP) (int32, int32, error) {
	p := l.Proc()
	return p.Pid, p.Ppid(), nil
}

// SysGetppid is getppid(2), row 39.
func (b *Base) SysGetppid(l *proc.LWP) (int32, error) { return l.Proc().Ppid(), nil }

// SysGetpgrp is getpgrp(2), row 81.
func (b *Base) SysGetpgrp(l *proc.LWP) (int32, error) { return l.Proc().Pgrp().ID, nil }

// SysGetpgid is getpgid(2), row 207: ESRCH when there is no such process.
func (b *Base) SysGetpgid(l *proc.LWP, pid int32) (int32, error) {
	p, err := b.procOrSelf(l, pid)
	if err != nil {
		return 0, err
	}
	return p.Pgrp().ID, nil
}

// SysGetsid is getsid(2), row 286.
func (b *Base) SysGetsid(l *proc.LWP, pid int32) (int32, error) {
	p, err := b.procOrSelf(l, pid)
	if err != nil {
		return 0, err
	}
	return p.Pgrp().Session.ID, nil
}

func (b *Base) procOrSelf(l *proc.LWP, pid int32) (*proc.Proc, error) {
	if pid == 0 {
		return l.Proc(), nil
	}
	if p := b.Procs.Find(pid); p != nil {
		return p, nil
	}
	return nil, abi.ESRCH
}

// SysSetpgid is setpgid(2), row 82.
func (b *Base) SysSetpgid(l *proc.LWP, pid, pgid int32) error {
	if pgid < 0 {
		return abi.EINVAL
	}
	p, err := b.procOrSelf(l, pid)
	if err != nil {
		return err
	}
	return b.Procs.Setpgid(l.Proc(), p, pgid)
}

// SysSetsid is setsid(2), row 147.
func (b *Base) SysSetsid(l *proc.LWP) (int32, error) { return b.Procs.Setsid(l.Proc()) }

// SysIssetugid is issetugid(2), row 305.
func (b *Base) SysIssetugid(l *proc.LWP) (int32, error) { return flagInt(l.Proc().Sugid()), nil }

// SysGetlogin is __getlogin(2), row 49: at most MAXLOGNAME bytes, as much
// as fits. The longest name has no NUL.
func (b *Base) SysGetlogin(l *proc.LWP, namebuf usermem.OutBuf) error {
	var name [abi.MAXLOGNAME]byte
	copy(name[:], l.Proc().Pgrp().Session.Login())
	n := len(name)
	if room := namebuf.Len(); room >= 0 && room < n {
		n = room
	}
	return namebuf.CopyOut(name[:n])
}

// SysSetlogin is __setlogin(2), row 50: root only, EINVAL for a long name.
func (b *Base) SysSetlogin(l *proc.LWP, namebuf usermem.String) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	name, err := namebuf.Get(abi.MAXLOGNAME + 1)
	if err == abi.ENAMETOOLONG {
		return abi.EINVAL
	}
	if err != nil {
		return err
	}
	l.Proc().Pgrp().Session.SetLogin(string([]byte(name)))
	return nil
}
