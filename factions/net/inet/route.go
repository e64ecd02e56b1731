// The routing table as route(8) sees it: a route to each address of our own,
// and those that were added by hand.
package inet

import (
	"bytes"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// route is one route. A host's prefix is the length of its address in bits.
type route struct {
	dst     ifaddr
	gateway tcpip.Address // length 0: the interface itself
	via     *iface
	flags   int32
}

// maxRoutes bounds the routes added by hand.
const maxRoutes = 4096

// all returns every route, in order of destination. Preconditions: n.mu is
// held.
func (n *interfaces) all() []route {
	list := slices.Clone(n.routes)
	for _, i := range n.list {
		if i.flags&abi.IFF_UP == 0 {
			continue
		}
		for _, a := range i.addrs {
			host := ifaddr{a.addr, a.addr.BitLen()}
			list = append(list, route{dst: host, via: i, flags: abi.RTF_UP | abi.RTF_HOST | abi.RTF_LOCAL})
		}
	}
	slices.SortFunc(list, func(a, b route) int {
		if a.dst.v6() != b.dst.v6() {
			return a.dst.addr.Len() - b.dst.addr.Len()
		}
		if c := bytes.Compare(a.dst.addr.AsSlice(), b.dst.addr.AsSlice()); c != 0 {
			return c
		}
		return a.dst.prefix - b.dst.prefix
	})
	return list
}

// lookup returns the most specific route to addr. Preconditions: n.mu is held.
func (n *interfaces) lookup(addr tcpip.Address) (best route, ok bool) {
	for _, r := range n.all() {
		if r.dst.addr.Len() == addr.Len() && r.covers(addr) && (!ok || r.dst.prefix >= best.dst.prefix) {
			best, ok = r, true
		}
	}
	return best, ok
}

func (r *route) covers(addr tcpip.Address) bool {
	sub := tcpip.AddressWithPrefix{Address: r.dst.addr, PrefixLen: r.dst.prefix}.Subnet()
	return sub.Contains(addr)
}

func (r *route) stackRoute() tcpip.Route {
	sub := tcpip.AddressWithPrefix{Address: r.dst.addr, PrefixLen: r.dst.prefix}.Subnet()
	return tcpip.Route{Destination: sub, Gateway: r.gateway, NIC: loNIC}
}

// addRoute enters a route: EEXIST when there is one, ENETUNREACH when its
// gateway is no address of ours, ENOBUFS when there are too many.
// Preconditions: n.mu is held.
func (n *interfaces) addRoute(s *stack.Stack, r route) error {
	if len(n.routes) >= maxRoutes {
		return abi.ENOBUFS
	}
	for _, old := range n.all() {
		if old.dst == r.dst {
			return abi.EEXIST
		}
	}
	for _, i := range n.list {
		if _, err := i.exact(r.gateway.Len() == 16, r.gateway); err == nil {
			r.via = i
		}
	}
	if r.via == nil {
		return abi.ENETUNREACH
	}
	n.routes = append(n.routes, r)
	s.AddRoute(r.stackRoute())
	return nil
}

// deleteRoute takes a route out that was added by hand: ESRCH when there is
// none. Preconditions: n.mu is held.
func (n *interfaces) deleteRoute(s *stack.Stack, dst ifaddr) error {
	for k, r := range n.routes {
		if r.dst == dst {
			n.routes = slices.Delete(n.routes, k, k+1)
			gone := r.stackRoute()
			s.RemoveRoutes(func(o tcpip.Route) bool { return o.Equal(gone) })
			return nil
		}
	}
	return abi.ESRCH
}

// addrs returns the addresses of a routing message about r, and which they are.
func (r *route) addrs() (list [][]byte, which int32) {
	gate := ifaddr{addr: r.gateway}
	list = append(list, r.dst.embedded(r.via.nic))
	if r.gateway.Len() == 0 {
		sdl := linkAddr(r.via.nic, r.via.name)
		list = append(list, slices.Clone(usermem.BytesOf(&sdl)))
	} else {
		list = append(list, gate.embedded(r.via.nic))
	}
	which = abi.RTA_DST | abi.RTA_GATEWAY
	if r.flags&abi.RTF_HOST == 0 {
		list = append(list, r.dst.netmask())
		which |= abi.RTA_NETMASK
	}
	return list, which
}

// dumpRoutes returns the routes of family af that have one of the flags;
// flags 0 asks for all.
func (in *Inet) dumpRoutes(af, flags int32) (b []byte) {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, r := range in.ifs.all() {
		if !wants(af, r.dst.v6()) || flags != 0 && r.flags&flags == 0 {
			continue
		}
		list, which := r.addrs()
		h := abi.RtMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_GET, Index: uint16(r.via.nic),
			Flags: r.flags, Addrs: which, Rmx: abi.RtMetrics{Mtu: uint64(r.via.link.MTU())}}
		b = message(b, usermem.BytesOf(&h), list...)
	}
	return b
}
