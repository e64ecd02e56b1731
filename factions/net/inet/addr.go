// Socket addresses of IPv4 and IPv6, to and from the stack's.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Sizes of struct sockaddr_in and sockaddr_in6.
const (
	sizeSockaddrIn  = 16
	sizeSockaddrIn6 = 28
)

// parseAddr returns the address in a sockaddr of the socket's family: EINVAL
// for a wrong length, EAFNOSUPPORT for another family. An unspecified address
// has all zeros, not length 0.
func parseAddr(b []byte, v6 bool) (tcpip.FullAddress, error) {
	size, af := sizeSockaddrIn, byte(abi.AF_INET)
	if v6 {
		size, af = sizeSockaddrIn6, abi.AF_INET6
	}
	if len(b) != size {
		return tcpip.FullAddress{}, abi.EINVAL
	}
	if b[1] != af {
		return tcpip.FullAddress{}, abi.EAFNOSUPPORT
	}
	a := tcpip.FullAddress{Port: binary.BigEndian.Uint16(b[2:])}
	if v6 {
		a.Addr = tcpip.AddrFrom16([16]byte(b[8:24]))
		a.NIC = tcpip.NICID(binary.LittleEndian.Uint32(b[24:]))
	} else {
		a.Addr = tcpip.AddrFrom4([4]byte(b[4:8]))
	}
	return a, nil
}

// appendAddr appends the sockaddr of a to buf. An IPv4 address of an IPv6
// socket is shown mapped into IPv6.
func appendAddr(buf []byte, a tcpip.FullAddress, v6 bool) []byte {
	if !v6 {
		var b [sizeSockaddrIn]byte
		b[0], b[1] = sizeSockaddrIn, abi.AF_INET
		binary.BigEndian.PutUint16(b[2:], a.Port)
		copy(b[4:8], a.Addr.AsSlice())
		return append(buf, b[:]...)
	}
	var b [sizeSockaddrIn6]byte
	b[0], b[1] = sizeSockaddrIn6, abi.AF_INET6
	binary.BigEndian.PutUint16(b[2:], a.Port)
	switch ip := a.Addr.AsSlice(); len(ip) {
	case 4:
		b[18], b[19] = 0xff, 0xff
		copy(b[20:24], ip)
	case 16:
		copy(b[8:24], ip)
		if ip[0] == 0xfe && ip[1]&0xc0 == 0x80 {
			binary.LittleEndian.PutUint32(b[24:], uint32(a.NIC))
		}
	}
	return append(buf, b[:]...)
}

// spread makes the broadcast address of the first interface that has one of
// 255.255.255.255, to which no route leads.
func (in *Inet) spread(a *tcpip.Address) {
	if *a != header.IPv4Broadcast {
		return
	}
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		if o, ok := i.first(false, tcpip.Address{}); ok && i.eth != nil {
			if o.brd.Len() != 0 {
				*a = o.brd
			}
			return
		}
	}
}

// wildcard returns a with an unspecified address of length 0, which is how
// the stack spells one to bind to.
func wildcard(a tcpip.FullAddress) tcpip.FullAddress {
	if a.Addr.Unspecified() {
		a.Addr = tcpip.Address{}
	}
	return a
}
