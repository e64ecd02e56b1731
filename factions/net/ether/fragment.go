// IPv4 fragments that are forwarded. The stack means to checksum what it
// forwards, and would write the checksum of a fragment, as if it were whole,
// into its data. So it is shown fragments of TCP and UDP as of another
// protocol, which is put right again on the way out. It is shown none that it
// would have to cut, as the parts would all be the beginning of the packet.
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

// hideFragment returns the frames to give to the stack instead of f, which is a
// fragment for others: a copy, or several that need not be cut on their way, as
// the stack would give each part the place of the first. None says that f may
// stay as it is.
func (up *above) hideFragment(f *Frame) []*Frame {
	ip, ok := up.foreign(f)
	if !ok {
		return nil
	}
	proto := ip.TransportProtocol()
	hide := proto == header.TCPProtocolNumber || proto == header.UDPProtocolNumber
	most := up.host.MTU(header.IPv4ProtocolNumber, ip.DestinationAddress())
	long := most >= minMTU && int(ip.TotalLength()) > int(most) && ip.Flags()&header.IPv4FlagDontFragment == 0
	if !hide && !long {
		return nil
	}
	v := f.ToView()
	defer v.Release()
	parts := [][]byte{v.AsSlice()}
	if long {
		parts = cutFragment(v.AsSlice(), int(most))
	}
	var list []*Frame
	for _, b := range parts {
		c := NewFrame(b)
		if b, ok = c.Data().PullUp(HeaderSize + header.IPv4MinimumSize); ok && hide {
			setProto(b[HeaderSize:], disguise)
			c.Mark = disguised | uint32(proto)
		}
		list = append(list, c)
	}
	return list
}

// foreign returns the header of an IPv4 fragment that is for others.
func (up *above) foreign(f *Frame) (header.IPv4, bool) {
	if up.host == nil {
		return nil, false
	}
	b, ok := f.Data().PullUp(HeaderSize + header.IPv4MinimumSize)
	if !ok || header.Ethernet(b).Type() != header.IPv4ProtocolNumber {
		return nil, false
	}
	ip := header.IPv4(b[HeaderSize:])
	if !ip.More() && ip.FragmentOffset() == 0 {
		return nil, false
	}
	return ip, !up.host.Local(header.IPv4ProtocolNumber, ip.DestinationAddress())
}

// cutFragment cuts a frame with a fragment into frames with packets of at most
// that length. One with options, or whose length is wrong, stays whole.
func cutFragment(frame []byte, most int) (list [][]byte) {
	ip := header.IPv4(frame[HeaderSize:])
	size := int(ip.TotalLength())
	if ip.HeaderLength() != header.IPv4MinimumSize || size > len(ip) || int(ip.FragmentOffset())+size > header.IPv4MaximumPayloadSize {
		return [][]byte{frame}
	}
	const head = HeaderSize + header.IPv4MinimumSize
	data, step := frame[head:HeaderSize+size], (most-header.IPv4MinimumSize)&^7
	for at := 0; at < len(data); at += step {
		part := data[at:min(at+step, len(data))]
		b := append(append(make([]byte, 0, head+len(part)), frame[:head]...), part...)
		h, flags := header.IPv4(b[HeaderSize:]), ip.Flags()
		if at+len(part) < len(data) {
			flags |= header.IPv4FlagMoreFragments
		}
		h.SetFlagsFragmentOffset(flags, ip.FragmentOffset()+uint16(at))
		h.SetTotalLength(uint16(len(h)))
		h.SetChecksum(0)
		h.SetChecksum(^h.CalculateChecksum())
		list = append(list, b)
	}
	return list
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
