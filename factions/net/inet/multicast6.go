// Multicast over IPv6: interface, hop limit and membership.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ofGroups6 reports an option of multicast packets that are sent.
func ofGroups6(name int32) bool {
	return name == abi.IPV6_MULTICAST_IF || name == abi.IPV6_MULTICAST_HOPS || name == abi.IPV6_MULTICAST_LOOP
}

// setMulticast6 sets one: ENXIO for an interface that is not there.
func (e *endpoint) setMulticast6(name int32, val []byte) error {
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	ep, err := e.groups(true)
	if err != nil {
		return err
	}
	switch {
	case name == abi.IPV6_MULTICAST_LOOP && (v == 0 || v == 1):
		ep.SocketOptions().SetMulticastLoop(v != 0)
	case name == abi.IPV6_MULTICAST_HOPS && v >= -1 && v <= 255:
		if v < 0 {
			v = abi.IPV6_DEFAULT_MULTICAST_HOPS
		}
		return errno(ep.SetSockOptInt(tcpip.MulticastTTLOption, int(v)))
	case name == abi.IPV6_MULTICAST_IF:
		if v != 0 && !e.stack.HasNIC(tcpip.NICID(v)) {
			return abi.ENXIO
		}
		return errno(ep.SetSockOptInt(tcpip.IPv6MulticastInterfaceOption, int(v)))
	default:
		return abi.EINVAL
	}
	return nil
}

// setMembership6 joins or leaves the group in a struct ipv6_mreq, which may be
// one of IPv4: ENXIO for an interface that is not there.
func (e *endpoint) setMembership6(join bool, val []byte) error {
	if len(val) != 20 {
		return abi.EINVAL
	}
	m := tcpip.MembershipOption{MulticastAddr: tcpip.AddrFrom16([16]byte(val)), NIC: tcpip.NICID(binary.LittleEndian.Uint32(val[16:]))}
	v6 := !header.IsV4MappedAddress(m.MulticastAddr)
	if !v6 {
		m.MulticastAddr = tcpip.AddrFrom4([4]byte(val[12:16]))
	}
	if !header.IsV6MulticastAddress(m.MulticastAddr) && !header.IsV4MulticastAddress(m.MulticastAddr) {
		return abi.EINVAL
	}
	if m.NIC == 0 {
		m.NIC = e.in.groupNIC(m.MulticastAddr)
	}
	if !e.stack.HasNIC(m.NIC) {
		return abi.ENXIO
	}
	ep, err := e.groups(v6)
	if err != nil {
		return err
	}
	return e.changeMembership(ep, join, m)
}

// getMulticast6 returns an option of multicast.
func (e *endpoint) getMulticast6(name int32) ([]byte, error) {
	ep, err := e.groups(true)
	if err != nil {
		return nil, err
	}
	opt := tcpip.MulticastTTLOption
	switch name {
	case abi.IPV6_JOIN_GROUP, abi.IPV6_LEAVE_GROUP:
		return nil, abi.EOPNOTSUPP
	case abi.IPV6_MULTICAST_LOOP:
		return net.FromBool(ep.SocketOptions().GetMulticastLoop()), nil
	case abi.IPV6_MULTICAST_IF:
		opt = tcpip.IPv6MulticastInterfaceOption
	}
	v, terr := ep.GetSockOptInt(opt)
	if terr != nil {
		return nil, errno(terr)
	}
	return net.Value(int32(v)), nil
}
