// Descriptors that several goroutines use: Close waits for nobody, and a number
// is given back to the kernel when the last call on it has returned, so that no
// call meets another file under it.

package client

import (
	"io/fs"
	"sync/atomic"
)

// desc is a descriptor that this program owns.
type desc struct {
	c *Client
	n int
	// uses counts the calls under way; descClosed is set by close.
	uses atomic.Int64
}

const descClosed = 1 << 62

// use begins a call on the descriptor; done ends it. fs.ErrClosed after close.
func (d *desc) use() error {
	for {
		n := d.uses.Load()
		if n&descClosed != 0 {
			return fs.ErrClosed
		}
		if d.uses.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// done ends a call that use began.
func (d *desc) done() {
	if d.uses.Add(-1) == descClosed {
		_ = d.c.Close(d.n)
	}
}

// close lets no call begin any more. The descriptor is closed now, its error
// returned, or when the calls under way have ended. fs.ErrClosed the second
// time.
func (d *desc) close() error {
	for {
		n := d.uses.Load()
		if n&descClosed != 0 {
			return fs.ErrClosed
		}
		if d.uses.CompareAndSwap(n, n|descClosed) {
			if n == 0 {
				return d.c.Close(d.n)
			}
			return nil
		}
	}
}
