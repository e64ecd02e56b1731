// Urgent data that is sent.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// leaves looks at a segment that leaves by r.
func (u *urgency) leaves(pkt *stack.PacketBuffer, h header.TCP, r *stack.Route) {
	switch f := h.Flags(); {
	case f&synAck == synAck:
		u.born(departing(pkt, h), h)
	case u.sending.Load() != 0 && f&(header.TCPFlagSyn|header.TCPFlagRst) == 0:
		u.mark(pkt, h, r)
	}
}

// departing returns the connection of a segment that leaves.
func departing(pkt *stack.PacketBuffer, h header.TCP) stack.TransportEndpointID {
	n := pkt.Network()
	return stack.TransportEndpointID{LocalPort: h.SourcePort(), LocalAddress: n.SourceAddress(),
		RemotePort: h.DestinationPort(), RemoteAddress: n.DestinationAddress()}
}

// born remembers where the streams of a connection begin that somebody else
// asked for.
func (u *urgency) born(id stack.TransportEndpointID, h header.TCP) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.young == nil || len(u.young) >= maxYoung {
		u.young, u.old = map[stack.TransportEndpointID]*birth{}, u.young
	}
	if b := u.birth(id); b != nil && b.send == h.SequenceNumber()+1 && b.recv == h.AckNumber() {
		return
	}
	delete(u.old, id)
	u.young[id] = &birth{recv: h.AckNumber(), send: h.SequenceNumber() + 1}
}

// mark sets flag and pointer in a segment that leaves before urgent data ends.
func (u *urgency) mark(pkt *stack.PacketBuffer, h header.TCP, r *stack.Route) {
	id := departing(pkt, h)
	u.mu.Lock()
	c := u.senders[id]
	var ahead int32
	if c != nil {
		ahead = int32(c.out - h.SequenceNumber())
		if ack := h.AckNumber(); pkt.Data().Size() != 0 || h.Flags()&header.TCPFlagFin != 0 || ack != c.acked {
			c.acked = ack
		} else { // it tells of the window only
			u.only++
		}
	}
	u.mu.Unlock()
	if ahead <= 0 {
		return
	}
	ether.MarkUrgent(pkt, h, ahead, r)
}

// urgentRoom is how much more than it has room for a send buffer takes of
// urgent data, in bytes.
const urgentRoom = 1024

// sendUrgent sends what the buffer takes of b, whose last byte is urgent.
func (e *endpoint) sendUrgent(b []byte) (int, error) {
	if !e.connected() || !e.in.urgency.knows(e) {
		return e.sendStream(b)
	}
	e.wmu.Lock()
	defer e.wmu.Unlock()
	so := e.ep.SocketOptions()
	size := so.GetSendBufferSize()
	so.SetSendBufferSize(size+urgentRoom, false)
	n, err := e.ep.Write(&urgentSource{source: source{b}, e: e}, tcpip.WriteOptions{})
	so.SetSendBufferSize(size, false)
	if err != nil {
		return 0, e.failed(err)
	}
	e.flow.send.Add(uint32(n))
	if so.GetDelayOption() { // urgent data is not held back
		so.SetDelayOption(false)
		so.SetDelayOption(true)
	}
	return int(n), nil
}

// knows returns whether it is known where the streams of a connected socket
// begin.
func (u *urgency) knows(e *endpoint) bool {
	if e.flow.known.Load() {
		return true
	}
	info, ok := e.ep.Info().(*stack.TransportEndpointInfo)
	if !ok {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.know(e, info.ID)
}

// urgentSource is urgent data being sent: segments that leave point at the end
// of what was taken. It implements tcpip.Payloader.
type urgentSource struct {
	source
	e     *endpoint
	taken uint32
}

// Read implements io.Reader.
func (s *urgentSource) Read(p []byte) (int, error) {
	n, err := s.source.Read(p)
	s.taken += uint32(n)
	s.e.in.urgency.send(s.e, s.e.flow.send.Load()+s.taken)
	return n, err
}

// send enters where the urgent data ends that a socket sends.
func (u *urgency) send(e *endpoint, out uint32) {
	ep, ok := e.ep.(*tcp.Endpoint)
	info, known := e.ep.Info().(*stack.TransportEndpointInfo)
	if !ok || !known {
		return
	}
	c := e.flow.data()
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.out = out; c.sending {
		return
	}
	if len(u.senders) >= u.sweepAt {
		u.sweep()
	}
	c.id, c.ep, c.sending = info.ID, ep, true
	u.senders[c.id] = c
	u.sending.Store(int32(len(u.senders)))
}

// leastSweep is how many senders there are at least before one looks for those
// that ended.
const leastSweep = 64

// sweep takes out the senders that ended. Preconditions: u.mu is held.
func (u *urgency) sweep() {
	if u.senders == nil {
		u.senders = map[stack.TransportEndpointID]*urgent{}
	}
	for _, c := range u.senders {
		if c.ended() {
			u.dropSender(c)
		}
	}
	u.sweepAt = max(2*len(u.senders), leastSweep)
}
