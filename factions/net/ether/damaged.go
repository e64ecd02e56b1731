// TCP segments for others whose header claims to be longer than they are. The
// stack can't forward them: it would checksum what is not there.
package ether

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// The IPv6 extension headers that the stack looks behind.
const (
	extHopByHop    = 0
	extRouting     = 43
	extFragment    = 44
	extDestination = 60
	extUnit        = 8
)

// damaged reports a frame that is for others and must not be forwarded.
func (up *above) damaged(f *Frame) bool {
	size := f.Data().Size()
	at, ok := segmentAt(f, size)
	if !ok {
		return false
	}
	b, ok := f.Data().PullUp(min(at+header.TCPMinimumSize, size))
	if !ok || len(b) < at+header.TCPMinimumSize || at+int(header.TCP(b[at:]).DataOffset()) <= end(b, size) {
		return false
	}
	switch proto := header.Ethernet(b).Type(); {
	case up.host == nil:
		return true
	case proto == header.IPv4ProtocolNumber:
		return !up.host.Local(proto, header.IPv4(b[HeaderSize:]).DestinationAddress())
	default:
		return !up.host.Local(proto, header.IPv6(b[HeaderSize:]).DestinationAddress())
	}
}

// end returns where the packet in a frame ends, which may be padded.
func end(b []byte, size int) int {
	if header.Ethernet(b).Type() == header.IPv4ProtocolNumber {
		return min(size, HeaderSize+int(header.IPv4(b[HeaderSize:]).TotalLength()))
	}
	return min(size, HeaderSize+header.IPv6MinimumSize+int(header.IPv6(b[HeaderSize:]).PayloadLength()))
}

// segmentAt returns where in a frame a TCP segment begins, false when there is
// none.
func segmentAt(f *Frame, size int) (at int, ok bool) {
	b, ok := f.Data().PullUp(min(HeaderSize+header.IPv6MinimumSize, size))
	if !ok || len(b) < HeaderSize+header.IPv4MinimumSize {
		return 0, false
	}
	switch header.Ethernet(b).Type() {
	case header.IPv4ProtocolNumber:
		ip := header.IPv4(b[HeaderSize:])
		return HeaderSize + int(ip.HeaderLength()), ip.Protocol() == uint8(header.TCPProtocolNumber)
	case header.IPv6ProtocolNumber:
		if len(b) < HeaderSize+header.IPv6MinimumSize {
			return 0, false
		}
		return segmentAt6(f, header.IPv6(b[HeaderSize:]).NextHeader(), size)
	}
	return 0, false
}

// segmentAt6 looks behind the extension headers, of which the first is next.
func segmentAt6(f *Frame, next byte, size int) (at int, ok bool) {
	for at = HeaderSize + header.IPv6MinimumSize; ; {
		switch next {
		case byte(header.TCPProtocolNumber):
			return at, true
		case extHopByHop, extRouting, extFragment, extDestination:
		default:
			return 0, false
		}
		if at+extUnit > size {
			return 0, false
		}
		b, ok := f.Data().PullUp(at + extUnit)
		if !ok {
			return 0, false
		}
		was, ext := next, b[at:]
		next, at = ext[0], at+extUnit
		if was != extFragment {
			at += int(ext[1]) * extUnit
		}
	}
}
