// Options of ip6(4) and icmp6(4).
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (e *endpoint) setIP6(l *proc.LWP, name int32, val []byte) error {
	if i, ok := headerOf(name); ok {
		return e.setHeader(i, val, l.Cred().IsRoot())
	}
	if f, rootOnly := headerFlag(name); f != 0 {
		if rootOnly && !l.Cred().IsRoot() {
			return abi.EPERM
		}
		return e.setHeaderFlag(f, val)
	}
	switch {
	case name == abi.IPV6_JOIN_GROUP || name == abi.IPV6_LEAVE_GROUP:
		return e.setMembership6(name == abi.IPV6_JOIN_GROUP, val)
	case ofGroups6(name):
		return e.setMulticast6(name, val)
	case name == abi.IPV6_PKTINFO:
		return e.setPktinfo(val)
	case name == abi.IPV6_PATHMTU:
		return abi.ENOPROTOOPT
	case e.keepsOption(name):
		return e.setKept(name, val)
	}
	v, err := net.Int(val)
	if name == abi.IPV6_HOPLIMIT && err != nil {
		return err
	}
	if _, err := e.getIP6(name); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	so := e.ep.SocketOptions()
	switch name {
	case abi.IPV6_V6ONLY:
		if a, err := e.ep.GetLocalAddress(); err != nil || a.Port != 0 && e.kind != kindRaw {
			return abi.EINVAL
		}
		so.SetV6Only(v != 0)
	case abi.IPV6_RECVPKTINFO:
		so.SetIPv6ReceivePacketInfo(v != 0)
	case abi.IPV6_RECVHOPLIMIT:
		so.SetReceiveHopLimit(v != 0)
	case abi.IPV6_RECVTCLASS:
		so.SetReceiveTClass(v != 0)
	default:
		return e.setIP6Int(name, v)
	}
	return nil
}

// setIP6Int sets options with a range of values.
func (e *endpoint) setIP6Int(name, v int32) error {
	inRange := func(low, high int32) bool { return v >= low && v <= high }
	switch {
	case name == abi.IPV6_UNICAST_HOPS && inRange(-1, 255):
		return e.setInt(tcpip.IPv6HopLimitOption, int(v))
	case name == abi.IPV6_TCLASS && inRange(-1, 255):
		return e.setInt(tcpip.IPv6TrafficClassOption, max(int(v), 0))
	case name == abi.IPV6_CHECKSUM && v >= -1 && v%2 != 1:
		return e.setInt(tcpip.IPv6Checksum, int(v))
	}
	return abi.EINVAL
}

func (e *endpoint) getIP6(name int32) ([]byte, error) {
	if i, ok := headerOf(name); ok {
		return e.extra.get().headers.get(i), nil
	}
	if f, _ := headerFlag(name); f != 0 {
		return net.FromBool(e.extra.wants(f)), nil
	}
	so := e.ep.SocketOptions()
	switch name {
	case abi.IPV6_V6ONLY:
		return net.FromBool(so.GetV6Only()), nil
	case abi.IPV6_RECVPKTINFO:
		return net.FromBool(so.GetIPv6ReceivePacketInfo()), nil
	case abi.IPV6_RECVHOPLIMIT:
		return net.FromBool(so.GetReceiveHopLimit()), nil
	case abi.IPV6_RECVTCLASS:
		return net.FromBool(so.GetReceiveTClass()), nil
	case abi.IPV6_UNICAST_HOPS:
		return e.hops()
	case abi.IPV6_TCLASS:
		return e.getInt(tcpip.IPv6TrafficClassOption)
	case abi.IPV6_CHECKSUM:
		if e.kind == kindRaw {
			return e.getInt(tcpip.IPv6Checksum)
		}
	case abi.IPV6_JOIN_GROUP, abi.IPV6_LEAVE_GROUP, abi.IPV6_MULTICAST_IF, abi.IPV6_MULTICAST_HOPS, abi.IPV6_MULTICAST_LOOP:
		return e.getMulticast6(name)
	case abi.IPV6_PKTINFO:
		info := e.extra.get().pktinfo
		return append([]byte(nil), usermem.BytesOf(&info)...), nil
	case abi.IPV6_PATHMTU:
		return e.pathMTU()
	}
	if e.keepsOption(name) {
		return e.getKept(name), nil
	}
	return nil, abi.ENOPROTOOPT
}

func (e *endpoint) hops() ([]byte, error) {
	v, err := e.ep.GetSockOptInt(tcpip.IPv6HopLimitOption)
	if err != nil {
		return nil, errno(err)
	}
	if v == tcpip.UseDefaultIPv6HopLimit {
		v = -1
	}
	return net.Value(int32(v)), nil
}

// setICMP6 takes ICMP6_FILTER, whose bits pass types; the stack's block them.
func (e *endpoint) setICMP6(name int32, val []byte) error {
	if name != abi.ICMP6_FILTER {
		return abi.ENOPROTOOPT
	}
	var f tcpip.ICMPv6Filter
	if len(val) != 32 {
		return abi.EINVAL
	}
	copy(usermem.BytesOf(&f.DenyType), val)
	for i := range f.DenyType {
		f.DenyType[i] = ^f.DenyType[i]
	}
	return errno(e.ep.SetSockOpt(&f))
}

func (e *endpoint) getICMP6(name int32) ([]byte, error) {
	if name != abi.ICMP6_FILTER {
		return nil, abi.ENOPROTOOPT
	}
	var f tcpip.ICMPv6Filter
	if err := e.ep.GetSockOpt(&f); err != nil {
		return nil, errno(err)
	}
	for i := range f.DenyType {
		f.DenyType[i] = ^f.DenyType[i]
	}
	return append([]byte(nil), usermem.BytesOf(&f.DenyType)...), nil
}
