// Urgent data of TCP, of which the stack knows nothing: segments from the kernel
// are looked at for where it ends, those to the kernel are marked. The byte itself
// goes the way of all others, and is urgent again on the other side.
package gateway

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// urgency is the connections of a gateway's stack. It is told of all packets, as
// a packet filter would be. Its lock is the last that is taken.
type urgency struct {
	// marking counts connections whose segments are marked.
	marking atomic.Int32

	mu sync.Mutex
	// live are the connections that bytes are moved for, young and old those
	// that begin, some of which will never be made.
	live, young, old map[stack.TransportEndpointID]*marks
}

var _ stack.NFTablesInterface = (*urgency)(nil)

// marks is what is known of one connection. The lock of urgency guards it.
type marks struct {
	// in and out are the sequence numbers of the first bytes from and to the
	// kernel.
	in, out uint32
	// up is the end of the urgent data that the kernel has announced, if has is
	// set; end that of the urgent data for the kernel, if sends is.
	up, end    uint32
	has, sends bool
}

// maxYoung bounds young, and old with it.
const maxYoung = 2 * maxPending

// find returns what is known of a connection, nil for nothing. Preconditions: u.mu
// is held.
func (u *urgency) find(id stack.TransportEndpointID) *marks {
	for _, list := range [...]map[stack.TransportEndpointID]*marks{u.live, u.young, u.old} {
		if m := list[id]; m != nil {
			return m
		}
	}
	return nil
}

// begun remembers where a direction of a connection begins.
func (u *urgency) begun(id stack.TransportEndpointID, set func(*marks)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := u.find(id)
	if m == nil {
		if u.young == nil || len(u.young) >= maxYoung {
			u.young, u.old = map[stack.TransportEndpointID]*marks{}, u.young
		}
		m = &marks{}
		u.young[id] = m
	}
	set(m)
}

// adopt returns what is known of a connection that bytes are moved for now.
func (u *urgency) adopt(id stack.TransportEndpointID) *marks {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := u.find(id)
	if m == nil {
		m = &marks{}
	}
	if u.live == nil {
		u.live = map[stack.TransportEndpointID]*marks{}
	}
	delete(u.young, id)
	delete(u.old, id)
	u.live[id] = m
	return m
}

// forget ends what adopt began.
func (u *urgency) forget(id stack.TransportEndpointID, m *marks) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.live[id] == m {
		delete(u.live, id)
	}
	u.rest(m)
}

// rest ends the marking of a connection's segments. Preconditions: u.mu is held.
func (u *urgency) rest(m *marks) {
	if m.sends {
		m.sends = false
		u.marking.Add(-1)
	}
}

// urgentAt returns where among n bytes, which are read first bytes after the
// beginning, the urgent one is; -1 when it is not among them.
func (u *urgency) urgentAt(m *marks, first uint32, n int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	at := int32(m.up - 1 - m.in - first)
	if !m.has || int(at) >= n {
		return -1
	}
	m.has = false
	return int(max(at, -1)) // less than 0 has passed
}

// announce has segments to the kernel point behind byte number n, counted from 0.
func (u *urgency) announce(m *marks, n uint32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	m.end = m.out + n + 1
	if !m.sends {
		m.sends = true
		u.marking.Add(1)
	}
}

// segment returns the TCP header of a packet, nil when it is none.
func segment(pkt *stack.PacketBuffer) header.TCP {
	if pkt.TransportProtocolNumber != tcp.ProtocolNumber {
		return nil
	}
	if h := header.TCP(pkt.TransportHeader().Slice()); len(h) >= header.TCPMinimumSize {
		return h
	}
	return nil
}

// CheckPrerouting implements stack.NFTablesInterface: packets from the kernel.
func (u *urgency) CheckPrerouting(pkt *stack.PacketBuffer, _ *stack.Route, _ stack.AddressFamily) bool {
	h := segment(pkt)
	if h == nil || h.Flags()&(header.TCPFlagSyn|header.TCPFlagUrg) == 0 {
		return true
	}
	n := pkt.Network()
	id := stack.TransportEndpointID{LocalPort: h.DestinationPort(), LocalAddress: n.DestinationAddress(),
		RemotePort: h.SourcePort(), RemoteAddress: n.SourceAddress()}
	seq := h.SequenceNumber()
	if h.Flags()&header.TCPFlagSyn != 0 {
		u.begun(id, func(m *marks) { m.in = seq + 1 })
		return true
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if m := u.find(id); m != nil {
		if up := seq + uint32(h.UrgentPointer()); !m.has || int32(up-m.up) > 0 {
			m.up, m.has = up, true
		}
	}
	return true
}

// CheckOutput implements stack.NFTablesInterface: packets to the kernel.
func (u *urgency) CheckOutput(pkt *stack.PacketBuffer, r *stack.Route, _ stack.AddressFamily) bool {
	h := segment(pkt)
	if h == nil || h.Flags()&header.TCPFlagSyn == 0 && u.marking.Load() == 0 {
		return true
	}
	id := stack.TransportEndpointID{LocalPort: h.SourcePort(), LocalAddress: r.LocalAddress(),
		RemotePort: h.DestinationPort(), RemoteAddress: r.RemoteAddress()}
	seq := h.SequenceNumber()
	if h.Flags()&header.TCPFlagSyn != 0 {
		u.begun(id, func(m *marks) { m.out = seq + 1 })
		return true
	}
	if ahead := u.ahead(id, seq); ahead > 0 {
		ether.MarkUrgent(pkt, h, ahead, r)
	}
	return true
}

// longPast is how far behind urgent data segments are marked no longer, as none
// will be sent again.
const longPast = 16 << 20

// ahead returns how far after a number urgent data ends.
func (u *urgency) ahead(id stack.TransportEndpointID, seq uint32) int32 {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := u.live[id]
	if m == nil || !m.sends {
		return 0
	}
	ahead := int32(m.end - seq)
	if ahead < -longPast {
		u.rest(m)
	}
	return ahead
}

// CheckInput implements stack.NFTablesInterface.
func (u *urgency) CheckInput(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckForward implements stack.NFTablesInterface.
func (u *urgency) CheckForward(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckPostrouting implements stack.NFTablesInterface.
func (u *urgency) CheckPostrouting(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckIngress implements stack.NFTablesInterface.
func (u *urgency) CheckIngress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckEgress implements stack.NFTablesInterface.
func (u *urgency) CheckEgress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}
