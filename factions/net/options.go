// Options of the socket layer itself: what a socket keeps of them.
package net

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// options are the SOL_SOCKET options of a socket.
type options struct {
	rcvTime        atomic.Int64 // SO_RCVTIMEO in ticks, 0 for none
	sndTime        atomic.Int64
	bits           atomic.Uint32 // those that are on or off, by their SO_ bit
	rcvLow, sndLow atomic.Int32

	lingerTime int32 // seconds; mu protects it
	mu         sync.Mutex
}

// switches are the options that are on or off.
const switches = abi.SO_DEBUG | abi.SO_KEEPALIVE | abi.SO_DONTROUTE | abi.SO_USELOOPBACK |
	abi.SO_BROADCAST | abi.SO_REUSEADDR | abi.SO_REUSEPORT | abi.SO_OOBINLINE |
	abi.SO_TIMESTAMP | abi.SO_NOSIGPIPE

// defaultSendLow is SO_SNDLOWAT of a new socket.
const defaultSendLow = 2048

func (o *options) init() {
	o.rcvLow.Store(1)
	o.sndLow.Store(defaultSendLow)
}

// inherit takes over what an accepted socket has from the listening one.
func (o *options) inherit(from *options) {
	o.bits.Store(from.bits.Load())
	o.rcvTime.Store(from.rcvTime.Load())
	o.sndTime.Store(from.sndTime.Load())
	o.rcvLow.Store(from.rcvLow.Load())
	o.sndLow.Store(from.sndLow.Load())
	from.mu.Lock()
	d := from.lingerTime
	from.mu.Unlock()
	o.mu.Lock()
	o.lingerTime = d
	o.mu.Unlock()
}

// SendLow returns SO_SNDLOWAT.
func (s *Socket) SendLow() int { return int(s.opts.sndLow.Load()) }

func (o *options) has(bit uint32) bool { return o.bits.Load()&bit != 0 }

func (o *options) set(bit uint32, on bool) {
	if on {
		o.bits.Or(bit)
	} else {
		o.bits.And(^bit)
	}
}

// tick is the unit in which timeouts are kept (1/hz).
const tick = 10 * time.Millisecond

// maxTicks bounds a timeout: longer ones are EDOM.
const maxTicks = 1<<15 - 1

// parseTimeout returns a timeout in ticks: EDOM when it is out of range.
func parseTimeout(tv abi.Timeval) (int64, error) {
	const hz = int64(time.Second / tick)
	usec := int64(tick / time.Microsecond)
	if tv.Usec < 0 || int64(tv.Usec) >= 1e6 || tv.Sec < 0 || tv.Sec > (maxTicks-int64(tv.Usec)/usec)/hz {
		return 0, abi.EDOM
	}
	n := tv.Sec*hz + int64(tv.Usec)/usec
	if n == 0 && tv.Usec != 0 {
		n = 1
	}
	return n, nil
}

func formatTimeout(n int64) abi.Timeval {
	d := time.Duration(n) * tick
	return abi.Timeval{Sec: int64(d / time.Second), Usec: int32(d % time.Second / time.Microsecond)}
}

func (o *options) rcvTimeout() time.Duration { return time.Duration(o.rcvTime.Load()) * tick }

func (o *options) sndTimeout() time.Duration { return time.Duration(o.sndTime.Load()) * tick }

// linger returns whether SO_LINGER is on, and for how long.
func (o *options) linger() (bool, time.Duration) {
	if !o.has(abi.SO_LINGER) {
		return false, 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return true, time.Duration(o.lingerTime) * time.Second
}

// Has reports an option of the socket that is on or off, by its SO_ bit.
func (s *Socket) Has(bit uint32) bool { return s.opts.has(bit) }
