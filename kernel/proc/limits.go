// Resource limits.
package proc

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// Limits are the resource limits of a process, indexed by RLIMIT_ number.
// They never change once in use: a change makes new ones.
type Limits [abi.RLIM_NLIMITS]abi.Rlimit

// RlimInfinity is no limit (RLIM_INFINITY is 2^63 less 1 in rlim_t's range).
const RlimInfinity = 1<<63 - 1

// DefaultLimits returns the limits of pid 0.
func DefaultLimits() *Limits {
	var l Limits
	for i := range l {
		l[i] = abi.Rlimit{Cur: RlimInfinity, Max: RlimInfinity}
	}
	l[abi.RLIMIT_NOFILE] = abi.Rlimit{Cur: 1024, Max: 1 << 17}
	l[abi.RLIMIT_NPROC] = abi.Rlimit{Cur: 1 << 14, Max: 1 << 14}
	l[abi.RLIMIT_STACK] = abi.Rlimit{Cur: 4 << 20, Max: 128 << 20}
	l[abi.RLIMIT_NTHR] = abi.Rlimit{Cur: 2048, Max: 2048}
	return &l
}

// Limit returns one limit.
func (p *Proc) Limit(which int) abi.Rlimit { return p.limits.Load()[which] }

// Ceilings that even root can't pass: a larger limit becomes this one, as each
// sizes tables of the kernel.
const (
	maxFiles = 1 << 17
	maxLWPs  = 1 << 14
)

func clampLimit(which int, v abi.Rlimit) abi.Rlimit {
	var top uint64
	switch which {
	case abi.RLIMIT_NOFILE:
		top = maxFiles
	case abi.RLIMIT_NPROC, abi.RLIMIT_NTHR:
		top = maxLWPs
	default:
		return v
	}
	return abi.Rlimit{Cur: min(v.Cur, top), Max: min(v.Max, top)}
}

// SetLimit changes one limit of p for p itself, see SetLimitBy.
func (p *Proc) SetLimit(which int, v abi.Rlimit) error { return p.SetLimitBy(p.Cred(), which, v) }

// SetLimitBy changes one limit of p for a caller with credentials by, which
// may raise the hard limit only when it is root's (setrlimit(2)).
func (p *Proc) SetLimitBy(by *cred.Cred, which int, v abi.Rlimit) error {
	if which < 0 || which >= abi.RLIM_NLIMITS || v.Cur > v.Max {
		return abi.EINVAL
	}
	v = clampLimit(which, v)
	for {
		old := p.limits.Load()
		if v.Max > old[which].Max && !by.IsRoot() {
			return abi.EPERM
		}
		n := *old
		n[which] = v
		if p.limits.CompareAndSwap(old, &n) {
			return nil
		}
	}
}

// Corename returns the name of core files, shared by children until one of
// them changes it; there are no core files.
func (p *Proc) Corename() string {
	if s := p.corename.Load(); s != nil {
		return *s
	}
	return "rumpdump"
}

// SetCorename changes it.
func (p *Proc) SetCorename(name string) { p.corename.Store(&name) }

// StopFlag returns whether bit is set among what would stop the process (at
// fork, exec and exit), which is kept for who asks: nothing stops it.
func (p *Proc) StopFlag(bit uint32) bool { return p.stopFlags.Load()&bit != 0 }

// SetStopFlag sets or clears it.
func (p *Proc) SetStopFlag(bit uint32, on bool) {
	if on {
		p.stopFlags.Or(bit)
	} else {
		p.stopFlags.And(^bit)
	}
}
