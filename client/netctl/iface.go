// Interfaces and their addresses, as net.route lists them.

package netctl

import (
	"net"
	"net/netip"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Interface is a network interface.
type Interface struct {
	Name  string
	Index int
	Flags int // IFF_
	Data  abi.IfData
	// Link is the active link-level address, empty for none.
	Link  net.HardwareAddr
	Addrs []Addr
}

// Addr is an address of an interface.
type Addr struct {
	// Prefix is the address with the length of its network's prefix.
	Prefix netip.Prefix
	// Zone is that of a link-local address.
	Zone string
	// Broadcast is the address of all, or the other end of a link between two;
	// invalid for none.
	Broadcast netip.Addr
}

// IP is the address with its zone.
func (a Addr) IP() netip.Addr { return a.Prefix.Addr().WithZone(a.Zone) }

// Interfaces returns all interfaces in order of their numbers.
func (n Net) Interfaces() ([]Interface, error) {
	b, err := n.rtable(0, abi.NET_RT_IFLIST, 0)
	if err != nil {
		return nil, err
	}
	var list []Interface
	for _, m := range parseMessages(b) {
		switch {
		case m.Type == abi.RTM_IFINFO:
			l, _ := m.Addrs[abi.RTAX_IFP].Link()
			list = append(list, Interface{Name: l.Name, Index: m.Index, Flags: m.Flags, Data: m.Data, Link: l.Addr})
		case m.Type == abi.RTM_NEWADDR && len(list) > 0:
			i := &list[len(list)-1]
			if a, ok := address(&m, i.Flags); ok {
				i.Addrs = append(i.Addrs, a)
			}
		}
	}
	return list, nil
}

// address makes an address of the message about it. flags are the interface's.
func address(m *Message, flags int) (Addr, bool) {
	sa := m.Addrs[abi.RTAX_IFA]
	ip := sa.Addr()
	if !ip.IsValid() {
		return Addr{}, false
	}
	a := Addr{Prefix: netip.PrefixFrom(ip, m.Addrs[abi.RTAX_NETMASK].ones(sa.Family())), Zone: ip.Zone()}
	if flags&(abi.IFF_BROADCAST|abi.IFF_POINTOPOINT) != 0 {
		a.Broadcast = m.Addrs[abi.RTAX_BRD].Addr()
	}
	return a, true
}

// Interface returns one interface: a NoInterface error when it is not there.
func (n Net) Interface(name string) (Interface, error) {
	all, err := n.Interfaces()
	if err != nil {
		return Interface{}, err
	}
	no := NoInterface{Name: name}
	for _, i := range all {
		if i.Name == name {
			return i, nil
		}
		no.There = append(no.There, i.Name)
	}
	return Interface{}, no
}

// LinkString returns what a virtual interface is connected to, "" for nothing:
// EINVAL or ENOTTY when it is not of that kind.
func (n Net) LinkString(name string) (string, error) {
	var err error
	buf := make([]byte, 1024)
	req := abi.Ifdrv{Len: uint64(len(buf))}
	if req.Name, err = ifName(name); err != nil {
		return "", err
	}
	err = n.ioctl(0, abi.SIOCGLINKSTR, client.Struct(&req).With(ifdrvData, buf))
	return cString(buf), err
}

// ifdrvData is where the pointer is in a struct ifdrv.
const ifdrvData = 32

// Flags4 are the IN_IFF_ flags of an IPv4 address of an interface.
func (n Net) Flags4(name string, a netip.Addr) (flags int, err error) {
	req := &abi.Ifreq{}
	if req.Name, err = ifName(name); err != nil {
		return 0, err
	}
	copy(req.Ifru[:], ipSockaddr(a))
	err = n.ioctl(abi.AF_INET, abi.SIOCGIFAFLAG_IN, client.Struct(req))
	return int(uint32(req.Ifru[0]) | uint32(req.Ifru[1])<<8 | uint32(req.Ifru[2])<<16 | uint32(req.Ifru[3])<<24), err
}

// Flags6 are the IN6_IFF_ flags of an IPv6 address of an interface.
func (n Net) Flags6(name string, a netip.Addr) (int, error) {
	req, err := request6(name, a)
	if err != nil {
		return 0, err
	}
	err = n.ioctl(abi.AF_INET6, abi.SIOCGIFAFLAG_IN6, client.Struct(req))
	return int(uint32(req.Ifru[0]) | uint32(req.Ifru[1])<<8 | uint32(req.Ifru[2])<<16 | uint32(req.Ifru[3])<<24), err
}

// request6 makes a request about an IPv6 address of an interface.
func request6(name string, a netip.Addr) (*abi.In6Ifreq, error) {
	var err error
	req := &abi.In6Ifreq{}
	req.Name, err = ifName(name)
	copy(req.Ifru[:], ipSockaddr(a))
	return req, err
}

// Cloners returns the kinds of interfaces that can be created.
func (n Net) Cloners() ([]string, error) {
	const most = 64
	buf := make([]byte, most*abi.IFNAMSIZ)
	req := abi.IfClonereq{Count: most}
	if err := n.ioctl(0, abi.SIOCIFGCLONERS, client.Struct(&req).With(8, buf)); err != nil {
		return nil, err
	}
	var names []string
	for i := range min(int(req.Total), most) {
		if name := cString(buf[i*abi.IFNAMSIZ:][:abi.IFNAMSIZ]); name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}
