// Extension headers of IPv6 that come: raw sockets get what is behind them, and
// sockets that ask for the headers get those (IPV6_RECVHOPOPTS, …). The stack
// does neither. Datagrams bring the headers along behind their data, where
// readers take them off again.
package inet

import (
	"encoding/binary"
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// input6 is who wants what of the headers that come.
type input6 struct {
	// wanted counts sockets that ask for headers, raws raw sockets of IPv6.
	wanted, raws atomic.Int32
	// ever says that there was one that asked: what is queued may have headers.
	ever atomic.Bool
	// magic marks the ends of data with headers. It is set before ever is.
	mu    sync.Mutex
	magic [8]byte
	// parts are of packets that came in fragments.
	parts gathering
}

// chain is the extension headers of a packet.
type chain struct {
	// first is the number of the first of them, proto that of what follows.
	first, proto byte
	// all is the headers up to a fragment header, which is nil if there is none.
	all, fragment []byte
}

// walk reads the headers in b, of which the first has the number next.
func walk(next byte, b []byte) chain {
	c := chain{first: next, proto: next, all: b}
	at := 0
	for at+extUnit <= len(b) {
		n := (int(b[at+1]) + 1) * extUnit
		switch c.proto {
		case abi.IPPROTO_FRAGMENT:
			if c.fragment == nil {
				c.all, c.fragment = b[:at], b[at:at+extUnit]
			}
			n = extUnit
		case abi.IPPROTO_HOPOPTS, abi.IPPROTO_DSTOPTS, abi.IPPROTO_ROUTING:
		default:
			return c.end(at)
		}
		c.proto = b[at]
		at += n
	}
	return c.end(at)
}

// end returns the chain that ends at a place.
func (c chain) end(at int) chain {
	c.all = c.all[:min(at, len(c.all))]
	return c
}

// atomic reports a chain without fragment header, or one of a packet in a single
// fragment.
func (c *chain) atomic() bool {
	return c.fragment == nil || binary.BigEndian.Uint16(c.fragment[2:])&^6 == 0
}

// arrives looks at a packet for this host, before the stack does more with it.
func (in *Inet) arrives(pkt *stack.PacketBuffer) {
	h := pkt.NetworkHeader().Slice()
	if in.paths.some.Load() && pkt.TransportProtocolNumber == header.ICMPv6ProtocolNumber {
		in.paths.arrives(pkt)
	}
	if len(h) <= header.IPv6MinimumSize {
		return
	}
	c := walk(header.IPv6(h).NextHeader(), h[header.IPv6MinimumSize:])
	if in.input6.raws.Load() != 0 {
		in.arrivesRaw(pkt, &c)
	}
	if c.atomic() && pkt.TransportProtocolNumber == header.UDPProtocolNumber {
		in.input6.attach(pkt, &c)
	}
}

// attach puts the headers of a datagram behind its data.
func (i *input6) attach(pkt *stack.PacketBuffer, c *chain) {
	if i.wanted.Load() != 0 && len(c.all) > 0 {
		pkt.Data().AppendView(buffer.NewViewWithData(i.trailer(c, pkt.Data().Size(), 0)))
	}
}

// trailerEnd is what follows the headers in a trailer: the number of the first,
// how much padding is before them, their length, the magic, and what makes the
// sum of all 0.
const trailerEnd = 1 + 1 + 2 + 8 + 2

// trailer returns what is put behind data of size bytes. It does not change the
// data's checksum, not even when its own length and extra are added.
func (i *input6) trailer(c *chain, size int, extra uint16) []byte {
	pad := size % 2
	b := append(make([]byte, pad, pad+len(c.all)+trailerEnd), c.all...)
	b = append(b, c.first, byte(pad))
	b = binary.BigEndian.AppendUint16(b, uint16(len(c.all)))
	b = append(b, i.magic[:]...)
	if extra != 0 {
		extra = uint16(len(b) + 2)
	}
	return binary.BigEndian.AppendUint16(b, ^checksum.Checksum(b[pad:], extra))
}

// detach returns data without its trailer, and the headers in that.
func (i *input6) detach(b []byte) (data []byte, c chain) {
	at := len(b) - trailerEnd
	if at < 0 || [8]byte(b[at+4:]) != i.magic {
		return b, c
	}
	n := int(binary.BigEndian.Uint16(b[at+2:]))
	if n+int(b[at+1]) > at {
		return b, c
	}
	return b[:at-n-int(b[at+1])], chain{first: b[at], all: b[at-n : at]}
}

// udpProtocol is the stack's UDP, with a look at datagrams that came in
// fragments.
type udpProtocol struct {
	stack.TransportProtocol
	in *Inet
}

func (in *Inet) newUDP(s *stack.Stack) stack.TransportProtocol {
	return udpProtocol{udp.NewProtocol(s), in}
}

// Parse implements stack.TransportProtocol. Packets for others come here too,
// but no fragments of them.
func (p udpProtocol) Parse(pkt *stack.PacketBuffer) bool {
	ok := p.TransportProtocol.Parse(pkt)
	if ok && p.in.input6.wanted.Load() != 0 && pkt.NetworkProtocolNumber == ipv6.ProtocolNumber {
		h := pkt.NetworkHeader().Slice()
		if c := walk(header.IPv6(h).NextHeader(), h[header.IPv6MinimumSize:]); !c.atomic() {
			p.in.input6.attach(pkt, &c)
		}
	}
	return ok
}

// recvHeaders are the options that ask for headers.
const recvHeaders = recvHop | recvDst | recvRoute

// headerFlag returns what an option asks for, and whether only root may ask.
func headerFlag(name int32) (f sockFlags, rootOnly bool) {
	switch name {
	case abi.IPV6_RECVHOPOPTS:
		return recvHop, true
	case abi.IPV6_RECVDSTOPTS:
		return recvDst, true
	case abi.IPV6_RECVRTHDR:
		return recvRoute, false
	case abi.IPV6_RECVPATHMTU:
		return recvMTU, false
	}
	return 0, false
}

// setHeaderFlag sets such an option. IPV6_RECVPATHMTU is not for TCP.
func (e *endpoint) setHeaderFlag(f sockFlags, val []byte) error {
	v, err := net.Int(val)
	switch {
	case err != nil:
		return err
	case f != recvMTU:
		return e.wantHeaders(f, v != 0)
	case e.kind != kindTCP:
		e.in.paths.want(e, v != 0)
	}
	return nil
}

// wantHeaders sets one of recvHeaders. Streams bring none.
func (e *endpoint) wantHeaders(f sockFlags, on bool) error {
	i := &e.in.input6
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.ever.Load() {
		if err := e.in.host.Random(i.magic[:]); err != nil {
			return err
		}
		i.ever.Store(true)
	}
	was := e.extra.wants(recvHeaders)
	is := e.extra.want(f, on)&recvHeaders != 0
	if e.kind != kindTCP && was != is {
		i.wanted.Add(int32(b2i(is) - b2i(was)))
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// unwantHeaders is called when a socket is closed.
func (e *endpoint) unwantHeaders() {
	if e.v6 && e.extra.wants(recvHeaders) {
		_ = e.wantHeaders(recvHeaders, false)
	}
}

// appendHeaders appends the headers that the socket asks for to control
// messages.
func (e *endpoint) appendHeaders(list []byte, c *chain) []byte {
	for next, b := c.first, c.all; len(b) >= extUnit; {
		n := min((int(b[1])+1)*extUnit, len(b))
		var f sockFlags
		var typ int32
		switch next {
		case abi.IPPROTO_HOPOPTS:
			f, typ = recvHop, abi.IPV6_HOPOPTS
		case abi.IPPROTO_DSTOPTS:
			f, typ = recvDst, abi.IPV6_DSTOPTS
		case abi.IPPROTO_ROUTING:
			f, typ = recvRoute, abi.IPV6_RTHDR
		}
		if e.extra.wants(f) {
			list = net.AppendControl(list, abi.IPPROTO_IPV6, typ, b[:n])
		}
		next, b = b[0], b[n:]
	}
	return list
}

// readTail reads a datagram that may have a trailer into dst. Preconditions: rmu
// is held.
func (e *endpoint) readTail(opts tcpip.ReadOptions) (res received, err tcpip.Error) {
	var all, data gathered
	if res.ReadResult, err = e.ep.Read(&all, opts); err != nil {
		return res, err
	}
	data, res.headers = e.in.input6.detach(all)
	res.Total = len(data)
	e.dst.n = copy(e.dst.b, data)
	return res, nil
}

// nextSize returns the length of the next datagram, which may have a trailer, in
// bytes.
func (e *endpoint) nextSize() int {
	e.rmu.Lock()
	defer e.rmu.Unlock()
	e.dst = sink{}
	res, err := e.readTail(tcpip.ReadOptions{Peek: true})
	if err != nil {
		return 0
	}
	return res.Total
}

// gathered is all data of a datagram.
type gathered []byte

// Write implements io.Writer.
func (g *gathered) Write(p []byte) (int, error) {
	*g = append(*g, p...)
	return len(p), nil
}
