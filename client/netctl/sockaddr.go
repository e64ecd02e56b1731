// Socket addresses in routing messages: they may be cut where only zeros
// follow, and link-local ones hold the number of their interface inside.

package netctl

import (
	"encoding/binary"
	"math/bits"
	"net"
	"net/netip"
	"strconv"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Sockaddr is the bytes of a socket address.
type Sockaddr []byte

// Family is the address family, 0 for none.
func (s Sockaddr) Family() int {
	if len(s) < 2 {
		return 0
	}
	return int(s[1])
}

// at returns n bytes from off on, with zeros for those that were cut.
func (s Sockaddr) at(off, n int) []byte {
	b := make([]byte, n)
	if off < len(s) {
		copy(b, s[off:])
	}
	return b
}

// Addr is the IP address, invalid for one of another family. The zone of a
// link-local one is the number of its interface.
func (s Sockaddr) Addr() netip.Addr {
	switch s.Family() {
	case abi.AF_INET:
		return netip.AddrFrom4([4]byte(s.at(4, 4)))
	case abi.AF_INET6:
		return addr6([16]byte(s.at(8, 16)), binary.LittleEndian.Uint32(s.at(24, 4)))
	}
	return netip.Addr{}
}

// addr6 takes the number of the interface out of a link-local address.
func addr6(b [16]byte, zone uint32) netip.Addr {
	a := netip.AddrFrom16(b)
	if !a.IsLinkLocalUnicast() && !a.IsLinkLocalMulticast() && !a.IsInterfaceLocalMulticast() {
		return a
	}
	if inside := binary.BigEndian.Uint16(b[2:]); inside != 0 {
		zone = uint32(inside)
		b[2], b[3] = 0, 0
		a = netip.AddrFrom16(b)
	}
	if zone != 0 {
		return a.WithZone(strconv.Itoa(int(zone)))
	}
	return a
}

// ones is the length of the mask, which belongs to an address of family
// family; all bits of it when there is none.
func (s Sockaddr) ones(family int) int {
	off, n := 4, 4
	if family == abi.AF_INET6 {
		off, n = 8, 16
	}
	if s == nil {
		return n * 8
	}
	sum := 0
	for _, b := range s.at(off, n) {
		sum += bits.OnesCount8(b)
	}
	return sum
}

// Link is what a link-level address holds.
type Link struct {
	Index int
	Type  int // IFT_
	Name  string
	Addr  net.HardwareAddr
}

// Link is the link-level address; ok is false for another.
func (s Sockaddr) Link() (l Link, ok bool) {
	if s.Family() != abi.AF_LINK || len(s) < sdlData {
		return l, false
	}
	name, addr := int(s[5]), int(s[6])
	l = Link{Index: int(binary.LittleEndian.Uint16(s[2:])), Type: int(s[4])}
	l.Name = string(s.at(sdlData, name))
	if addr > 0 {
		l.Addr = s.at(sdlData+name, addr)
	}
	return l, true
}

// sdlData is where the name and the address are in a struct sockaddr_dl, and
// sizeofSockaddrDl the least size of one.
const sdlData, sizeofSockaddrDl = 8, 20

// linkSockaddr makes a link-level address.
func linkSockaddr(l Link) Sockaddr {
	n := max(sizeofSockaddrDl, sdlData+len(l.Name)+len(l.Addr))
	s := make(Sockaddr, sdlData, n)
	s[0], s[1], s[4], s[5], s[6] = byte(n), abi.AF_LINK, byte(l.Type), byte(len(l.Name)), byte(len(l.Addr))
	binary.LittleEndian.PutUint16(s[2:], uint16(l.Index))
	s = append(append(s, l.Name...), l.Addr...)
	return s[:n]
}

// ipSockaddr makes the socket address of an IP address. A zone is the number
// of an interface.
func ipSockaddr(a netip.Addr) Sockaddr {
	return client.AppendSockaddr(nil, netip.AddrPortFrom(a, 0))
}

// maskSockaddr makes the mask of a prefix.
func maskSockaddr(p netip.Prefix) Sockaddr {
	b := make([]byte, p.Addr().BitLen()/8)
	for i := range p.Bits() {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return ipSockaddr(a)
}
