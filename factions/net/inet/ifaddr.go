// Addresses of interfaces, and which are up.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// maxAddrs bounds the addresses of one interface.
const maxAddrs = 1024

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
	return a.Len() == 16 && header.IsV6LinkLocalUnicastAddress(a)
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
func (i *iface) first(v6 bool, want tcpip.Address) (a ifaddr, ok bool) {
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
func (i *iface) exact(v6 bool, want tcpip.Address) (ifaddr, error) {
	if a, ok := i.first(v6, want); ok && a.addr == want {
		return a, nil
	}
	return ifaddr{}, abi.EADDRNOTAVAIL
}

// addAddr gives i an address, or one it has a new prefix, and brings it up.
// Preconditions: the list is locked.
func (i *iface) addAddr(s *stack.Stack, a ifaddr) error {
	if len(i.addrs) >= maxAddrs {
		return abi.ENOBUFS
	}
	_ = i.removeAddr(s, a.addr)
	if err := i.setUp(s, true); err != nil {
		return err
	}
	if err := enter(s, a); err != nil {
		return err
	}
	i.addrs = append(i.addrs, a)
	return nil
}

// enter gives the stack's loopback an address: EEXIST when it has it.
func enter(s *stack.Stack, a ifaddr) error {
	err := s.AddProtocolAddress(loNIC, a.protocol(), stack.AddressProperties{})
	if _, dup := err.(*tcpip.ErrDuplicateAddress); dup {
		return abi.EEXIST
	}
	return errno(err)
}

// removeAddr takes an address away. Preconditions: the list is locked.
func (i *iface) removeAddr(s *stack.Stack, addr tcpip.Address) error {
	for k, a := range i.addrs {
		if a.addr == addr {
			i.addrs = append(i.addrs[:k:k], i.addrs[k+1:]...)
			if i.flags&abi.IFF_UP == 0 && i.nic != loNIC {
				return nil
			}
			return errno(s.RemoveAddress(loNIC, addr))
		}
	}
	return abi.EADDRNOTAVAIL
}

// setUp brings i up or down: lo0 itself, or the addresses of another.
// Preconditions: the list is locked.
func (i *iface) setUp(s *stack.Stack, up bool) error {
	if up == (i.flags&abi.IFF_UP != 0) {
		return nil
	}
	if up {
		i.flags |= upFlags
	} else {
		i.flags &^= upFlags
	}
	switch {
	case i.nic == loNIC && up:
		return errno(s.EnableNIC(loNIC))
	case i.nic == loNIC:
		return errno(s.DisableNIC(loNIC))
	}
	for _, a := range i.addrs {
		if up {
			_ = enter(s, a)
		} else {
			_ = s.RemoveAddress(loNIC, a.addr)
		}
	}
	return nil
}
