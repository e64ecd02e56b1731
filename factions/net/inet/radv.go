// What routers advertise: prefixes, addresses made from them, and themselves.
// The stack tells of it while it is locked, so that it is dealt with later.
package inet

import (
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// discovery implements ipv6.NDPDispatcher.
type discovery struct {
	in *Inet

	mu    sync.Mutex
	queue []func(s *stack.Stack, n *interfaces)
	busy  bool // a goroutine empties the queue
	idle  sync.Cond
}

var _ ipv6.NDPDispatcher = (*discovery)(nil)

// later has fn run with the interfaces locked.
func (d *discovery) later(fn func(s *stack.Stack, n *interfaces)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, fn)
	if !d.busy {
		d.busy = true
		d.in.Base().Go(d.run)
	}
}

func (d *discovery) run() {
	d.mu.Lock()
	for len(d.queue) > 0 {
		list := d.queue
		d.queue = nil
		d.mu.Unlock()
		if s, err := d.in.Stack(); err == nil {
			d.in.ifs.mu.Lock()
			for _, fn := range list {
				fn(s, &d.in.ifs)
			}
			d.in.ifs.mu.Unlock()
		}
		d.mu.Lock()
	}
	d.busy = false
	d.idle.Broadcast()
	d.mu.Unlock()
}

// wait returns when nothing is left to do.
func (d *discovery) wait() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.busy {
		if s, ok := d.in.host.(hypercall.Scheduler); ok {
			d.mu.Unlock()
			s.Yield()
			d.mu.Lock()
		} else {
			d.idle.Wait()
		}
	}
}

// OnDuplicateAddressDetectionResult implements ipv6.NDPDispatcher: the state
// of the address tells.
func (d *discovery) OnDuplicateAddressDetectionResult(tcpip.NICID, tcpip.Address, stack.DADResult) {}

// OnOffLinkRouteUpdated implements ipv6.NDPDispatcher.
func (d *discovery) OnOffLinkRouteUpdated(nic tcpip.NICID, to tcpip.Subnet, router tcpip.Address, _ header.NDPRoutePreference) {
	d.later(func(s *stack.Stack, n *interfaces) {
		_ = n.addRoute(s, route{dst: ifaddr{to.ID(), to.Prefix()}, gateway: router, via: n.index(nic),
			flags: abi.RTF_UP | abi.RTF_GATEWAY | abi.RTF_DYNAMIC})
	})
}

// OnOffLinkRouteInvalidated implements ipv6.NDPDispatcher.
func (d *discovery) OnOffLinkRouteInvalidated(nic tcpip.NICID, to tcpip.Subnet, router tcpip.Address) {
	d.later(func(s *stack.Stack, n *interfaces) { n.forget(s, nic, to, router) })
}

// forget takes a route out that a router had told of. Preconditions: n.mu is
// held.
func (n *interfaces) forget(s *stack.Stack, nic tcpip.NICID, to tcpip.Subnet, router tcpip.Address) {
	k := n.findRoute(ifaddr{to.ID(), to.Prefix()}, nil)
	if k < 0 {
		return
	}
	if r := n.routes[k]; r.via.nic == nic && r.gateway == router && r.flags&abi.RTF_DYNAMIC != 0 {
		n.deleteRoute(s, k)
	}
}

// OnOnLinkPrefixDiscovered implements ipv6.NDPDispatcher.
func (d *discovery) OnOnLinkPrefixDiscovered(nic tcpip.NICID, p tcpip.Subnet) {
	d.later(func(s *stack.Stack, n *interfaces) {
		if i := n.index(nic); i != nil {
			_ = n.addRoute(s, route{dst: ifaddr{p.ID(), p.Prefix()}, link: i,
				flags: abi.RTF_UP | abi.RTF_CONNECTED | abi.RTF_DYNAMIC})
		}
	})
}

// OnOnLinkPrefixInvalidated implements ipv6.NDPDispatcher.
func (d *discovery) OnOnLinkPrefixInvalidated(nic tcpip.NICID, p tcpip.Subnet) {
	d.later(func(s *stack.Stack, n *interfaces) { n.forget(s, nic, p, tcpip.Address{}) })
}

// OnAutoGenAddress implements ipv6.NDPDispatcher: the stack has the address.
func (d *discovery) OnAutoGenAddress(nic tcpip.NICID, a tcpip.AddressWithPrefix) stack.AddressDispatcher {
	state := &addrState{}
	d.later(func(_ *stack.Stack, n *interfaces) {
		i := n.index(nic)
		if i == nil || i.position(a.Address) >= 0 {
			return
		}
		o := own{ifaddr: ifaddr{a.Address, a.PrefixLen}, state: state, life: forever}
		o.life.flags = abi.IN6_IFF_AUTOCONF
		i.addrs = append(i.addrs, o)
		n.tellAddr(i, o, abi.RTM_NEWADDR)
	})
	return state
}

// OnAutoGenAddressDeprecated implements ipv6.NDPDispatcher.
func (d *discovery) OnAutoGenAddressDeprecated(nic tcpip.NICID, a tcpip.AddressWithPrefix) {
	d.later(func(_ *stack.Stack, n *interfaces) {
		if i := n.index(nic); i != nil {
			if k := i.position(a.Address); k >= 0 {
				i.addrs[k].life.flags |= abi.IN6_IFF_DEPRECATED
			}
		}
	})
}

// OnAutoGenAddressInvalidated implements ipv6.NDPDispatcher.
func (d *discovery) OnAutoGenAddressInvalidated(nic tcpip.NICID, a tcpip.AddressWithPrefix) {
	d.later(func(s *stack.Stack, n *interfaces) {
		if i := n.index(nic); i != nil {
			_ = n.removeAddr(s, i, a.Address)
		}
	})
}

// OnRecursiveDNSServerOption implements ipv6.NDPDispatcher: names are for
// programs.
func (d *discovery) OnRecursiveDNSServerOption(tcpip.NICID, []tcpip.Address, time.Duration) {}

// OnDNSSearchListOption implements ipv6.NDPDispatcher.
func (d *discovery) OnDNSSearchListOption(tcpip.NICID, []string, time.Duration) {}

// OnDHCPv6Configuration implements ipv6.NDPDispatcher.
func (d *discovery) OnDHCPv6Configuration(tcpip.NICID, ipv6.DHCPv6ConfigurationFromNDPRA) {}
