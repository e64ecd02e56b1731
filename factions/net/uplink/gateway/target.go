// Where a packet goes: addresses of the kernel's network and of the host's.
package gateway

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// namePort is where name servers listen.
const namePort = 53

// target returns where on the host's network a packet for an address goes.
// False for what stays inside: other addresses of the network between kernel
// and gateway, the host itself unless the user allowed it, groups.
func (g *Gateway) target(to tcpip.Address, port uint16) (hypercall.SocketAddr, bool) {
	switch {
	case to == Names() && port == namePort:
		return g.nameServer()
	case to == Router() || to == Router6():
		return loopback(to.Len() == 16, port), g.cfg.Rules.HostLoopback
	case to.Unspecified() || isLoopback(to) || isGroup(to) || near(to):
		return hypercall.SocketAddr{}, false
	}
	return hostAddr(to, port), true
}

func isLoopback(a tcpip.Address) bool {
	if a.Len() == 16 {
		return header.IsV6LoopbackAddress(a)
	}
	return header.IsV4LoopbackAddress(a)
}

// isGroup reports whether an address is that of many hosts.
func isGroup(a tcpip.Address) bool {
	if a.Len() == 16 {
		return header.IsV6MulticastAddress(a)
	}
	return header.IsV4MulticastAddress(a) || a == header.IPv4Broadcast
}

// near reports whether an address is one of the network between kernel and
// gateway, or one that is never routed.
func near(a tcpip.Address) bool {
	b, router, router6 := a.AsSlice(), Router(), Router6()
	if len(b) == 16 {
		return string(b[:8]) == string(router6.AsSlice()[:8]) || header.IsV6LinkLocalUnicastAddress(a)
	}
	return string(b[:3]) == string(router.AsSlice()[:3]) || header.IsV4LinkLocalUnicastAddress(a)
}

// loopback returns a port of the host itself.
func loopback(v6 bool, port uint16) hypercall.SocketAddr {
	if v6 {
		return hypercall.SocketAddr{IP: [16]byte{15: 1}, V6: true, Port: port}
	}
	return hypercall.SocketAddr{IP: [16]byte{127, 0, 0, 1}, Port: port}
}

func hostAddr(a tcpip.Address, port uint16) hypercall.SocketAddr {
	s := hypercall.SocketAddr{V6: a.Len() == 16, Port: port}
	copy(s.IP[:], a.AsSlice())
	return s
}

// protocol returns the network protocol of an address.
func protocol(a tcpip.Address) tcpip.NetworkProtocolNumber {
	if a.Len() == 16 {
		return header.IPv6ProtocolNumber
	}
	return header.IPv4ProtocolNumber
}
