// Options of ip6(4) and icmp6(4).
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (e *endpoint) setIP6(name int32, val []byte) error {
	if name == abi.IPV6_JOIN_GROUP || name == abi.IPV6_LEAVE_GROUP {
		return e.setMembership6(name == abi.IPV6_JOIN_GROUP, val)
	}
	switch {
	case name == abi.IPV6_PKTINFO:
		return e.setPktinfo(val)
	case name == abi.IPV6_NEXTHOP:
		return setNextHop(val)
	case name == abi.IPV6_PATHMTU:
		return abi.ENOPROTOOPT
	case e.keepsOption(name):
		return e.setKept(name, val)
	}
	if _, err := e.getIP6(name); err != nil {
		return err
	}
	v, err := net.Int(val)
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
	case abi.IPV6_MULTICAST_LOOP:
		if v != 0 && v != 1 {
			return abi.EINVAL
		}
		so.SetMulticastLoop(v != 0)
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
	case name == abi.IPV6_MULTICAST_HOPS && inRange(-1, 255):
		return e.setInt(tcpip.MulticastTTLOption, multicastHops(v))
	case name == abi.IPV6_TCLASS && inRange(-1, 255):
		return e.setInt(tcpip.IPv6TrafficClassOption, max(int(v), 0))
	case name == abi.IPV6_MULTICAST_IF && v >= 0:
		return e.setInt(tcpip.IPv6MulticastInterfaceOption, int(v))
	case name == abi.IPV6_CHECKSUM && v >= -1:
		return e.setInt(tcpip.IPv6Checksum, int(v))
	case name == abi.IPV6_PORTRANGE:
		return e.setPortRange(v)
	case name == abi.IPV6_USE_MIN_MTU && inRange(abi.IP6PO_MINMTU_MCASTONLY, abi.IP6PO_MINMTU_ALL):
		e.extra.amend(func(r *rare) { r.minMTU = v })
		return nil
	}
	return abi.EINVAL
}

// multicastHops returns the hop limit that v asks for; -1 asks for the default.
func multicastHops(v int32) int {
	if v < 0 {
		return abi.IPV6_DEFAULT_MULTICAST_HOPS
	}
	return int(v)
}

// setMembership6 joins or leaves the group in a struct ipv6_mreq.
func (e *endpoint) setMembership6(join bool, val []byte) error {
	if len(val) != 20 || e.kind == kindTCP {
		return abi.EINVAL
	}
	m := tcpip.MembershipOption{MulticastAddr: tcpip.AddrFrom16([16]byte(val)), NIC: tcpip.NICID(binary.LittleEndian.Uint32(val[16:]))}
	if !header.IsV6MulticastAddress(m.MulticastAddr) {
		return abi.EINVAL
	}
	if m.NIC == 0 {
		m.NIC = e.in.groupNIC(m.MulticastAddr)
	}
	if !e.stack.HasNIC(m.NIC) {
		return abi.ENXIO
	}
	return e.changeMembership(join, m)
}

func (e *endpoint) getIP6(name int32) ([]byte, error) {
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
	case abi.IPV6_PORTRANGE:
		return net.Value(e.extra.get().portRange), nil
	case abi.IPV6_USE_MIN_MTU:
		return net.Value(e.extra.get().minMTU), nil
	case abi.IPV6_CHECKSUM:
		if e.kind == kindRaw {
			return e.getInt(tcpip.IPv6Checksum)
		}
	case abi.IPV6_JOIN_GROUP, abi.IPV6_LEAVE_GROUP:
		return nil, abi.EOPNOTSUPP
	case abi.IPV6_MULTICAST_IF, abi.IPV6_MULTICAST_HOPS, abi.IPV6_MULTICAST_LOOP:
		return e.getMulticast6(name)
	case abi.IPV6_PKTINFO:
		info := e.extra.get().pktinfo
		return append([]byte(nil), usermem.BytesOf(&info)...), nil
	case abi.IPV6_NEXTHOP:
		return nil, nil
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

func (e *endpoint) getMulticast6(name int32) ([]byte, error) {
	if e.kind == kindTCP {
		return nil, abi.ENOPROTOOPT
	}
	switch name {
	case abi.IPV6_MULTICAST_HOPS:
		return e.getInt(tcpip.MulticastTTLOption)
	case abi.IPV6_MULTICAST_LOOP:
		return net.FromBool(e.ep.SocketOptions().GetMulticastLoop()), nil
	}
	return e.getInt(tcpip.IPv6MulticastInterfaceOption)
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
