// The routing table as route(8) sees it: a route to each address of our own,
// to each network an interface is in, and those that were added by hand.
package inet

import (
	"bytes"
	"slices"
	"sort"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// route is one route. A host's prefix is the length of its address in bits.
type route struct {
	dst     ifaddr
	gateway tcpip.Address // length 0: the interface itself
	via     *iface        // by which packets leave
	link    *iface        // whose address is the gateway, when there is none of IP
	flags   int32
	rmx     abi.RtMetrics
}

// maxRoutes bounds the routes added by hand.
const maxRoutes = 4096

// all returns every route, in order of destination. Preconditions: n.mu is
// held.
func (n *interfaces) all() []route {
	list := slices.Clone(n.routes)
	for _, i := range n.list {
		list = i.appendRoutes(list, n.list[0])
	}
	sort.Sort(byDestination(list))
	return list
}

// byDestination sorts routes: IPv4 first, then by address, then by the length
// of the prefix.
type byDestination []route

func (l byDestination) Len() int      { return len(l) }
func (l byDestination) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

func (l byDestination) Less(i, j int) bool {
	a, b := &l[i].dst, &l[j].dst
	if a.v6() != b.v6() {
		return b.v6()
	}
	if c := bytes.Compare(a.addr.AsSlice(), b.addr.AsSlice()); c != 0 {
		return c < 0
	}
	return a.prefix < b.prefix
}

// appendRoutes appends the routes that i has by its addresses. What goes to
// an address of our own leaves by lo. Those of Ethernet stay while it is down.
func (i *iface) appendRoutes(list []route, lo *iface) []route {
	if i.eth == nil && !i.up() {
		return list
	}
	for k, a := range i.addrs {
		r := route{dst: ifaddr{a.addr, a.addr.BitLen()}, via: lo, link: i, flags: abi.RTF_UP | abi.RTF_HOST | abi.RTF_LOCAL}
		if i.eth == nil {
			r.via = i
		} else {
			r.flags |= abi.RTF_LLDATA
		}
		list = append(list, r)
		same := func(o own) bool { return o.network() == a.network() }
		if i.eth == nil || a.host() || a.life.flags&abi.IN6_IFF_AUTOCONF != 0 || slices.ContainsFunc(i.addrs[:k], same) {
			continue
		}
		list = append(list, route{dst: a.network(), via: i, link: i, flags: abi.RTF_UP | abi.RTF_CONNECTED})
	}
	return list
}

// lookup returns the most specific route to addr. Preconditions: n.mu is held.
func (n *interfaces) lookup(addr tcpip.Address) (best route, ok bool) {
	for _, r := range n.all() {
		if r.dst.addr.Len() == addr.Len() && r.dst.contains(addr) && (!ok || r.dst.prefix >= best.dst.prefix) {
			best, ok = r, true
		}
	}
	return best, ok
}

// stackRoute returns a route added by hand as the stack takes it.
func (r *route) stackRoute() tcpip.Route {
	return tcpip.Route{Destination: r.dst.subnet(), Gateway: r.gateway, NIC: r.via.home(), MTU: uint32(r.rmx.Mtu)}
}

// addRoute enters a route: EEXIST when there is one, ENETUNREACH when nothing
// leads to its gateway, ENOBUFS when there are too many. Preconditions: n.mu is
// held.
func (n *interfaces) addRoute(s *stack.Stack, r route) error {
	if len(n.routes) >= maxRoutes {
		return abi.ENOBUFS
	}
	for _, old := range n.all() {
		if old.dst == r.dst && (!isLinkLocal6(r.dst.addr) || old.via == r.via) {
			return abi.EEXIST
		}
	}
	if err := n.resolve(&r); err != nil {
		return err
	}
	n.routes = append(n.routes, r)
	s.AddRoute(r.stackRoute())
	return nil
}

// resolve finds the interface that a route leaves by. Preconditions: n.mu is
// held.
func (n *interfaces) resolve(r *route) error {
	if r.link != nil {
		r.via = r.link
		return nil
	}
	if r.via != nil { // a link-local gateway
		return nil
	}
	for _, i := range n.list {
		if _, err := i.exact(r.gateway.Len() == 16, r.gateway); err == nil {
			r.via = i
			if i.eth != nil && r.flags&abi.RTF_GATEWAY == 0 {
				r.link, r.gateway = i, tcpip.Address{}
			}
			return nil
		}
	}
	by, ok := n.lookup(r.gateway)
	if !ok || by.flags&abi.RTF_GATEWAY != 0 {
		return abi.ENETUNREACH
	}
	r.via = by.via
	return nil
}

// findRoute returns the place of a route added by hand, -1 when there is none.
// A link-local one is found by its interface too. Preconditions: n.mu is held.
func (n *interfaces) findRoute(dst ifaddr, via *iface) int {
	return slices.IndexFunc(n.routes, func(r route) bool {
		return r.dst == dst && (via == nil || r.via == via || !isLinkLocal6(dst.addr))
	})
}

// deleteRoute takes a route out that was added by hand: ESRCH when there is
// none. Preconditions: n.mu is held.
func (n *interfaces) deleteRoute(s *stack.Stack, k int) {
	gone := n.routes[k].stackRoute()
	n.routes = slices.Delete(n.routes, k, k+1)
	s.RemoveRoutes(func(o tcpip.Route) bool { return o.Equal(gone) && o.MTU == gone.MTU })
}

// changeRoute gives a route another gateway or other metrics. Preconditions:
// n.mu is held.
func (n *interfaces) changeRoute(s *stack.Stack, k int, r route) error {
	old := n.routes[k]
	if r.gateway.Len() == 0 && r.link == nil {
		r.gateway, r.link, r.via = old.gateway, old.link, old.via
	} else if err := n.resolve(&r); err != nil {
		return err
	}
	n.deleteRoute(s, k)
	n.routes = append(n.routes, r)
	s.AddRoute(r.stackRoute())
	return nil
}

// addrs returns the addresses of a routing message about r, and which they are.
func (r *route) addrs() (list [][]byte, which int32) {
	list = append(list, r.dst.embedded(r.via.nic))
	if r.gateway.Len() == 0 {
		list = append(list, r.link.gatewaySDL())
	} else {
		list = append(list, ifaddr{addr: r.gateway}.embedded(r.via.nic))
	}
	which = abi.RTA_DST | abi.RTA_GATEWAY
	if r.flags&abi.RTF_HOST == 0 {
		list = append(list, r.dst.netmask())
		which |= abi.RTA_NETMASK
	}
	return list, which
}

// gatewaySDL returns the link-level address that stands for the interface as
// a gateway: that of Ethernet has its index only.
func (i *iface) gatewaySDL() []byte {
	if i.eth == nil {
		return i.sdl()
	}
	return appendSDL(i.nic, abi.IFT_ETHER, "", "")
}

// metrics returns the metrics of a route: the MTU of a loopback is told.
func (r *route) metrics() abi.RtMetrics {
	m := r.rmx
	if m.Mtu == 0 && r.link != nil && r.link.eth == nil || m.Mtu == 0 && r.via.eth == nil && r.link == nil {
		m.Mtu = uint64(r.via.link.MTU())
	}
	return m
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
			Flags: r.flags, Addrs: which, Rmx: r.metrics()}
		b = message(b, usermem.BytesOf(&h), list...)
	}
	return b
}
