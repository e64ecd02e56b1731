// Multicast over IPv4: interface, lifetime and membership.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func (e *endpoint) setMulticast(name int32, val []byte) error {
	if e.kind == kindTCP {
		return abi.EOPNOTSUPP
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
		return errno(e.ep.SetSockOpt(&tcpip.MulticastInterfaceOption{InterfaceAddr: a}))
	case abi.IP_MULTICAST_TTL:
		v, err := byteOrInt(val, 255)
		if err != nil {
			return err
		}
		return e.setInt(tcpip.MulticastTTLOption, v)
	case abi.IP_MULTICAST_LOOP:
		v, err := byteOrInt(val, 1)
		if err != nil {
			return err
		}
		e.ep.SocketOptions().SetMulticastLoop(v != 0)
		return nil
	}
	return e.setMembership(name == abi.IP_ADD_MEMBERSHIP, val)
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
func (e *endpoint) setMembership(join bool, val []byte) error {
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
	return e.changeMembership(join, m)
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
func (e *endpoint) changeMembership(join bool, m tcpip.MembershipOption) error {
	var err error
	e.extra.amend(func(r *rare) {
		switch {
		case join && r.memberships >= abi.IP_MAX_MEMBERSHIPS:
			err = abi.ETOOMANYREFS
		case join:
			if err = errno(e.ep.SetSockOpt(ptr(tcpip.AddMembershipOption(m)))); err == nil {
				r.memberships++
			}
		case e.ep.SetSockOpt(ptr(tcpip.RemoveMembershipOption(m))) != nil:
			err = abi.EADDRNOTAVAIL
		default:
			r.memberships--
		}
	})
	return err
}

func (e *endpoint) getMulticast(name int32) ([]byte, error) {
	switch name {
	case abi.IP_MULTICAST_TTL:
		v, err := e.ep.GetSockOptInt(tcpip.MulticastTTLOption)
		return []byte{byte(v)}, errno(err)
	case abi.IP_MULTICAST_LOOP:
		if e.ep.SocketOptions().GetMulticastLoop() {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	}
	var o tcpip.MulticastInterfaceOption
	if err := e.ep.GetSockOpt(&o); err != nil {
		return nil, errno(err)
	}
	var b [4]byte
	copy(b[:], o.InterfaceAddr.AsSlice())
	return b[:], nil
}
