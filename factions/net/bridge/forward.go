// The way of frames through a bridge.
package bridge

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Input implements ether.Bridge: a frame came in by a member.
func (b *bridge) Input(l *ether.Link, f *ether.Frame) bool {
	m := b.of(l)
	eth, ok := ether.Header(f)
	if m == nil || !ok || !b.link.Running() {
		return false
	}
	if reserved(eth) {
		return false // for neighbours only: it does not cross a bridge
	}
	if m.flags.Load()&abi.IFBIF_LEARNING != 0 {
		b.table.learn(eth.SourceAddress(), m)
	}
	if ether.IsMulticast(eth) {
		b.pass(f, m)
		return false // the member's own stack sees it too
	}
	dst := eth.DestinationAddress()
	if dst == b.link.LinkAddress() {
		b.take(b.link, f)
		return true
	}
	for _, o := range *b.members.Load() {
		if o.link.LinkAddress() == dst {
			if o == m {
				return false
			}
			b.take(o.link, f)
			return true
		}
	}
	b.link.Received(f)
	if to := b.table.lookup(dst); to == nil {
		b.flood(f, m)
	} else if to != m {
		b.send(to.link, f)
	}
	return true
}

// reserved reports whether a frame is addressed to who is on the same wire
// (IEEE 802.1D: 01:80:c2:00:00:00 to 0f).
func reserved(eth header.Ethernet) bool {
	return string(eth[:5]) == "\x01\x80\xc2\x00\x00" && eth[5] < 16
}

// take gives a frame to the stack, by an interface of the bridge.
func (b *bridge) take(l *ether.Link, f *ether.Frame) {
	in := f.Clone()
	defer in.DecRef()
	if l == b.link {
		b.link.See(in, false)
	}
	l.Receive(in)
}

// pass hands a frame for many to all other members, to the stack by each of them,
// and to the bridge itself.
func (b *bridge) pass(f *ether.Frame, from *member) {
	b.flood(f, from)
	b.hear(f, from.link)
	b.take(b.link, f)
}

// hear gives a frame for many to the stack, by every member but one.
func (b *bridge) hear(f *ether.Frame, but *ether.Link) {
	for _, m := range *b.members.Load() {
		if m.link != but && m.link.Running() {
			b.take(m.link, f)
		}
	}
}

// flood sends a frame by all members but one.
func (b *bridge) flood(f *ether.Frame, from *member) {
	for _, m := range *b.members.Load() {
		if m != from && (m.flags.Load()&abi.IFBIF_DISCOVER != 0 || isMulticast(f)) {
			b.send(m.link, f)
		}
	}
}

func isMulticast(f *ether.Frame) bool {
	eth, ok := ether.Header(f)
	return ok && ether.IsMulticast(eth)
}

// send sends a frame by a member, and counts it as the bridge's.
func (b *bridge) send(l *ether.Link, f *ether.Frame) {
	b.link.Sent(f)
	transmit(l, f)
}

// transmit sends a frame by a member. What is received may be handed on to the
// stack later, so the frame that is sent is another one.
func transmit(l *ether.Link, f *ether.Frame) {
	one := f.Clone()
	l.Transmit([]*ether.Frame{one})
	one.DecRef()
}

// Output implements ether.Bridge: the stack sends by a member. Where to the
// frames go is the bridge's to say.
func (b *bridge) Output(l *ether.Link, frames []*ether.Frame) bool {
	if !b.link.Running() {
		return false
	}
	for _, f := range frames {
		b.out(l, f)
	}
	return true
}

// out sends a frame of the stack to where its destination is. Those that a member
// sends are counted as the bridge's as often as they go out; its own have been.
func (b *bridge) out(l *ether.Link, f *ether.Frame) {
	eth, ok := ether.Header(f)
	if !ok {
		return
	}
	if !ether.IsMulticast(eth) {
		if to := b.table.lookup(eth.DestinationAddress()); to != nil {
			if l != nil {
				b.link.Sent(f)
			}
			to.link.Transmit([]*ether.Frame{f})
			return
		}
	}
	for _, m := range *b.members.Load() {
		switch {
		case m.link != l && !m.link.Running():
		case l == nil:
			transmit(m.link, f)
		default:
			b.send(m.link, f)
		}
	}
}

// Send implements ether.Driver: the stack sends by the bridge itself.
func (b *bridge) Send(frames []*ether.Frame) {
	for _, f := range frames {
		b.out(nil, f)
	}
}
