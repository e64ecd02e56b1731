// Neighbours: the tables of ARP and of neighbour discovery, as arp(8) and
// ndp(8) read and change them.
package inet

import (
	"bytes"
	"slices"
	"sort"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// neighbor is an entry of a table.
type neighbor struct {
	addr  tcpip.Address
	link  tcpip.LinkAddress // "" when it is not known
	state int32             // ND6_LLINFO_
	// expire is when it is forgotten, in seconds since 1970; 0 is never.
	expire int64
	// published says that questions for it are answered.
	published bool
}

const (
	// arpKeep and ndKeep are how long an entry is kept that nobody renews.
	arpKeep = 20 * time.Minute
	ndKeep  = 24 * time.Hour
)

// number returns the stack's number of the protocol that addresses of so many
// bytes belong to.
func number(v6 bool) tcpip.NetworkProtocolNumber {
	if v6 {
		return ipv6.ProtocolNumber
	}
	return ipv4.ProtocolNumber
}

// neighbors returns the table of an interface, our own addresses included;
// what is too old is forgotten. Preconditions: in.ifs.mu is held.
func (in *Inet) neighbors(s *stack.Stack, i *iface, v6 bool) (list []neighbor) {
	for _, a := range i.addrs {
		if a.v6() == v6 && a.known() {
			list = append(list, neighbor{addr: a.addr, link: i.eth.LinkAddress(), state: abi.ND6_LLINFO_REACHABLE})
		}
	}
	entries, _ := s.Neighbors(i.nic, number(v6))
	mono, wall := s.Clock().NowMonotonic(), in.host.Now()/1e9
	keep := arpKeep
	if v6 {
		keep = ndKeep
	}
	for _, e := range entries {
		n := neighbor{addr: e.Addr, link: e.LinkAddr, state: ndState(e.State)}
		age := mono.Sub(e.UpdatedAt)
		if f := i.fixedAt(e.Addr); f != nil {
			n.expire, n.published = f.expire, f.published
		} else if e.State != stack.Static {
			if age > keep {
				_ = s.RemoveNeighbor(i.nic, number(v6), e.Addr)
				continue
			}
			n.expire = wall + int64((keep-age)/time.Second)
			if v6 && e.State == stack.Reachable {
				n.expire = wall + max(ndBaseReachable/1000-int64(age/time.Second), 1)
			}
		}
		list = append(list, n)
	}
	sort.Sort(byAddress(list))
	return list
}

// known reports whether the table has our own address: one that was looked for
// first is not in it, as on NetBSD.
func (a *own) known() bool { return a.dad == nil && !a.unlisted }

// byAddress sorts neighbours by address, the highest first.
type byAddress []neighbor

func (l byAddress) Len() int      { return len(l) }
func (l byAddress) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

func (l byAddress) Less(i, j int) bool {
	return bytes.Compare(l[i].addr.AsSlice(), l[j].addr.AsSlice()) > 0
}

// ndState returns the state as programs see it.
func ndState(s stack.NeighborState) int32 {
	switch s {
	case stack.Reachable, stack.Static:
		return abi.ND6_LLINFO_REACHABLE
	case stack.Stale:
		return abi.ND6_LLINFO_STALE
	case stack.Delay:
		return abi.ND6_LLINFO_DELAY
	case stack.Probe:
		return abi.ND6_LLINFO_PROBE
	}
	return abi.ND6_LLINFO_INCOMPLETE
}

// neighbor returns the entry of an address. Preconditions: in.ifs.mu is held.
func (in *Inet) neighbor(s *stack.Stack, i *iface, addr tcpip.Address) (neighbor, bool) {
	list := in.neighbors(s, i, addr.Len() == 16)
	k := slices.IndexFunc(list, func(n neighbor) bool { return n.addr == addr })
	if k < 0 {
		return neighbor{}, false
	}
	return list[k], true
}

// dumpNeighbors returns the tables of a family as routing messages.
func (in *Inet) dumpNeighbors(af int32) (b []byte, err error) {
	s, err := in.Stack()
	if err != nil || !wants(af, false) && !wants(af, true) {
		return nil, err
	}
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		if i.eth == nil {
			continue
		}
		for _, n := range in.neighbors(s, i, af == abi.AF_INET6) {
			h := abi.RtMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_GET, Flags: abi.RTF_HOST,
				Addrs: abi.RTA_DST | abi.RTA_GATEWAY}
			if h.Rmx.Expire = n.expire; n.expire == 0 {
				h.Flags |= abi.RTF_STATIC
			}
			dst := ifaddr{addr: n.addr}.embedded(i.nic)
			if n.published {
				h.Flags |= abi.RTF_ANNOUNCE
				if len(dst) == sizeSockaddrIn {
					dst[sinOther] = abi.SIN_PROXY
				}
			}
			b = message(b, usermem.BytesOf(&h), dst, i.neighborSDL(n.link))
		}
	}
	return b, nil
}

// neighborSDL returns a link-level address on the interface.
func (i *iface) neighborSDL(a tcpip.LinkAddress) []byte {
	return appendSDL(i.nic, abi.IFT_ETHER, "", a)
}

// wantsNeighbor reports whether RTM_GET asks for a neighbour by the route that
// leads to it.
func wantsNeighbor(h *abi.RtMsghdr, r *route, addr tcpip.Address) bool {
	return (h.Flags&abi.RTF_LLDATA != 0 || h.Flags&abi.RTF_UP == 0) && r.dst.addr != addr && r.via.eth != nil
}

// answerNeighbor returns the message that tells of a neighbour. Preconditions:
// in.ifs.mu is held.
func (in *Inet) answerNeighbor(s *stack.Stack, h *abi.RtMsghdr, r *route, addr tcpip.Address) []byte {
	n, there := in.neighbor(s, r.via, addr)
	out := *h
	out.Index, out.Addrs = uint16(r.via.nic), abi.RTA_DST|abi.RTA_GATEWAY
	out.Flags = r.flags | abi.RTF_LLDATA | abi.RTF_DONE
	if there && n.expire == 0 {
		out.Flags |= abi.RTF_STATIC
	}
	list := [][]byte{ifaddr{addr: addr}.embedded(r.via.nic), r.via.neighborSDL(n.link)}
	if h.Addrs&(abi.RTA_IFP|abi.RTA_IFA) != 0 {
		list, out.Addrs = append(list, r.via.sdl()), out.Addrs|abi.RTA_IFP
		if a, ok := r.source(addr); ok {
			list, out.Addrs = append(list, a.embedded(r.via.nic)), out.Addrs|abi.RTA_IFA
		}
	}
	return message(nil, usermem.BytesOf(&out), list...)
}

// nbrInfo answers SIOCGNBRINFO_IN6: EINVAL for an unknown neighbour.
// Preconditions: in.ifs.mu is held.
func (in *Inet) nbrInfo(s *stack.Stack, i *iface, d []byte) error {
	var r abi.In6Nbrinfo
	copy(usermem.BytesOf(&r), d)
	a := r.Addr.Addr
	if isLinkLocal6(tcpip.AddrFrom16(a)) {
		a[2], a[3] = 0, 0
	}
	if i.eth == nil {
		return abi.EINVAL
	}
	addr := tcpip.AddrFrom16(a)
	n, ok := in.neighbor(s, i, addr)
	if !ok {
		return abi.EINVAL
	}
	r.State, r.Expire, r.Asked, r.Isrouter = n.state, int32(n.expire), 0, 0
	if slices.ContainsFunc(in.ifs.routes, func(r route) bool { return r.gateway == addr && r.flags&abi.RTF_DYNAMIC != 0 }) {
		r.Isrouter = 1
	}
	copy(d, usermem.BytesOf(&r))
	return nil
}
