// The lock of a bus. Who dies with it in hand stops the others for a second.
package shmif

import (
	"runtime"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// spins is how often the lock is tried before a pause.
	spins = 200
	// pause is how long one is.
	pause = 50 * time.Microsecond
	// patience is how long a holder may have the lock without the state of
	// the bus changing.
	patience = time.Second
)

// lock takes the lock of the bus. From a holder that seems dead it is taken
// over; of several who try, one does.
func (b *bus) lock() {
	w := word(b.mem, offLock)
	if w.CompareAndSwap(0, 1) {
		return
	}
	var since int64
	var seen state
	for {
		for range spins {
			if w.Load() == 0 && w.CompareAndSwap(0, 1) {
				return
			}
		}
		ticket := word(b.mem, offSpare).Load()
		now := b.host.Mono()
		if s := b.state(); since == 0 || s != seen {
			since, seen = now, s
		} else if now-since > int64(patience) && word(b.mem, offSpare).CompareAndSwap(ticket, ticket+1) {
			return
		}
		nap(b.host)
	}
}

// unlock gives the lock back.
func (b *bus) unlock() { word(b.mem, offLock).Store(0) }

// nap lets others run.
func nap(h hypercall.Host) {
	if s, ok := h.(hypercall.Scheduler); ok {
		s.Yield()
		return
	}
	runtime.Gosched()
	over := make(chan struct{})
	h.AfterFunc(pause, func() { close(over) })
	<-over
}
