// Addresses: as networks and programs write them, and as sockets have them.

package client

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// endpoint is what a network and an address mean to a socket.
type endpoint struct {
	family, typ int
	sa          []byte
}

// local and stream describe networks.
func isUnix(network string) bool { return strings.HasPrefix(network, "unix") }

// resolve makes an endpoint of an address. Hosts are numbers or "localhost";
// the empty host is any address of this host for listening, else the loopback.
func resolve(network, address string, listening bool) (endpoint, error) {
	typ := abi.SOCK_STREAM
	switch network {
	case "tcp", "tcp4", "tcp6", "unix":
	case "udp", "udp4", "udp6", "unixgram":
		typ = abi.SOCK_DGRAM
	case "unixpacket":
		typ = abi.SOCK_SEQPACKET
	default:
		return endpoint{}, net.UnknownNetworkError(network)
	}
	if isUnix(network) {
		sa, err := AppendSockaddrUn(nil, address)
		return endpoint{abi.AF_LOCAL, typ, sa}, err
	}
	ap, err := parseAddrPort(network, address, listening)
	if err != nil {
		return endpoint{}, err
	}
	family := abi.AF_INET6
	if ap.Addr().Is4() {
		family = abi.AF_INET
	}
	return endpoint{family, typ, AppendSockaddr(nil, ap)}, nil
}

// parseAddrPort reads host:port.
func parseAddrPort(network, address string, listening bool) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, &net.AddrError{Err: "the port is not a number below 65536", Addr: address}
	}
	v6 := strings.HasSuffix(network, "6")
	ip, ok := wellKnown(host, v6, listening)
	if !ok {
		if ip, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, &net.AddrError{Err: "the host is not an address", Addr: address}
		}
	}
	if ip.Is4In6() && !v6 {
		ip = ip.Unmap()
	}
	if v6 == ip.Is4() && network[3:] != "" {
		return netip.AddrPort{}, &net.AddrError{Err: "not an address of " + network, Addr: address}
	}
	return netip.AddrPortFrom(ip, uint16(n)), nil
}

// wellKnown are the hosts that are known without looking.
func wellKnown(host string, v6, listening bool) (netip.Addr, bool) {
	switch {
	case host == "" && listening && v6:
		return netip.IPv6Unspecified(), true
	case host == "" && listening:
		return netip.IPv4Unspecified(), true
	case host != "" && host != "localhost":
		return netip.Addr{}, false
	case v6:
		return netip.IPv6Loopback(), true
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
}

// netAddr is the address of a socket as package net has it.
func netAddr(typ int, sa []byte) net.Addr {
	if len(sa) < 2 || sa[1] == abi.AF_LOCAL {
		path, _ := SockaddrPath(sa)
		return &net.UnixAddr{Name: path, Net: unixNetwork(typ)}
	}
	ap, err := AddrPort(sa)
	switch {
	case err != nil:
		return nil
	case typ == abi.SOCK_STREAM:
		return net.TCPAddrFromAddrPort(ap)
	}
	return udpAddr(ap)
}

// udpAddr is net.UDPAddrFromAddrPort in one piece of memory: who receives
// datagrams makes one for each.
func udpAddr(ap netip.AddrPort) *net.UDPAddr {
	a := &struct {
		net.UDPAddr
		ip [16]byte
	}{UDPAddr: net.UDPAddr{Port: int(ap.Port()), Zone: ap.Addr().Zone()}}
	if ip := ap.Addr(); ip.Is4() {
		v4 := ip.As4()
		a.IP = append(a.ip[:0], v4[:]...)
	} else {
		a.ip = ip.As16()
		a.IP = a.ip[:]
	}
	return &a.UDPAddr
}

func unixNetwork(typ int) string {
	switch typ {
	case abi.SOCK_DGRAM:
		return "unixgram"
	case abi.SOCK_SEQPACKET:
		return "unixpacket"
	}
	return "unix"
}

// appendSockaddr appends an address of package net as a socket has it. EINVAL
// for one that is of another kind.
func appendSockaddr(dst []byte, a net.Addr) ([]byte, error) {
	switch a := a.(type) {
	case *net.UDPAddr:
		ap := a.AddrPort()
		return AppendSockaddr(dst, netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())), nil
	case *net.UnixAddr:
		return AppendSockaddrUn(dst, a.Name)
	}
	return nil, abi.EINVAL
}
