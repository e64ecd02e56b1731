// Routing messages that programs write.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

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
	e.in.ifs.tell(answer)
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
// when they are cut short.
func splitAddrs(b []byte, which int32) (addrs [abi.RTAX_MAX][]byte, err error) {
	for i := range addrs {
		if which&(1<<i) == 0 {
			continue
		}
		if len(b) == 0 || int(b[0]) > len(b) {
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
		return r.answer(h), nil
	}
	dst := ifaddr{addr, addr.BitLen()}
	if mask := addrs[abi.RTAX_NETMASK]; mask != nil && h.Flags&abi.RTF_HOST == 0 {
		if dst, err = masked(addr, mask); err != nil {
			return nil, err
		}
	}
	switch h.Type {
	case abi.RTM_ADD:
		gate, err := routeAddr(addrs[abi.RTAX_GATEWAY])
		if err != nil || gate.Len() != addr.Len() {
			return nil, abi.EINVAL
		}
		h.Flags |= abi.RTF_UP
		err = n.addRoute(s, route{dst: dst, gateway: gate, flags: h.Flags})
		h.Flags |= abi.RTF_DONE
		return nil, err
	case abi.RTM_DELETE:
		h.Flags |= abi.RTF_DONE
		return nil, n.deleteRoute(s, dst)
	}
	return nil, abi.EOPNOTSUPP
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
// address when h asks for them.
func (r *route) answer(h *abi.RtMsghdr) []byte {
	list, which := r.addrs()
	if h.Addrs&(abi.RTA_IFP|abi.RTA_IFA) != 0 {
		sdl := linkAddr(r.via.nic, r.via.name)
		list, which = append(list, usermem.BytesOf(&sdl)), which|abi.RTA_IFP
		if a, ok := r.via.first(r.dst.v6(), r.gateway); ok {
			list, which = append(list, a.embedded(r.via.nic)), which|abi.RTA_IFA
		}
	}
	out := *h
	out.Addrs, out.Index = which, uint16(r.via.nic)
	out.Flags = r.flags | abi.RTF_DONE
	out.Rmx.Mtu = uint64(r.via.link.MTU())
	return message(nil, usermem.BytesOf(&out), list...)
}
