// Calls on clocks and sleeping.
package kernel

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// readClock returns a clock that time passes on in nanoseconds: EINVAL for
// another.
func (b *Base) readClock(id int32) (int64, error) {
	switch id {
	case abi.CLOCK_REALTIME:
		return b.Now(), nil
	case abi.CLOCK_MONOTONIC:
		return b.Uptime(), nil
	}
	return 0, abi.EINVAL
}

// SysClockGettime50 is clock_gettime(2), row 427. The clocks of processor time
// show what proc.Proc.CPUTime does.
func (b *Base) SysClockGettime50(l *proc.LWP, id int32, tp usermem.Out[abi.Timespec]) error {
	read := b.readClock
	if uint32(id)&cpuClocks != 0 {
		read = func(id int32) (int64, error) { return b.readCPUClock(l, uint32(id)) }
	}
	ns, err := read(id)
	if err != nil {
		return err
	}
	return tp.Put(Timespec(ns))
}

// SysClockSettime50 is clock_settime(2), row 428: root only, the wall clock only.
func (b *Base) SysClockSettime50(l *proc.LWP, id int32, tp usermem.In[abi.Timespec]) error {
	ts, err := tp.Get()
	if err != nil {
		return err
	}
	if id != abi.CLOCK_REALTIME {
		return abi.EINVAL
	}
	return b.settime(l, ts)
}

func (b *Base) settime(l *proc.LWP, ts abi.Timespec) error {
	ns, err := duration(ts)
	if err != nil {
		return err
	}
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	b.setNow(int64(ns))
	return nil
}

// SysClockGetres50 is clock_getres(2), row 429.
func (b *Base) SysClockGetres50(l *proc.LWP, id int32, tp usermem.Out[abi.Timespec]) error {
	if _, err := b.readClock(id); err != nil {
		return err
	}
	if tp.IsNil() {
		return nil
	}
	return tp.Put(Timespec(int64(b.Host.ClockRes())))
}

// SysGettimeofday50 is gettimeofday(2), row 418. There is no time zone.
func (b *Base) SysGettimeofday50(l *proc.LWP, tp usermem.Out[abi.Timeval], tzp usermem.OutBuf) error {
	if !tp.IsNil() {
		if err := tp.Put(timeval(b.Now())); err != nil {
			return err
		}
	}
	if tzp.IsNil() {
		return nil
	}
	return tzp.CopyOut(make([]byte, 8))
}

// SysSettimeofday50 is settimeofday(2), row 419: root only. A time zone is
// ignored.
func (b *Base) SysSettimeofday50(l *proc.LWP, tv usermem.In[abi.Timeval], tzp usermem.InBuf) error {
	if tv.IsNil() {
		return nil
	}
	t, err := tv.Get()
	if err != nil {
		return err
	}
	return b.settime(l, fromTimeval(t))
}

// SysAdjtime50 is adjtime(2), row 421: root only; the rest of the last
// adjustment is returned.
func (b *Base) SysAdjtime50(l *proc.LWP, delta usermem.In[abi.Timeval], olddelta usermem.Out[abi.Timeval]) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	var ns int64
	if !delta.IsNil() {
		tv, err := delta.Get()
		if err != nil {
			return err
		}
		sec := min(max(tv.Sec, -maxSec), maxSec)
		ns = sec*1e9 + int64(tv.Usec)*1000
	}
	up := b.Uptime()
	left := b.clock.load().left(up)
	if !delta.IsNil() {
		left = b.clock.adjust(up, ns)
	}
	if olddelta.IsNil() {
		return nil
	}
	return olddelta.Put(abi.Timeval{Sec: left / 1e9, Usec: int32(left % 1e9 / 1000)})
}

// SysNanosleep50 is nanosleep(2), row 430.
func (b *Base) SysNanosleep50(l *proc.LWP, rqtp usermem.In[abi.Timespec], rmtp usermem.Out[abi.Timespec]) error {
	return b.nanosleep(l, abi.CLOCK_MONOTONIC, 0, rqtp, rmtp)
}

// SysClockNanosleep is clock_nanosleep(2), row 477. The error is the result,
// as its stub expects.
func (b *Base) SysClockNanosleep(l *proc.LWP, id, flags int32, rqtp usermem.In[abi.Timespec], rmtp usermem.Out[abi.Timespec]) (int32, error) {
	err := b.nanosleep(l, id, flags, rqtp, rmtp)
	if e, ok := err.(abi.Errno); ok {
		return int32(e), nil
	}
	return 0, err
}

// nanosleep sleeps until, or for as long as, rqtp says, not at all if that is
// past; rmtp receives what is left.
func (b *Base) nanosleep(l *proc.LWP, id, flags int32, rqtp usermem.In[abi.Timespec], rmtp usermem.Out[abi.Timespec]) error {
	ts, err := rqtp.Get()
	if err != nil {
		return err
	}
	end, err := nanoseconds(ts)
	if err != nil {
		return err
	}
	now, err := b.readClock(id)
	if err != nil {
		return err
	}
	absolute := flags&abi.TIMER_ABSTIME != 0
	if !absolute {
		end += now
	}
	err = b.sleepUntil(l, id, end)
	if rmtp.IsNil() || err == abi.EINTR && absolute || err != nil && err != abi.EINTR {
		return err
	}
	now, _ = b.readClock(id)
	if e := rmtp.Put(Timespec(max(end-now, 0))); e != nil {
		return e
	}
	return err
}

// sleepUntil sleeps until clock id shows end, in nanoseconds.
func (b *Base) sleepUntil(l *proc.LWP, id int32, end int64) error {
	for {
		now, err := b.readClock(id)
		if err != nil || now >= end {
			return err
		}
		if err := l.Sleep(time.Duration(end - now)); err != nil {
			return err
		}
	}
}
