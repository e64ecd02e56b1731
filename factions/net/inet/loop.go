// lo0: a link that hands every packet back to the stack it came from. TCP
// segments of up to 64 KB pass whole, and nothing is checksummed, as nothing
// can damage a packet on the way.
package inet

import (
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	// loopMTU is what lo(4) has.
	loopMTU = 33624
	// superSize bounds the segments that pass whole, headers included.
	superSize = 65535
)

// loopLink is the link endpoint of lo0. Delivery is on the sender's goroutine:
// the transports queue what they can't take at once.
type loopLink struct {
	up  atomic.Pointer[dispatcher]
	mtu atomic.Uint32
	// direct is the dispatcher's, set before there is one.
	direct *direct
	// packets and bytes count what passed.
	packets, bytes atomic.Uint64
	ether.Taps
}

// FillData enters the counters in the answer of SIOCGIFDATA.
func (l *loopLink) FillData(d *abi.IfData) {
	d.Ipackets, d.Ibytes = l.packets.Load(), l.bytes.Load()
	d.Opackets, d.Obytes = d.Ipackets, d.Ibytes
}

// Reset sets the counters to 0.
func (l *loopLink) Reset() {
	l.packets.Store(0)
	l.bytes.Store(0)
}

// dispatcher is who takes packets in.
type dispatcher struct {
	stack.NetworkDispatcher
	// direct may take a packet a shorter way.
	direct *direct
}

func newLoopLink() *loopLink {
	l := &loopLink{}
	l.mtu.Store(loopMTU)
	return l
}

// WritePackets implements stack.LinkWriter.
func (l *loopLink) WritePackets(pkts stack.PacketBufferList) (int, tcpip.Error) {
	up := l.up.Load()
	for _, pkt := range pkts.AsSlice() {
		l.packets.Add(1)
		l.bytes.Add(uint64(pkt.Size()))
		l.See(pkt, true)
		if up != nil && up.direct.looped(pkt) {
			continue
		}
		back := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: pkt.ToBuffer()})
		if up != nil {
			up.DeliverNetworkPacket(pkt.NetworkProtocolNumber, back)
		}
		back.DecRef()
	}
	return pkts.Len(), nil
}

// takes gives a segment that is about to leave by lo0 to its socket, whose id is
// to: that saves the rest of the way down. False when it has to go on.
func (l *loopLink) takes(to stack.TransportEndpointID, pkt *stack.PacketBuffer, h header.TCP, r *stack.Route) bool {
	up := l.up.Load()
	if up == nil || r.NICID() != loNIC || r.Loop() != stack.PacketOut || l.Watched() {
		return false
	}
	size := uint64(pkt.Size()) // it is the socket's in a moment
	if to.LocalAddress != to.RemoteAddress || !up.direct.give(to, pkt, h) {
		return false
	}
	up.direct.counters(pkt.NetworkProtocolNumber).PacketsSent.Increment()
	l.packets.Add(1)
	l.bytes.Add(size)
	return true
}

// Attach implements stack.NetworkLinkEndpoint.
func (l *loopLink) Attach(d stack.NetworkDispatcher) {
	if d == nil {
		l.up.Store(nil)
		return
	}
	l.up.Store(&dispatcher{d, l.direct})
}

// IsAttached implements stack.NetworkLinkEndpoint.
func (l *loopLink) IsAttached() bool { return l.up.Load() != nil }

// MTU implements stack.NetworkLinkEndpoint.
func (l *loopLink) MTU() uint32 { return l.mtu.Load() }

// SetMTU implements stack.NetworkLinkEndpoint.
func (l *loopLink) SetMTU(mtu uint32) { l.mtu.Store(mtu) }

// Capabilities implements stack.NetworkLinkEndpoint.
func (l *loopLink) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityRXChecksumOffload | stack.CapabilityTXChecksumOffload | stack.CapabilityLoopback
}

// GSOMaxSize implements stack.GSOEndpoint.
func (l *loopLink) GSOMaxSize() uint32 { return superSize }

// SupportedGSO implements stack.GSOEndpoint.
func (l *loopLink) SupportedGSO() stack.SupportedGSO { return stack.HostGSOSupported }

// MaxHeaderLength implements stack.NetworkLinkEndpoint: there is no header.
func (l *loopLink) MaxHeaderLength() uint16 { return 0 }

// LinkAddress implements stack.NetworkLinkEndpoint: there is none.
func (l *loopLink) LinkAddress() tcpip.LinkAddress { return "" }

// SetLinkAddress implements stack.NetworkLinkEndpoint.
func (l *loopLink) SetLinkAddress(tcpip.LinkAddress) {}

// ARPHardwareType implements stack.NetworkLinkEndpoint.
func (l *loopLink) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareLoopback }

// AddHeader implements stack.NetworkLinkEndpoint.
func (l *loopLink) AddHeader(*stack.PacketBuffer) {}

// ParseHeader implements stack.NetworkLinkEndpoint.
func (l *loopLink) ParseHeader(*stack.PacketBuffer) bool { return true }

// Wait implements stack.NetworkLinkEndpoint: there is no goroutine.
func (l *loopLink) Wait() {}

// Close implements stack.NetworkLinkEndpoint.
func (l *loopLink) Close() {}

// SetOnCloseAction implements stack.NetworkLinkEndpoint.
func (l *loopLink) SetOnCloseAction(func()) {}
