// Frames that come in.
package ether

import (
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// NewFrame returns a frame of a copy of b.
func NewFrame(b []byte) *Frame {
	return stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(b)})
}

// Inbound returns a frame to be received of one that was sent. It shares the
// bytes, and is unfinished when the other is.
func Inbound(f *Frame) *Frame {
	in := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: f.ToBuffer()})
	in.GSOOptions = f.GSOOptions
	return in
}

// Deliver takes over a frame from the medium: the driver calls it between Up
// and Down. Frames for others, and ours that come back, are dropped unless
// somebody wants to see all.
func (l *Link) Deliver(f *Frame) {
	if l.admit(f) {
		l.Receive(f)
	}
	f.DecRef()
}

// DeliverSent is given a frame that another interface of this program has sent,
// which stays the sender's. Alone says that nobody else looks at it meanwhile.
// It may go a shorter way than others.
func (l *Link) DeliverSent(f *Frame, alone bool) {
	if up := l.above.Load(); up != nil && up.host != nil && l.plain(f) {
		size, one := f.Size(), f
		if !alone {
			one = f.Clone()
			defer one.DecRef()
		}
		if up.host.Take(one) {
			l.arrived(size)
			return
		}
	}
	l.Deliver(Inbound(f))
}

// plain reports a frame for this interface alone that nobody but the stack is to
// see.
func (l *Link) plain(f *Frame) bool {
	if !l.up.Load() || l.Watched() || l.bridge.Load() != nil {
		return false
	}
	eth, ok := Header(f)
	return ok && !IsMulticast(eth) && l.mine(eth)
}

// DeliverAll takes over frames from the medium, in order. Segments of one
// stream are merged.
func (l *Link) DeliverAll(list []*Frame) {
	m := merger{link: l}
	for _, f := range list {
		switch {
		case !l.admit(f):
			f.DecRef()
		case l.cfg.Offload:
			m.pass(f)
		default:
			m.add(f)
		}
	}
	m.flush()
}

// admit shows a frame to taps and bridge, and reports whether it is for the
// stack.
func (l *Link) admit(f *Frame) bool {
	eth, ok := Header(f)
	if !ok || !l.up.Load() {
		l.InErrors.Add(1)
		return false
	}
	mine := l.mine(eth)
	if !mine && l.promisc.Load() == 0 {
		return false
	}
	l.see(f, false)
	if b := l.bridge.Load(); b != nil && b.Input(l, f) {
		l.Received(f) // what is not swallowed is counted where the stack gets it
		return false
	}
	return mine
}

// Wants reports whether the interface would do more with a frame than drop it.
func (l *Link) Wants(f *Frame) bool {
	eth, ok := Header(f)
	return ok && l.WantsAddr(eth)
}

// WantsAddr is Wants for a frame of which only the header is known.
func (l *Link) WantsAddr(eth []byte) bool { return l.mine(eth) || l.promisc.Load() > 0 }

// mine reports whether a frame is addressed to this interface.
func (l *Link) mine(eth header.Ethernet) bool {
	return IsMulticast(eth) || string(eth[:AddrSize]) == string(*l.addr.Load())
}

// IsMulticast reports whether a frame goes to many, or to all.
func IsMulticast(eth header.Ethernet) bool { return eth[0]&1 != 0 }

// Receive hands a frame to the stack as one that came in by this interface,
// past filter, taps and bridge. It stays the caller's, and may not be handed on
// later: take a Clone before.
func (l *Link) Receive(f *Frame) {
	up := l.above.Load()
	if up == nil {
		return
	}
	if up.damaged(f) {
		l.InErrors.Add(1)
		return
	}
	if list := up.hideFragment(f); list != nil {
		for _, c := range list {
			l.dispatch(up, c)
		}
		release(list)
		return
	}
	if finished(f) || l.cfg.Offload && up.forUs(f) {
		l.dispatch(up, f)
		return
	}
	var room [superSize / MTU * 2]*Frame
	for _, one := range Finish(room[:0], f) {
		l.dispatch(up, one)
		one.DecRef()
	}
}

// dispatch gives the stack one frame.
func (l *Link) dispatch(up *above, f *Frame) {
	l.Received(f)
	if !l.ParseHeader(f) {
		l.InErrors.Add(1)
		return
	}
	eth := header.Ethernet(f.LinkHeader().Slice())
	switch {
	case eth.DestinationAddress() == header.EthernetBroadcastAddress:
		f.PktType = tcpip.PacketBroadcast
	case IsMulticast(eth):
		f.PktType = tcpip.PacketMulticast
	default:
		f.PktType = tcpip.PacketHost
	}
	if eth.Type() == header.ARPProtocolNumber && up.host != nil {
		if b, ok := f.Data().PullUp(header.ARPSize); ok {
			up.host.ARP(l, header.ARP(b))
		}
	}
	up.DeliverNetworkPacket(eth.Type(), f)
}

// forUs reports whether the stack will keep an unfinished frame to itself, and
// not forward it.
func (up *above) forUs(f *Frame) bool {
	if up.host == nil {
		return true
	}
	b, ok := f.Data().PullUp(HeaderSize + header.IPv6MinimumSize)
	if !ok {
		return true
	}
	switch proto := header.Ethernet(b).Type(); proto {
	case header.IPv4ProtocolNumber:
		return up.host.Local(proto, header.IPv4(b[HeaderSize:]).DestinationAddress())
	case header.IPv6ProtocolNumber:
		return up.host.Local(proto, header.IPv6(b[HeaderSize:]).DestinationAddress())
	}
	return true
}
