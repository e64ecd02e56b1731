// IPv4 fragments that are forwarded. The stack means to checksum what it
// forwards, and would write the checksum of a fragment, as if it were whole,
// into its data. So it is shown fragments of TCP and UDP as of another
// protocol, which is put right again on the way out.
package ether

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

const (
	// disguise is the protocol number that the stack is shown (RFC 3692), and
	// disguised what marks such a frame, above the true number.
	disguise  = 253
	disguised = 0x666c0000

	ipProto    = 9  // where the number is in an IPv4 header
	ipChecksum = 10 // and where the checksum is
)

// hideFragment returns the frame to give to the stack instead of f, which is a
// fragment for others: a copy. Nil says that f may stay as it is.
func (up *above) hideFragment(f *Frame) *Frame {
	if up.host == nil {
		return nil
	}
	b, ok := f.Data().PullUp(HeaderSize + header.IPv4MinimumSize)
	if !ok || header.Ethernet(b).Type() != header.IPv4ProtocolNumber {
		return nil
	}
	ip := header.IPv4(b[HeaderSize:])
	if !ip.More() && ip.FragmentOffset() == 0 {
		return nil
	}
	proto := ip.TransportProtocol()
	if proto != header.TCPProtocolNumber && proto != header.UDPProtocolNumber ||
		up.host.Local(header.IPv4ProtocolNumber, ip.DestinationAddress()) {
		return nil
	}
	v := f.ToView()
	defer v.Release()
	c := NewFrame(v.AsSlice())
	if b, ok = c.Data().PullUp(HeaderSize + header.IPv4MinimumSize); ok {
		setProto(b[HeaderSize:], disguise)
		c.Mark = disguised | uint32(proto)
	}
	return c
}

// showFragment undoes hideFragment in a frame that goes out.
func showFragment(f *Frame) {
	if f.Mark&^0xff == disguised && f.NetworkPacketInfo.IsForwardedPacket {
		if ip := f.NetworkHeader().Slice(); len(ip) >= header.IPv4MinimumSize && ip[ipProto] == disguise {
			setProto(ip, byte(f.Mark))
		}
	}
}

// setProto changes the protocol in an IPv4 header, and the checksum with it.
func setProto(ip []byte, proto byte) {
	sum := ^binary.BigEndian.Uint16(ip[ipChecksum:])
	sum = checksum.Combine(sum, ^uint16(ip[ipProto]))
	sum = checksum.Combine(sum, uint16(proto))
	ip[ipProto] = proto
	binary.BigEndian.PutUint16(ip[ipChecksum:], ^sum)
}
