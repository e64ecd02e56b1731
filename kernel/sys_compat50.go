// The calls of this base as they were before release 5.99: times in older
// layouts, handed to the current handlers' own work.
package kernel

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// timeout50 copies an optional timeout in the old layout in.
func timeout50(ts usermem.In[abi.Timespec50]) (time.Duration, error) {
	if ts.IsNil() {
		return proc.Forever, nil
	}
	t, err := ts.Get()
	if err != nil {
		return 0, err
	}
	return duration(abi.Timespec{Sec: int64(t.Sec), Nsec: t.Nsec})
}

// Compat50SysSelect is the old select(2), row 93.
func (b *Base) Compat50SysSelect(l *proc.LWP, nd int32, in, ou, ex usermem.InOut[abi.FdSet], tv usermem.In[abi.Timeval50]) (int32, error) {
	d := proc.Forever
	if !tv.IsNil() {
		t, err := tv.Get()
		if err != nil {
			return 0, err
		}
		if t.Usec < 0 || t.Usec >= 1e6 {
			return 0, abi.EINVAL
		}
		if d, err = duration(abi.Timespec{Sec: t.Sec, Nsec: t.Usec * 1000}); err != nil {
			return 0, err
		}
	}
	return selectFds(l, nd, [3]usermem.Mem{in.Mem, ou.Mem, ex.Mem}, d)
}

// Compat50SysPselect is the old pselect(2), row 373.
func (b *Base) Compat50SysPselect(l *proc.LWP, nd int32, in, ou, ex usermem.InOut[abi.FdSet], ts usermem.In[abi.Timespec50], mask usermem.In[abi.Sigset]) (int32, error) {
	d, err := timeout50(ts)
	if err != nil {
		return 0, err
	}
	return masked(l, mask, func() (int32, error) {
		return selectFds(l, nd, [3]usermem.Mem{in.Mem, ou.Mem, ex.Mem}, d)
	})
}

// Compat50SysPollts is the old pollts(2), row 374.
func (b *Base) Compat50SysPollts(l *proc.LWP, fds usermem.InOutSlice[abi.Pollfd], ts usermem.In[abi.Timespec50], mask usermem.In[abi.Sigset]) (int32, error) {
	d, err := timeout50(ts)
	if err != nil {
		return 0, err
	}
	return masked(l, mask, func() (int32, error) { return pollFds(l, fds, d) })
}

// Compat50SysKevent is the old kevent(2), row 345.
func (b *Base) Compat50SysKevent(l *proc.LWP, fd int32, changelist usermem.InSlice[abi.Kevent], eventlist usermem.OutSlice[abi.Kevent], timeout usermem.In[abi.Timespec50]) (int32, error) {
	d, err := timeout50(timeout)
	if err != nil {
		return 0, err
	}
	return kevent(l, fd, changelist, eventlist, d)
}
