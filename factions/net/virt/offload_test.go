package virt

import (
	"encoding/binary"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// head returns a struct virtio_net_hdr.
func head(flags, kind byte, headers, part, start, offset uint16) []byte {
	b := []byte{flags, kind}
	for _, v := range []uint16{headers, part, start, offset} {
		b = binary.NativeEndian.AppendUint16(b, v)
	}
	return b
}

// segment returns a frame of TCP with options of so many bytes.
func segment(v6 bool, options, payload int) []byte {
	tcp := header.TCPMinimumSize + options + payload
	eth := header.EthernetFields{Type: header.IPv4ProtocolNumber}
	if v6 {
		eth.Type = header.IPv6ProtocolNumber
	}
	b := make([]byte, ether.HeaderSize)
	header.Ethernet(b).Encode(&eth)
	if v6 {
		ip := make(header.IPv6, header.IPv6MinimumSize)
		ip.Encode(&header.IPv6Fields{PayloadLength: uint16(tcp), TransportProtocol: header.TCPProtocolNumber, HopLimit: 64, SrcAddr: tcpip.AddrFrom16([16]byte{15: 1}), DstAddr: tcpip.AddrFrom16([16]byte{15: 2})})
		b = append(b, ip...)
	} else {
		ip := make(header.IPv4, header.IPv4MinimumSize)
		ip.Encode(&header.IPv4Fields{TotalLength: uint16(len(ip) + tcp), TTL: 64, Protocol: uint8(header.TCPProtocolNumber), SrcAddr: tcpip.AddrFrom4([4]byte{10, 0, 0, 1}), DstAddr: tcpip.AddrFrom4([4]byte{10, 0, 0, 2})})
		b = append(b, ip...)
	}
	t := make(header.TCP, tcp)
	t.Encode(&header.TCPFields{SrcPort: 1, DstPort: 2, DataOffset: uint8(header.TCPMinimumSize + options), Flags: header.TCPFlagAck})
	return append(b, t...)
}

func TestParse(t *testing.T) {
	four, six := segment(false, 12, 4000), segment(true, 0, 4000)
	for _, c := range []struct {
		name  string
		head  []byte
		frame []byte
		ok    bool
		kind  stack.GSOType
		mss   uint16
		l3    uint16
	}{
		{"finished", head(0, 0, 0, 0, 0, 0), four, true, stack.GSONone, 0, 0},
		{"finished, empty", head(0, 0, 0, 0, 0, 0), nil, true, stack.GSONone, 0, 0},
		{"to be summed", head(1, 0, 0, 0, 34, 16), four, true, stack.GSOTCPv4, 0, 20},
		{"large", head(1, 1, 66, 1448, 34, 16), four, true, stack.GSOTCPv4, 1448, 20},
		{"large, with ECN", head(1, 129, 66, 1448, 34, 16), four, true, stack.GSOTCPv4, 1448, 20},
		{"large, IPv6", head(1, 4, 74, 1440, 54, 16), six, true, stack.GSOTCPv6, 1440, 40},
		{"large without a sum", head(0, 1, 66, 1448, 34, 16), four, false, 0, 0, 0},
		{"parts of no size", head(1, 1, 66, 0, 34, 16), four, false, 0, 0, 0},
		{"too many parts", head(1, 1, 66, 1, 34, 16), four, false, 0, 0, 0},
		{"IPv4 that is IPv6", head(1, 1, 74, 1440, 54, 16), six, false, 0, 0, 0},
		{"UDP in parts", head(1, 3, 42, 1448, 34, 6), four, false, 0, 0, 0},
		{"a sum in the Ethernet header", head(1, 0, 0, 0, 13, 16), four, false, 0, 0, 0},
		{"a sum behind the end", head(1, 0, 0, 0, 34, 65535), four, false, 0, 0, 0},
		{"a start behind the end", head(1, 0, 0, 0, 65535, 16), four, false, 0, 0, 0},
		{"a sum at the very end", head(1, 0, 0, 0, 34, uint16(len(four)-36)), four, true, stack.GSONone, 0, 0},
		{"a segment cut short", head(1, 0, 0, 0, 34, 16), four[:53], true, stack.GSONone, 0, 0},
	} {
		var g stack.GSO
		b := append(append([]byte(nil), c.head...), c.frame...)
		ok := parse(b, &g)
		if ok != c.ok || ok && (g.Type != c.kind || g.MSS != c.mss || g.L3HdrLen != c.l3 || g.NeedsCsum != (c.kind != stack.GSONone)) {
			t.Errorf("%s: %v, %+v", c.name, ok, g)
		}
	}
}

// TestSum has the checksum of a datagram completed.
func TestSum(t *testing.T) {
	b := append(head(1, 0, 0, 0, 34, 6), make([]byte, 50)...)
	copy(b[hypercall.TapHeaderSize+34:], "\x00\x01\x00\x02\x00\x10\x12\x34datagram")
	var g stack.GSO
	if !parse(b, &g) || g.NeedsCsum {
		t.Fatalf("%+v", g)
	}
	// The field held the sum of the pseudo header.
	if sum := checksum.Combine(checksum.Checksum(b[hypercall.TapHeaderSize+34:], 0), 0x1234); sum != 0xffff {
		t.Errorf("%#x", sum)
	}
}

func TestEncode(t *testing.T) {
	v4 := stack.GSO{Type: stack.GSOTCPv4, NeedsCsum: true, CsumOffset: 16, MSS: 1448, L3HdrLen: 20}
	v6 := stack.GSO{Type: stack.GSOTCPv6, NeedsCsum: true, CsumOffset: 16, MSS: 1440, L3HdrLen: 40}
	whole := v4
	whole.MSS = 0
	for _, c := range []struct {
		name  string
		gso   stack.GSO
		frame []byte
		want  []byte
	}{
		{"finished", stack.GSO{}, segment(false, 0, 100), head(0, 0, 0, 0, 0, 0)},
		{"short", v4, segment(false, 12, 1448), head(1, 0, 0, 0, 34, 16)},
		{"large", v4, segment(false, 12, 1449), head(1, 1, 66, 1448, 34, 16)},
		{"large, no options", v4, segment(false, 0, 1449), head(1, 1, 54, 1448, 34, 16)},
		{"large, IPv6", v6, segment(true, 20, 60000), head(1, 4, 94, 1440, 54, 16)},
		{"large, not to be cut", whole, segment(false, 0, 9000), head(1, 0, 0, 0, 34, 16)},
		{"cut short", v4, segment(false, 0, 0)[:40], head(1, 0, 0, 0, 34, 16)},
	} {
		// A frame in one part, and with its headers in parts of their own.
		for _, parts := range [][][]byte{{c.frame}, {c.frame[:14], c.frame[14:34], c.frame[34:]}, {c.frame[:1], nil, c.frame[1:]}} {
			got := make([]byte, hypercall.TapHeaderSize)
			if encode(got, &c.gso, parts); string(got) != string(c.want) {
				t.Errorf("%s: %x, want %x", c.name, got, c.want)
			}
		}
	}
}

// FuzzParse takes the bytes of a hostile host, and sends on what it takes, as a
// bridge would.
func FuzzParse(f *testing.F) {
	f.Add(append(head(1, 1, 66, 1448, 34, 16), segment(false, 12, 4000)...))
	f.Add(append(head(1, 4, 74, 1440, 54, 16), segment(true, 0, 4000)...))
	f.Add(append(head(1, 0, 0, 0, 34, 6), make([]byte, 50)...))
	f.Add(append(head(0, 0, 0, 0, 0, 0), 1, 2, 3))
	f.Add(append(head(1, 1, 0, 1, 14, 16), make([]byte, 100)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < hypercall.TapHeaderSize || len(b) > hypercall.TapHeaderSize+frameSize {
			return
		}
		var g stack.GSO
		if !parse(b, &g) {
			return
		}
		out := make([]byte, hypercall.TapHeaderSize)
		encode(out, &g, [][]byte{b[hypercall.TapHeaderSize:]})
		frame := ether.NewFrame(b[hypercall.TapHeaderSize:])
		frame.GSOOptions = g
		for _, one := range ether.Finish(nil, frame) {
			one.DecRef()
		}
		frame.DecRef()
		copy(b, out)
		if again := (stack.GSO{}); !parse(b, &again) || again.NeedsCsum != g.NeedsCsum {
			t.Errorf("%+v became %x, %+v", g, out, again)
		}
	})
}
