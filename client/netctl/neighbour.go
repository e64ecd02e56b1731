// Neighbours: which link-level address an IP address of a network has, as ARP
// and neighbour discovery have learned (arp(8), ndp(8)).

package netctl

import (
	"net"
	"net/netip"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Neighbour is one entry.
type Neighbour struct {
	IP netip.Addr
	// Link is empty as long as there is no answer.
	Link      net.HardwareAddr
	Interface string
	// Expire is when the entry goes, in seconds since the epoch, 0 for never.
	Expire int64
	Flags  int // RTF_
	// State, Router and Asked are of IPv6: ND6_LLINFO_, whether it is a router,
	// and how often it was asked in vain.
	State  int
	Router bool
	Asked  int
}

// Neighbours returns the entries of a family.
func (n Net) Neighbours(family int) ([]Neighbour, error) {
	names, err := n.names()
	if err != nil {
		return nil, err
	}
	b, err := n.rtable(family, abi.NET_RT_FLAGS, 0)
	if err != nil {
		return nil, err
	}
	var list []Neighbour
	for _, m := range parseMessages(b) {
		e, ok := m.neighbour(names)
		if !ok {
			continue
		}
		if family == abi.AF_INET6 {
			n.discovered(&e)
		}
		list = append(list, e)
	}
	return list, nil
}

// neighbour makes an entry of the message about it.
func (m *Message) neighbour(names map[int]string) (e Neighbour, ok bool) {
	ip := m.Addrs[abi.RTAX_DST].Addr()
	l, ok := m.Addrs[abi.RTAX_GATEWAY].Link()
	if !ok || !ip.IsValid() || ip.IsMulticast() {
		return e, false
	}
	e = Neighbour{IP: ip, Link: l.Addr, Interface: names[l.Index], Expire: m.Metrics.Expire, Flags: m.Flags}
	return e, true
}

// discovered asks what neighbour discovery knows of an entry. It stays as it
// is when the kernel does not answer.
func (n Net) discovered(e *Neighbour) {
	name, err := ifName(e.Interface)
	if err != nil {
		return
	}
	req := abi.In6Nbrinfo{Ifname: name, Addr: abi.In6Addr{Addr: e.IP.As16()}}
	if n.ioctl(abi.AF_INET6, abi.SIOCGNBRINFO_IN6, client.Struct(&req)) == nil {
		e.State, e.Router, e.Asked, e.Expire = int(req.State), req.Isrouter != 0, int(req.Asked), int64(req.Expire)
	}
}

// neighbourLink finds the interface and link-level kind of the network that
// an address is in: ESRCH when it is in none.
func (n Net) neighbourLink(ip netip.Addr) (Link, error) {
	a := [abi.RTAX_MAX]Sockaddr{abi.RTAX_DST: ipSockaddr(ip), abi.RTAX_IFP: linkSockaddr(Link{})}
	m, err := n.perform(abi.RTM_GET, abi.RTF_LLDATA, &a)
	if err != nil {
		return Link{}, err
	}
	for _, i := range []int{abi.RTAX_GATEWAY, abi.RTAX_IFP} {
		if l, ok := m.Addrs[i].Link(); ok {
			return l, nil
		}
	}
	return Link{}, abi.ESRCH
}

// SetNeighbour makes an entry, instead of one that was learned: EEXIST when one
// is there that stays. Of e it needs IP and Link; it goes at Expire, and the
// kernel answers questions for it (proxy ARP) if Flags has RTF_ANNOUNCE.
func (n Net) SetNeighbour(e Neighbour) error {
	l, err := n.neighbourLink(e.IP)
	if err != nil {
		return err
	}
	a := [abi.RTAX_MAX]Sockaddr{
		abi.RTAX_DST:     ipSockaddr(e.IP),
		abi.RTAX_GATEWAY: linkSockaddr(Link{Index: l.Index, Type: l.Type, Addr: e.Link}),
	}
	h := abi.RtMsghdr{
		Type: abi.RTM_ADD, Flags: int32(abi.RTF_HOST | abi.RTF_STATIC | abi.RTF_LLDATA | e.Flags&abi.RTF_ANNOUNCE),
		Inits: abi.RTV_EXPIRE, Rmx: abi.RtMetrics{Expire: e.Expire},
	}
	_, err = n.performHead(h, &a)
	return err
}

// DeleteNeighbour takes an entry away: ESRCH when there is none.
func (n Net) DeleteNeighbour(ip netip.Addr) error {
	l, err := n.neighbourLink(ip)
	if err != nil {
		return err
	}
	a := [abi.RTAX_MAX]Sockaddr{
		abi.RTAX_DST:     ipSockaddr(ip),
		abi.RTAX_GATEWAY: linkSockaddr(Link{Index: l.Index, Type: l.Type, Addr: l.Addr}),
	}
	_, err = n.perform(abi.RTM_DELETE, abi.RTF_HOST|abi.RTF_LLDATA, &a)
	return err
}
