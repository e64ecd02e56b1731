// Packets of IPv6 that the stack can't make: with extension headers, by way of
// a router of the program's choice, or in fragments shorter than they need be.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// leastMTU is the MTU that every link of IPv6 has.
const leastMTU = header.IPv6MinimumMTU

// minimal reports that packets to an address are to fit every link
// (IPV6_USE_MIN_MTU).
func (c *sendControl) minimal(to tcpip.Address) bool {
	return c.minMTU == abi.IP6PO_MINMTU_ALL || c.minMTU != abi.IP6PO_MINMTU_DISABLE && header.IsV6MulticastAddress(to)
}

// special reports a message of n bytes that goes through sendSpecial.
func (e *endpoint) special(n int, c *sendControl) bool {
	if !e.v6 || c.headers == nil && n <= leastMTU-header.IPv6MinimumSize-header.UDPMinimumSize {
		return false
	}
	to := e.target(c).Addr
	return to.Len() == header.IPv6AddressSize && !header.IsV4MappedAddress(to) && (c.headers != nil || c.minimal(to))
}

// output6 is a packet on its way.
type output6 struct {
	r *stack.Route
	// src and dst are the ends, dst the last of a route by several addresses.
	src, dst tcpip.Address
	headers  *headers
	hops     uint8
	class    uint8
	mtu      int
}

// sendSpecial sends a message of UDP or of a raw socket.
func (e *endpoint) sendSpecial(b []byte, c *sendControl) (int, error) {
	to := e.target(c)
	var port uint16
	if e.kind == kindUDP {
		var err error
		if port, err = e.ownPort(); err != nil {
			return 0, err
		}
	}
	r, err := e.way(c)
	if err != nil {
		return 0, errno(err)
	}
	defer r.Release()
	o := output6{r: r, src: r.LocalAddress(), dst: to.Addr, headers: c.headers, mtu: int(r.MTU()) + header.IPv6MinimumSize}
	o.hops, o.class = e.hopsAndClass(to.Addr, c)
	if c.minimal(to.Addr) && !c.whole {
		o.mtu = min(o.mtu, leastMTU)
	}
	if e.kind == kindRaw {
		return sent(len(b), o.send(byte(e.number), e.checksummed(b, o.src, o.dst)))
	}
	p := append(make([]byte, header.UDPMinimumSize, header.UDPMinimumSize+len(b)), b...)
	h := header.UDP(p)
	h.Encode(&header.UDPFields{SrcPort: port, DstPort: to.Port, Length: uint16(len(p))})
	sum := checksum.Checksum(p, header.PseudoHeaderChecksum(udp.ProtocolNumber, o.src, o.dst, uint16(len(p))))
	if sum != 1<<16-1 {
		sum = ^sum
	}
	h.SetChecksum(sum)
	e.stack.Stats().UDP.PacketsSent.Increment()
	return sent(len(b), o.send(abi.IPPROTO_UDP, p))
}

// sent returns n, or 0 and what went wrong.
func sent(n int, err tcpip.Error) (int, error) {
	if err != nil {
		return 0, errno(err)
	}
	return n, nil
}

// ownPort returns the port of a datagram socket, which gets one if need be.
func (e *endpoint) ownPort() (uint16, error) {
	for range 2 {
		a, err := e.ep.GetLocalAddress()
		if err == nil && a.Port != 0 {
			return a.Port, nil
		}
		if err := e.ep.Bind(tcpip.FullAddress{}); err != nil {
			return 0, errno(err)
		}
	}
	return 0, abi.EAGAIN
}

// hopsAndClass returns hop limit and traffic class of a packet.
func (e *endpoint) hopsAndClass(to tcpip.Address, c *sendControl) (hops, class uint8) {
	opt := tcpip.IPv6HopLimitOption
	if header.IsV6MulticastAddress(to) {
		opt = tcpip.MulticastTTLOption
	}
	n, err := e.ep.GetSockOptInt(opt)
	if err != nil || n < 0 {
		n = defaultTTL
	}
	if cm := &c.opts.ControlMessages; cm.HasHopLimit {
		n = int(cm.HopLimit)
	}
	t := c.tclass
	if t < 0 {
		t, _ = e.ep.GetSockOptInt(tcpip.IPv6TrafficClassOption)
	}
	return uint8(n), uint8(t)
}

// way returns the way by which a message goes: that to the next hop, or to the
// first address of a routing header, or to whom it goes.
func (e *endpoint) way(c *sendControl) (*stack.Route, tcpip.Error) {
	to, v6 := e.target(c), e.v6
	local, _ := e.ep.GetLocalAddress()
	local.NIC, local = max(local.NIC, to.NIC), wildcard(local)
	if info := &c.opts.ControlMessages.IPv6PacketInfo; c.opts.ControlMessages.HasIPv6PacketInfo {
		local.NIC = max(local.NIC, info.NIC)
		if info.Addr.Len() != 0 {
			local.Addr = info.Addr
		}
	}
	if n, err := e.ep.GetSockOptInt(tcpip.IPv6MulticastInterfaceOption); v6 && err == nil && local.NIC == 0 && header.IsV6MulticastAddress(to.Addr) {
		local.NIC = tcpip.NICID(n)
	}
	hop := c.headers.to(tcpip.FullAddress{Addr: to.Addr, NIC: local.NIC})
	return e.stack.FindRoute(hop.NIC, local.Addr, hop.Addr, number(v6), e.ep.SocketOptions().GetMulticastLoop())
}

// send sends a message of protocol proto, in fragments if it does not fit.
func (o *output6) send(proto byte, message []byte) tcpip.Error {
	const fragHeader = header.IPv6FragmentHeaderSize
	if len(message)+o.headers.size() > maxRaw {
		return &tcpip.ErrMessageTooLong{}
	}
	inner, b := o.headers.inner(proto, message)
	first, before := o.headers.before(inner, o.dst)
	if header.IPv6MinimumSize+len(before)+len(b) <= o.mtu {
		return o.write(first, append(before, b...))
	}
	first, before = o.headers.before(abi.IPPROTO_FRAGMENT, o.dst)
	room := (o.mtu - header.IPv6MinimumSize - len(before) - fragHeader) &^ (extUnit - 1)
	if room <= 0 {
		return &tcpip.ErrMessageTooLong{}
	}
	random := o.r.Stack().SecureRNG()
	id := random.Uint32()
	for at := 0; at < len(b); at += room {
		part := b[at:min(at+room, len(b))]
		p := append(make([]byte, 0, len(before)+fragHeader+len(part)), before...)
		p = append(p, inner, 0)
		more := uint16(0)
		if at+len(part) < len(b) {
			more = 1
		}
		p = binary.BigEndian.AppendUint16(p, uint16(at)|more)
		p = binary.BigEndian.AppendUint32(p, id)
		if err := o.write(first, append(p, part...)); err != nil {
			return err
		}
	}
	return nil
}

// write sends one packet, whose first header after that of IPv6 has the number
// first.
func (o *output6) write(first byte, b []byte) tcpip.Error {
	to := o.dst
	if rt := o.headers.get(routing); rt != nil {
		to = tcpip.AddrFrom16([16]byte(rt[extUnit : extUnit+16]))
	}
	p := append(make([]byte, header.IPv6MinimumSize, header.IPv6MinimumSize+len(b)), b...)
	header.IPv6(p).Encode(&header.IPv6Fields{PayloadLength: uint16(len(b)), TransportProtocol: tcpip.TransportProtocolNumber(first),
		HopLimit: o.hops, TrafficClass: o.class, SrcAddr: o.src, DstAddr: to})
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{
		ReserveHeaderBytes: int(o.r.MaxHeaderLength()),
		Payload:            buffer.MakeWithData(p),
	})
	defer pkt.DecRef()
	return o.r.WriteHeaderIncludedPacket(pkt)
}
