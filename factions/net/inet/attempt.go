// Connecting that takes too long: it is given up after TCP_KEEPINIT, or
// net.inet.tcp.keepinit (tcp(4)). The stack itself gives up after 127 seconds.
package inet

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// attempt is a connection that is being made.
type attempt struct{ timer hypercall.Timer }

// begin starts the time that connecting may take, before it begins.
func (e *endpoint) begin() {
	d := time.Duration(e.in.set.keepInit.Load()) * halfSecond
	if s := e.extra.get().keepInit; s != 0 {
		d = time.Duration(s) * time.Second
	}
	a := &attempt{}
	a.timer = e.in.host.AfterFunc(d, func() { e.giveUp(a) })
	e.extra.attempt.Store(a)
}

// begun ends the time that connecting may take, if it runs. It is called with
// each event of a connection.
func (e *endpoint) begun() {
	if e.extra.attempt.Load() == nil {
		return
	}
	if a := e.extra.attempt.Swap(nil); a != nil {
		a.timer.Stop()
	}
}

// giveUp ends an attempt that takes too long.
func (e *endpoint) giveUp(a *attempt) {
	if !e.extra.attempt.CompareAndSwap(a, nil) || !e.Connecting() {
		return
	}
	e.extra.want(gaveUp, true)
	e.ep.Abort()
}

// errno returns the error number of err. An attempt that was given up has
// timed out.
func (e *endpoint) errno(err tcpip.Error) error {
	if _, aborted := err.(*tcpip.ErrAborted); aborted && e.extra.wants(gaveUp) {
		return abi.ETIMEDOUT
	}
	return errno(err)
}
