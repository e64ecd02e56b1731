// Lifetimes of IPv6 addresses: an address is deprecated and taken away when
// its time is over. Those made from router advertisements the stack sees to.
package inet

import (
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// left returns how long an address is valid and preferred at a time of the
// monotonic clock in seconds; ok is false where that does not end.
func (t *lifetime) left(now int64) (valid, preferred int64, okValid, okPreferred bool) {
	valid, preferred = t.since+int64(t.valid)-now, t.since+int64(t.preferred)-now
	return valid, preferred, t.valid != abi.ND6_INFINITE_LIFETIME, t.preferred != abi.ND6_INFINITE_LIFETIME
}

// age deprecates addresses that are preferred no longer, takes away those that
// are not valid, and comes again for the next. Preconditions: in.ifs.mu is held.
func (in *Inet) age(s *stack.Stack) {
	now, next := in.uptime(), int64(0)
	later := func(in int64) {
		if next == 0 || in < next {
			next = in
		}
	}
	for _, i := range in.ifs.list {
		for _, a := range slices.Clone(i.addrs) {
			if a.life.flags&abi.IN6_IFF_AUTOCONF != 0 {
				continue
			}
			valid, preferred, ends, fades := a.life.left(now)
			if ends && valid <= 0 {
				_ = in.ifs.removeAddr(s, i, a.addr)
				continue
			}
			if ends {
				later(valid)
			}
			if fades && preferred > 0 {
				later(preferred)
			} else if fades {
				i.deprecate(s, a.addr, true)
			}
		}
	}
	in.ageAfter(next)
}

// ageAfter sees that age is called in so many seconds, 0 for never.
// Preconditions: in.ifs.mu is held.
func (in *Inet) ageAfter(seconds int64) {
	if in.ifs.aging != nil {
		in.ifs.aging.Stop()
		in.ifs.aging = nil
	}
	if seconds == 0 {
		return
	}
	at := time.Duration(in.uptime()+seconds) * time.Second
	in.ifs.aging = in.host.AfterFunc(at-time.Duration(in.host.Mono()), func() {
		if s := in.made(); s != nil {
			in.ifs.mu.Lock()
			defer in.ifs.mu.Unlock()
			in.age(s)
		}
	})
}

// deprecate has an address not chosen for new connections, or chosen again.
// Preconditions: the list is locked.
func (i *iface) deprecate(s *stack.Stack, addr tcpip.Address, on bool) {
	k := i.position(addr)
	if k < 0 {
		return
	}
	i.addrs[k].life.flags &^= abi.IN6_IFF_DEPRECATED
	if on {
		i.addrs[k].life.flags |= abi.IN6_IFF_DEPRECATED
	}
	_ = s.SetAddressLifetimes(i.home(), addr, stack.AddressLifetimes{Deprecated: on})
}

// lifetimes returns what a program sees of an address's lifetimes. boot is when
// the monotonic clock was 0, in seconds since 1970.
func (in *Inet) lifetimes(a *own, boot int64) abi.In6Addrlifetime {
	if a.state == nil || a.life.flags&abi.IN6_IFF_AUTOCONF == 0 {
		return a.life.abi(boot)
	}
	now := in.uptime()
	t := lifetime{since: now, valid: abi.ND6_INFINITE_LIFETIME, preferred: abi.ND6_INFINITE_LIFETIME}
	if v := a.state.valid.Load(); v != 0 {
		t.valid = uint32(max(v-now, 0))
	}
	if v := a.state.preferred.Load(); v != 0 {
		t.preferred = uint32(max(v-now, 0))
	}
	return t.abi(boot)
}

// until returns a time of the stack in seconds of the monotonic clock, 0 for
// none and for the end of time.
func until(t tcpip.MonotonicTime) int64 {
	if t == tcpip.MonotonicTimeInfinite() {
		return 0
	}
	return int64(t.Sub(tcpip.MonotonicTime{}) / time.Second)
}
