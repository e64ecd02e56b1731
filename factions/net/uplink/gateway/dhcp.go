// DHCP: the kernel is told its address, its router and its name server (RFC
// 2131, 2132). There is one address, and one who asks.
package gateway

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	dhcpServerPort = 67
	dhcpClientPort = 68
	// dhcpFixed is the length of a message up to its options, the magic
	// number included.
	dhcpFixed = 240
	dhcpMagic = 0x63825363
	// lease is how long the address is given, in seconds.
	lease = 86400
)

// Kinds of messages (option 53).
const (
	dhcpDiscover = 1
	dhcpOffer    = 2
	dhcpRequest  = 3
	dhcpAck      = 5
	dhcpNak      = 6
	dhcpInform   = 8
)

// Options.
const (
	optMask      = 1
	optRouter    = 3
	optNames     = 6
	optRequested = 50
	optLease     = 51
	optKind      = 53
	optServer    = 54
	optEnd       = 255
)

// serveDHCP starts the server.
func (g *Gateway) serveDHCP() error {
	var queue waiter.Queue
	ep, err := g.stack.NewEndpoint(udp.ProtocolNumber, ipv4.ProtocolNumber, &queue)
	if err != nil {
		return abi.ENOMEM
	}
	ep.SocketOptions().SetBroadcast(true)
	if err := ep.Bind(tcpip.FullAddress{NIC: nic, Port: dhcpServerPort}); err != nil {
		ep.Close()
		return abi.ENOMEM
	}
	w, ready := waiter.NewChannelEntry(waiter.ReadableEvents | waiter.EventHUp | waiter.EventErr)
	queue.EventRegister(&w)
	g.run(func() {
		defer ep.Close()
		for {
			select {
			case <-ready:
				g.lease(ep)
			case <-g.done:
				return
			}
		}
	})
	return nil
}

// lease answers the messages that have come.
func (g *Gateway) lease(ep tcpip.Endpoint) {
	var room [1500]byte
	to := tcpip.FullAddress{NIC: nic, Addr: header.IPv4Broadcast, Port: dhcpClientPort}
	for {
		s := tcpip.SliceWriter(room[:])
		res, err := ep.Read(&s, tcpip.ReadOptions{})
		if err != nil {
			return
		}
		if b := dhcpReply(room[:res.Count]); b != nil {
			_, _ = ep.Write(&payload{b}, tcpip.WriteOptions{To: &to})
		}
	}
}

// dhcpReply returns the answer to a message, nil when there is none.
func dhcpReply(ask []byte) []byte {
	if len(ask) < dhcpFixed || ask[0] != 1 || binary.BigEndian.Uint32(ask[236:]) != dhcpMagic {
		return nil
	}
	kind := byte(0)
	switch ask1(ask, optKind) {
	case dhcpDiscover:
		kind = dhcpOffer
	case dhcpRequest:
		kind = dhcpAck
		if want := option(ask, optRequested); len(want) == 4 && tcpip.AddrFromSlice(want) != Guest() {
			kind = dhcpNak
		}
	case dhcpInform:
		kind = dhcpAck
	default:
		return nil
	}
	b := make([]byte, dhcpFixed, dhcpFixed+64)
	copy(b, ask[:44]) // type, hops, transaction, flags, addresses, hardware address
	b[0] = 2
	if kind != dhcpNak {
		guest, router := Guest(), Router()
		copy(b[16:20], guest.AsSlice())
		copy(b[20:24], router.AsSlice())
	}
	binary.BigEndian.PutUint32(b[236:], dhcpMagic)
	return dhcpOptions(b, kind)
}

// dhcpOptions appends the options of an answer.
func dhcpOptions(b []byte, kind byte) []byte {
	add := func(code byte, v ...byte) { b = append(append(b, code, byte(len(v))), v...) }
	router, names := Router(), Names()
	add(optKind, kind)
	add(optServer, router.AsSlice()...)
	if kind != dhcpNak {
		add(optMask, 255, 255, 255, 0)
		add(optRouter, router.AsSlice()...)
		add(optNames, names.AsSlice()...)
		add(optLease, binary.BigEndian.AppendUint32(nil, lease)...)
	}
	return append(b, optEnd)
}

// option returns an option of a message, nil when it has none.
func option(msg []byte, code byte) []byte {
	for b := msg[dhcpFixed:]; len(b) >= 2 && b[0] != optEnd; {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		n := int(b[1])
		if 2+n > len(b) {
			return nil
		}
		if b[0] == code {
			return b[2 : 2+n]
		}
		b = b[2+n:]
	}
	return nil
}

// ask1 returns an option of one byte, 0 when there is none.
func ask1(msg []byte, code byte) byte {
	if v := option(msg, code); len(v) == 1 {
		return v[0]
	}
	return 0
}
