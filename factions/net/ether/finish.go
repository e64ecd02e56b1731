// Unfinished frames: the checksum they lack, and cutting them to the size of
// the medium. It is what a network card does for its host.
package ether

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// finished reports whether a frame can go on any medium as it is.
func finished(f *Frame) bool {
	return f.GSOOptions.Type == stack.GSONone || !f.GSOOptions.NeedsCsum
}

func allFinished(frames []*Frame) bool {
	for _, f := range frames {
		if !finished(f) {
			return false
		}
	}
	return true
}

// Finish appends to list the frames that f becomes on a medium that takes no
// unfinished ones: a finished one is itself, with a further reference. What is
// not TCP as it should be is left out.
func Finish(list []*Frame, f *Frame) []*Frame {
	if finished(f) {
		return append(list, f.IncRef())
	}
	whole := f.ToBuffer()
	defer whole.Release()
	var c cut
	if !c.parse(&whole) {
		return list
	}
	step := int(f.GSOOptions.MSS)
	if step == 0 {
		step = c.payload
	}
	for at := 0; at < c.payload || at == 0; at += max(step, 1) {
		n := min(step, c.payload-at)
		v := buffer.NewViewSize(len(c.head) + n)
		b := v.AsSlice()
		copy(b, c.head)
		_, _ = whole.ReadAt(b[len(c.head):], int64(len(c.head)+at))
		c.complete(b, at, at+n == c.payload)
		list = append(list, stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithView(v)}))
	}
	return list
}

// cut is a segment that is being cut.
type cut struct {
	// head is the headers: Ethernet, IP from ip on, TCP from tcp on.
	head    []byte
	tcp     int
	v6      bool
	payload int
	id      uint16 // of IPv4
}

// parse finds the headers. False when they are not what they should be.
func (c *cut) parse(whole *buffer.Buffer) bool {
	size := int(whole.Size())
	room, ok := whole.PullUp(0, min(size, HeaderSize+header.IPv4MaximumHeaderSize+header.TCPHeaderMaximumSize))
	if !ok {
		return false
	}
	b := room.AsSlice()
	if len(b) < HeaderSize+header.IPv4MinimumSize+header.TCPMinimumSize {
		return false
	}
	switch header.Ethernet(b).Type() {
	case header.IPv4ProtocolNumber:
		ip := header.IPv4(b[HeaderSize:])
		c.tcp, c.id = HeaderSize+int(ip.HeaderLength()), ip.ID()
	case header.IPv6ProtocolNumber:
		c.tcp, c.v6 = HeaderSize+header.IPv6MinimumSize, true
	default:
		return false
	}
	if len(b) < c.tcp+header.TCPMinimumSize || c.tcp < HeaderSize+header.IPv4MinimumSize {
		return false
	}
	n := c.tcp + int(header.TCP(b[c.tcp:]).DataOffset())
	if n < c.tcp+header.TCPMinimumSize || n > len(b) {
		return false
	}
	c.head, c.payload = b[:n], size-n
	return true
}

// complete makes b, headers and a part of the payload that began at byte at,
// a segment of its own.
func (c *cut) complete(b []byte, at int, last bool) {
	tcp := header.TCP(b[c.tcp:])
	tcp.SetSequenceNumber(tcp.SequenceNumber() + uint32(at))
	flags := tcp.Flags()
	if !last {
		flags &^= header.TCPFlagFin | header.TCPFlagPsh
	}
	if at > 0 {
		flags &^= flagCWR
	}
	if up := int(tcp.UrgentPointer()); flags&header.TCPFlagUrg != 0 { // from where the part begins
		if up <= at {
			flags &^= header.TCPFlagUrg
		}
		tcp.SetUrgentPointer(uint16(max(up-at, 0)))
	}
	tcp.SetFlags(uint8(flags))
	tcp.SetChecksum(0)
	var sum uint16
	if c.v6 {
		ip := header.IPv6(b[HeaderSize:])
		ip.SetPayloadLength(uint16(len(tcp)))
		sum = header.PseudoHeaderChecksum(header.TCPProtocolNumber, ip.SourceAddress(), ip.DestinationAddress(), uint16(len(tcp)))
	} else {
		ip := header.IPv4(b[HeaderSize:])
		ip.SetTotalLength(uint16(len(b) - HeaderSize))
		ip.SetID(c.id)
		c.id++
		ip.SetChecksum(0)
		ip.SetChecksum(^ip.CalculateChecksum())
		sum = header.PseudoHeaderChecksum(header.TCPProtocolNumber, ip.SourceAddress(), ip.DestinationAddress(), uint16(len(tcp)))
	}
	binary.BigEndian.PutUint16(tcp[header.TCPChecksumOffset:], ^checksum.Checksum(tcp, sum))
}

// flagCWR goes on the first part of a segment only (RFC 3168).
const flagCWR header.TCPFlags = 0x80
