// Filters as programs. Each test is a few instructions that end in a jump to
// one of two labels, which always lie ahead.

package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// label is a place in a program that is not known yet.
type label int

// instruction is one of a program, with labels where it jumps.
type instruction struct {
	code    uint16
	k       uint32
	yes, no label
	jumps   bool
}

// compiler makes a program of a filter.
type compiler struct {
	link   int
	prog   []instruction
	labels int
	// places are where the labels are, by label.
	places map[label]int
}

// Compile makes a program of the words of a filter, for packets of a link type
// (DLT_). No words make none, which accepts all.
func Compile(words []string, link int) ([]abi.BpfInsn, error) {
	n, err := parse(words)
	if err != nil || n == nil {
		return nil, err
	}
	c := &compiler{link: link, places: map[label]int{}}
	if _, _, err := c.network(); err != nil {
		return nil, err
	}
	yes, no := c.label(), c.label()
	if err := c.node(n, yes, no); err != nil {
		return nil, err
	}
	c.at(yes)
	c.emit(abi.BPF_RET|abi.BPF_K, 0xffffffff)
	c.at(no)
	c.emit(abi.BPF_RET|abi.BPF_K, 0)
	return c.resolve()
}

// network is where the type of the network protocol is (-1: in the packet's
// first byte), and where the packet begins.
func (c *compiler) network() (typeAt, begin int, err error) {
	switch c.link {
	case abi.DLT_EN10MB:
		return 12, abi.ETHER_HDR_LEN, nil
	case abi.DLT_NULL, abi.DLT_LOOP:
		return -1, 4, nil
	case abi.DLT_RAW:
		return -1, 0, nil
	}
	return 0, 0, fmt.Errorf("no filters for packets of link type %d", c.link)
}

func (c *compiler) label() label {
	c.labels++
	return label(c.labels)
}

func (c *compiler) at(l label) { c.places[l] = len(c.prog) }

func (c *compiler) emit(code uint16, k uint32) {
	c.prog = append(c.prog, instruction{code: code, k: k})
}

// jump tests the accumulator.
func (c *compiler) jump(op uint16, k uint32, yes, no label) {
	c.prog = append(c.prog, instruction{code: abi.BPF_JMP | op | abi.BPF_K, k: k, yes: yes, no: no, jumps: true})
}

// load loads size bytes at an offset.
func (c *compiler) load(size uint16, at int) { c.emit(abi.BPF_LD|size|abi.BPF_ABS, uint32(at)) }

// resolve puts distances in place of labels.
func (c *compiler) resolve() ([]abi.BpfInsn, error) {
	if len(c.prog) > abi.BPF_MAXINSNS {
		return nil, errTooLong
	}
	prog := make([]abi.BpfInsn, len(c.prog))
	for i, in := range c.prog {
		prog[i] = abi.BpfInsn{Code: in.code, K: in.k}
		if !in.jumps {
			continue
		}
		yes, no := c.places[in.yes]-i-1, c.places[in.no]-i-1
		if yes > 255 || no > 255 {
			return nil, errTooLong
		}
		prog[i].Jt, prog[i].Jf = uint8(yes), uint8(no)
	}
	return prog, nil
}

var errTooLong = errors.New("the filter is too long for the kernel's filter machine")

func (c *compiler) node(n node, yes, no label) error {
	switch n := n.(type) {
	case orNode:
		other := c.label()
		if err := c.node(n.a, yes, other); err != nil {
			return err
		}
		c.at(other)
		return c.node(n.b, yes, no)
	case andNode:
		also := c.label()
		if err := c.node(n.a, also, no); err != nil {
			return err
		}
		c.at(also)
		return c.node(n.b, yes, no)
	case notNode:
		return c.node(n.a, no, yes)
	case protoNode:
		c.protocol(n.name, yes, no)
	case netNode:
		c.net(n, yes, no)
	case portNode:
		c.port(n, yes, no)
	case etherNode:
		return c.ether(n, yes, no)
	}
	return nil
}

// networkIs jumps by the network protocol: 4, 6, or ETHERTYPE_ARP.
func (c *compiler) networkIs(what int, yes, no label) {
	typeAt, begin, _ := c.network()
	if typeAt >= 0 {
		typ := map[int]uint32{4: abi.ETHERTYPE_IP, 6: abi.ETHERTYPE_IPV6, abi.ETHERTYPE_ARP: abi.ETHERTYPE_ARP}[what]
		c.load(abi.BPF_H, typeAt)
		c.jump(abi.BPF_JEQ, typ, yes, no)
		return
	}
	// An ARP packet never is here: the version is neither.
	c.load(abi.BPF_B, begin)
	c.emit(abi.BPF_ALU|abi.BPF_RSH|abi.BPF_K, 4)
	c.jump(abi.BPF_JEQ, uint32(what), yes, no)
}

// protocol jumps by a protocol.
func (c *compiler) protocol(name string, yes, no label) {
	switch name {
	case "ip":
		c.networkIs(4, yes, no)
	case "ip6":
		c.networkIs(6, yes, no)
	case "arp":
		c.networkIs(abi.ETHERTYPE_ARP, yes, no)
	case "icmp":
		c.transport4(abi.IPPROTO_ICMP, yes, no)
	case "icmp6":
		c.transport6(abi.IPPROTO_ICMPV6, yes, no)
	default:
		proto := uint32(abi.IPPROTO_TCP)
		if name == "udp" {
			proto = abi.IPPROTO_UDP
		}
		not4 := c.label()
		c.transport4(proto, yes, not4)
		c.at(not4)
		c.transport6(proto, yes, no)
	}
}

func (c *compiler) transport4(proto uint32, yes, no label) {
	_, begin, _ := c.network()
	is4 := c.label()
	c.networkIs(4, is4, no)
	c.at(is4)
	c.load(abi.BPF_B, begin+9)
	c.jump(abi.BPF_JEQ, proto, yes, no)
}

func (c *compiler) transport6(proto uint32, yes, no label) {
	_, begin, _ := c.network()
	is6 := c.label()
	c.networkIs(6, is6, no)
	c.at(is6)
	c.load(abi.BPF_B, begin+6)
	c.jump(abi.BPF_JEQ, proto, yes, no)
}

// net jumps by an address or network, for IPv4 in ARP packets, too.
func (c *compiler) net(n netNode, yes, no label) {
	_, begin, _ := c.network()
	if !n.net.Addr().Is4() {
		is6 := c.label()
		c.networkIs(6, is6, no)
		c.at(is6)
		c.sides(n, begin+8, begin+24, yes, no)
		return
	}
	is4, not4, arp := c.label(), c.label(), c.label()
	c.networkIs(4, is4, not4)
	c.at(is4)
	c.sides(n, begin+12, begin+16, yes, no)
	c.at(not4)
	c.networkIs(abi.ETHERTYPE_ARP, arp, no)
	c.at(arp)
	c.sides(n, begin+14, begin+24, yes, no)
}

// sides jumps by the source and destination that are meant.
func (c *compiler) sides(n netNode, src, dst int, yes, no label) {
	switch n.side {
	case source:
		c.inside(n.net, src, yes, no)
	case destination:
		c.inside(n.net, dst, yes, no)
	default:
		other := c.label()
		c.inside(n.net, src, yes, other)
		c.at(other)
		c.inside(n.net, dst, yes, no)
	}
}

// inside jumps by whether the address at an offset is in a network.
func (c *compiler) inside(p netip.Prefix, at int, yes, no label) {
	b := p.Addr().AsSlice()
	for bits := p.Bits(); ; bits -= 32 {
		c.load(abi.BPF_W, at)
		mask := uint32(0xffffffff)
		if bits < 32 {
			mask <<= 32 - max(bits, 0)
			c.emit(abi.BPF_ALU|abi.BPF_AND|abi.BPF_K, mask)
		}
		want := binary.BigEndian.Uint32(b) & mask
		b, at = b[4:], at+4
		if bits <= 32 {
			c.jump(abi.BPF_JEQ, want, yes, no)
			return
		}
		more := c.label()
		c.jump(abi.BPF_JEQ, want, more, no)
		c.at(more)
	}
}

// port jumps by a port of TCP or UDP, in packets that are not later fragments.
func (c *compiler) port(n portNode, yes, no label) {
	_, begin, _ := c.network()
	is4, not4, is6, has4, has6, first := c.label(), c.label(), c.label(), c.label(), c.label(), c.label()
	c.networkIs(4, is4, not4)
	c.at(is4)
	c.load(abi.BPF_B, begin+9)
	c.withPorts(has4, no)
	c.at(has4)
	c.load(abi.BPF_H, begin+6)
	c.jump(abi.BPF_JSET, 0x1fff, no, first)
	c.at(first)
	c.emit(abi.BPF_LDX|abi.BPF_B|abi.BPF_MSH, uint32(begin))
	c.ports(n, abi.BPF_IND, begin, yes, no)
	c.at(not4)
	c.networkIs(6, is6, no)
	c.at(is6)
	c.load(abi.BPF_B, begin+6)
	c.withPorts(has6, no)
	c.at(has6)
	c.ports(n, abi.BPF_ABS, begin+40, yes, no)
}

// withPorts jumps by whether the protocol in the accumulator has ports.
func (c *compiler) withPorts(yes, no label) {
	other := c.label()
	c.jump(abi.BPF_JEQ, abi.IPPROTO_TCP, yes, other)
	c.at(other)
	c.jump(abi.BPF_JEQ, abi.IPPROTO_UDP, yes, no)
}

// ports jumps by the ports at an offset.
func (c *compiler) ports(n portNode, mode uint16, at int, yes, no label) {
	test := func(at int, yes, no label) {
		c.emit(abi.BPF_LD|abi.BPF_H|mode, uint32(at))
		c.jump(abi.BPF_JEQ, uint32(n.port), yes, no)
	}
	switch n.side {
	case source:
		test(at, yes, no)
	case destination:
		test(at+2, yes, no)
	default:
		other := c.label()
		test(at, yes, other)
		c.at(other)
		test(at+2, yes, no)
	}
}

// ether jumps by an Ethernet address.
func (c *compiler) ether(n etherNode, yes, no label) error {
	if c.link != abi.DLT_EN10MB {
		return errors.New("ether in a filter, but the interface is no Ethernet")
	}
	test := func(at int, yes, no label) {
		more := c.label()
		c.load(abi.BPF_W, at)
		c.jump(abi.BPF_JEQ, binary.BigEndian.Uint32(n.mac[:]), more, no)
		c.at(more)
		c.load(abi.BPF_H, at+4)
		c.jump(abi.BPF_JEQ, uint32(binary.BigEndian.Uint16(n.mac[4:])), yes, no)
	}
	other := c.label()
	test(0, yes, other)
	c.at(other)
	test(6, yes, no)
	return nil
}
