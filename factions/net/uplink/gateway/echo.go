// ICMP echo beyond the gateway: the host asks, where it may (on Linux, who
// net.ipv4.ping_group_range allows).
package gateway

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// maxEcho bounds an echo request.
const maxEcho = 16 << 10

// echo4 takes in ICMP messages that no socket of the gateway has. True keeps
// the stack from answering itself.
func (g *Gateway) echo4(id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
	h := header.ICMPv4(pkt.TransportHeader().Slice())
	if len(h) < header.ICMPv4MinimumSize || h.Type() != header.ICMPv4Echo {
		return false
	}
	return g.ask(id, h.Ident(), pkt)
}

func (g *Gateway) echo6(id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
	h := header.ICMPv6(pkt.TransportHeader().Slice())
	if len(h) < header.ICMPv6EchoMinimumSize || h.Type() != header.ICMPv6EchoRequest {
		return false
	}
	return g.ask(id, h.Ident(), pkt)
}

// ask sends an echo request on. The gateway answers for itself.
func (g *Gateway) ask(id stack.TransportEndpointID, ident uint16, pkt *stack.PacketBuffer) bool {
	if id.LocalAddress == Router() || id.LocalAddress == Names() || id.LocalAddress == Router6() {
		return false
	}
	to, ok := g.target(id.LocalAddress, 0)
	if !ok {
		return true
	}
	key := flowKey{hypercall.Echo, stack.TransportEndpointID{LocalAddress: id.LocalAddress, RemoteAddress: id.RemoteAddress, RemotePort: ident}}
	f := g.find(key, to)
	v := stack.PayloadSince(pkt.TransportHeader())
	defer v.Release()
	if f != nil && v.Size() <= maxEcho {
		_ = f.host.Write(v.AsSlice())
	}
	return true
}

// echoed hands an echo reply to the kernel, with the identifier it knows: that
// of the host is another.
func (f *flow) echoed(b []byte) {
	id := f.key.id
	if len(b) < header.ICMPv4MinimumSize {
		return
	}
	proto := header.ICMPv4ProtocolNumber
	if id.LocalAddress.Len() == 16 {
		proto = header.ICMPv6ProtocolNumber
		h := header.ICMPv6(b)
		if h.Type() != header.ICMPv6EchoReply {
			return
		}
		h.SetIdent(id.RemotePort)
		h.SetChecksum(0)
		h.SetChecksum(header.ICMPv6Checksum(header.ICMPv6ChecksumParams{Header: h, Src: id.LocalAddress, Dst: id.RemoteAddress}))
	} else {
		h := header.ICMPv4(b)
		if h.Type() != header.ICMPv4EchoReply {
			return
		}
		h.SetIdent(id.RemotePort)
		h.SetChecksum(0)
		h.SetChecksum(^checksum.Checksum(h, 0))
	}
	f.g.write(id.LocalAddress, id.RemoteAddress, tcpip.TransportProtocolNumber(proto), message(b))
}
