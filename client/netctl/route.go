// The routing table.

package netctl

import (
	"net/netip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Route is one route.
type Route struct {
	Dst netip.Prefix
	// Gateway is invalid when Dst is at Link.
	Gateway netip.Addr
	Link    Link
	// Interface is the name of the interface that packets leave by.
	Interface string
	// Local is the address that packets get, of a route that was looked up.
	Local   netip.Addr
	Flags   int // RTF_
	Metrics abi.RtMetrics
}

// route makes a route of the message about it. names are the interfaces by
// number.
func (m *Message) route(names map[int]string) (r Route, ok bool) {
	dst := m.Addrs[abi.RTAX_DST]
	ip := dst.Addr()
	if !ip.IsValid() {
		return r, false
	}
	mask := m.Addrs[abi.RTAX_NETMASK]
	if m.Flags&abi.RTF_HOST != 0 {
		mask = nil
	} else if mask == nil {
		mask = Sockaddr{0}
	}
	r = Route{Flags: m.Flags, Metrics: m.Metrics, Interface: names[m.Index]}
	r.Dst = netip.PrefixFrom(ip.WithZone(""), mask.ones(dst.Family()))
	r.Gateway = m.Addrs[abi.RTAX_GATEWAY].Addr()
	r.Link, _ = m.Addrs[abi.RTAX_GATEWAY].Link()
	r.Local = m.Addrs[abi.RTAX_IFA].Addr()
	if l, ok := m.Addrs[abi.RTAX_IFP].Link(); ok && l.Name != "" {
		r.Interface = l.Name
	}
	return r, true
}

// Route is the route that the message is about; ok is false when it is about
// something else. Its interface is known when the message tells.
func (m *Message) Route() (r Route, ok bool) { return m.route(nil) }

// names returns the names of the interfaces by number.
func (n Net) names() (map[int]string, error) {
	list, err := n.Interfaces()
	m := map[int]string{}
	for _, i := range list {
		m[i.Index] = i.Name
	}
	return m, err
}

// Routes returns the routes of a family, 0 for all.
func (n Net) Routes(family int) ([]Route, error) { return n.dump(family, abi.NET_RT_DUMP) }

func (n Net) dump(family, op int) ([]Route, error) {
	names, err := n.names()
	if err != nil {
		return nil, err
	}
	b, err := n.rtable(family, op, 0)
	if err != nil {
		return nil, err
	}
	var list []Route
	for _, m := range parseMessages(b) {
		if r, ok := m.route(names); ok {
			list = append(list, r)
		}
	}
	return list, nil
}

// addrs are the addresses of a message about r.
func (n Net) addrs(r *Route) (a [abi.RTAX_MAX]Sockaddr, flags int, err error) {
	flags = r.Flags
	a[abi.RTAX_DST] = ipSockaddr(r.Dst.Addr())
	if r.Dst.IsSingleIP() {
		flags |= abi.RTF_HOST
	} else {
		a[abi.RTAX_NETMASK] = maskSockaddr(r.Dst)
	}
	switch {
	case r.Gateway.IsValid():
		flags |= abi.RTF_GATEWAY
		a[abi.RTAX_GATEWAY] = ipSockaddr(r.Gateway)
	case r.Interface != "":
		i, err := n.Interface(r.Interface)
		if err != nil {
			return a, 0, err
		}
		// Without a name in it: with one it would be a neighbour's.
		a[abi.RTAX_GATEWAY] = linkSockaddr(Link{Index: i.Index, Type: int(i.Data.Type)})
	}
	return a, flags, nil
}

// AddRoute adds a route: to a gateway, or else to an interface. EEXIST when
// there is one to that network, ENETUNREACH when the gateway can't be reached.
func (n Net) AddRoute(r Route) error {
	a, flags, err := n.addrs(&r)
	if err == nil {
		_, err = n.perform(abi.RTM_ADD, flags|abi.RTF_UP|abi.RTF_STATIC, &a)
	}
	return err
}

// DeleteRoute takes the route to a network away. ESRCH when there is none.
func (n Net) DeleteRoute(dst netip.Prefix) error {
	a, flags, err := n.addrs(&Route{Dst: dst})
	if err == nil {
		_, err = n.perform(abi.RTM_DELETE, flags, &a)
	}
	return err
}

// LookupRoute returns the route that packets to an address take. ESRCH when
// there is none.
func (n Net) LookupRoute(dst netip.Addr) (Route, error) {
	a := [abi.RTAX_MAX]Sockaddr{abi.RTAX_DST: ipSockaddr(dst), abi.RTAX_IFP: linkSockaddr(Link{})}
	m, err := n.perform(abi.RTM_GET, abi.RTF_UP|abi.RTF_GATEWAY|abi.RTF_HOST, &a)
	if err != nil {
		return Route{}, err
	}
	names, err := n.names()
	if err != nil {
		return Route{}, err
	}
	r, ok := m.route(names)
	if !ok {
		return r, abi.ESRCH
	}
	return r, nil
}

// perform writes a message to a routing socket and returns the answer.
func (n Net) perform(typ, flags int, a *[abi.RTAX_MAX]Sockaddr) (Message, error) {
	return n.performHead(abi.RtMsghdr{Type: uint8(typ), Flags: int32(flags)}, a)
}

// performHead is perform for a message with more in its head.
func (n Net) performHead(h abi.RtMsghdr, a *[abi.RTAX_MAX]Sockaddr) (Message, error) {
	fd, err := n.c.Socket(abi.PF_ROUTE, abi.SOCK_RAW|abi.SOCK_CLOEXEC, 0)
	if err != nil {
		return Message{}, err
	}
	m, err := n.performOn(fd, h, a)
	if e := n.c.Close(fd); err == nil {
		err = e
	}
	return m, err
}

func (n Net) performOn(fd int, h abi.RtMsghdr, a *[abi.RTAX_MAX]Sockaddr) (m Message, err error) {
	const seq = 1 // the socket is used once
	h.Seq = seq
	pid := n.c.Getpid()
	if _, err := n.c.Write(fd, request(h, a)); err != nil {
		return m, err
	}
	buf := make([]byte, messageSize)
	for {
		size, err := n.c.Read(fd, buf)
		if err != nil {
			return m, err
		}
		for _, m := range parseMessages(buf[:size]) {
			if m.Pid == pid && m.Seq == seq && m.Type == int(h.Type) {
				if m.Errno != 0 {
					return m, m.Errno
				}
				return m, nil
			}
		}
	}
}

// messageSize is room for any routing message.
const messageSize = 4096
