// Acknowledgements that no segment is sent for at once. Between kernels of one
// program, an answer to a short segment mostly comes before anything else does,
// and acknowledges it too. The stack acknowledges each segment by itself; of
// those that come the short way (direct.go) it is kept back here until a segment
// with data leaves, the second segment comes, who reads waits for more, or a
// little time has passed (RFC 9293, section 3.8.6.3).
package inet

import (
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// owedShort bounds the segments whose acknowledgement may wait, in bytes:
	// those of bulk transfers are acknowledged at once.
	owedShort = 1024
	// owedTick is how often what waits is looked at. It is sent when it is
	// found the second time.
	owedTick = 5 * time.Millisecond
	// owedSlots is how many connections may owe at a time. Those that share a
	// slot acknowledge at once.
	owedSlots = 64
	// owedMax is the longest header that is kept: with timestamps, not with
	// what was received out of order.
	owedMax = header.TCPMinimumSize + 12
)

// owing is the acknowledgements that the connections of a stack owe.
type owing struct {
	host  hypercall.Host
	stack *stack.Stack
	// some counts them.
	some atomic.Int32
	// slots is nil until a short segment has come.
	slots atomic.Pointer[[owedSlots]owed]

	mu     sync.Mutex
	timer  hypercall.Timer // nil when nothing is to be looked at
	closed bool
}

// owed is what is known of one connection.
type owed struct {
	mu    sync.Mutex // no other lock is taken while it is held
	state owedState
	id    stack.TransportEndpointID
	net   tcpip.NetworkProtocolNumber
	// ack is the number that need not be sent alone.
	ack uint32
	// n bytes of header are those of the segment that waits; it was seen by
	// the timer if seen is set.
	header   [owedMax]byte
	n        int
	ttl, tos uint8
	seen     bool
}

type owedState uint8

const (
	owesNothing owedState = iota
	owesSoon              // a short segment came that is not acknowledged yet
	owesAck
)

// slot returns where a connection's is kept, nil when there are none.
func (o *owing) slot(local, remote uint16) *owed {
	t := o.slots.Load()
	if t == nil {
		return nil
	}
	return &t[(local^remote>>3^remote<<5)%owedSlots]
}

// arrives is told of each segment that comes to a connection the short way.
func (o *owing) arrives(id stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP) {
	size := pkt.Data().Size()
	if size == 0 || size > owedShort || h.Flags()&^header.TCPFlagPsh != header.TCPFlagAck {
		return
	}
	if o.slots.Load() == nil {
		o.slots.CompareAndSwap(nil, new([owedSlots]owed))
	}
	s := o.slot(id.LocalPort, id.RemotePort)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != owesAck { // else it is the second, or another's
		s.state, s.id, s.net, s.ack = owesSoon, id, pkt.NetworkProtocolNumber, h.SequenceNumber()+uint32(size)
	}
}

// leaves is told of each segment that leaves, and of whom it is for. False says
// that it need not.
func (o *owing) leaves(to stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP) bool {
	s := o.slot(to.RemotePort, to.LocalPort)
	if s == nil {
		return true
	}
	s.mu.Lock()
	if s.state == owesNothing || !s.sends(to) {
		s.mu.Unlock()
		return true
	}
	late := s.state == owesSoon && s.bare(pkt, h)
	switch {
	case late:
		s.keep(pkt, h)
		o.some.Add(1)
	case s.state == owesAck:
		o.some.Add(-1)
		fallthrough
	default:
		s.state = owesNothing
	}
	s.mu.Unlock()
	if late {
		o.look()
	}
	return !late
}

// sends reports whether what is for to is of the connection.
func (s *owed) sends(to stack.TransportEndpointID) bool {
	return s.id.LocalPort == to.RemotePort && s.id.RemotePort == to.LocalPort &&
		s.id.LocalAddress == to.RemoteAddress && s.id.RemoteAddress == to.LocalAddress
}

// bare reports a segment that does no more than acknowledge what s says.
func (s *owed) bare(pkt *stack.PacketBuffer, h header.TCP) bool {
	return h.Flags() == header.TCPFlagAck && h.AckNumber() == s.ack && len(h) <= owedMax && pkt.Data().Size() == 0
}

// keep keeps a segment back.
func (s *owed) keep(pkt *stack.PacketBuffer, h header.TCP) {
	s.state, s.n, s.seen = owesAck, copy(s.header[:], h), false
	b := pkt.NetworkHeader().Slice()
	if s.net == header.IPv6ProtocolNumber {
		ip := header.IPv6(b)
		s.ttl = ip.HopLimit()
		s.tos, _ = ip.TOS()
	} else {
		ip := header.IPv4(b)
		s.ttl = ip.TTL()
		s.tos, _ = ip.TOS()
	}
}

// settle sends what a connection owes: who reads from it waits for more.
func (o *owing) settle(e *endpoint) {
	if o.some.Load() == 0 || !e.connected() {
		return
	}
	ep, ok := e.ep.(*tcp.Endpoint)
	if !ok {
		return
	}
	id := ep.TransportEndpointInfo.ID // it has no other name any more
	if s := o.slot(id.LocalPort, id.RemotePort); s != nil {
		o.pay(s, func() bool { return s.id == id })
	}
}

// pay sends what is owed in s, if due says so; due is called with s locked.
func (o *owing) pay(s *owed, due func() bool) {
	s.mu.Lock()
	if s.state != owesAck || !due() {
		s.mu.Unlock()
		return
	}
	s.state = owesNothing
	o.some.Add(-1)
	id, net, seg := s.id, s.net, append([]byte(nil), s.header[:s.n]...)
	how := stack.NetworkHeaderParams{Protocol: tcp.ProtocolNumber, TTL: s.ttl, TOS: s.tos}
	s.mu.Unlock()
	sendSegment(o.stack, net, id, seg, how)
}

// look has the timer set.
func (o *owing) look() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer == nil && !o.closed {
		o.timer = o.host.AfterFunc(owedTick, o.tick)
	}
}

// tick sends what waits too long.
func (o *owing) tick() {
	o.mu.Lock()
	o.timer = nil
	closed := o.closed
	o.mu.Unlock()
	if closed || o.some.Load() == 0 {
		return
	}
	t := o.slots.Load()
	for k := range t {
		s := &t[k]
		o.pay(s, func() bool {
			was := s.seen
			s.seen = true
			return was
		})
	}
	if o.some.Load() != 0 {
		o.look()
	}
}

// close ends it. What is owed is not sent any more.
func (o *owing) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
}
