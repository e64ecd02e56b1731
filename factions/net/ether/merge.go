// Segments of TCP that come one after the other are merged into one before the
// stack has them, as a network card may do for its host.
package ether

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// merger collects the segments of a batch that continue one another.
type merger struct {
	link *Link
	head *Frame // the first segment, nil when there is none
	// hdr is the length of the headers, next the sequence number that would
	// continue, size the length of all, and sum that of the payloads.
	hdr  int
	next uint32
	size int
	sum  uint16
	// dst is the last destination that was asked about, mine the answer.
	dst  tcpip.Address
	mine bool
}

// segment is what must be known of a segment to merge it.
type segment struct {
	b       []byte // headers, Ethernet first
	hdr     int
	ip, tcp int // where those headers are
	payload int
	v6      bool
}

// add takes over a frame, and hands on what can't be merged with it.
func (m *merger) add(f *Frame) {
	s, ok := m.parse(f)
	if !ok {
		m.flush()
		m.pass(f)
		return
	}
	if m.head != nil && m.continues(&s) {
		m.merge(f, &s)
	} else {
		m.flush()
		m.begin(f, &s)
	}
	if header.TCP(s.b[s.tcp:]).Flags()&header.TCPFlagPsh != 0 || s.payload%2 != 0 {
		m.flush()
	}
}

// pass hands on a frame as it is.
func (m *merger) pass(f *Frame) {
	m.link.Receive(f)
	f.DecRef()
}

// parse reports whether a frame is a segment of data for ourselves that may be
// merged.
func (m *merger) parse(f *Frame) (s segment, ok bool) {
	if !finished(f) || f.Size() < HeaderSize+header.IPv6MinimumSize+header.TCPMinimumSize {
		return s, false
	}
	b, ok := f.Data().PullUp(min(f.Size(), HeaderSize+header.IPv6MinimumSize+header.TCPHeaderMaximumSize))
	if !ok {
		return s, false
	}
	s.b, s.ip = b, HeaderSize
	var size int
	var dst tcpip.Address
	switch header.Ethernet(b).Type() {
	case header.IPv4ProtocolNumber:
		ip := header.IPv4(b[s.ip:])
		if ip.HeaderLength() != header.IPv4MinimumSize || ip.More() || ip.FragmentOffset() != 0 ||
			ip.TransportProtocol() != header.TCPProtocolNumber || !ip.IsChecksumValid() {
			return s, false
		}
		s.tcp, size, dst = s.ip+header.IPv4MinimumSize, int(ip.TotalLength()), ip.DestinationAddress()
	case header.IPv6ProtocolNumber:
		ip := header.IPv6(b[s.ip:])
		if tcpip.TransportProtocolNumber(ip.NextHeader()) != header.TCPProtocolNumber {
			return s, false
		}
		s.tcp, s.v6 = s.ip+header.IPv6MinimumSize, true
		size, dst = header.IPv6MinimumSize+int(ip.PayloadLength()), ip.DestinationAddress()
	default:
		return s, false
	}
	tcp := header.TCP(b[s.tcp:])
	s.hdr = s.tcp + int(tcp.DataOffset())
	s.payload = f.Size() - s.hdr
	if tcp.DataOffset() < header.TCPMinimumSize || s.hdr > len(b) || s.payload <= 0 || HeaderSize+size != f.Size() ||
		tcp.Flags()&^(header.TCPFlagAck|header.TCPFlagPsh) != 0 {
		return s, false
	}
	return s, m.forUs(header.Ethernet(b).Type(), dst)
}

// forUs reports whether an address is the host's own: what is forwarded is
// not merged.
func (m *merger) forUs(proto tcpip.NetworkProtocolNumber, dst tcpip.Address) bool {
	h := m.link.host
	if h == nil {
		return false
	}
	if dst != m.dst {
		m.dst, m.mine = dst, h.Local(proto, dst)
	}
	return m.mine
}

// payloadSum returns the sum of the payload as the segment's checksum has it.
func (s *segment) payloadSum() uint16 {
	tcp := s.b[s.tcp:s.hdr]
	sum := checksum.Checksum(tcp, s.pseudo(s.hdr-s.tcp+s.payload))
	// The field itself is in sum, and is the complement of all.
	field := binary.BigEndian.Uint16(tcp[header.TCPChecksumOffset:])
	sum = checksum.Combine(sum, ^field) // without it
	return checksum.Combine(^field, ^sum)
}

// pseudo returns the sum of the pseudo header of a segment of n bytes.
func (s *segment) pseudo(n int) uint16 {
	var src, dst tcpip.Address
	if s.v6 {
		ip := header.IPv6(s.b[s.ip:])
		src, dst = ip.SourceAddress(), ip.DestinationAddress()
	} else {
		ip := header.IPv4(s.b[s.ip:])
		src, dst = ip.SourceAddress(), ip.DestinationAddress()
	}
	return header.PseudoHeaderChecksum(header.TCPProtocolNumber, src, dst, uint16(n))
}

// begin makes a segment the first of those that are merged.
func (m *merger) begin(f *Frame, s *segment) {
	m.head, m.hdr, m.size = f, s.hdr, f.Size()
	m.next = header.TCP(s.b[s.tcp:]).SequenceNumber() + uint32(s.payload)
	m.sum = s.payloadSum()
}

// continues reports whether a segment follows on those there are, with the
// same headers.
func (m *merger) continues(s *segment) bool {
	b, ok := m.head.Data().PullUp(m.hdr)
	if !ok || m.hdr != s.hdr || m.size+s.payload > superSize || header.TCP(s.b[s.tcp:]).SequenceNumber() != m.next {
		return false
	}
	if string(b[:HeaderSize]) != string(s.b[:HeaderSize]) || !sameIP(b[s.ip:s.tcp], s.b[s.ip:s.tcp], s.v6) {
		return false
	}
	one, other := b[s.tcp:s.hdr], s.b[s.tcp:s.hdr]
	const ack, options = 8, header.TCPMinimumSize
	return string(one[:4]) == string(other[:4]) && string(one[ack:ack+5]) == string(other[ack:ack+5]) &&
		string(one[options:]) == string(other[options:])
}

// sameIP compares what must be equal in IP headers: all but length,
// identification and checksum.
func sameIP(a, b []byte, v6 bool) bool {
	if v6 {
		return string(a[:4]) == string(b[:4]) && string(a[6:]) == string(b[6:])
	}
	return string(a[:2]) == string(b[:2]) && string(a[6:10]) == string(b[6:10]) && string(a[12:]) == string(b[12:])
}

// merge appends a segment's payload.
func (m *merger) merge(f *Frame, s *segment) {
	b, _ := m.head.Data().PullUp(m.hdr)
	tcp, last := header.TCP(b[s.tcp:]), header.TCP(s.b[s.tcp:])
	tcp.SetFlags(uint8(last.Flags()))
	tcp.SetWindowSize(last.WindowSize())
	m.sum = checksum.Combine(m.sum, s.payloadSum())
	m.next += uint32(s.payload)
	m.size += s.payload
	m.link.inPackets.Add(1)
	m.link.inBytes.Add(uint64(s.hdr))
	rest := f.ToBuffer()
	rest.TrimFront(int64(s.hdr))
	m.head.Data().MergeBuffer(&rest)
	f.DecRef()
}

// flush hands on what was merged, with lengths and checksums that are right if
// those of all parts were.
func (m *merger) flush() {
	f := m.head
	if f == nil {
		return
	}
	m.head = nil
	if b, ok := f.Data().PullUp(m.hdr); ok {
		m.finish(b)
	}
	m.pass(f)
}

func (m *merger) finish(b []byte) {
	s := segment{b: b, hdr: m.hdr, ip: HeaderSize, tcp: HeaderSize + header.IPv4MinimumSize}
	if header.Ethernet(b).Type() == header.IPv6ProtocolNumber {
		s.v6, s.tcp = true, HeaderSize+header.IPv6MinimumSize
		header.IPv6(b[s.ip:]).SetPayloadLength(uint16(m.size - s.tcp))
	} else {
		ip := header.IPv4(b[s.ip:])
		ip.SetTotalLength(uint16(m.size - HeaderSize))
		ip.SetChecksum(0)
		ip.SetChecksum(^ip.CalculateChecksum())
	}
	tcp := header.TCP(b[s.tcp:s.hdr])
	tcp.SetChecksum(0)
	sum := checksum.Checksum(tcp, s.pseudo(m.size-s.tcp))
	tcp.SetChecksum(^checksum.Combine(sum, m.sum))
}
