// Connecting that takes too long: it is given up after TCP_KEEPINIT, or
// net.inet.tcp.keepinit (tcp(4)). The stack itself gives up after 127 seconds,
// unless it is kept from it.
package inet

import (
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// attempt is a connection that is being made.
type attempt struct {
	timer hypercall.Timer
	// mu protects again, which keeps the stack from giving up, and ended.
	mu    sync.Mutex
	again hypercall.Timer
	ended bool
	// due is when the next SYN may leave, by the host's clock, 0 for at once;
	// ack is the number that the stack is shown to go on.
	due atomic.Int64
	ack uint32
}

const (
	// patience is how long the stack tries, less a little.
	patience = 126 * time.Second
	// synEvery is the time between SYNs after that.
	synEvery = 64 * time.Second
)

// begin starts the time that connecting may take, before it begins.
func (e *endpoint) begin() {
	d := time.Duration(e.in.set.keepInit.Load()) * halfSecond
	if s := e.extra.get().keepInit; s != 0 {
		d = time.Duration(s) * time.Second
	}
	a := &attempt{}
	a.timer = e.in.host.AfterFunc(d, func() { e.giveUp(a) })
	e.extra.attempt.Store(a)
	if d > patience {
		a.ack = uint32(e.in.host.Mono())
		e.own()
		a.goOn(e)
	}
}

// goOn has the stack go on after its patience has ended.
func (a *attempt) goOn(e *endpoint) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended {
		a.again = e.in.host.AfterFunc(patience, func() { e.prolong(a) })
	}
}

// stop ends the timers.
func (a *attempt) stop() {
	a.timer.Stop()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended = true; a.again != nil {
		a.again.Stop()
	}
}

// prolong shows the stack a segment that acknowledges what it has not sent. It
// answers with a reset, and begins anew to send SYNs, at first very often: those
// do not leave.
func (e *endpoint) prolong(a *attempt) {
	t, ok := e.ep.(*tcp.Endpoint)
	info, known := e.ep.Info().(*stack.TransportEndpointInfo)
	p, tcps := e.stack.TransportProtocolInstance(tcp.ProtocolNumber).(*tcpProtocol)
	if !ok || !known || !tcps || e.extra.attempt.Load() != a || !e.Connecting() {
		return
	}
	a.due.Store(e.in.host.Mono() + int64(time.Second))
	size, proto := header.IPv4MinimumSize, number(info.ID.LocalAddress.Len() == header.IPv6AddressSize)
	if proto == header.IPv6ProtocolNumber {
		size = header.IPv6MinimumSize
	}
	b := make([]byte, size+header.TCPMinimumSize)
	b[0] = 0x45 // a header of IPv4 has a length
	header.TCP(b[size:]).Encode(&header.TCPFields{SrcPort: info.ID.RemotePort, DstPort: info.ID.LocalPort, AckNum: a.ack,
		DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagAck})
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(b)})
	defer pkt.DecRef()
	pkt.NetworkProtocolNumber, pkt.TransportProtocolNumber, pkt.RXChecksumValidated = proto, tcp.ProtocolNumber, true
	_, _ = pkt.NetworkHeader().Consume(size)
	_, _ = pkt.TransportHeader().Consume(header.TCPMinimumSize)
	p.queue.QueuePacket(t, info.ID, pkt)
	a.goOn(e)
}

// held reports a segment of a connection that is being made which does not leave.
func (e *endpoint) held(h header.TCP) bool {
	a := e.extra.attempt.Load()
	if a == nil || a.due.Load() == 0 {
		return false
	}
	switch f := h.Flags(); {
	case f&header.TCPFlagRst != 0:
		return h.SequenceNumber() == a.ack
	case f&synAck == header.TCPFlagSyn:
		now := e.in.host.Mono()
		if now < a.due.Load() {
			return true
		}
		a.due.Store(now + int64(synEvery))
	}
	return false
}

// begun ends the time that connecting may take, if it runs. It is called with
// each event of a connection.
func (e *endpoint) begun() {
	if e.extra.attempt.Load() == nil {
		return
	}
	if a := e.extra.attempt.Swap(nil); a != nil {
		a.stop()
	}
}

// giveUp ends an attempt that takes too long.
func (e *endpoint) giveUp(a *attempt) {
	if !e.extra.attempt.CompareAndSwap(a, nil) {
		return
	}
	if a.stop(); !e.Connecting() {
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
