// Messages on their way: whole frames while the interface has no address, as a
// program with bpf(4) would send them, and a socket of the stack afterwards.
package dhcp

import (
	"bytes"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// ttl is the lifetime of packets, and head the length of all headers.
const (
	ttl  = 64
	head = ether.HeaderSize + header.IPv4MinimumSize + header.UDPMinimumSize
)

// broadcast sends a message to every server.
func (c *client) broadcast(m *request) {
	from := m.client
	if from.Len() == 0 {
		from = header.IPv4Any
	}
	f := ether.NewFrame(appendFrame(c.link.LinkAddress(), from, m.bytes()))
	c.link.Transmit([]*ether.Frame{f})
	f.DecRef()
}

// appendFrame returns the frame that a message to all is in.
func appendFrame(mac tcpip.LinkAddress, from tcpip.Address, msg []byte) []byte {
	b := make([]byte, head, head+len(msg))
	header.Ethernet(b).Encode(&header.EthernetFields{SrcAddr: mac, DstAddr: header.EthernetBroadcastAddress, Type: header.IPv4ProtocolNumber})
	ip := header.IPv4(b[ether.HeaderSize:])
	ip.Encode(&header.IPv4Fields{TotalLength: uint16(head - ether.HeaderSize + len(msg)), TTL: ttl,
		Protocol: uint8(header.UDPProtocolNumber), SrcAddr: from, DstAddr: header.IPv4Broadcast})
	ip.SetChecksum(^ip.CalculateChecksum())
	u := header.UDP(ip.Payload()[:header.UDPMinimumSize])
	size := uint16(header.UDPMinimumSize + len(msg))
	u.Encode(&header.UDPFields{SrcPort: clientPort, DstPort: serverPort, Length: size})
	sum := header.PseudoHeaderChecksum(header.UDPProtocolNumber, from, header.IPv4Broadcast, size)
	u.SetChecksum(^u.CalculateChecksum(checksum.Checksum(msg, sum)))
	return append(b, msg...)
}

// listen has the frames of the interface looked at, or no longer.
func (c *client) listen(on bool) {
	if on == c.listens {
		return
	}
	if c.listens = on; on {
		c.link.AddTap(c)
	} else {
		c.link.RemoveTap(c)
	}
}

// Packet implements ether.Tap: it queues what a server sends to a client.
func (c *client) Packet(f *ether.Frame, out bool) {
	if out || f.Size() < head+fixed {
		return
	}
	eth, ok := ether.Header(f)
	if !ok || eth.Type() != header.IPv4ProtocolNumber || c.d.full() {
		return
	}
	v := f.ToView()
	defer v.Release()
	if msg := payload(v.AsSlice()[ether.HeaderSize:]); msg != nil {
		msg = bytes.Clone(msg)
		c.d.later(func() { c.receive(msg) })
	}
}

// payload returns the message in a packet from a server, nil when there is none.
func payload(b []byte) []byte {
	ip := header.IPv4(b)
	if !ip.IsValid(len(b)) || ip.TransportProtocol() != header.UDPProtocolNumber || ip.More() || ip.FragmentOffset() != 0 {
		return nil
	}
	u := header.UDP(ip.Payload())
	if len(u) < header.UDPMinimumSize || u.DestinationPort() != clientPort || u.SourcePort() != serverPort {
		return nil
	}
	size := int(u.Length())
	if size < header.UDPMinimumSize || size > len(u) {
		return nil
	}
	return u[header.UDPMinimumSize:size]
}

// port is the client's own, so that answers to its address are not refused.
// They are read off the wire like all others.
type port struct{ ep tcpip.Endpoint }

// openPort opens the port, unless a program has it.
func (c *client) openPort() {
	s, err := c.d.in.Stack()
	if err != nil || c.port != nil {
		return
	}
	ep, fail := s.NewEndpoint(udp.ProtocolNumber, ipv4.ProtocolNumber, &waiter.Queue{})
	if fail != nil {
		return
	}
	if fail := ep.Bind(tcpip.FullAddress{Addr: c.lease.addr.Address, Port: clientPort}); fail != nil {
		ep.Close()
		return
	}
	c.port = &port{ep}
}

func (c *client) closePort() {
	if c.port != nil {
		c.port.ep.Close()
		c.port = nil
	}
}

// unicast sends a message to the server that gave the lease: false when that
// can't be done.
func (c *client) unicast(m *request) bool {
	if c.port == nil || c.lease.server.Len() == 0 {
		return false
	}
	to := tcpip.FullAddress{Addr: c.lease.server, Port: serverPort}
	_, err := c.port.ep.Write(bytes.NewReader(m.bytes()), tcpip.WriteOptions{To: &to})
	return err == nil
}
