// Packets in a line of text.

package capture

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Summary says in a line what a packet of a link type (DLT_) is.
func Summary(link int, b []byte) string {
	switch link {
	case abi.DLT_EN10MB:
		return ethernet(b)
	case abi.DLT_NULL, abi.DLT_LOOP:
		if len(b) < 4 {
			return short("loopback", b)
		}
		return ip(b[4:])
	case abi.DLT_RAW:
		return ip(b)
	}
	return fmt.Sprintf("link type %d, length %d", link, len(b))
}

func short(what string, b []byte) string {
	return fmt.Sprintf("%s, cut short: length %d", what, len(b))
}

func ethernet(b []byte) string {
	if len(b) < abi.ETHER_HDR_LEN {
		return short("Ethernet", b)
	}
	typ, body := binary.BigEndian.Uint16(b[12:]), b[abi.ETHER_HDR_LEN:]
	switch typ {
	case abi.ETHERTYPE_IP, abi.ETHERTYPE_IPV6:
		return ip(body)
	case abi.ETHERTYPE_ARP:
		return arp(body)
	}
	return fmt.Sprintf("%v > %v, type %#04x, length %d", net.HardwareAddr(b[6:12]), net.HardwareAddr(b[:6]), typ, len(b))
}

func arp(b []byte) string {
	if len(b) < 28 || b[4] != 6 || b[5] != 4 {
		return short("ARP", b)
	}
	sender, target := netip.AddrFrom4([4]byte(b[14:18])), netip.AddrFrom4([4]byte(b[24:28]))
	switch op := binary.BigEndian.Uint16(b[6:]); op {
	case abi.ARPOP_REQUEST:
		return fmt.Sprintf("ARP, Request who-has %v tell %v, length %d", target, sender, len(b))
	case abi.ARPOP_REPLY:
		return fmt.Sprintf("ARP, Reply %v is-at %v, length %d", sender, net.HardwareAddr(b[8:14]), len(b))
	default:
		return fmt.Sprintf("ARP, operation %d, length %d", op, len(b))
	}
}

// ends are the two ends of a packet.
type ends struct {
	word     string
	src, dst netip.Addr
}

func (e ends) text() string { return fmt.Sprintf("%s %v > %v", e.word, e.src, e.dst) }

func (e ends) ports(b []byte) string {
	return fmt.Sprintf("%s %v.%d > %v.%d", e.word, e.src, binary.BigEndian.Uint16(b), e.dst, binary.BigEndian.Uint16(b[2:]))
}

func ip(b []byte) string {
	if len(b) < 1 {
		return short("IP", b)
	}
	switch b[0] >> 4 {
	case 4:
		return ip4(b)
	case 6:
		return ip6(b)
	}
	return fmt.Sprintf("IP version %d, length %d", b[0]>>4, len(b))
}

func ip4(b []byte) string {
	head := int(b[0]&15) * 4
	if len(b) < 20 || head < 20 || len(b) < head {
		return short("IP", b)
	}
	if total := int(binary.BigEndian.Uint16(b[2:])); total >= head && total < len(b) {
		b = b[:total] // what is behind fills an Ethernet frame up
	}
	e := ends{"IP", netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))}
	if off := binary.BigEndian.Uint16(b[6:]) & 0x1fff; off != 0 {
		return fmt.Sprintf("%s: fragment at %d, length %d", e.text(), int(off)*8, len(b)-head)
	}
	return transport(e, int(b[9]), b[head:])
}

func ip6(b []byte) string {
	if len(b) < 40 {
		return short("IP6", b)
	}
	if total := 40 + int(binary.BigEndian.Uint16(b[4:])); total < len(b) {
		b = b[:total]
	}
	e := ends{"IP6", netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))}
	proto, body := int(b[6]), b[40:]
	for (proto == abi.IPPROTO_HOPOPTS || proto == abi.IPPROTO_ROUTING || proto == abi.IPPROTO_DSTOPTS) && len(body) >= 8 {
		n := int(body[1])*8 + 8
		proto, body = int(body[0]), body[min(n, len(body)):]
	}
	if proto == abi.IPPROTO_FRAGMENT && len(body) >= 8 {
		off := int(binary.BigEndian.Uint16(body[2:])) &^ 7
		return fmt.Sprintf("%s: fragment at %d, length %d", e.text(), off, len(body)-8)
	}
	return transport(e, proto, body)
}

func transport(e ends, proto int, b []byte) string {
	switch {
	case proto == abi.IPPROTO_TCP && len(b) >= 20:
		return tcp(e, b)
	case proto == abi.IPPROTO_UDP && len(b) >= 8:
		return fmt.Sprintf("%s: UDP, length %d", e.ports(b), len(b)-8)
	case proto == abi.IPPROTO_ICMP && len(b) >= 8:
		return e.text() + ": ICMP " + icmp(b)
	case proto == abi.IPPROTO_ICMPV6 && len(b) >= 8:
		return e.text() + ": ICMP6, " + icmp6(b)
	}
	return fmt.Sprintf("%s: protocol %d, length %d", e.text(), proto, len(b))
}

// tcpFlags are the flags by bit.
const tcpFlags = "FSRP.UEW"

func tcp(e ends, b []byte) string {
	var flags strings.Builder
	for i := range tcpFlags {
		if b[13]&(1<<i) != 0 {
			flags.WriteByte(tcpFlags[i])
		}
	}
	n := len(b) - min(int(b[12]>>4)*4, len(b))
	seq, ack := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	text := fmt.Sprintf("%s: Flags [%s], seq %d", e.ports(b), flags.String(), seq)
	if n > 0 {
		text += fmt.Sprintf(":%d", seq+uint32(n))
	}
	if b[13]&0x10 != 0 {
		text += fmt.Sprintf(", ack %d", ack)
	}
	return text + fmt.Sprintf(", win %d, length %d", binary.BigEndian.Uint16(b[14:]), n)
}

func icmp(b []byte) string {
	switch b[0] {
	case abi.ICMP_ECHO, abi.ICMP_ECHOREPLY:
		what := "echo request"
		if b[0] == abi.ICMP_ECHOREPLY {
			what = "echo reply"
		}
		return echo(what, b)
	case abi.ICMP_UNREACH:
		return fmt.Sprintf("unreachable, code %d, length %d", b[1], len(b))
	case abi.ICMP_TIMXCEED:
		return fmt.Sprintf("time exceeded, length %d", len(b))
	}
	return fmt.Sprintf("type %d, code %d, length %d", b[0], b[1], len(b))
}

func echo(what string, b []byte) string {
	return fmt.Sprintf("%s, id %d, seq %d, length %d", what, binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:]), len(b))
}

func icmp6(b []byte) string {
	target := func(what string) string {
		if len(b) < 24 {
			return short(what, b)
		}
		return fmt.Sprintf("%s %v, length %d", what, netip.AddrFrom16([16]byte(b[8:24])), len(b))
	}
	switch b[0] {
	case abi.ICMP6_ECHO_REQUEST:
		return echo("echo request", b)
	case abi.ICMP6_ECHO_REPLY:
		return echo("echo reply", b)
	case abi.ND_NEIGHBOR_SOLICIT:
		return target("neighbor solicitation, who has")
	case abi.ND_NEIGHBOR_ADVERT:
		return target("neighbor advertisement, tgt is")
	case abi.ND_ROUTER_SOLICIT:
		return fmt.Sprintf("router solicitation, length %d", len(b))
	case abi.ND_ROUTER_ADVERT:
		return fmt.Sprintf("router advertisement, length %d", len(b))
	}
	return fmt.Sprintf("type %d, code %d, length %d", b[0], b[1], len(b))
}
