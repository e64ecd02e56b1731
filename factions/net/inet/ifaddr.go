// Addresses: of interfaces, and prefixes of routes.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// protocol returns the address as the stack takes it.
func (a ifaddr) protocol() tcpip.ProtocolAddress {
	p := tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: a.addr, PrefixLen: a.prefix},
	}
	if a.v6() {
		p.Protocol = ipv6.ProtocolNumber
	}
	return p
}

// subnet returns the network the address is in.
func (a ifaddr) subnet() tcpip.Subnet { return a.protocol().AddressWithPrefix.Subnet() }

// network returns the address of the network, with the same prefix.
func (a ifaddr) network() ifaddr {
	sub := a.subnet()
	return ifaddr{sub.ID(), a.prefix}
}

// contains reports whether an address is in the same network.
func (a ifaddr) contains(addr tcpip.Address) bool {
	sub := a.subnet()
	return a.addr.Len() == addr.Len() && sub.Contains(addr)
}

// broadcast returns the address of all in the network.
func (a ifaddr) broadcast() tcpip.Address {
	sub := a.subnet()
	return sub.Broadcast()
}

// host reports whether the prefix is the whole address.
func (a ifaddr) host() bool { return a.prefix == a.addr.BitLen() }

// sockaddr returns the address as a socket address of the interface.
func (a ifaddr) sockaddr(nic tcpip.NICID) []byte {
	return appendAddr(nil, tcpip.FullAddress{NIC: nic, Addr: a.addr}, a.v6())
}

// embedded returns the address as interface calls show it: a link-local one
// has the interface's index in its third and fourth byte.
func (a ifaddr) embedded(nic tcpip.NICID) []byte {
	b := a.sockaddr(nic)
	if isLinkLocal6(a.addr) {
		binary.BigEndian.PutUint16(b[10:], uint16(nic))
		clear(b[24:])
	}
	return b
}

func isLinkLocal6(a tcpip.Address) bool {
	return a.Len() == 16 && (header.IsV6LinkLocalUnicastAddress(a) || header.IsV6LinkLocalMulticastAddress(a))
}

// netmask returns the mask as a socket address.
func (a ifaddr) netmask() []byte {
	m := ifaddr{addr: tcpip.AddrFromSlice(make([]byte, a.addr.Len()))}
	b := m.sockaddr(0)
	at := 4
	if a.v6() {
		at = 8
	}
	for k := range a.prefix {
		b[at+k/8] |= 0x80 >> (k % 8)
	}
	return b
}

// prefixLen returns the number of leading ones in a mask: EINVAL when others
// follow a zero.
func prefixLen(mask []byte) (int, error) {
	n, ended := 0, false
	for _, b := range mask {
		for bit := 7; bit >= 0; bit-- {
			one := b>>bit&1 != 0
			if one && ended {
				return 0, abi.EINVAL
			}
			if one {
				n++
			} else {
				ended = true
			}
		}
	}
	return n, nil
}

// first returns the first address of a family, and one equal to want if there
// is such a one. ok is false when there is none at all.
func (i *iface) first(v6 bool, want tcpip.Address) (a own, ok bool) {
	for _, c := range i.addrs {
		if c.v6() != v6 {
			continue
		}
		if c.addr == want {
			return c, true
		}
		if !ok {
			a, ok = c, true
		}
	}
	return a, ok
}

// exact returns the address equal to want: EADDRNOTAVAIL when there is none.
func (i *iface) exact(v6 bool, want tcpip.Address) (own, error) {
	if a, ok := i.first(v6, want); ok && a.addr == want {
		return a, nil
	}
	return own{}, abi.EADDRNOTAVAIL
}

// source returns the address of i that is nearest to a peer: one in its
// network, or the first that is not link-local.
func (i *iface) source(peer tcpip.Address) (best own, ok bool) {
	for _, c := range i.addrs {
		if c.addr.Len() != peer.Len() {
			continue
		}
		if c.contains(peer) {
			return c, true
		}
		if !ok || isLinkLocal6(best.addr) {
			best, ok = c, true
		}
	}
	return best, ok
}
