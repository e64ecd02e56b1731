// What the Ethernet side of an interface asks of the stack above it.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// addresses is what an interface's side of a network protocol knows of them.
type addresses interface {
	AcquireAssignedAddress(addr tcpip.Address, temp bool, as stack.PrimaryEndpointBehavior, readOnly bool) stack.AddressEndpoint
}

// host implements ether.Host for an interface of a stack.
type host struct {
	*stack.Stack
	in     *Inet
	direct *direct
	nic    tcpip.NICID
	// v4 and v6 have the addresses of the interface.
	v4, v6 addresses
}

// init comes when the stack knows the interface, before that is up.
func (h *host) init() {
	h.direct.init()
	if ep, err := h.GetNetworkEndpoint(h.nic, header.IPv4ProtocolNumber); err == nil {
		h.v4, _ = ep.(addresses)
	}
	if ep, err := h.GetNetworkEndpoint(h.nic, header.IPv6ProtocolNumber); err == nil {
		h.v6, _ = ep.(addresses)
	}
}

// Local implements ether.Host.
func (h *host) Local(proto tcpip.NetworkProtocolNumber, a tcpip.Address) bool {
	return h.CheckLocalAddress(0, proto, a) != 0
}

// MTU implements ether.Host.
func (h *host) MTU(proto tcpip.NetworkProtocolNumber, dst tcpip.Address) uint32 {
	r, err := h.FindRoute(0, tcpip.Address{}, dst, proto, false)
	if err != nil {
		return 0
	}
	defer r.Release()
	if proto == header.IPv6ProtocolNumber {
		return r.MTU() + header.IPv6MinimumSize
	}
	return r.MTU() + header.IPv4MinimumSize
}

// Take implements ether.Host: see direct.
func (h *host) Take(f *ether.Frame) bool {
	if f.NetworkPacketInfo.IsForwardedPacket {
		return false
	}
	b := f.TransportHeader().Slice()
	id, ok := ends(f, b)
	return ok && h.owns(f.NetworkProtocolNumber, id) && h.direct.give(id, f, b)
}

// owns reports whether a packet is for an address of the interface, from one
// that may be there.
func (h *host) owns(proto tcpip.NetworkProtocolNumber, id stack.TransportEndpointID) bool {
	from, at := id.RemoteAddress, h.v4
	if proto == header.IPv6ProtocolNumber {
		at = h.v6
	}
	if at == nil || from.Unspecified() || multicast(from) || header.IsV4LoopbackAddress(from) || from == header.IPv6Loopback {
		return false
	}
	a := at.AcquireAssignedAddress(id.LocalAddress, false, stack.NeverPrimaryEndpoint, true)
	return a != nil && a.AddressWithPrefix().Address == id.LocalAddress && from != id.LocalAddress
}
