// What IPv6 asks of an interface: a link-local address, lifetimes, detection
// of duplicates.
package inet

import (
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ndDefault is the ND6_IFF_ flags of a new interface.
const ndDefault = abi.ND6_IFF_PERFORMNUD | abi.ND6_IFF_AUTO_LINKLOCAL

// lifetime is how long an IPv6 address is valid and preferred, in seconds.
type lifetime struct {
	valid, preferred uint32
	// since is when both began, in seconds of the monotonic clock; flags are
	// IN6_IFF_ that were given.
	since int64
	flags uint32
}

// forever is the lifetime of an address that stays.
var forever = lifetime{valid: abi.ND6_INFINITE_LIFETIME, preferred: abi.ND6_INFINITE_LIFETIME}

// addrState implements stack.AddressDispatcher: it remembers whether an
// address may be used.
type addrState struct {
	flags atomic.Uint32 // IN6_IFF_
	// valid and preferred are until when it is, in seconds of the monotonic
	// clock, 0 for ever, of one that a router has told of.
	valid, preferred atomic.Int64
}

// OnChanged implements stack.AddressDispatcher.
func (a *addrState) OnChanged(t stack.AddressLifetimes, s stack.AddressAssignmentState) {
	a.valid.Store(until(t.ValidUntil))
	a.preferred.Store(until(t.PreferredUntil))
	switch s {
	case stack.AddressTentative:
		a.flags.Store(abi.IN6_IFF_TENTATIVE)
	case stack.AddressDisabled:
		a.flags.Store(abi.IN6_IFF_DETACHED)
	default:
		a.flags.Store(0)
	}
}

// OnRemoved implements stack.AddressDispatcher.
func (a *addrState) OnRemoved(why stack.AddressRemovalReason) {
	if why == stack.AddressRemovalDADFailed {
		a.flags.Store(abi.IN6_IFF_DUPLICATED)
	}
}

// flags6 returns the IN6_IFF_ flags of an address.
func (a *own) flags6() uint32 {
	f := a.life.flags
	if a.state != nil {
		f |= a.state.flags.Load()
	}
	return f
}

// linkLocal gives an interface that has come up its link-local address, made
// from the link-level one. Preconditions: n.mu is held.
func (n *interfaces) linkLocal(s *stack.Stack, i *iface) {
	if i.ndFlags&abi.ND6_IFF_AUTO_LINKLOCAL == 0 {
		return
	}
	for _, a := range i.addrs {
		if isLinkLocal6(a.addr) {
			return
		}
	}
	a := header.LinkLocalAddr(i.eth.LinkAddress())
	_ = n.addAddr(s, i, own{ifaddr: ifaddr{a, 64}, life: forever})
}
