package script

import (
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// seeds are frames of every protocol that the kernel knows, and damaged ones.
func seeds() [][]byte {
	eth := header.EthernetMinimumSize
	arp := Frame(header.ARPProtocolNumber, header.ARPSize)
	a := header.ARP(arp[eth:])
	a.SetIPv4OverEthernet()
	a.SetOp(header.ARPRequest)
	copy(a.HardwareAddressSender(), TestMAC)
	copy(a.ProtocolAddressSender(), Test.AsSlice())
	copy(a.ProtocolAddressTarget(), Kernel.AsSlice())
	list := [][]byte{
		arp, UDP(5000, 7, []byte("data")), UDP(5000, 9, nil),
		TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, DataOffset: 28, Flags: header.TCPFlagSyn, WindowSize: 8000},
			[]byte{header.TCPOptionMSS, 4, 5, 0xb4, header.TCPOptionSACKPermitted, 2, 0, 0}, nil),
		TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, DataOffset: 20, Flags: header.TCPFlagAck, WindowSize: 8000}, nil, []byte("data")),
		TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, DataOffset: 20, Flags: header.TCPFlagAck | header.TCPFlagUrg, UrgentPointer: 3,
			WindowSize: 8000}, nil, []byte("urgent")),
		TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, DataOffset: 20, Flags: header.TCPFlagSyn | header.TCPFlagAck | header.TCPFlagUrg,
			UrgentPointer: 1, WindowSize: 8000}, nil, nil),
		ip4(header.ICMPv4ProtocolNumber, append([]byte{byte(header.ICMPv4Echo), 0, 0, 0, 0, 1, 0, 1}, "ping"...)),
		ip4(header.ICMPv4ProtocolNumber, append([]byte{byte(header.ICMPv4DstUnreachable), 4, 0, 0, 0, 0, 2, 0}, UDP(7, 5000, nil)[eth:]...)),
		ip4(header.IGMPProtocolNumber, []byte{0x11, 10, 0, 0, 0, 0, 0, 0}),
		ip6(header.UDPProtocolNumber, []byte{0x13, 0x88, 0, 7, 0, 12, 0, 0, 'd', 'a', 't', 'a'}),
		ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6EchoRequest), 0, 0, 0, 0, 1, 0, 1}, "ping"...)),
		ip6(header.ICMPv6ProtocolNumber, append(append([]byte{byte(header.ICMPv6NeighborSolicit), 0, 0, 0, 0, 0, 0, 0}, Kernel6.AsSlice()...),
			append([]byte{1, 1}, TestMAC...)...)),
		ip6(header.ICMPv6ProtocolNumber, append(append([]byte{byte(header.ICMPv6NeighborAdvert), 0, 0, 0, 0xe0, 0, 0, 0}, Test6.AsSlice()...),
			append([]byte{2, 1}, TestMAC...)...)),
		ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6RouterAdvert), 0, 0, 0, 64, 0, 7, 8, 15: 0},
			append([]byte{3, 4, 64, 0xc0, 0, 1, 0, 0, 0, 1, 0, 0, 15: 0}, Test6.AsSlice()...)...)),
		ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6PacketTooBig), 0, 0, 0, 0, 0, 5, 0}, make([]byte, 48)...)),
		ip6(header.ICMPv6ProtocolNumber, append([]byte{byte(header.ICMPv6MulticastListenerQuery), 0, 0, 0, 0, 10, 0, 0}, make([]byte, 16)...)),
		ip6(0, []byte{17, 0, 5, 2, 0, 0, 1, 0, 0x13, 0x88, 0, 7, 0, 8, 0, 0}),  // hop-by-hop options, then UDP
		ip6(44, []byte{17, 0, 0, 1, 0, 0, 0, 1, 0x13, 0x88, 0, 7, 0, 8, 0, 0}), // a fragment
		ip6(43, []byte{17, 2, 0, 1, 15: 0}),                                                         // a routing header
		ip6(43, append([]byte{17, 2, 0, 0, 23: 0}, 0x13, 0x88, 0, 7, 0, 8, 0, 0)),                   // one at its end
		ip6(60, []byte{44, 0, 1, 4, 0, 0, 0, 0, 58, 0, 0, 9, 0, 0, 0, 2, 128, 0, 0, 0, 0, 0, 0, 1}), // a fragment behind options
		ip6(60, []byte{44, 0, 1, 4, 0, 0, 0, 0, 58, 0, 0, 1, 0, 0, 0, 2, 128, 0, 0, 0, 0, 0, 0, 1}),
		ip6(60, []byte{44, 0, 1, 4, 0, 0, 0, 0, 58, 0, 0, 16, 0, 0, 0, 2, 128, 0, 0, 0, 0, 0, 0, 1}),
	}
	list = append(list, forOthers()...)
	for _, f := range list[:len(list):len(list)] {
		list = append(list, f[:len(f)/2], f[:eth+1])
	}
	return append(list, nil, []byte{1})
}

// forOthers are segments to be forwarded whose headers claim to be longer than
// they are.
func forOthers() [][]byte {
	segment := make([]byte, header.TCPMinimumSize)
	header.TCP(segment).Encode(&header.TCPFields{SrcPort: 1, DstPort: 2, DataOffset: 60, Flags: header.TCPFlagAck})
	four, six := ip4(header.TCPProtocolNumber, segment), ip6(header.TCPProtocolNumber, segment)
	behind := ip6(extDestination, append([]byte{byte(header.TCPProtocolNumber), 0, 1, 4, 0, 0, 0, 0}, segment...))
	header.IPv4(four[header.EthernetMinimumSize:]).SetDestinationAddress(Test)
	repair(four)
	for _, f := range [][]byte{six, behind} {
		header.IPv6(f[header.EthernetMinimumSize:]).SetDestinationAddress(Test6)
	}
	return [][]byte{four, six, behind}
}

// extDestination is the header of destination options.
const extDestination = 60

// UDP makes a frame to the kernel of a datagram, without checksum.
func UDP(from, to uint16, data []byte) []byte {
	b := make([]byte, header.UDPMinimumSize, header.UDPMinimumSize+len(data))
	header.UDP(b).Encode(&header.UDPFields{SrcPort: from, DstPort: to, Length: uint16(cap(b))})
	return ip4(header.UDPProtocolNumber, append(b, data...))
}

func ip4(proto tcpip.TransportProtocolNumber, payload []byte) []byte {
	b := append(Frame(header.IPv4ProtocolNumber, header.IPv4MinimumSize), payload...)
	ip := header.IPv4(b[header.EthernetMinimumSize:])
	ip.Encode(&header.IPv4Fields{TotalLength: uint16(len(ip)), TTL: 64, Protocol: uint8(proto), SrcAddr: Test, DstAddr: Kernel})
	repair(b)
	return b
}

func ip6(proto tcpip.TransportProtocolNumber, payload []byte) []byte {
	b := append(Frame(header.IPv6ProtocolNumber, header.IPv6MinimumSize), payload...)
	header.IPv6(b[header.EthernetMinimumSize:]).Encode(&header.IPv6Fields{PayloadLength: uint16(len(payload)),
		TransportProtocol: proto, HopLimit: 255, SrcAddr: Test6, DstAddr: Kernel6})
	repair(b)
	return b
}

// repair makes the checksums of a frame right, as far as it has any, so that
// what is behind them is reached.
func repair(b []byte) {
	const eth = header.EthernetMinimumSize
	if len(b) < eth+header.IPv4MinimumSize {
		return
	}
	switch header.Ethernet(b).Type() {
	case header.IPv4ProtocolNumber:
		ip := header.IPv4(b[eth:])
		if n := int(ip.HeaderLength()); n >= header.IPv4MinimumSize && n <= len(ip) {
			ip.SetChecksum(0)
			ip.SetChecksum(^ip.CalculateChecksum())
			repairPayload(ip.TransportProtocol(), ip.SourceAddress(), ip.DestinationAddress(), ip[n:])
		}
	case header.IPv6ProtocolNumber:
		if ip := header.IPv6(b[eth:]); len(ip) >= header.IPv6MinimumSize {
			repairPayload(tcpip.TransportProtocolNumber(ip.NextHeader()), ip.SourceAddress(), ip.DestinationAddress(), ip[header.IPv6MinimumSize:])
		}
	}
}

func repairPayload(proto tcpip.TransportProtocolNumber, src, dst tcpip.Address, p []byte) {
	at := map[tcpip.TransportProtocolNumber]int{header.TCPProtocolNumber: header.TCPChecksumOffset, header.UDPProtocolNumber: 6,
		header.ICMPv4ProtocolNumber: 2, header.ICMPv6ProtocolNumber: 2, header.IGMPProtocolNumber: 2}[proto]
	if at == 0 || len(p) < at+2 {
		return
	}
	p[at], p[at+1] = 0, 0
	sum := uint16(0)
	if proto != header.ICMPv4ProtocolNumber && proto != header.IGMPProtocolNumber {
		sum = header.PseudoHeaderChecksum(proto, src, dst, uint16(len(p)))
	}
	sum = ^checksum.Checksum(p, sum)
	p[at], p[at+1] = byte(sum>>8), byte(sum)
}

// FuzzFrame gives a kernel with sockets of all kinds frames; it must do its
// work afterwards. The first frame comes as it is, the second with right
// checksums.
func FuzzFrame(f *testing.F) {
	list := seeds()
	for i, s := range list {
		f.Add(s, list[(i+1)%len(list)])
	}
	w := New(f, 1)
	w.Drop()
	w.Sysctl(1, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_FORWARDING)
	fd := w.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	w.OK(w.SysBind(w.L, fd, sockaddr(1, 80)))
	w.OK(w.SysListen(w.L, fd, 8))
	udp := w.Socket(abi.AF_INET, abi.SOCK_DGRAM|abi.SOCK_NONBLOCK, 0)
	w.OK(w.SysBind(w.L, udp, sockaddr(1, 7)))
	w.Socket(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	udp6 := w.Socket(abi.AF_INET6, abi.SOCK_DGRAM|abi.SOCK_NONBLOCK, 0)
	w.OK(w.SysBind(w.L, udp6, addr6(tcpip.AddrFrom16([16]byte{}), 7)))
	all := []int32{udp6, w.Socket(abi.AF_INET6, abi.SOCK_RAW|abi.SOCK_NONBLOCK, abi.IPPROTO_ICMPV6), w.Socket(abi.AF_INET6, abi.SOCK_RAW|abi.SOCK_NONBLOCK, abi.IPPROTO_UDP)}
	for _, fd := range all {
		for _, name := range []int32{abi.IPV6_RECVHOPOPTS, abi.IPV6_RECVDSTOPTS, abi.IPV6_RECVRTHDR, abi.IPV6_RECVPATHMTU} {
			w.OK(w.SysSetsockopt(w.L, fd, abi.IPPROTO_IPV6, name, box.In([]byte{1, 0, 0, 0})))
		}
	}
	buf := make([]byte, 70000)
	f.Fuzz(func(t *testing.T, raw, right []byte) {
		w.Deliver(raw)
		right = append([]byte(nil), right...)
		if len(right) >= header.EthernetMinimumSize {
			copy(right, KernelMAC)
		}
		repair(right)
		w.Deliver(right)
		w.Host.Advance(100 * time.Millisecond)
		for _, fd := range append(all, udp) {
			for err := error(nil); err == nil; {
				_, err = w.Recv(w.L, fd, buf)
			}
		}
		w.Deliver(UDP(5000, 7, []byte("alive")))
		n, err := w.Recv(w.L, udp, buf)
		if string(buf[:n]) != "alive" || err != nil {
			t.Errorf("%q, %v", buf[:n], err)
		}
	})
}
