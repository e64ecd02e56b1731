// Neighbours that arp(8) and ndp(8) have entered: they are not looked for, stay
// until they are taken out or their time is over, and may be published, so that
// questions for them are answered (proxy ARP).
package inet

import (
	"encoding/binary"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// fixed is a neighbour that was entered. The list of interfaces guards it.
type fixed struct {
	addr tcpip.Address
	link tcpip.LinkAddress
	// expire is when it goes, in seconds since 1970, 0 for never.
	expire    int64
	timer     hypercall.Timer
	published bool
}

// maxFixed bounds the neighbours entered on one interface.
const maxFixed = 4096

// sinOther is where a struct sockaddr_inarp says SIN_PROXY.
const sinOther = 14

// fixedAt returns the neighbour that was entered for an address, nil for none.
func (i *iface) fixedAt(addr tcpip.Address) *fixed {
	for _, f := range i.fixed {
		if f.addr == addr {
			return f
		}
	}
	return nil
}

// fix enters a neighbour in place of what there is: EEXIST for one that stays,
// ENOBUFS when there are too many. Preconditions: in.ifs.mu is held.
func (in *Inet) fix(s *stack.Stack, i *iface, f *fixed) error {
	if k := i.position(f.addr); k >= 0 && i.addrs[k].known() {
		return abi.EEXIST
	}
	if old := i.fixedAt(f.addr); old != nil && old.expire == 0 {
		return abi.EEXIST
	}
	if len(i.fixed) >= maxFixed {
		return abi.ENOBUFS
	}
	_ = in.unfix(s, i, f.addr)
	if err := s.AddStaticNeighbor(i.nic, number(f.addr.Len() == 16), f.addr, f.link); err != nil {
		return errno(err)
	}
	i.fixed = append(i.fixed, f)
	in.limit(i, f)
	if f.published && f.addr.Len() == 4 {
		in.arp.publish(arpKey{i.nic, f.addr}, f.link)
		sendARP(i.eth, header.ARPRequest, header.EthernetBroadcastAddress, arpEnd{f.link, f.addr}, arpEnd{addr: f.addr})
	}
	return nil
}

// limit sees that a neighbour goes when its time is over. Preconditions:
// in.ifs.mu is held.
func (in *Inet) limit(i *iface, f *fixed) {
	if f.expire == 0 {
		return
	}
	left := time.Duration(min(max(f.expire-in.host.Now()/1e9, 0), 1<<31)) * time.Second
	f.timer = in.host.AfterFunc(left, func() {
		s := in.made()
		if s == nil {
			return
		}
		in.ifs.mu.Lock()
		defer in.ifs.mu.Unlock()
		if i.fixedAt(f.addr) == f {
			_ = in.unfix(s, i, f.addr)
		}
	})
}

// unfix takes a neighbour out that was entered: ENOENT when there is none.
// Preconditions: in.ifs.mu is held.
func (in *Inet) unfix(s *stack.Stack, i *iface, addr tcpip.Address) error {
	for k, f := range i.fixed {
		if f.addr == addr {
			i.fixed = append(i.fixed[:k:k], i.fixed[k+1:]...)
			in.drop(i, f)
			_ = s.RemoveNeighbor(i.nic, number(addr.Len() == 16), addr)
			return nil
		}
	}
	return abi.ENOENT
}

// drop ends what goes on for a neighbour. Preconditions: in.ifs.mu is held.
func (in *Inet) drop(i *iface, f *fixed) {
	if f.timer != nil {
		f.timer.Stop()
	}
	if f.published {
		in.arp.publish(arpKey{i.nic, f.addr}, "")
	}
}

// dropFixed takes out what was entered on an interface that is destroyed.
// Preconditions: in.ifs.mu is held.
func (in *Inet) dropFixed(i *iface) {
	for _, f := range i.fixed {
		in.drop(i, f)
	}
	i.fixed = nil
}

// refix tells the stack again what it forgets of an interface that is down.
// Preconditions: in.ifs.mu is held.
func (i *iface) refix(s *stack.Stack) {
	for _, f := range i.fixed {
		_ = s.AddStaticNeighbor(i.nic, number(f.addr.Len() == 16), f.addr, f.link)
	}
}

// changeNeighbor performs RTM_ADD and RTM_DELETE of a neighbour at the link
// address sdl: EEXIST for one that stays, ENOENT for none, EINVAL for another
// interface or no link address. Preconditions: in.ifs.mu is held.
func (in *Inet) changeNeighbor(s *stack.Stack, h *abi.RtMsghdr, dst, sdl []byte) error {
	addr, err := routeAddr(dst)
	if err != nil {
		return err
	}
	i := in.neighborLink(h, addr, dst, sdl)
	if i == nil || i.eth == nil {
		return abi.EINVAL
	}
	if h.Type == abi.RTM_DELETE {
		return in.forgetNeighbor(s, i, addr)
	}
	a, err := linkAddress(sdl)
	if err != nil {
		return err
	}
	return in.fix(s, i, &fixed{addr: addr, link: a, expire: max(h.Rmx.Expire, 0), published: h.Flags&abi.RTF_ANNOUNCE != 0})
}

// neighborLink returns the interface of a neighbour: that of the route to it
// when sdl names none, or when it is to be answered for.
func (in *Inet) neighborLink(h *abi.RtMsghdr, addr tcpip.Address, dst, sdl []byte) *iface {
	i := in.ifs.bySDL(sdl)
	proxy := addr.Len() == 4 && len(dst) > sinOther+1 && binary.LittleEndian.Uint16(dst[sinOther:]) == abi.SIN_PROXY
	if h.Type == abi.RTM_ADD && (i == nil || proxy) {
		if r, ok := in.ifs.lookup(addr); ok {
			return r.via
		}
	}
	return i
}

// forgetNeighbor takes an entry out of the table, be it learned, entered, or our
// own address. Preconditions: in.ifs.mu is held.
func (in *Inet) forgetNeighbor(s *stack.Stack, i *iface, addr tcpip.Address) error {
	if k := i.position(addr); k >= 0 && i.addrs[k].known() {
		i.addrs[k].unlisted = true
		return nil
	}
	if in.unfix(s, i, addr) == nil || s.RemoveNeighbor(i.nic, number(addr.Len() == 16), addr) == nil {
		return nil
	}
	return abi.ENOENT
}
