// Endpoints: one socket's side in the stack, as the socket layer wants it.
package inet

import (
	"io"
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
)

// kind is what sort of socket an endpoint is.
type kind uint8

const (
	kindTCP kind = iota
	kindUDP
	kindRaw
)

// endpoint implements net.Endpoint.
type endpoint struct {
	in    *Inet
	stack *stack.Stack
	ep    tcpip.Endpoint
	sock  *net.Socket
	kind  kind
	v6    bool
	// peek is whether the stack keeps what it fills dst with. rmu protects it.
	peek   bool
	number int32 // IP protocol

	wq    *waiter.Queue
	entry waiter.Entry

	// rmu and wmu order receivers and senders for as long as one try takes.
	rmu sync.Mutex
	dst sink
	wmu sync.Mutex
	src source

	// empty counts datagrams without data that may be queued: the stack's
	// bound on bytes does not bound them.
	empty atomic.Int32
	// waiting counts connections that can be accepted.
	waiting atomic.Int32

	extra extra
	// flow is of a TCP connection.
	flow flow
}

// maxEmpty is how many datagrams without data a socket keeps.
const maxEmpty = 1024

// sink is memory being filled by the stack.
type sink struct {
	b []byte
	n int
}

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	n := copy(s.b[s.n:], p)
	s.n += n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// source is memory being sent by the stack. It implements tcpip.Payloader.
type source struct{ b []byte }

// Len implements tcpip.Payloader.
func (s *source) Len() int { return len(s.b) }

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.b)
	s.b = s.b[n:]
	return n, nil
}

// Attach implements net.Endpoint.
func (e *endpoint) Attach(s *net.Socket) {
	e.sock = s
	e.entry.Init(e, waiter.AllEvents)
	e.wq.EventRegister(&e.entry)
	e.in.urgency.enter(e)
}

// NotifyEvent implements waiter.EventListener.
func (e *endpoint) NotifyEvent(mask waiter.EventMask) {
	var m event.Mask
	if mask&waiter.ReadableEvents != 0 {
		m |= abi.POLLIN
		e.boundEmpty()
		if e.kind == kindTCP && e.state() == tcp.StateListen {
			e.waiting.Add(1)
		}
	}
	if mask&waiter.WritableEvents != 0 {
		m |= abi.POLLOUT
	}
	if mask&(waiter.EventErr|waiter.EventHUp|waiter.EventRdHUp) != 0 {
		m |= abi.POLLIN | abi.POLLOUT
	}
	if e.kind == kindTCP {
		e.follow()
	}
	e.sock.Notify(m)
}

// follow does what a change of a connection's state asks for. The stack may
// have the connection locked.
func (e *endpoint) follow() {
	switch e.state() {
	case tcp.StateConnecting, tcp.StateSynSent, tcp.StateSynRecv:
		return
	case tcp.StateEstablished:
		if so := e.ep.SocketOptions(); e.extra.attempt.Load() != nil && so.GetKeepAlive() {
			e.keep()
			e.in.host.AfterFunc(0, func() { so.SetKeepAlive(so.GetKeepAlive()) }) // starts the timer
		}
	case tcp.StateTimeWait:
		e.remember()
	case tcp.StateError:
		e.lost()
	}
	e.begun()
}

// boundEmpty drops a datagram when too many without data are queued. It is
// called with each event that a queue of no bytes grew.
func (e *endpoint) boundEmpty() {
	if e.kind == kindTCP || e.empty.Add(1) <= maxEmpty {
		return
	}
	e.empty.Add(-1)
	_, _ = e.ep.Read(&sink{}, tcpip.ReadOptions{})
}

// took counts a datagram taken off the queue.
func (e *endpoint) took() {
	if e.empty.Add(-1) < 0 {
		e.empty.Add(1)
	}
}

// Poll implements net.Endpoint. POLLHUP says that reading will not block
// whatever the low-water mark is.
func (e *endpoint) Poll() (m event.Mask) {
	e.dropUnwanted()
	if u := e.flow.urgent.Load(); u != nil {
		e.skim()
		if u.pending() {
			m |= abi.POLLPRI
		}
	}
	r := e.ep.Readiness(waiter.ReadableEvents | waiter.WritableEvents | waiter.EventPri)
	if r&waiter.ReadableEvents != 0 {
		m |= abi.POLLIN
	} else {
		e.in.owing.settle(e)
	}
	if r&waiter.WritableEvents != 0 {
		m |= abi.POLLOUT
	}
	if r&waiter.EventErr != 0 {
		m |= abi.POLLIN | abi.POLLOUT
	}
	if e.extra.news.Load() {
		m |= abi.POLLIN
	}
	if e.ended(r) {
		m |= abi.POLLHUP
	}
	return m
}

// Close implements net.Endpoint.
func (e *endpoint) Close() {
	if e.kind == kindTCP && !e.fresh() {
		e.begun()
		e.unkeep()
		e.forget()
	}
	e.ep.Close()
	e.extra.close()
	e.unwantHeaders()
	e.in.paths.remove(e)
	if e.kind == kindTCP && e.extra.minTTL.Load() != 0 {
		e.in.urgency.choosy.Add(-1)
	}
	if e.kind == kindRaw {
		e.in.rawList.remove(e)
		if e.v6 {
			e.in.input6.raws.Add(-1)
		}
	}
	if e.seesSockets() {
		e.in.raws.Add(-1)
	}
	e.in.urgency.leave(e)
}

// seesSockets reports a raw socket that receives what goes to other sockets too.
func (e *endpoint) seesSockets() bool {
	return e.kind == kindRaw && (e.number == abi.IPPROTO_UDP || e.number == abi.IPPROTO_TCP)
}

// forget throws away what a connection has not read, which does not reset it.
func (e *endpoint) forget() {
	e.rmu.Lock()
	defer e.rmu.Unlock()
	var b [4096]byte
	for range net.MaxBuffer / minBuffer {
		e.dst = sink{b: b[:]}
		if _, err := e.ep.Read(&e.dst, tcpip.ReadOptions{}); err != nil || e.dst.n == 0 {
			break
		}
	}
	e.dst.b = nil
}

// TakeError implements net.Endpoint. The stack may keep one error of a
// connection twice.
func (e *endpoint) TakeError() error {
	err := e.ep.LastError()
	if err != nil && e.kind == kindTCP {
		_ = e.ep.LastError()
	}
	return e.errno(err)
}

// Queued implements net.Endpoint.
func (e *endpoint) Queued() (recv, send int) {
	if e.kind == kindTCP && e.state() == tcp.StateListen {
		if e.ep.Readiness(waiter.ReadableEvents) == 0 {
			return 0, 0
		}
		return max(int(e.waiting.Load()), 1), 0
	}
	e.dropUnwanted()
	recv, err := e.ep.GetSockOptInt(tcpip.ReceiveQueueSizeOption)
	if err != nil {
		recv = 0
	}
	if e.v6 && e.kind != kindTCP && recv > 0 && e.in.input6.ever.Load() {
		recv = e.nextSize()
	}
	if u := e.flow.urgent.Load(); u != nil {
		recv -= u.hidden(e.flow.recv.Load(), recv)
	}
	if send, err = e.ep.GetSockOptInt(tcpip.SendQueueSizeOption); err != nil {
		send = 0
	}
	return recv, send
}

// Buffers implements net.Endpoint.
func (e *endpoint) Buffers() (recv, send int) {
	so := e.ep.SocketOptions()
	recv, send = int(so.GetReceiveBufferSize()), int(so.GetSendBufferSize())
	if e.kind != kindTCP {
		return recv, send
	}
	if !e.extra.setRecv.Load() {
		recv = min(recv, tcpSpace)
	}
	if !e.extra.setSend.Load() {
		send = min(send, tcpSpace)
	}
	return recv, send
}
