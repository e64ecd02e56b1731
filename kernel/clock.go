// The kernel's clocks: the wall clock, which can be set and slewed, and the
// time since boot. Both run on the host's monotonic clock.
package kernel

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// The clock rates that kern.clockrate tells.
const (
	hz      = 100
	tick    = 1000000 / hz // microseconds
	tickadj = tick / 250
)

// clockState is what was done to the wall clock, in nanoseconds.
type clockState struct {
	offset atomic.Int64 // added to the boot time by settimeofday(2)
}

func (c *clockState) reset() { c.offset.Store(0) }

// Uptime returns the time since boot in nanoseconds: CLOCK_MONOTONIC.
func (b *Base) Uptime() int64 { return b.Host.Mono() - b.mono }

// Now returns the wall clock in nanoseconds since 1970: CLOCK_REALTIME.
func (b *Base) Now() int64 { return b.booted + b.clock.offset.Load() + b.Uptime() }

// BootTime returns the wall clock at boot, as it is counted now.
func (b *Base) BootTime() int64 { return b.booted + b.clock.offset.Load() }

// setNow sets the wall clock.
func (b *Base) setNow(ns int64) { b.clock.offset.Store(ns - b.booted - b.Uptime()) }

// Timespec splits nanoseconds.
func Timespec(ns int64) abi.Timespec {
	sec := ns / 1e9
	if ns %= 1e9; ns < 0 {
		sec, ns = sec-1, ns+1e9
	}
	return abi.Timespec{Sec: sec, Nsec: ns}
}
