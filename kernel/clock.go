// The kernel's clocks: the wall clock, which is the host's and can be set and
// slewed against that, and the time since boot, which is the host's monotonic
// clock.
package kernel

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// The clock rates that kern.clockrate tells.
const (
	hz      = 100
	tick    = 1000000 / hz // microseconds
	tickadj = tick / 250
)

// slewRate is how far adjtime(2) moves the clock in a second: 1/200.
const slewRate = 200

// clockState is what was done to the wall clock. Who reads the clock takes no
// lock: files' times are read all the time, by all lwps.
type clockState struct {
	mu    sync.Mutex // held by who changes it
	shift atomic.Pointer[clockShift]
}

// clockShift is how far the wall clock is from the host's, in nanoseconds. It
// never changes.
type clockShift struct {
	offset int64 // added to the host's by settimeofday(2) and past slewing
	slew   int64 // what adjtime(2) asked for, all of it
	since  int64 // the uptime when it did
}

func (c *clockState) reset() { c.shift.Store(nil) }

// load returns the shift: none, before the clock is set for the first time.
func (c *clockState) load() clockShift {
	if s := c.shift.Load(); s != nil {
		return *s
	}
	return clockShift{}
}

// slewed returns how much of the slewing is done at uptime up.
func (s clockShift) slewed(up int64) int64 {
	most := (up - s.since) / slewRate
	if s.slew < 0 {
		return max(s.slew, -most)
	}
	return min(s.slew, most)
}

// at returns what is added to the host's wall clock at uptime up.
func (s clockShift) at(up int64) int64 { return s.offset + s.slewed(up) }

// left returns what is left of the adjustment.
func (s clockShift) left(up int64) int64 { return s.slew - s.slewed(up) }

// adjust begins to move the clock by delta and returns what was left of the
// adjustment before.
func (c *clockState) adjust(up, delta int64) (left int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.load()
	c.shift.Store(&clockShift{offset: old.at(up), slew: delta, since: up})
	return old.left(up)
}

// set sets the clock off the host's, and ends an adjustment.
func (c *clockState) set(up, offset int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shift.Store(&clockShift{offset: offset, since: up})
}

// bootUptime is what the uptime is at boot, in nanoseconds: times that are
// taken of it later are never 0, which many programs take for none.
const bootUptime = 1e9

// Uptime returns the time since boot in nanoseconds: CLOCK_MONOTONIC.
func (b *Base) Uptime() int64 { return b.Host.Mono() - b.mono }

// Now returns the wall clock in nanoseconds since 1970: CLOCK_REALTIME. When
// the host's is set, so is this, by as much.
func (b *Base) Now() int64 {
	s := b.clock.shift.Load()
	if s == nil {
		return b.Host.Now()
	}
	return b.Host.Now() + s.at(b.Uptime())
}

// BootTime returns the wall clock at boot, as it is counted now.
func (b *Base) BootTime() int64 { return b.Now() - b.Uptime() }

// setNow sets the wall clock, and ends an adjustment.
func (b *Base) setNow(ns int64) { b.clock.set(b.Uptime(), ns-b.Host.Now()) }

// Timespec splits nanoseconds.
func Timespec(ns int64) abi.Timespec {
	sec := ns / 1e9
	if ns %= 1e9; ns < 0 {
		sec, ns = sec-1, ns+1e9
	}
	return abi.Timespec{Sec: sec, Nsec: ns}
}

// timeval splits nanoseconds.
func timeval(ns int64) abi.Timeval {
	ts := Timespec(ns)
	return abi.Timeval{Sec: ts.Sec, Usec: int32(ts.Nsec / 1000)}
}

// maxSec bounds times that callers give, so that nanoseconds fit 64 bits.
const maxSec = 1 << 33

// nanoseconds joins a struct timespec: EINVAL when it is not one. A time that
// is too far away is the farthest there is.
func nanoseconds(ts abi.Timespec) (int64, error) {
	if ts.Nsec < 0 || ts.Nsec >= 1e9 {
		return 0, abi.EINVAL
	}
	sec := min(max(ts.Sec, -maxSec), maxSec)
	return sec*1e9 + ts.Nsec, nil
}

// duration is nanoseconds of a span, which can't be negative: EINVAL.
func duration(ts abi.Timespec) (time.Duration, error) {
	if ts.Sec < 0 {
		return 0, abi.EINVAL
	}
	ns, err := nanoseconds(ts)
	return time.Duration(ns), err
}

// fromTimeval joins a struct timeval.
func fromTimeval(tv abi.Timeval) abi.Timespec {
	return abi.Timespec{Sec: tv.Sec, Nsec: int64(tv.Usec) * 1000}
}
