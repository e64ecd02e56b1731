// Signals to the client.
package sysproxy

import (
	"math/bits"

	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// raise sends signal sig to the client. It never waits: what can't be sent at
// once goes ahead of the next frame, and the same signal twice is one.
func (c *conn) raise(sig int32) {
	if sig < 1 || sig > maxSignal {
		return
	}
	c.signals.Or(1 << sig)
	c.trySignals()
}

const maxSignal = 63

// trySignals sends the signals that wait, as far as that does not block. If
// somebody writes just now he does it.
func (c *conn) trySignals() {
	for c.signals.Load() != 0 && c.wmu.TryLock() {
		var buf [sp.HeaderLen * 8]byte
		had := c.signals.Load()
		sent := c.st.TryWrite(c.takeSignals(buf[:0]))
		if !sent {
			c.signals.Or(had)
		}
		c.wmu.Unlock()
		if !sent {
			return
		}
	}
}

// takeSignals appends a frame for each signal that waits.
func (c *conn) takeSignals(b []byte) []byte {
	for set := c.signals.Swap(0); set != 0; set &= set - 1 {
		sig := uint32(bits.TrailingZeros64(set))
		b = sp.Header{Len: sp.HeaderLen, Class: sp.Req, Type: sp.Raise, U: sig}.Append(b)
	}
	return b
}
