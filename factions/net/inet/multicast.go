// Multicast over IPv4: interface, lifetime and membership.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ofGroups reports a multicast option of IPv4. Sockets of IPv6 have them too.
func ofGroups(name int32) bool {
	switch name {
	case abi.IP_MULTICAST_IF, abi.IP_MULTICAST_TTL, abi.IP_MULTICAST_LOOP, abi.IP_ADD_MEMBERSHIP, abi.IP_DROP_MEMBERSHIP:
		return true
	}
	return false
}

// groups returns the stack's endpoint that has the multicast options of a
// version of IP: the socket's own, or for TCP and the other version one that
// does nothing else.
func (e *endpoint) groups(v6 bool) (ep tcpip.Endpoint, err error) {
	if e.kind != kindTCP && v6 == e.v6 {
		return e.ep, nil
	}
	e.extra.amend(func(r *rare) {
		at := &r.groups[0]
		if v6 {
			at = &r.groups[1]
		}
		if *at == nil {
			var terr tcpip.Error
			if *at, terr = e.stack.NewEndpoint(udp.ProtocolNumber, number(v6), new(waiter.Queue)); terr != nil {
				*at, err = nil, errno(terr)
			}
		}
		ep = *at
	})
	return ep, err
}

func (e *endpoint) setMulticast(name int32, val []byte) error {
	ep, err := e.groups(false)
	if err != nil {
		return err
	}
	switch name {
	case abi.IP_MULTICAST_IF:
		if len(val) != 4 {
			return abi.EINVAL
		}
		a := tcpip.AddrFrom4([4]byte(val))
		if a.Unspecified() {
			a = tcpip.Address{}
		} else if e.stack.CheckLocalAddress(0, ipv4.ProtocolNumber, a) == 0 {
			return abi.EADDRNOTAVAIL
		}
		return errno(ep.SetSockOpt(&tcpip.MulticastInterfaceOption{InterfaceAddr: a}))
	case abi.IP_MULTICAST_TTL:
		v, err := byteOrInt(val, 255)
		if err != nil {
			return err
		}
		return errno(ep.SetSockOptInt(tcpip.MulticastTTLOption, v))
	case abi.IP_MULTICAST_LOOP:
		v, err := byteOrInt(val, 1)
		if err != nil {
			return err
		}
		ep.SocketOptions().SetMulticastLoop(v != 0)
		return nil
	}
	return e.setMembership(ep, name == abi.IP_ADD_MEMBERSHIP, val)
}

// byteOrInt returns a value that may be a char or an int, 0 to most.
func byteOrInt(val []byte, most int) (int, error) {
	v := 0
	switch len(val) {
	case 1:
		v = int(val[0])
	case 4:
		v = int(int32(uint32(val[0]) | uint32(val[1])<<8 | uint32(val[2])<<16 | uint32(val[3])<<24))
	default:
		return 0, abi.EINVAL
	}
	if v < 0 || v > most {
		return 0, abi.EINVAL
	}
	return v, nil
}

// setMembership joins or leaves the group in a struct ip_mreq.
func (e *endpoint) setMembership(ep tcpip.Endpoint, join bool, val []byte) error {
	if len(val) != 8 {
		return abi.EINVAL
	}
	group, iface := tcpip.AddrFrom4([4]byte(val)), tcpip.AddrFrom4([4]byte(val[4:]))
	if !header.IsV4MulticastAddress(group) {
		return abi.EINVAL
	}
	m := tcpip.MembershipOption{MulticastAddr: group}
	if iface.Unspecified() {
		m.NIC = e.in.groupNIC(group)
	} else if m.NIC = e.stack.CheckLocalAddress(0, ipv4.ProtocolNumber, iface); m.NIC == 0 {
		return abi.EADDRNOTAVAIL
	}
	return e.changeMembership(ep, join, m)
}

// groupNIC returns the interface of a group for which a program names none: that
// of the route to it, or the first Ethernet interface that is up, or lo0.
func (in *Inet) groupNIC(group tcpip.Address) tcpip.NICID {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	if r, ok := in.ifs.lookup(group); ok {
		return r.via.home()
	}
	for _, i := range in.ifs.list {
		if i.eth != nil && i.up() {
			return i.nic
		}
	}
	return loNIC
}

// changeMembership joins or leaves a group: EADDRINUSE for one joined
// already, EADDRNOTAVAIL for one not joined, ETOOMANYREFS for too many.
func (e *endpoint) changeMembership(ep tcpip.Endpoint, join bool, m tcpip.MembershipOption) error {
	var err error
	e.extra.amend(func(r *rare) {
		switch {
		case join && r.memberships >= abi.IP_MAX_MEMBERSHIPS:
			err = abi.ETOOMANYREFS
		case join:
			if err = errno(ep.SetSockOpt(ptr(tcpip.AddMembershipOption(m)))); err == nil {
				r.memberships++
			}
		case ep.SetSockOpt(ptr(tcpip.RemoveMembershipOption(m))) != nil:
			err = abi.EADDRNOTAVAIL
		default:
			r.memberships--
		}
	})
	return err
}

func (e *endpoint) getMulticast(name int32) ([]byte, error) {
	ep, err := e.groups(false)
	if err != nil {
		return nil, err
	}
	switch name {
	case abi.IP_MULTICAST_TTL:
		v, err := ep.GetSockOptInt(tcpip.MulticastTTLOption)
		return []byte{byte(v)}, errno(err)
	case abi.IP_MULTICAST_LOOP:
		return net.FromBool(ep.SocketOptions().GetMulticastLoop())[:1], nil
	case abi.IP_ADD_MEMBERSHIP, abi.IP_DROP_MEMBERSHIP:
		return nil, abi.EOPNOTSUPP
	}
	var o tcpip.MulticastInterfaceOption
	if err := ep.GetSockOpt(&o); err != nil {
		return nil, errno(err)
	}
	var b [4]byte
	copy(b[:], o.InterfaceAddr.AsSlice())
	return b[:], nil
}
