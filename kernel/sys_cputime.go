// Calls on processor time and niceness.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// cpuClocks are the bits of a clock of processor time; the others are the
// process, or the lwp of the caller's process, 0 for the caller.
const cpuClocks = abi.CLOCK_PROCESS_CPUTIME_ID | abi.CLOCK_THREAD_CPUTIME_ID

// readCPUClock returns processor time in nanoseconds: ESRCH when there is no
// such process or lwp. Time is counted as package proc says (Proc.CPUTime).
func (b *Base) readCPUClock(l *proc.LWP, id uint32) (int64, error) {
	n := int32(id &^ cpuClocks)
	if id&abi.CLOCK_PROCESS_CPUTIME_ID != 0 {
		p, err := b.procOrSelf(l, n)
		if err != nil {
			return 0, err
		}
		return p.CPUTime(), nil
	}
	if n != 0 {
		if l = l.Proc().LWP(n); l == nil {
			return 0, abi.ESRCH
		}
	}
	return l.CPUTime(), nil
}

// SysClockGetcpuclockid2 is clock_getcpuclockid2(2), row 482. Whether there is
// such a process is for who reads the clock to find out.
func (b *Base) SysClockGetcpuclockid2(l *proc.LWP, idtype int32, id uint32, clock usermem.Out[int32]) error {
	switch idtype {
	case abi.P_PID:
		if id == 0 {
			id = uint32(l.Proc().Pid)
		}
		id |= abi.CLOCK_PROCESS_CPUTIME_ID
	case abi.P_LWPID:
		if id == 0 {
			id = uint32(l.ID())
		}
		id |= abi.CLOCK_THREAD_CPUTIME_ID
	default:
		return abi.EINVAL
	}
	return clock.Put(int32(id))
}

// SysGetrusage50 is getrusage(2), row 445: processor time, all of it in the
// kernel, sleeps and signals. Memory and blocks are the host's affair, and 0.
func (b *Base) SysGetrusage50(l *proc.LWP, who int32, rusage usermem.Out[abi.Rusage]) error {
	var ru abi.Rusage
	switch p := l.Proc(); who {
	case abi.RUSAGE_SELF:
		p.CountTime()
		u := p.Usage()
		ru.Stime, ru.Nvcsw, ru.Nsignals = timeval(u.CPU), u.Sleeps, u.Signals
	case abi.RUSAGE_CHILDREN:
		ru.Stime = timeval(p.KidsRan())
	default:
		return abi.EINVAL
	}
	return rusage.Put(ru)
}

// niced calls fn with each process that which and who name, those of
// getpriority(2): ESRCH when there is none, EINVAL for another which.
func (b *Base) niced(l *proc.LWP, which int32, who uint32, fn func(p *proc.Proc) error) error {
	var procs []*proc.Proc
	switch which {
	case abi.PRIO_PROCESS:
		if p, err := b.procOrSelf(l, int32(who)); err == nil {
			procs = append(procs, p)
		}
	case abi.PRIO_PGRP:
		g := l.Proc().Pgrp()
		if who != 0 {
			g = b.Procs.FindPgrp(int32(who))
		}
		if g != nil {
			procs = g.Members()
		}
	case abi.PRIO_USER:
		if who == 0 {
			who = l.Cred().Euid
		}
		for _, p := range b.Procs.All() {
			if p.Cred().Euid == who {
				procs = append(procs, p)
			}
		}
	default:
		return abi.EINVAL
	}
	if len(procs) == 0 {
		return abi.ESRCH
	}
	for _, p := range procs {
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}

// SysGetpriority is getpriority(2), row 100: the lowest niceness of those
// named.
func (b *Base) SysGetpriority(l *proc.LWP, which int32, who uint32) (int32, error) {
	low := int32(abi.PRIO_MAX)
	err := b.niced(l, which, who, func(p *proc.Proc) error {
		low = min(low, p.Nice())
		return nil
	})
	return low, err
}

// SysSetpriority is setpriority(2), row 96: EPERM for somebody else's process,
// EACCES for who is not root and wants to be less nice. Niceness is kept, but
// lwps get virtual CPUs in the order in which they ask.
func (b *Base) SysSetpriority(l *proc.LWP, which int32, who uint32, prio int32) error {
	c := l.Cred()
	prio = min(max(prio, abi.PRIO_MIN), abi.PRIO_MAX)
	return b.niced(l, which, who, func(p *proc.Proc) error {
		uid := p.Cred().Euid
		switch {
		case c.Euid != 0 && c.Ruid != 0 && c.Euid != uid && c.Ruid != uid:
			return abi.EPERM
		case prio < p.Nice() && !c.IsRoot():
			return abi.EACCES
		}
		p.SetNice(prio)
		return nil
	})
}

// SysSchedYield is sched_yield(2), row 350: others that wait for a virtual CPU
// go first.
func (b *Base) SysSchedYield(l *proc.LWP) error {
	l.Unblocked(b.yield)
	return nil
}
