package ether

import (
	"bytes"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// keeper is a stack that keeps the segments it is given.
type keeper struct {
	stack.NetworkDispatcher
	local bool
	got   [][]byte
}

func (k *keeper) DeliverNetworkPacket(_ tcpip.NetworkProtocolNumber, f *Frame) {
	v := f.ToView()
	defer v.Release()
	k.got = append(k.got, v.ToSlice())
}

func (k *keeper) Take(*Frame) bool                                            { return false }
func (k *keeper) Local(tcpip.NetworkProtocolNumber, tcpip.Address) bool       { return k.local }
func (k *keeper) ARP(*Link, header.ARP)                                       {}
func (k *keeper) MTU(tcpip.NetworkProtocolNumber, tcpip.Address) (mtu uint32) { return 0 }

// valid reports whether the checksum of a segment is right, and its payload.
func valid(b []byte, v6 bool) (payload []byte, ok bool) {
	var net header.Network = header.IPv4(b[HeaderSize:])
	if v6 {
		net = header.IPv6(b[HeaderSize:])
	}
	tcp := header.TCP(net.Payload())
	payload = tcp[tcp.DataOffset():]
	return payload, tcp.IsChecksumValid(net.SourceAddress(), net.DestinationAddress(), checksum.Checksum(payload, 0), uint16(len(payload)))
}

// TestMerge cuts a segment of 5501 bytes and delivers the parts, some of them
// spoilt.
func TestMerge(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789a"), 501)[:5501]
	for _, c := range []struct {
		what  string
		v6    bool
		local bool
		spoil func(parts []*Frame) []*Frame
		want  int // packets
		bad   int // of them with a wrong checksum
	}{
		{"IPv6", true, true, nil, 1, 0},
		{"for others", true, false, nil, 6, 0},
		{"one lost", true, true, func(p []*Frame) []*Frame { p[2].DecRef(); return append(p[:2], p[3:]...) }, 2, 0},
		{"two swapped", true, true, func(p []*Frame) []*Frame { p[1], p[2] = p[2], p[1]; return p }, 4, 0},
		{"one damaged", true, true, func(p []*Frame) []*Frame {
			b, _ := p[3].Data().PullUp(200)
			b[150] ^= 1
			return p
		}, 1, 1},
	} {
		k := &keeper{local: c.local}
		l := New(Config{Name: "x0", Addr: mine, Driver: &wire{}})
		l.SetHost(k)
		l.Attach(k)
		_ = l.Up()
		f := super(t, c.v6, payload, 1000)
		header.TCP(mustPull(f, 14+40+20)[54:]).SetFlags(uint8(header.TCPFlagAck | header.TCPFlagPsh))
		parts := Finish(nil, f)
		f.DecRef()
		if c.spoil != nil {
			parts = c.spoil(parts)
		}
		l.DeliverAll(parts)
		bad, total := 0, 0
		for _, b := range k.got {
			p, ok := valid(b, c.v6)
			total += len(p)
			if !ok {
				bad++
			}
			if len(k.got) == 1 && bad == 0 && !bytes.Equal(p, payload) {
				t.Errorf("%s: other bytes", c.what)
			}
		}
		if len(k.got) != c.want || bad != c.bad {
			t.Errorf("%s: %d packets, %d of them bad, %d bytes", c.what, len(k.got), bad, total)
		}
	}
}

func mustPull(f *Frame, n int) []byte {
	b, _ := f.Data().PullUp(n)
	return b
}
