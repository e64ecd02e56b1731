// Addresses of sockets, as bytes and as Go has them. The first byte of a
// NetBSD sockaddr is its length, the second its family.

package client

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Sizes in bytes of struct sockaddr_in and sockaddr_in6, and where the path of
// a sockaddr_un is.
const (
	sizeofSockaddrIn  = 16
	sizeofSockaddrIn6 = 28
	sizeofSockaddrUn  = 106
	sockaddrUnPath    = 2
)

// AppendSockaddr appends a as a struct sockaddr_in or sockaddr_in6. A zone is
// the number of an interface; any other counts as none.
func AppendSockaddr(dst []byte, a netip.AddrPort) []byte {
	ip := a.Addr()
	if ip.Is4() {
		v4 := ip.As4()
		dst = append(dst, sizeofSockaddrIn, abi.AF_INET)
		dst = binary.BigEndian.AppendUint16(dst, a.Port())
		dst = append(dst, v4[:]...)
		return append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	v6 := ip.As16()
	zone, _ := strconv.ParseUint(ip.Zone(), 10, 32)
	dst = append(dst, sizeofSockaddrIn6, abi.AF_INET6)
	dst = binary.BigEndian.AppendUint16(dst, a.Port())
	dst = append(dst, 0, 0, 0, 0)
	dst = append(dst, v6[:]...)
	return binary.LittleEndian.AppendUint32(dst, uint32(zone))
}

// AddrPort returns the address in a struct sockaddr_in or sockaddr_in6.
// EAFNOSUPPORT for any other, EINVAL for one that is too short.
func AddrPort(sa []byte) (netip.AddrPort, error) {
	if len(sa) < 2 {
		return netip.AddrPort{}, abi.EINVAL
	}
	switch sa[1] {
	case abi.AF_INET:
		if len(sa) < 8 {
			return netip.AddrPort{}, abi.EINVAL
		}
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(sa[4:8])), binary.BigEndian.Uint16(sa[2:])), nil
	case abi.AF_INET6:
		if len(sa) < sizeofSockaddrIn6 {
			return netip.AddrPort{}, abi.EINVAL
		}
		ip := netip.AddrFrom16([16]byte(sa[8:24]))
		if zone := binary.LittleEndian.Uint32(sa[24:]); zone != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(zone), 10))
		}
		return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(sa[2:])), nil
	}
	return netip.AddrPort{}, abi.EAFNOSUPPORT
}

// AppendSockaddrUn appends a struct sockaddr_un of a path. ENAMETOOLONG for
// more than 103 bytes.
func AppendSockaddrUn(dst []byte, path string) ([]byte, error) {
	n := sockaddrUnPath + len(path) + 1
	if n > sizeofSockaddrUn {
		return nil, abi.ENAMETOOLONG
	}
	dst = append(dst, byte(n), abi.AF_LOCAL)
	return append(append(dst, path...), 0), nil
}

// SockaddrPath returns the path in a struct sockaddr_un, "" for a socket
// without a name. EAFNOSUPPORT for any other address.
func SockaddrPath(sa []byte) (string, error) {
	if len(sa) < 2 {
		return "", nil
	}
	if sa[1] != abi.AF_LOCAL {
		return "", abi.EAFNOSUPPORT
	}
	return cString(sa[sockaddrUnPath:]), nil
}

// cString is the text in b in front of the first NUL.
func cString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
