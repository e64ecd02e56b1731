package script

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const eth = header.EthernetMinimumSize

// padding is extension headers with nothing but padding, of 8 bytes and 16.
var padding, longer = []byte{0, 0, 1, 4, 7: 0}, []byte{0, 1, 1, 12, 15: 0}

// wire6 is a kernel that knows the test's address of IPv6, with a socket.
type wire6 struct {
	*Wire
	fd   int32
	last header.TCP // the last segment sent
}

func newWire6(t *testing.T, typ, number int32) *wire6 {
	w := &wire6{Wire: New(t, 1)}
	w.Deliver(ip6(header.ICMPv6ProtocolNumber, append(append([]byte{byte(header.ICMPv6NeighborSolicit), 0, 0, 0, 0, 0, 0, 0},
		Kernel6.AsSlice()...), append([]byte{1, 1}, TestMAC...)...)))
	w.Settle()
	w.Frames()
	w.fd = w.Socket(abi.AF_INET6, typ|abi.SOCK_NONBLOCK, number)
	return w
}

func (w *wire6) set(name int32, val []byte) {
	w.T.Helper()
	w.OK(w.SysSetsockopt(w.L, w.fd, abi.IPPROTO_IPV6, name, box.In(val)))
}

func addr6(a tcpip.Address, port uint16) usermem.InBuf {
	b := append([]byte{28, abi.AF_INET6, byte(port >> 8), byte(port), 0, 0, 0, 0}, a.AsSlice()...)
	return box.In(append(b, 0, 0, 0, 0))
}

// sendto sends, and returns the packets that leave by the wire.
func (w *wire6) sendto(b []byte, to tcpip.Address) []header.IPv6 {
	w.T.Helper()
	_, err := w.SysSendto(w.L, w.fd, box.In(b), 0, addr6(to, 9))
	w.OK(err)
	return w.packets()
}

// packets returns what was sent to the test, neighbour discovery apart.
func (w *wire6) packets() (list []header.IPv6) {
	w.Settle()
	for _, f := range w.Frames() {
		ip := header.IPv6(f[eth:])
		if ip.NextHeader() == uint8(header.ICMPv6ProtocolNumber) && ip[header.IPv6MinimumSize] >= byte(header.ICMPv6NeighborSolicit) {
			continue
		}
		if header.Ethernet(f).DestinationAddress() != TestMAC {
			w.T.Errorf("a frame to %v", header.Ethernet(f).DestinationAddress())
		}
		list = append(list, ip)
	}
	return list
}

// open returns the numbers of the headers of a packet, and what they hold.
func open(ip header.IPv6) (types []byte, parts [][]byte) {
	next, b := ip.NextHeader(), []byte(ip[header.IPv6MinimumSize:])
	for {
		types = append(types, next)
		switch next {
		case abi.IPPROTO_HOPOPTS, abi.IPPROTO_DSTOPTS, abi.IPPROTO_ROUTING, abi.IPPROTO_FRAGMENT:
			n := 8
			if next != abi.IPPROTO_FRAGMENT {
				n += 8 * int(b[1])
			}
			parts = append(parts, b[:n])
			if next == abi.IPPROTO_FRAGMENT { // what follows is headers in the first only
				return types, append(parts, b[n:])
			}
			next, b = b[0], b[n:]
		default:
			return types, append(parts, b)
		}
	}
}

// whole reports whether the checksum of a message is right.
func whole(proto tcpip.TransportProtocolNumber, to tcpip.Address, b []byte) bool {
	return checksum.Checksum(b, header.PseudoHeaderChecksum(proto, Kernel6, to, uint16(len(b)))) == 0xffff
}

// TestHeadersSent has a datagram carry all headers, by way of the test to
// somebody else.
func TestHeadersSent(t *testing.T) {
	w := newWire6(t, abi.SOCK_DGRAM, 0)
	far := tcpip.AddrFrom16([16]byte{0: 0xfd, 15: 3})
	w.set(abi.IPV6_HOPOPTS, padding)
	w.set(abi.IPV6_RTHDRDSTOPTS, longer)
	w.set(abi.IPV6_RTHDR, append([]byte{0, 2, 0, 1, 0, 0, 0, 0}, Test6.AsSlice()...))
	w.set(abi.IPV6_DSTOPTS, padding)
	list := w.sendto([]byte("data!"), far)
	if len(list) != 1 {
		t.Fatalf("%d packets", len(list))
	}
	types, parts := open(list[0])
	if !slices.Equal(types, []byte{abi.IPPROTO_HOPOPTS, abi.IPPROTO_DSTOPTS, abi.IPPROTO_ROUTING, abi.IPPROTO_DSTOPTS, abi.IPPROTO_UDP}) {
		t.Errorf("headers %d", types)
	}
	if !bytes.Equal(parts[2][8:], far.AsSlice()) || list[0].DestinationAddress() != Test6 || len(parts[1]) != 16 {
		t.Errorf("to %v, then %x", list[0].DestinationAddress(), parts[2])
	}
	if !whole(header.UDPProtocolNumber, far, parts[4]) || string(parts[4][8:]) != "data!" {
		t.Errorf("data %x", parts[4])
	}
}

// TestLeastMTU has a datagram cut into fragments for the least of all links,
// with headers before each and after the first.
func TestLeastMTU(t *testing.T) {
	w := newWire6(t, abi.SOCK_DGRAM, 0)
	w.set(abi.IPV6_USE_MIN_MTU, []byte{1, 0, 0, 0})
	data := Bytes(0, 3000)
	for _, c := range []struct {
		headers bool
		types   []byte
	}{{false, []byte{abi.IPPROTO_FRAGMENT}}, {true, []byte{abi.IPPROTO_HOPOPTS, abi.IPPROTO_FRAGMENT}}} {
		if c.headers {
			w.set(abi.IPV6_HOPOPTS, padding)
			w.set(abi.IPV6_DSTOPTS, padding)
		}
		var all []byte
		var inner byte
		for _, ip := range w.sendto(data, Test6) {
			types, parts := open(ip)
			if len(ip) > header.IPv6MinimumMTU || !slices.Equal(types[:len(c.types)], c.types) {
				t.Errorf("%d bytes, headers %d", len(ip), types)
			}
			frag := parts[len(c.types)-1]
			if at := int(binary.BigEndian.Uint16(frag[2:]) &^ 7); at != len(all) {
				t.Errorf("a fragment of what is at %d, want %d", at, len(all))
			}
			inner = frag[0]
			all = append(all, bytes.Join(parts[len(c.types):], nil)...)
		}
		if c.headers {
			if inner != abi.IPPROTO_DSTOPTS {
				t.Errorf("fragments of %d", inner)
			}
			all = all[8:]
		}
		if !whole(header.UDPProtocolNumber, Test6, all) || !bytes.Equal(all[8:], data) {
			t.Errorf("%d bytes", len(all))
		}
	}
	w.set(abi.IPV6_USE_MIN_MTU, []byte{0, 0, 0, 0})
	for _, name := range []int32{abi.IPV6_HOPOPTS, abi.IPV6_DSTOPTS} {
		w.set(name, nil)
	}
	if list := w.sendto(data[:1452], Test6); len(list) != 1 || len(list[0]) != 1500 {
		t.Errorf("%d packets", len(list))
	}
}

// TestNextHop sends where there is no route, by a router of the program's choice.
func TestNextHop(t *testing.T) {
	w := newWire6(t, abi.SOCK_DGRAM, 0)
	far := tcpip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 15: 9})
	_, err := w.SysSendto(w.L, w.fd, box.In([]byte("x")), 0, addr6(far, 9))
	w.Want(err, abi.EHOSTUNREACH)
	w.set(abi.IPV6_NEXTHOP, append(append([]byte{28, abi.AF_INET6, 7: 0}, Test6.AsSlice()...), 0, 0, 0, 0))
	list := w.sendto([]byte("x"), far)
	if len(list) != 1 || list[0].DestinationAddress() != far || list[0].NextHeader() != abi.IPPROTO_UDP {
		t.Errorf("%d packets: %x", len(list), list)
	}
}

// TestHeadersStream has a connection carry headers, in packets that fit.
func TestHeadersStream(t *testing.T) {
	for _, mtu := range []int{1500, 1280} {
		w := newWire6(t, abi.SOCK_STREAM, 0)
		w.set(abi.IPV6_DSTOPTS, longer)
		if mtu == 1280 {
			w.set(abi.IPV6_USE_MIN_MTU, []byte{1, 0, 0, 0})
		}
		w.Want(w.SysConnect(w.L, w.fd, addr6(Test6, 80)), abi.EINPROGRESS)
		seq, _ := w.segments(mtu)
		syn := make([]byte, header.TCPMinimumSize)
		header.TCP(syn).Encode(&header.TCPFields{SrcPort: 80, DstPort: w.last.SourcePort(), SeqNum: 1, AckNum: seq + 1,
			DataOffset: header.TCPMinimumSize + 4, Flags: header.TCPFlagSyn | header.TCPFlagAck, WindowSize: 60000})
		w.Deliver(ip6(header.TCPProtocolNumber, append(syn, header.TCPOptionMSS, 4, 0x05, 0xa0)))
		w.segments(mtu)
		data := Bytes(0, 5000)
		n, err := w.SysSendto(w.L, w.fd, box.In(data), 0, usermem.InBuf{})
		w.OK(err)
		if first, got := w.segments(mtu); n != len(data) || first != seq+1 || !bytes.Equal(got, data) {
			t.Errorf("%d bytes from %d, want those from %d", len(got), first, seq+1)
		}
	}
}

// segments returns the data of the segments that were sent, and where it begins.
func (w *wire6) segments(mtu int) (first uint32, data []byte) {
	w.T.Helper()
	for i, ip := range w.packets() {
		types, parts := open(ip)
		if !slices.Equal(types, []byte{abi.IPPROTO_DSTOPTS, abi.IPPROTO_TCP}) || len(ip) > mtu || !whole(header.TCPProtocolNumber, Test6, parts[1]) {
			w.T.Fatalf("%d bytes, headers %d", len(ip), types)
		}
		h := header.TCP(parts[1])
		if i == 0 {
			first = h.SequenceNumber()
		} else if h.SequenceNumber() != first+uint32(len(data)) {
			w.T.Errorf("a segment at %d", h.SequenceNumber()-first)
		}
		w.last = h
		data = append(data, h.Payload()...)
	}
	return first, data
}

// recvmsg receives data, and the types and data of control messages.
func (w *wire6) recvmsg(fd int32) (data []byte, types []int32, control [][]byte, err error) {
	var f sysent.Frame
	b, c := make([]byte, 9000), make([]byte, 400)
	iov := []abi.Iovec{{Base: f.Pin(b), Len: uint64(len(b))}}
	h := abi.Msghdr{Iov: f.Pin(usermem.BytesOfSlice(iov)), Iovlen: 1, Control: f.Pin(c), Controllen: uint32(len(c))}
	n, err := w.SysRecvmsg(w.L, fd, usermem.InOut[abi.Msghdr]{Mem: usermem.Local(usermem.BytesOf(&h), &f)}, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	for c = c[:h.Controllen]; len(c) > 0; {
		var typ int32
		var data []byte
		_, typ, data, c, err = net.NextControl(c)
		w.OK(err)
		types, control = append(types, typ), append(control, data)
	}
	return b[:n], types, control, nil
}

// TestHeadersReceived has headers come to a datagram socket and a raw one, with
// data of all lengths, whole and in fragments that come in another order.
func TestHeadersReceived(t *testing.T) {
	w := newWire6(t, abi.SOCK_DGRAM, 0)
	w.OK(w.SysBind(w.L, w.fd, addr6(tcpip.AddrFrom16([16]byte{}), 7)))
	raw := w.Socket(abi.AF_INET6, abi.SOCK_RAW|abi.SOCK_NONBLOCK, abi.IPPROTO_UDP)
	for _, name := range []int32{abi.IPV6_RECVHOPOPTS, abi.IPV6_RECVDSTOPTS} {
		w.set(name, []byte{1, 0, 0, 0})
	}
	for size := range 40 {
		size *= 7
		udp := ip6(header.UDPProtocolNumber, append([]byte{0x13, 0x88, 0, 7, 0, byte((size + 8)), 0, 0}, Bytes(0, uint32(size))...))[eth+header.IPv6MinimumSize:]
		binary.BigEndian.PutUint16(udp[4:], uint16(len(udp)))
		repairPayload(header.UDPProtocolNumber, Test6, Kernel6, udp)
		hop, dst := slices.Clone(padding), slices.Clone(longer)
		hop[0], dst[0] = abi.IPPROTO_DSTOPTS, abi.IPPROTO_UDP
		want := []int32{abi.IPV6_HOPOPTS, abi.IPV6_DSTOPTS}
		if size%2 == 0 || size < 16 {
			w.Deliver(ip6(abi.IPPROTO_HOPOPTS, slices.Concat(hop, dst, udp)))
		} else {
			hop[0], want = abi.IPPROTO_FRAGMENT, want[:1]
			id := byte(size)
			w.Deliver(ip6(abi.IPPROTO_HOPOPTS, slices.Concat(hop, []byte{abi.IPPROTO_DSTOPTS, 0, 0, 32, 0, 0, 0, id}, udp[16:])))
			w.Deliver(ip6(abi.IPPROTO_HOPOPTS, slices.Concat(hop, []byte{abi.IPPROTO_DSTOPTS, 0, 0, 1, 0, 0, 0, id}, dst, udp[:16])))
		}
		w.Settle()
		data, types, control, err := w.recvmsg(w.fd)
		if err != nil || !bytes.Equal(data, udp[8:]) || !slices.Equal(types, want) || !bytes.Equal(control[0], hop) {
			t.Fatalf("%d bytes: %d, %v, control %d", size, len(data), err, types)
		}
		if len(want) > 1 && !bytes.Equal(control[1], dst) {
			t.Errorf("options %x", control[1])
		}
		if data, types, _, err = w.recvmsg(raw); err != nil || !bytes.Equal(data, udp) || types != nil {
			t.Fatalf("raw, %d bytes: %d, %v, control %d", size, len(data), err, types)
		}
	}
}

// TestHeadersDrop has packets come that the kernel must not take.
func TestHeadersDrop(t *testing.T) {
	w := newWire6(t, abi.SOCK_RAW, abi.IPPROTO_ICMPV6)
	w.set(abi.IPV6_RECVRTHDR, []byte{1, 0, 0, 0})
	ping := ip6(header.ICMPv6ProtocolNumber, []byte{byte(header.ICMPv6EchoRequest), 0, 0, 0, 0, 1, 0, 1, 'x'})[eth+header.IPv6MinimumSize:]
	const icmp = abi.IPPROTO_ICMPV6
	for _, c := range []struct {
		proto tcpip.TransportProtocolNumber
		ext   []byte
		taken bool
	}{
		{abi.IPPROTO_ROUTING, append([]byte{icmp, 2, 0, 0, 7: 0}, Test6.AsSlice()...), true},
		{abi.IPPROTO_ROUTING, append([]byte{icmp, 2, 0, 1, 7: 0}, Test6.AsSlice()...), false},
		{abi.IPPROTO_DSTOPTS, []byte{icmp, 0, 0x1e, 4, 7: 0}, true},
		{abi.IPPROTO_DSTOPTS, []byte{icmp, 0, 0x5e, 4, 7: 0}, false},
		{abi.IPPROTO_DSTOPTS, []byte{icmp, 0, 0x1e, 9, 7: 0}, false},
		{abi.IPPROTO_DSTOPTS, []byte{icmp, 9, 0x1e, 4, 7: 0}, false},
		{abi.IPPROTO_FRAGMENT, []byte{icmp, 0, 0, 0, 7: 5}, true},
	} {
		w.Deliver(ip6(c.proto, slices.Concat(c.ext, ping)))
		w.Settle()
		data, types, _, err := w.recvmsg(w.fd)
		if c.taken && (err != nil || !bytes.Equal(data, ping) || len(types) > 1) || !c.taken && err != abi.EWOULDBLOCK {
			t.Errorf("%d, %x: %x, %v", c.proto, c.ext, data, err)
		}
	}
}

// TestPathNews has a router say how large packets may be.
func TestPathNews(t *testing.T) {
	w := newWire6(t, abi.SOCK_DGRAM, 0)
	w.set(abi.IPV6_RECVPATHMTU, []byte{1, 0, 0, 0})
	sent := w.sendto(make([]byte, 1400), Test6)[0]
	for _, to := range []tcpip.Address{Test6, Kernel6} { // connected to one of them, then
		w.Deliver(ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6PacketTooBig), 0, 0, 0, 0, 0, 5, 0x14}, sent[:600]...)))
		w.Settle()
		data, types, control, err := w.recvmsg(w.fd)
		if to == Kernel6 {
			w.Want(err, abi.EWOULDBLOCK)
			break
		}
		if err != nil || len(data) != 0 || !slices.Equal(types, []int32{abi.IPV6_PATHMTU}) ||
			!bytes.Equal(control[0][8:24], Test6.AsSlice()) || binary.LittleEndian.Uint32(control[0][28:]) != 1300 {
			t.Errorf("%x, %v: %d %x", data, err, types, control)
		}
		w.OK(w.SysConnect(w.L, w.fd, addr6(Kernel6, 9)))
	}
}

// TestHeadersFlood has beginnings come of many packets that never become whole,
// and parts of one that overlap; others come through.
func TestHeadersFlood(t *testing.T) {
	w := newWire6(t, abi.SOCK_RAW, abi.IPPROTO_ICMPV6)
	w.Drop()
	const icmp = abi.IPPROTO_ICMPV6
	part := func(id uint16, at, more byte, b []byte) {
		w.Deliver(ip6(abi.IPPROTO_FRAGMENT, append([]byte{icmp, 0, 0, at | more, 0, 0, byte(id >> 8), byte(id)}, b...)))
	}
	before := live()
	for id := range uint16(3000) {
		part(id, 0, 1, make([]byte, 1400))
	}
	w.Settle()
	if grown := live() - before; grown > 18<<20 {
		t.Errorf("3000 fragments took %d KB", grown>>10)
	}
	part(5000, 0, 1, make([]byte, 24))
	part(5000, 16, 0, make([]byte, 24))
	ping := ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6EchoRequest), 0, 0, 0, 0, 1, 0, 1}, Bytes(0, 16)...))[eth+header.IPv6MinimumSize:]
	part(6000, 8, 0, ping[8:])
	part(6000, 0, 1, ping[:8])
	w.Settle()
	data, _, _, err := w.recvmsg(w.fd)
	if err != nil || !bytes.Equal(data, ping) {
		t.Errorf("%x, %v", data, err)
	}
	_, _, _, err = w.recvmsg(w.fd)
	w.Want(err, abi.EWOULDBLOCK)
}
