// Routing messages that programs write.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// routeHead is the length of a struct rt_msghdr.
const routeHead = 120

// Send implements net.Endpoint: it carries the message out and tells every
// routing socket. EINVAL for a message that is not whole, EPROTONOSUPPORT for
// another version, EACCES for a change by another than root.
func (e *routeEndpoint) Send(l *proc.LWP, m *net.Message) (int, error) {
	var h abi.RtMsghdr
	if len(m.Data) < routeHead {
		return 0, abi.EINVAL
	}
	copy(usermem.BytesOf(&h), m.Data)
	if int(h.Msglen) != len(m.Data) {
		return 0, abi.EINVAL
	}
	if h.Version != abi.RTM_VERSION {
		return 0, abi.EPROTONOSUPPORT
	}
	if h.Type != abi.RTM_GET && !l.Cred().IsRoot() {
		return 0, abi.EACCES
	}
	addrs, err := splitAddrs(m.Data[routeHead:], h.Addrs)
	if err != nil {
		return 0, err
	}
	h.Pid = l.Proc().Pid
	answer, err := e.in.perform(&h, addrs)
	if answer == nil {
		h.Errno = errnoNumber(err)
		answer = append(append(answer, usermem.BytesOf(&h)...), m.Data[routeHead:]...)
	}
	e.in.ifs.socks.tell(answer)
	if err != nil {
		return 0, err
	}
	return len(m.Data), nil
}

func errnoNumber(err error) int32 {
	if e, ok := err.(abi.Errno); ok {
		return int32(e)
	}
	return 0
}

// splitAddrs returns the addresses of a message by their position: EINVAL
// when one is cut short. The last may be missing.
func splitAddrs(b []byte, which int32) (addrs [abi.RTAX_MAX][]byte, err error) {
	for i := range addrs {
		if which&(1<<i) == 0 {
			continue
		}
		if len(b) == 0 { // arp(8) announces one that it leaves out
			break
		}
		if int(b[0]) > len(b) {
			return addrs, abi.EINVAL
		}
		addrs[i] = b[:b[0]]
		b = b[min(abi.RtaRoundup(int(b[0])), len(b)):]
	}
	return addrs, nil
}

// routeAddr returns the address in a socket address, which may be cut where
// only zeros follow: EINVAL for none, EAFNOSUPPORT for another family.
func routeAddr(b []byte) (tcpip.Address, error) {
	if len(b) < 2 {
		return tcpip.Address{}, abi.EINVAL
	}
	var full [sizeSockaddrIn6]byte
	copy(full[:], b)
	switch full[1] {
	case abi.AF_INET:
		return addrAt(full[:]), nil
	case abi.AF_INET6:
		return addr6At(full[:]), nil
	}
	return tcpip.Address{}, abi.EAFNOSUPPORT
}

// perform carries a message out. The answer is nil when it is the message
// itself.
func (in *Inet) perform(h *abi.RtMsghdr, addrs [abi.RTAX_MAX][]byte) ([]byte, error) {
	addr, err := routeAddr(addrs[abi.RTAX_DST])
	if err != nil {
		return nil, err
	}
	s, err := in.Stack()
	if err != nil {
		return nil, err
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	if h.Type == abi.RTM_GET {
		r, ok := n.lookup(addr)
		if !ok {
			return nil, abi.ESRCH
		}
		if wantsNeighbor(h, &r, addr) {
			return in.answerNeighbor(s, h, &r, addr), nil
		}
		return r.answer(h, addr), nil
	}
	if meansNeighbor(h, addrs[abi.RTAX_GATEWAY]) {
		h.Flags |= abi.RTF_DONE
		return nil, in.changeNeighbor(s, h, addrs[abi.RTAX_DST], addrs[abi.RTAX_GATEWAY])
	}
	r := route{dst: ifaddr{addr, addr.BitLen()}, flags: h.Flags&^abi.RTF_DONE | abi.RTF_UP, rmx: metricsOf(h)}
	if mask := addrs[abi.RTAX_NETMASK]; mask != nil && h.Flags&abi.RTF_HOST == 0 {
		if r.dst, err = masked(addr, mask); err != nil {
			return nil, err
		}
	}
	err = n.change(s, h.Type, r, addrs)
	if err == nil {
		h.Flags |= abi.RTF_DONE
	}
	return nil, err
}

// meansNeighbor reports a message that adds or deletes a neighbour: its gateway
// is a link address, more than the name of an interface.
func meansNeighbor(h *abi.RtMsghdr, gate []byte) bool {
	if len(gate) < 8 || gate[1] != abi.AF_LINK {
		return false
	}
	return h.Type == abi.RTM_ADD && gate[6] != 0 || h.Flags&abi.RTF_LLDATA != 0 && (h.Type == abi.RTM_ADD || h.Type == abi.RTM_DELETE)
}

// metricsOf returns the metrics that a message sets.
func metricsOf(h *abi.RtMsghdr) (m abi.RtMetrics) {
	if h.Inits&abi.RTV_MTU != 0 {
		m.Mtu = min(h.Rmx.Mtu, maxMTU)
	}
	if h.Inits&abi.RTV_EXPIRE != 0 {
		m.Expire = h.Rmx.Expire
	}
	return m
}

// change adds, changes or deletes r. Preconditions: n.mu is held.
func (n *interfaces) change(s *stack.Stack, typ uint8, r route, addrs [abi.RTAX_MAX][]byte) error {
	if typ != abi.RTM_ADD && typ != abi.RTM_DELETE && typ != abi.RTM_CHANGE {
		return abi.EOPNOTSUPP
	}
	gateErr := n.gateway(&r, addrs)
	if typ == abi.RTM_ADD {
		if gateErr != nil {
			return abi.EINVAL
		}
		return n.addRoute(s, r)
	}
	k := n.findRoute(r.dst, r.via)
	if k < 0 {
		return abi.ESRCH
	}
	if typ == abi.RTM_DELETE {
		n.deleteRoute(s, k)
		return nil
	}
	if gateErr != nil && addrs[abi.RTAX_GATEWAY] != nil {
		return gateErr
	}
	return n.changeRoute(s, k, r)
}

// gateway enters the gateway of a message in r: an address of its family, or
// an interface. Preconditions: n.mu is held.
func (n *interfaces) gateway(r *route, addrs [abi.RTAX_MAX][]byte) error {
	gate := addrs[abi.RTAX_GATEWAY]
	if len(gate) >= 2 && gate[1] == abi.AF_LINK {
		if r.link = n.bySDL(gate); r.link == nil {
			return abi.ENETUNREACH
		}
		r.via = r.link
		return nil
	}
	a, err := routeAddr(gate)
	if err != nil {
		return err
	}
	if a.Len() != r.dst.addr.Len() {
		return abi.EINVAL
	}
	r.gateway = a
	if isLinkLocal6(a) {
		r.via = n.index(scope(gate))
	}
	return nil
}

// scope returns the interface's index in a link-local socket address.
func scope(sa []byte) tcpip.NICID {
	var full [sizeSockaddrIn6]byte
	copy(full[:], sa)
	if id := binary.BigEndian.Uint16(full[10:]); id != 0 {
		return tcpip.NICID(id)
	}
	return tcpip.NICID(binary.LittleEndian.Uint32(full[24:]))
}

// bySDL returns the interface that a link-level address names, by index or by
// name; nil when there is none. Preconditions: n.mu is held.
func (n *interfaces) bySDL(sa []byte) *iface {
	if len(sa) < 8 {
		return nil
	}
	if id := binary.LittleEndian.Uint16(sa[2:]); id != 0 {
		return n.index(tcpip.NICID(id))
	}
	return n.find(string(sa[8:min(8+int(sa[5]), len(sa))]))
}

// masked returns a destination without the bits its mask leaves out.
func masked(addr tcpip.Address, mask []byte) (ifaddr, error) {
	at := 4
	if addr.Len() == 16 {
		at = 8
	}
	var full [sizeSockaddrIn6]byte
	copy(full[:], mask)
	n, err := prefixLen(full[at : at+addr.Len()])
	if err != nil {
		return ifaddr{}, err
	}
	sub := tcpip.AddressWithPrefix{Address: addr, PrefixLen: n}.Subnet()
	return ifaddr{sub.ID(), n}, nil
}

// answer returns the message that tells of r, with the interface and its
// address nearest to addr when h asks for them.
func (r *route) answer(h *abi.RtMsghdr, addr tcpip.Address) []byte {
	list, which := r.addrs()
	if h.Addrs&(abi.RTA_IFP|abi.RTA_IFA) != 0 {
		list, which = append(list, r.via.sdl()), which|abi.RTA_IFP
		if a, ok := r.source(addr); ok {
			list, which = append(list, a.embedded(r.via.nic)), which|abi.RTA_IFA
		}
	}
	out := *h
	out.Addrs, out.Index = which, uint16(r.via.nic)
	out.Flags = r.flags | abi.RTF_DONE
	out.Rmx = r.metrics()
	return message(nil, usermem.BytesOf(&out), list...)
}

// source returns the address of our own that packets to addr have.
func (r *route) source(addr tcpip.Address) (own, bool) {
	if r.flags&abi.RTF_LOCAL != 0 {
		a, err := r.link.exact(addr.Len() == 16, addr)
		return a, err == nil
	}
	if r.gateway.Len() != 0 {
		addr = r.gateway
	}
	return r.via.source(addr)
}
