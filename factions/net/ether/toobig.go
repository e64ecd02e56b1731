// "Packet too big": the stack's messages of this kind leave out how big a
// packet may be, without which the sender's path MTU discovery fails.
package ether

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// fillTooBig enters the MTU in a message of that kind that goes out.
func (l *Link) fillTooBig(f *Frame) {
	p := l.above.Load()
	h := f.TransportHeader().Slice()
	if p == nil || p.host == nil || len(h) < header.ICMPv4MinimumSize {
		return
	}
	switch f.TransportProtocolNumber {
	case header.ICMPv6ProtocolNumber:
		if header.ICMPv6Type(h[0]) != header.ICMPv6PacketTooBig || binary.BigEndian.Uint32(h[4:]) != 0 {
			return
		}
		if b, ok := f.Data().PullUp(header.IPv6MinimumSize); ok {
			setMTU(h, p.host.MTU(header.IPv6ProtocolNumber, header.IPv6(b).DestinationAddress()))
		}
	case header.ICMPv4ProtocolNumber:
		if header.ICMPv4Type(h[0]) != header.ICMPv4DstUnreachable ||
			header.ICMPv4Code(h[1]) != header.ICMPv4FragmentationNeeded || binary.BigEndian.Uint16(h[6:]) != 0 {
			return
		}
		if b, ok := f.Data().PullUp(header.IPv4MinimumSize); ok {
			setMTU(h, p.host.MTU(header.IPv4ProtocolNumber, header.IPv4(b).DestinationAddress()))
		}
	}
}

// setMTU sets the MTU, which is 0, in an ICMP header.
func setMTU(h []byte, mtu uint32) {
	binary.BigEndian.PutUint16(h[6:], uint16(mtu))
	sum := checksum.Combine(^binary.BigEndian.Uint16(h[2:]), uint16(mtu))
	binary.BigEndian.PutUint16(h[2:], ^sum)
}

// Host is what a Link asks of the stack it belongs to.
type Host interface {
	// Local reports whether an address is the host's own.
	Local(proto tcpip.NetworkProtocolNumber, addr tcpip.Address) bool
	// MTU returns the length of packets that can be sent to an address, 0
	// when none can.
	MTU(proto tcpip.NetworkProtocolNumber, dst tcpip.Address) uint32
	// Take gives a frame that another interface has sent, its headers parsed, to
	// a socket. Nobody else looks at the frame meanwhile. False when it has to be
	// received like any other.
	Take(f *Frame) bool
	// ARP is shown a packet that came in by the interface, before the stack is.
	// It may be too short to be one, or of another protocol than IPv4.
	ARP(l *Link, p header.ARP)
}
