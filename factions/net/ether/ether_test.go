package ether

import (
	"bytes"
	"testing"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	mine   = tcpip.LinkAddress("\x02\x00\x00\x00\x00\x01")
	others = tcpip.LinkAddress("\x02\x00\x00\x00\x00\x02")
	group  = tcpip.LinkAddress("\x33\x33\x00\x00\x00\x01")
)

// super returns an unfinished segment with options in both headers.
func super(t *testing.T, v6 bool, payload []byte, mss uint16) *Frame {
	t.Helper()
	tcp := header.TCP(make([]byte, 32))
	tcp.Encode(&header.TCPFields{SrcPort: 1, DstPort: 2, SeqNum: 0xffffff00, AckNum: 9, DataOffset: 32,
		Flags: header.TCPFlagAck | header.TCPFlagPsh | header.TCPFlagFin | flagCWR, WindowSize: 3})
	b := make([]byte, HeaderSize)
	f := header.EthernetFields{SrcAddr: others, DstAddr: mine, Type: header.IPv4ProtocolNumber}
	gso := stack.GSO{Type: stack.GSOTCPv4, NeedsCsum: true, MSS: mss}
	if v6 {
		f.Type, gso.Type = header.IPv6ProtocolNumber, stack.GSOTCPv6
		ip := header.IPv6(make([]byte, header.IPv6MinimumSize))
		ip.Encode(&header.IPv6Fields{TransportProtocol: 6, HopLimit: 64, PayloadLength: uint16(len(tcp) + len(payload)),
			SrcAddr: tcpip.AddrFrom16([16]byte{1}), DstAddr: tcpip.AddrFrom16([16]byte{2})})
		b = append(b, ip...)
	} else {
		ip := header.IPv4(make([]byte, 24))
		ip.Encode(&header.IPv4Fields{TotalLength: uint16(24 + len(tcp) + len(payload)), ID: 0xffff, TTL: 64, Protocol: 6,
			SrcAddr: tcpip.AddrFrom4([4]byte{1}), DstAddr: tcpip.AddrFrom4([4]byte{2}),
			Options: header.IPv4OptionsSerializer{&header.IPv4SerializableRouterAlertOption{}}})
		ip.SetChecksum(^ip.CalculateChecksum())
		b = append(b, ip...)
	}
	header.Ethernet(b).Encode(&f)
	buf := buffer.MakeWithData(append(b, tcp...))
	rest := buffer.MakeWithData(payload)
	buf.Merge(&rest)
	frame := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buf})
	frame.GSOOptions = gso
	return frame
}

// TestFinish cuts segments and checks every field of the parts.
func TestFinish(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		for _, size := range []int{0, 1, 999, 1000, 1001, 60000} {
			payload := bytes.Repeat([]byte("0123456789abc"), 5000)[:size]
			frame := super(t, v6, payload, 1000)
			list := Finish(nil, frame)
			if want := max((size+999)/1000, 1); len(list) != want {
				t.Fatalf("%d bytes: %d parts, want %d", size, len(list), want)
			}
			var got []byte
			for k, one := range list {
				got = append(got, part(t, one, v6, k, k == len(list)-1)...)
			}
			if !bytes.Equal(got, payload) {
				t.Errorf("%d bytes: other bytes", size)
			}
			release(list)
			frame.DecRef()
		}
	}
}

// part checks one part of a segment and returns its payload.
func part(t *testing.T, f *Frame, v6 bool, k int, last bool) []byte {
	t.Helper()
	v := f.ToView()
	defer v.Release()
	b := v.ToSlice()
	var net header.Network
	if v6 {
		ip := header.IPv6(b[HeaderSize:])
		if !ip.IsValid(len(ip)) || int(ip.PayloadLength()) != len(ip)-header.IPv6MinimumSize {
			t.Fatalf("part %d: IPv6 header", k)
		}
		net, b = ip, ip.Payload()
	} else {
		ip := header.IPv4(b[HeaderSize:])
		if !ip.IsValid(len(ip)) || !ip.IsChecksumValid() || ip.ID() != uint16(0xffff+k) || int(ip.TotalLength()) != len(ip) {
			t.Fatalf("part %d: IPv4 header", k)
		}
		net, b = ip, ip.Payload()
	}
	tcp := header.TCP(b)
	data := b[tcp.DataOffset():]
	if !tcp.IsChecksumValid(net.SourceAddress(), net.DestinationAddress(), checksum.Checksum(data, 0), uint16(len(data))) {
		t.Errorf("part %d: checksum", k)
	}
	want := header.TCPFlagAck
	if k == 0 {
		want |= flagCWR
	}
	if last {
		want |= header.TCPFlagPsh | header.TCPFlagFin
	}
	first := uint32(0xffffff00)
	if tcp.Flags() != want || tcp.SequenceNumber() != first+uint32(1000*k) {
		t.Errorf("part %d: flags %v, sequence number %#x", k, tcp.Flags(), tcp.SequenceNumber())
	}
	return data
}

// TestFinishUrgent cuts a segment with urgent data: each part points at the end
// of it, and those behind it nowhere.
func TestFinishUrgent(t *testing.T) {
	for _, c := range []struct {
		up   int
		want []uint16
	}{
		{1, []uint16{1, 0, 0}},
		{1000, []uint16{1000, 0, 0}},
		{1001, []uint16{1001, 1, 0}},
		{2500, []uint16{2500, 1500, 500}},
		{65535, []uint16{65535, 64535, 63535}},
	} {
		frame := super(t, false, make([]byte, 2500), 1000)
		h := header.TCP(mustPull(frame, HeaderSize+24+32)[HeaderSize+24:])
		h.SetFlags(uint8(header.TCPFlagAck | header.TCPFlagUrg))
		h.SetUrgentPointer(uint16(c.up))
		list := Finish(nil, frame)
		for k, f := range list {
			b := mustPull(f, HeaderSize+24+32)
			h := header.TCP(b[HeaderSize+24:])
			if h.UrgentPointer() != c.want[k] || h.Flags()&header.TCPFlagUrg != 0 != (c.want[k] != 0) {
				t.Errorf("pointer %d, part %d: flags %v, pointer %d", c.up, k, h.Flags(), h.UrgentPointer())
			}
			v := f.ToView()
			if _, ok := valid(v.AsSlice(), false); !ok {
				t.Errorf("pointer %d, part %d: checksum", c.up, k)
			}
			v.Release()
		}
		release(list)
		frame.DecRef()
	}
}

// FuzzFinish finishes what is no segment.
func FuzzFinish(f *testing.F) {
	f.Add(make([]byte, 100), uint16(0))
	f.Add(append(make([]byte, 12), 8, 0, 0x4f, 0, 0, 0), uint16(9))
	f.Fuzz(func(t *testing.T, b []byte, mss uint16) {
		frame := NewFrame(b)
		frame.GSOOptions = stack.GSO{Type: stack.GSOTCPv4, NeedsCsum: true, MSS: mss}
		release(Finish(nil, frame))
		frame.DecRef()
	})
}

// wire is a driver that remembers what it sent.
type wire struct {
	sent []*Frame
	up   error
}

func (w *wire) Up() error { return w.up }
func (w *wire) Down()     {}
func (w *wire) Destroy()  {}
func (w *wire) Send(list []*Frame) {
	for _, f := range list {
		w.sent = append(w.sent, f.IncRef())
	}
}

// host is a stack that counts what it is given.
type host struct {
	stack.NetworkDispatcher
	types []tcpip.PacketType
}

func (h *host) DeliverNetworkPacket(_ tcpip.NetworkProtocolNumber, f *Frame) {
	h.types = append(h.types, f.PktType)
}

type tap struct{ in, out int }

func (t *tap) Packet(_ *Frame, out bool) {
	if out {
		t.out++
	} else {
		t.in++
	}
}

func frameTo(dst tcpip.LinkAddress) *Frame {
	b := make([]byte, 60)
	header.Ethernet(b).Encode(&header.EthernetFields{SrcAddr: others, DstAddr: dst, Type: header.ARPProtocolNumber})
	return NewFrame(b)
}

// TestFilter delivers frames to various addresses.
func TestFilter(t *testing.T) {
	w, h, see := &wire{}, &host{}, &tap{}
	l := New(Config{Name: "x0", Addr: mine, Driver: w})
	l.Attach(h)
	l.AddTap(see)
	l.Deliver(frameTo(mine)) // down
	if err := l.Up(); err != nil {
		t.Fatal(err)
	}
	all := func() {
		for _, a := range []tcpip.LinkAddress{mine, others, group, header.EthernetBroadcastAddress} {
			l.Deliver(frameTo(a))
		}
		l.Deliver(NewFrame([]byte("short")))
	}
	all()
	if want := []tcpip.PacketType{tcpip.PacketHost, tcpip.PacketMulticast, tcpip.PacketBroadcast}; !equal(h.types, want) {
		t.Errorf("delivered %v", h.types)
	}
	if see.in != 3 {
		t.Errorf("the tap saw %d", see.in)
	}
	l.Promiscuous(true)
	all()
	if len(h.types) != 6 || see.in != 7 || l.Flags()&abi.IFF_PROMISC == 0 {
		t.Errorf("promiscuous: delivered %d, seen %d", len(h.types), see.in)
	}
	l.RemoveTap(see)
	b := &bridge{}
	_ = l.SetBridge(b)
	all()
	if see.in != 7 {
		t.Error("a tap that is gone saw more")
	}
	if b.swallowed != 1 {
		t.Errorf("the bridge swallowed %d", b.swallowed)
	}
	var d abi.IfData
	l.FillData(&d)
	if d.Ipackets != 10 || d.Imcasts != 6 || d.Ierrors != 4 {
		t.Errorf("counted %+v", d)
	}
}

func equal[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

// bridge swallows what is for others and sends everything twice.
type bridge struct{ swallowed int }

func (b *bridge) Input(l *Link, f *Frame) bool {
	if eth, ok := Header(f); !ok || l.mine(eth) {
		return false
	}
	b.swallowed++
	return true
}

func (b *bridge) Output(l *Link, frames []*Frame) bool {
	l.Transmit(frames)
	l.Transmit(frames)
	return true
}

// TestTransmit sends an unfinished frame to drivers of both kinds, and by a
// bridge.
func TestTransmit(t *testing.T) {
	for _, c := range []struct {
		offload, bridged bool
		want             int
	}{{false, false, 3}, {true, false, 1}, {false, true, 6}, {true, true, 2}} {
		w := &wire{}
		l := New(Config{Name: "x0", Addr: mine, Offload: c.offload, Driver: w})
		if c.bridged {
			if err := l.SetBridge(&bridge{}); err != nil {
				t.Fatal(err)
			}
			if err := l.SetBridge(&bridge{}); err != abi.EBUSY {
				t.Errorf("a second bridge: %v", err)
			}
		}
		var list stack.PacketBufferList
		f := super(t, false, make([]byte, 2500), 1000)
		list.PushBack(f)
		_, _ = l.WritePackets(list) // down
		_ = l.Up()
		_, _ = l.WritePackets(list)
		if len(w.sent) != c.want {
			t.Errorf("%+v: sent %d", c, len(w.sent))
		}
		release(w.sent)
		f.DecRef()
	}
}
