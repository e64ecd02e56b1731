// Urgent data of TCP (RFC 9293, section 3.8.5), of which the stack knows
// nothing. Its segments are looked at on their way in and out: those that come
// announce where urgent data ends, those that leave are marked. The stream goes
// through the stack as any other; sockets take the urgent byte out of it.
//
// Both need sequence numbers, which the stack does not tell. They begin with
// the segment that answers a SYN, which passes here once for each connection;
// sockets count from there.
package inet

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// urgency is what is known of the TCP connections of a stack. Its zero value
// is ready.
type urgency struct {
	// sending is the length of senders.
	sending atomic.Int32
	// choosy counts sockets with IP_MINTTL, which look at all segments.
	choosy atomic.Int32

	// mu is locked while endpoints of the stack are, never the other way round.
	mu sync.Mutex
	// socks are the sockets, by their endpoints.
	socks map[*tcp.Endpoint]*endpoint
	// young and old are connections that no socket has: those that nobody has
	// accepted yet, and those that will never be made.
	young, old map[stack.TransportEndpointID]*birth
	// senders are connections with urgent data that is not acknowledged. At
	// more than sweepAt of them those that ended are taken out.
	senders map[stack.TransportEndpointID]*urgent
	sweepAt int
	// only counts segments that told of the window and nothing else while urgent
	// data was on its way.
	only uint64
}

// maxYoung bounds young, and old with it: half-open connections may be many.
const maxYoung = 2048

// birth is where the streams of a connection begin, and the urgent data of one
// that nobody has accepted.
type birth struct {
	recv, send uint32
	urgent     *urgent
}

// flow is how far a socket's connection is.
type flow struct {
	// recv and send are the sequence numbers of the next byte to be read from
	// the stack, and to be given to it; they count from 0 until known is set.
	recv, send atomic.Uint32
	known      atomic.Bool
	// seen counts what the stack has shown to who looks and does not take, in
	// bytes. The endpoint's rmu protects it.
	seen uint32
	// urgent is nil until there was urgent data.
	urgent atomic.Pointer[urgent]
}

// begin sets where the streams begin. Nothing was sent or received yet.
func (f *flow) begin(recv, send uint32) {
	f.recv.Store(recv)
	f.send.Store(send)
	f.known.Store(true)
}

// data returns the connection's urgent data, which is made if need be.
func (f *flow) data() *urgent {
	if u := f.urgent.Load(); u != nil {
		return u
	}
	f.urgent.CompareAndSwap(nil, &urgent{})
	return f.urgent.Load()
}

// tcpProtocol is the stack's TCP, with a look at the segments that come.
type tcpProtocol struct {
	stack.TransportProtocol
	stack.SendBufSizeProto
	queue   packetQueue
	urgency *urgency
}

// packetQueue is a protocol that queues the packets of its endpoints.
type packetQueue interface {
	QueuePacket(stack.TransportEndpoint, stack.TransportEndpointID, *stack.PacketBuffer)
}

func (u *urgency) newTCP(s *stack.Stack) stack.TransportProtocol {
	p := tcp.NewProtocolCUBIC(s)
	return &tcpProtocol{p, p.(stack.SendBufSizeProto), p.(packetQueue), u}
}

// synAck is the flags of the answer to a SYN.
const synAck = header.TCPFlagSyn | header.TCPFlagAck

// QueuePacket is called by the stack with each segment for an endpoint, before
// anything becomes of it.
func (p *tcpProtocol) QueuePacket(ep stack.TransportEndpoint, id stack.TransportEndpointID, pkt *stack.PacketBuffer) {
	p.queueSegment(ep, id, pkt, pkt.TransportHeader().Slice())
}

// queueSegment is QueuePacket for a segment whose header is h.
func (p *tcpProtocol) queueSegment(ep stack.TransportEndpoint, id stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP) {
	if p.urgency.choosy.Load() != 0 && p.urgency.tooFar(ep, pkt) {
		return
	}
	if f := h.Flags(); f&header.TCPFlagUrg != 0 || f&synAck == synAck || p.urgency.sending.Load() != 0 {
		p.urgency.arrives(ep, id, pkt, h)
	}
	p.queue.QueuePacket(ep, id, pkt)
}

// arrives looks at a segment that comes.
func (u *urgency) arrives(ep stack.TransportEndpoint, id stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP) {
	f := h.Flags()
	if f&header.TCPFlagRst != 0 || f&header.TCPFlagAck == 0 || !intact(pkt, h) {
		return
	}
	if f&header.TCPFlagSyn != 0 {
		u.answered(ep, h)
		return
	}
	if u.sending.Load() != 0 {
		u.acknowledged(id, h.AckNumber())
	}
	if f&header.TCPFlagUrg != 0 && h.UrgentPointer() != 0 {
		u.announced(ep, id, pkt, h)
	}
}

// intact reports whether a segment's checksum is right.
func intact(pkt *stack.PacketBuffer, h header.TCP) bool {
	if pkt.RXChecksumValidated {
		return true
	}
	n := pkt.Network()
	data := pkt.Data()
	return h.IsChecksumValid(n.SourceAddress(), n.DestinationAddress(), data.Checksum(), uint16(data.Size()))
}

// answered tells a connecting socket where the streams begin.
func (u *urgency) answered(ep stack.TransportEndpoint, h header.TCP) {
	t, ok := ep.(*tcp.Endpoint)
	if !ok || t.EndpointState() != tcp.StateSynSent {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if e := u.socks[t]; e != nil {
		e.flow.begin(h.SequenceNumber()+1, h.AckNumber())
	}
}

// acknowledged forgets that a connection has urgent data on its way once the
// other side has it.
func (u *urgency) acknowledged(id stack.TransportEndpointID, ack uint32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if c := u.senders[id]; c != nil && int32(ack-c.out) >= 0 {
		u.dropSender(c)
	}
}

// dropSender takes a connection out of senders. Preconditions: u.mu is held,
// and it is one.
func (u *urgency) dropSender(c *urgent) {
	delete(u.senders, c.id)
	c.sending = false
	u.sending.Store(int32(len(u.senders)))
}

// announced enters where urgent data ends. That of connections being closed is
// of no concern to anybody.
func (u *urgency) announced(ep stack.TransportEndpoint, id stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP) {
	t, ok := ep.(*tcp.Endpoint)
	if !ok {
		return
	}
	switch t.EndpointState() {
	case tcp.StateSynRecv, tcp.StateEstablished, tcp.StateFinWait1, tcp.StateFinWait2:
	default:
		return
	}
	seg := announcement{seq: h.SequenceNumber(), up: h.SequenceNumber() + uint32(h.UrgentPointer()), pkt: pkt}
	u.mu.Lock()
	e := u.socks[t]
	if e == nil {
		if b := u.birth(id); b != nil {
			if b.urgent == nil {
				b.urgent = &urgent{}
			}
			b.urgent.announce(&seg, b.recv)
		}
		u.mu.Unlock()
		return
	}
	known := u.know(e, id)
	u.mu.Unlock()
	if known {
		e.announced(&seg)
	}
}

// know returns whether it is known where the streams of a socket's connection
// begin, and finds it if possible. Preconditions: u.mu is held.
func (u *urgency) know(e *endpoint, id stack.TransportEndpointID) bool {
	if e.flow.known.Load() {
		return true
	}
	b := u.birth(id)
	if b == nil {
		return false
	}
	delete(u.young, id)
	delete(u.old, id)
	e.flow.recv.Add(b.recv)
	e.flow.send.Add(b.send)
	if b.urgent != nil {
		e.flow.urgent.Store(b.urgent)
	}
	e.flow.known.Store(true)
	return true
}

// birth returns the connection of that id that no socket has, nil if there is
// none. Preconditions: u.mu is held.
func (u *urgency) birth(id stack.TransportEndpointID) *birth {
	if b := u.young[id]; b != nil {
		return b
	}
	return u.old[id]
}

// enter adds a socket, of a connection or for one.
func (u *urgency) enter(e *endpoint) {
	ep, ok := e.ep.(*tcp.Endpoint)
	if !ok {
		return
	}
	var id stack.TransportEndpointID
	if info, ok := ep.Info().(*stack.TransportEndpointInfo); ok {
		id = info.ID
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.socks == nil {
		u.socks = map[*tcp.Endpoint]*endpoint{}
	}
	u.socks[ep] = e
	if id.RemotePort != 0 {
		u.know(e, id)
	}
	if c := e.flow.urgent.Load(); c != nil && e.sock.Has(abi.SO_OOBINLINE) {
		c.inline()
	}
}

// leave takes out a socket that is closed. Its connection may go on for a
// while.
func (u *urgency) leave(e *endpoint) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if ep, ok := e.ep.(*tcp.Endpoint); ok {
		delete(u.socks, ep)
	}
	if c := e.flow.urgent.Load(); c != nil && c.sending && c.ended() {
		u.dropSender(c)
	}
}
