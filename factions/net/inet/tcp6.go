// Segments of connections whose packets carry extension headers, or are to fit
// every link. They are cut and sent here.
package inet

import (
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// owner marks the packets of a connection that has such options. It implements
// tcpip.PacketOwner.
type owner struct{ e *endpoint }

// KUID implements tcpip.PacketOwner.
func (owner) KUID() uint32 { return 0 }

// KGID implements tcpip.PacketOwner.
func (owner) KGID() uint32 { return 0 }

// own has the packets of a TCP socket marked. The stack gives connections that
// somebody else asks for the mark of the listening socket until they are
// accepted.
func (e *endpoint) own() {
	if t, ok := e.ep.(*tcp.Endpoint); ok {
		t.LockUser()
		t.SetOwner(owner{e})
		t.UnlockUser()
	}
}

// carry sends what the stack means to send by r as the options ask, false when
// they ask for nothing. The stack has the connection locked.
func (e *endpoint) carry(pkt *stack.PacketBuffer, r *stack.Route) bool {
	x := e.extra.get()
	minimal := x.minMTU == abi.IP6PO_MINMTU_ALL
	if x.headers == nil && !minimal {
		return false
	}
	ip := header.IPv6(pkt.NetworkHeader().Slice())
	class, _ := ip.TOS()
	o := output6{src: ip.SourceAddress(), dst: ip.DestinationAddress(), headers: x.headers, hops: ip.HopLimit(), class: class}
	to := tcpip.FullAddress{Addr: o.dst, NIC: r.NICID()}
	if hop := x.headers.to(to); hop != to {
		var err tcpip.Error
		if r, err = e.stack.FindRoute(hop.NIC, o.src, hop.Addr, header.IPv6ProtocolNumber, false); err != nil {
			return true // lost, as if on its way
		}
		defer r.Release()
	}
	o.r, o.mtu = r, int(r.MTU())+header.IPv6MinimumSize
	if minimal {
		o.mtu = min(o.mtu, leastMTU)
	}
	o.cut(header.TCP(pkt.TransportHeader().Slice()), pkt.Data().AsRange().ToSlice())
	return true
}

// cut sends a segment in parts that fit. What can't be sent is lost, and sent
// again by the stack.
func (o *output6) cut(h header.TCP, data []byte) {
	room := o.mtu - header.IPv6MinimumSize - o.headers.size() - len(h)
	if room <= 0 {
		return
	}
	for at := 0; at == 0 || at < len(data); at += room {
		end := min(at+room, len(data))
		p := append(slices.Clone(h), data[at:end]...)
		t, flags := header.TCP(p), h.Flags()
		if end < len(data) {
			flags &^= header.TCPFlagFin | header.TCPFlagPsh
		}
		if up := int(h.UrgentPointer()) - at; flags&header.TCPFlagUrg != 0 && up > 0 {
			t.SetUrgentPointer(uint16(up))
		} else {
			flags &^= header.TCPFlagUrg
			t.SetUrgentPointer(0)
		}
		t.SetFlags(uint8(flags))
		t.SetSequenceNumber(h.SequenceNumber() + uint32(at))
		t.SetChecksum(0)
		sum := header.PseudoHeaderChecksum(tcp.ProtocolNumber, o.src, o.dst, uint16(len(p)))
		t.SetChecksum(^checksum.Checksum(p, sum))
		if o.send(abi.IPPROTO_TCP, p) != nil {
			return
		}
	}
}
