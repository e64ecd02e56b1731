// Raw sockets of IPv6 and packets with extension headers, those in fragments
// among them: the stack gives raw sockets only what follows the header of IPv6
// at once.
package inet

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// arrivesRaw gives raw sockets a packet with extension headers.
func (in *Inet) arrivesRaw(pkt *stack.PacketBuffer, c *chain) {
	h := header.IPv6(pkt.NetworkHeader().Slice())
	b := append(slices.Clone(pkt.TransportHeader().Slice()), pkt.Data().AsRange().ToSlice()...)
	b = b[:min(len(b), max(int(h.PayloadLength())+header.IPv6MinimumSize-len(h), 0))]
	ip := [header.IPv6MinimumSize]byte(h)
	if !c.atomic() {
		var done bool
		if ip, *c, b, done = in.input6.parts.add(time.Duration(in.host.Mono()), h, c, b); !done {
			return
		}
	}
	in.giveRaw(pkt.NICID, ip, c, b)
}

// giveRaw gives raw sockets what is behind the headers of a packet, unless those
// say that it is to be dropped.
func (in *Inet) giveRaw(nic tcpip.NICID, ip [header.IPv6MinimumSize]byte, c *chain, b []byte) {
	if !c.known() {
		return
	}
	in.rawList.mu.Lock()
	all := slices.Clone(in.rawList.list)
	in.rawList.mu.Unlock()
	for _, e := range all {
		ep, ok := e.ep.(stack.RawTransportEndpoint)
		if !ok || !e.v6 || e.number != int32(c.proto) {
			continue
		}
		p := append(ip[:], b...)
		if e.extra.wants(recvHeaders) {
			p = append(p, in.input6.trailer(c, len(b), 1)...)
		}
		pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(p)})
		pkt.NetworkProtocolNumber, pkt.TransportProtocolNumber, pkt.NICID = ipv6.ProtocolNumber, tcpip.TransportProtocolNumber(c.proto), nic
		_, ok = pkt.NetworkHeader().Consume(header.IPv6MinimumSize)
		if ok && c.proto == abi.IPPROTO_ICMPV6 {
			_, ok = pkt.TransportHeader().Consume(header.ICMPv6MinimumSize)
		}
		if ok {
			ep.HandlePacket(pkt)
		}
		pkt.DecRef()
	}
}

// The option that is one byte long, and the bits of those that one must know.
const (
	optPad1   = 0
	optAction = 0xc0
)

// known reports headers that let a packet through: it has reached the end of its
// route, and there is no option that one must know.
func (c *chain) known() bool {
	for next, b := c.first, c.all; len(b) >= extUnit; {
		n := min((int(b[1])+1)*extUnit, len(b))
		if next == abi.IPPROTO_ROUTING && b[3] != 0 {
			return false
		}
		for opts := b[2:n]; next != abi.IPPROTO_ROUTING && len(opts) > 0; {
			size := 1
			if opts[0] != optPad1 {
				if len(opts) < 2 || len(opts) < 2+int(opts[1]) {
					return false
				}
				size = 2 + int(opts[1])
			}
			if opts[0]&optAction != 0 {
				return false
			}
			opts = opts[size:]
		}
		next, b = b[0], b[n:]
	}
	return true
}

// gathering is packets that come in fragments, the oldest first.
type gathering struct {
	mu   sync.Mutex
	list []*partial
}

// Bounds of gathering: packets, fragments of each, and how long they wait.
const (
	maxPartial, maxParts = 8, 256
	partialTime          = time.Minute
)

// partial is a packet of which fragments came.
type partial struct {
	key   [36]byte // source, destination, number
	began time.Duration
	// dead is of one that became whole, or never will.
	dead  bool
	parts []part
	// size is that of the whole, 0 until it is known.
	size  int
	ip    [header.IPv6MinimumSize]byte
	chain chain
}

// part is one fragment, by its place in the whole.
type part struct {
	at int
	b  []byte
}

// add adds a fragment to its packet. When that is whole it is returned, with
// what comes before the fragment header for its headers.
func (g *gathering) add(now time.Duration, h header.IPv6, c *chain, b []byte) (ip [header.IPv6MinimumSize]byte, whole chain, data []byte, done bool) {
	var key [36]byte
	copy(key[copy(key[:], h[8:40]):], c.fragment[4:])
	at := int(binary.BigEndian.Uint16(c.fragment[2:]) &^ (extUnit - 1))
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.find(key, now)
	if at == 0 {
		p.ip = [header.IPv6MinimumSize]byte(h)
		p.chain = chain{first: c.first, proto: c.fragment[0], all: slices.Clone(c.all)}
	}
	if c.fragment[3]&1 == 0 {
		p.size = at + len(b)
	}
	if !p.insert(at, b) || at+len(b) > maxRaw {
		*p = partial{dead: true}
		return ip, whole, nil, false
	}
	if data = p.join(); data == nil {
		return ip, whole, nil, false
	}
	ip, whole = p.ip, p.chain
	*p = partial{dead: true}
	rest := walk(whole.proto, data)
	whole.proto = rest.proto
	return ip, whole, data[len(rest.all):], rest.fragment == nil
}

// find returns the packet with that key, which may be a new one. It drops those
// that are dead or too old, and the oldest when there are too many.
// Preconditions: g.mu is held.
func (g *gathering) find(key [36]byte, now time.Duration) (p *partial) {
	keep := g.list[:0]
	for _, x := range g.list {
		if !x.dead && now-x.began <= partialTime {
			if keep = append(keep, x); x.key == key {
				p = x
			}
		}
	}
	clear(g.list[len(keep):])
	if g.list = keep; p != nil {
		return p
	}
	if len(g.list) >= maxPartial {
		copy(g.list, g.list[1:])
		g.list = g.list[:len(g.list)-1]
	}
	p = &partial{key: key, began: now}
	g.list = append(g.list, p)
	return p
}

// insert enters a fragment: false for one that overlaps another, unless it is
// the same, or when there are too many.
func (p *partial) insert(at int, b []byte) bool {
	i, found := slices.BinarySearchFunc(p.parts, at, func(x part, at int) int { return x.at - at })
	if found {
		return bytes.Equal(p.parts[i].b, b)
	}
	if len(p.parts) >= maxParts || i > 0 && p.parts[i-1].at+len(p.parts[i-1].b) > at || i < len(p.parts) && at+len(b) > p.parts[i].at {
		return false
	}
	p.parts = slices.Insert(p.parts, i, part{at, b})
	return true
}

// join returns the whole, nil while something is missing.
func (p *partial) join() (b []byte) {
	for _, x := range p.parts {
		if x.at != len(b) {
			return nil
		}
		b = append(b, x.b...)
	}
	if p.size == 0 || len(b) != p.size {
		return nil
	}
	return b
}
