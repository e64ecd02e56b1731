// Interfaces up and down, and addresses given and taken away.
package inet

import (
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// maxAddrs bounds the addresses of one interface.
const maxAddrs = 1024

// addAddr gives i an address, or one it has a new prefix, and brings it up.
// Preconditions: n.mu is held.
func (n *interfaces) addAddr(s *stack.Stack, i *iface, a own) error {
	if len(i.addrs) >= maxAddrs {
		return abi.ENOBUFS
	}
	if i.detects(&a) {
		a.dad = &detection{flags: abi.IN_IFF_TENTATIVE}
	}
	if err := n.setUp(s, i, true); err != nil {
		return err
	}
	if k := i.position(a.addr); k >= 0 {
		if i.addrs[k].ifaddr == a.ifaddr {
			i.addrs[k].brd, i.addrs[k].life = a.brd, a.life
			n.tellAddr(i, i.addrs[k], abi.RTM_NEWADDR)
			return nil
		}
		a.dad = i.addrs[k].dad
	}
	_ = n.removeAddr(s, i, a.addr)
	if a.ready() {
		if err := i.enter(s, &a); err != nil {
			return err
		}
	}
	i.addrs = append(i.addrs, a)
	if i.eth != nil && !a.host() {
		s.AddRoute(tcpip.Route{Destination: a.subnet(), NIC: i.nic})
	}
	n.tellAddr(i, a, abi.RTM_NEWADDR)
	switch {
	case a.ready():
		i.announce(a.ifaddr)
	case a.dad.flags == abi.IN_IFF_TENTATIVE:
		n.in.detect(s, i, &i.addrs[len(i.addrs)-1])
	}
	return nil
}

// announce tells the network whose an IPv4 address is (RFC 5227, section 2.3),
// so that neighbours forget who had it before.
func (i *iface) announce(a ifaddr) {
	if i.eth != nil && !a.v6() && i.up() {
		i.askARP(a.addr, a.addr)
	}
}

// position returns the place of an address in the list, -1 when it is not there.
func (i *iface) position(addr tcpip.Address) int {
	return slices.IndexFunc(i.addrs, func(a own) bool { return a.addr == addr })
}

// enter gives the stack an address: EEXIST when it has it.
func (i *iface) enter(s *stack.Stack, a *own) error {
	var p stack.AddressProperties
	if i.eth != nil && a.v6() {
		a.state = &addrState{}
		p.Disp = a.state
	}
	err := s.AddProtocolAddress(i.home(), a.protocol(), p)
	if _, dup := err.(*tcpip.ErrDuplicateAddress); dup {
		return abi.EEXIST
	}
	return errno(err)
}

// removeAddr takes an address away. Preconditions: n.mu is held.
func (n *interfaces) removeAddr(s *stack.Stack, i *iface, addr tcpip.Address) error {
	k := i.position(addr)
	if k < 0 {
		return abi.EADDRNOTAVAIL
	}
	a := i.addrs[k]
	i.addrs = slices.Delete(slices.Clone(i.addrs), k, k+1)
	if i.eth != nil {
		i.leaveNet(s, a.ifaddr)
	}
	if a.dad != nil {
		n.in.quietDAD(i, &a)
	}
	n.tellAddr(i, a, abi.RTM_DELADDR)
	if i.eth == nil && !i.up() && i.nic != loNIC {
		return nil
	}
	err := s.RemoveAddress(i.home(), addr)
	if _, gone := err.(*tcpip.ErrBadLocalAddress); gone && (a.state != nil || !a.ready()) {
		return nil // it was a duplicate, or might have been one
	}
	return errno(err)
}

// leaveNet takes the route to the network of an address away, unless another
// address is in it.
func (i *iface) leaveNet(s *stack.Stack, a ifaddr) {
	if a.host() || slices.ContainsFunc(i.addrs, func(o own) bool { return o.network() == a.network() }) {
		return
	}
	gone := tcpip.Route{Destination: a.subnet(), NIC: i.nic}
	s.RemoveRoutes(func(r tcpip.Route) bool { return r.Equal(gone) })
}

// setUp brings i up or down: an interface of the stack, or the addresses of a
// loopback other than lo0. Preconditions: n.mu is held.
func (n *interfaces) setUp(s *stack.Stack, i *iface, up bool) error {
	if up == i.up() {
		return nil
	}
	if up && i.eth != nil {
		if err := i.eth.Up(); err != nil {
			return err
		}
	}
	if up {
		i.flags |= upFlags
	} else {
		i.flags &^= upFlags
	}
	err := i.follow(s, up)
	if !up && i.eth != nil {
		n.in.quietAll(i)
		i.eth.Down()
	}
	n.tellIface(i)
	if up && i.eth != nil {
		for k := range i.addrs {
			if i.addrs[k].dad == nil {
				i.announce(i.addrs[k].ifaddr)
			}
		}
		n.in.detectAgain(s, i)
		i.refix(s)
		n.linkLocal(s, i)
	}
	return err
}

// follow makes the stack's interface what i is.
func (i *iface) follow(s *stack.Stack, up bool) error {
	switch {
	case i.home() == i.nic && up:
		return errno(s.EnableNIC(i.nic))
	case i.home() == i.nic:
		return errno(s.DisableNIC(i.nic))
	}
	for k := range i.addrs {
		if up {
			_ = i.enter(s, &i.addrs[k])
		} else {
			_ = s.RemoveAddress(loNIC, i.addrs[k].addr)
		}
	}
	return nil
}
