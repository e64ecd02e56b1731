// Detection of duplicate IPv4 addresses (RFC 5227): before an address is used
// the network is asked whether somebody has it. An interface's first address,
// which brings it up, is used at once, as on NetBSD.
package inet

import (
	"encoding/binary"
	"strconv"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// The times of RFC 5227, section 1.1.
const (
	probeWait        = time.Second
	probeMin         = time.Second
	probeMax         = 2 * time.Second
	announceWait     = 2 * time.Second
	announceNum      = 2
	announceInterval = 2 * time.Second
)

// detection is what became of looking for a duplicate of an address. The list
// of interfaces guards it.
type detection struct {
	flags uint32 // IN_IFF_TENTATIVE or IN_IFF_DUPLICATED
	// sent and told count probes and announcements.
	sent, told int32
	timer      hypercall.Timer
	turn       int // counts timers
}

// ready reports an address that is in use, or would be if the interface were up.
func (a *own) ready() bool { return a.dad == nil || a.dad.flags == 0 }

// detects reports whether a new address is not used before it was looked for.
func (i *iface) detects(a *own) bool {
	return i.eth != nil && !i.eth.Alone() && i.up() && !a.v6() && !a.addr.Unspecified()
}

// detect begins to look for a duplicate, or to use the address when none is
// looked for. Preconditions: in.ifs.mu is held; the stack has not got it.
func (in *Inet) detect(s *stack.Stack, i *iface, a *own) {
	d := a.dad
	in.quietDAD(i, a)
	d.flags, d.sent, d.told = abi.IN_IFF_TENTATIVE, 0, 0
	if in.set.dadCount4.Load() == 0 {
		in.settled(s, i, a)
		return
	}
	in.arp.probe(arpKey{i.nic, a.addr}, true)
	in.dadAfter(i, a, in.random(probeWait))
}

// random returns a time below most.
func (in *Inet) random(most time.Duration) time.Duration {
	var b [8]byte
	_ = in.host.Random(b[:])
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(most))
}

// quietDAD ends the search, whatever came of it. Preconditions: in.ifs.mu is
// held.
func (in *Inet) quietDAD(i *iface, a *own) {
	in.arp.probe(arpKey{i.nic, a.addr}, false)
	a.dad.turn++
	if a.dad.timer != nil {
		a.dad.timer.Stop()
		a.dad.timer = nil
	}
}

// dadAfter has the next step taken after some time. Preconditions: in.ifs.mu
// is held.
func (in *Inet) dadAfter(i *iface, a *own, wait time.Duration) {
	d, addr := a.dad, a.addr
	d.turn++
	turn := d.turn
	d.timer = in.host.AfterFunc(wait, func() {
		s := in.made()
		if s == nil {
			return
		}
		in.ifs.mu.Lock()
		defer in.ifs.mu.Unlock()
		if k := i.position(addr); k >= 0 && i.addrs[k].dad == d && d.turn == turn {
			in.stepDAD(s, i, &i.addrs[k])
		}
	})
}

// stepDAD asks once more, or begins to use the address, or tells once more whose
// it is. Preconditions: in.ifs.mu is held.
func (in *Inet) stepDAD(s *stack.Stack, i *iface, a *own) {
	d := a.dad
	switch count := in.set.dadCount4.Load(); {
	case d.flags == abi.IN_IFF_TENTATIVE && d.sent < count:
		i.askARP(header.IPv4Any, a.addr)
		wait := announceWait
		if d.sent++; d.sent < count {
			wait = probeMin + in.random(probeMax-probeMin)
		}
		in.dadAfter(i, a, wait)
		return
	case d.flags == abi.IN_IFF_TENTATIVE:
		in.settled(s, i, a)
	default:
		i.askARP(a.addr, a.addr)
	}
	if d.told++; d.told < announceNum && d.sent > 0 {
		in.dadAfter(i, a, announceInterval)
	}
}

// settled begins to use an address. Preconditions: in.ifs.mu is held.
func (in *Inet) settled(s *stack.Stack, i *iface, a *own) {
	in.arp.probe(arpKey{i.nic, a.addr}, false)
	a.dad.flags = 0
	_ = i.enter(s, a)
	in.ifs.tellAddr(i, *a, abi.RTM_NEWADDR)
	i.askARP(a.addr, a.addr)
}

// duplicate4 gives an address up that was looked for and that somebody has.
// Preconditions: in.ifs.mu is held.
func (in *Inet) duplicate4(k arpKey) {
	i := in.ifs.index(k.nic)
	if i == nil {
		return
	}
	at := i.position(k.addr)
	if at < 0 {
		return
	}
	a := &i.addrs[at]
	if a.dad == nil || a.dad.flags != abi.IN_IFF_TENTATIVE {
		return
	}
	in.quietDAD(i, a)
	a.dad.flags = abi.IN_IFF_DUPLICATED
	in.Base().Printf(i.name + ": DAD detected duplicate IPv4 address " + a.addr.String() +
		": ARP out=" + strconv.Itoa(int(a.dad.sent)) + "\n")
	in.ifs.tellAddr(i, *a, abi.RTM_NEWADDR)
	if in.onDuplicate != nil {
		in.onDuplicate(i.name, a.addr)
	}
}

// quietAll ends the search for every address of an interface that goes down.
// Preconditions: in.ifs.mu is held.
func (in *Inet) quietAll(i *iface) {
	for k := range i.addrs {
		if a := &i.addrs[k]; a.dad != nil {
			in.quietDAD(i, a)
		}
	}
}

// detectAgain looks again for the addresses of an interface that has come up, as
// far as they were looked for before. Preconditions: in.ifs.mu is held.
func (in *Inet) detectAgain(s *stack.Stack, i *iface) {
	for k := range i.addrs {
		if a := &i.addrs[k]; a.dad != nil {
			if a.ready() {
				_ = s.RemoveAddress(i.home(), a.addr)
			}
			in.detect(s, i, a)
		}
	}
}

// OnDuplicate has fn called when an IPv4 address turns out to be somebody else's.
// It is called with locks held, and must not call back. It is set before the
// kernel runs.
func (in *Inet) OnDuplicate(fn func(ifname string, a tcpip.Address)) { in.onDuplicate = fn }
