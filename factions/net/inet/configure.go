// Configuration by parts of the kernel: what ifconfig(8) and route(8) do from
// outside.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// with runs fn on the interface of a name, with the list locked: ENXIO when
// there is none.
func (in *Inet) with(name string, fn func(s *stack.Stack, n *interfaces, i *iface) error) error {
	s, err := in.Stack()
	if err != nil {
		return err
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	i := n.find(name)
	if i == nil {
		return abi.ENXIO
	}
	return fn(s, n, i)
}

// Up brings an interface up.
func (in *Inet) Up(name string) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error { return n.setUp(s, i, true) })
}

// SetMTU sets the MTU of an interface.
func (in *Inet) SetMTU(name string, mtu int32) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error { return n.setMTU(s, i, mtu) })
}

// SetAddress gives an interface an IPv4 address, and brings it up. A broadcast
// address of length 0 is the usual one.
func (in *Inet) SetAddress(name string, a tcpip.AddressWithPrefix, brd tcpip.Address) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error {
		o := i.own4(ifaddr{a.Address, a.PrefixLen})
		if brd.Len() != 0 {
			o.brd = brd
		}
		return n.addAddr(s, i, o)
	})
}

// DropAddress takes an address from an interface: EADDRNOTAVAIL when it has it
// not.
func (in *Inet) DropAddress(name string, a tcpip.Address) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error { return n.removeAddr(s, i, a) })
}

// SetRoute enters a route by a gateway, or to what is at an interface when the
// gateway is unspecified, in place of one to the same network.
func (in *Inet) SetRoute(name string, to tcpip.Subnet, gateway tcpip.Address) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error {
		r := route{dst: ifaddr{to.ID(), to.Prefix()}, flags: abi.RTF_UP | abi.RTF_STATIC}
		if gateway.Unspecified() {
			r.link = i
		} else {
			r.gateway, r.flags = gateway, r.flags|abi.RTF_GATEWAY
		}
		if k := n.findRoute(r.dst, nil); k >= 0 {
			return n.changeRoute(s, k, r)
		}
		return n.addRoute(s, r)
	})
}

// DropRoute takes out what SetRoute has entered: ESRCH when it is not there any
// more.
func (in *Inet) DropRoute(name string, to tcpip.Subnet, gateway tcpip.Address) error {
	return in.with(name, func(s *stack.Stack, n *interfaces, i *iface) error {
		k := n.findRoute(ifaddr{to.ID(), to.Prefix()}, nil)
		if k < 0 {
			return abi.ESRCH
		}
		if r := &n.routes[k]; r.via != i || r.gateway != gateway && !(gateway.Unspecified() && r.link == i) {
			return abi.ESRCH
		}
		n.deleteRoute(s, k)
		return nil
	})
}
