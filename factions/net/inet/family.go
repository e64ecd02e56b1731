// AF_INET and AF_INET6: which sockets there are, and how one is made.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

func (in *Inet) family4() *net.Family {
	return &net.Family{AF: abi.AF_INET, Name: "inet", Protocols: in.protocols(false, abi.IPPROTO_ICMP)}
}

func (in *Inet) family6() *net.Family {
	return &net.Family{AF: abi.AF_INET6, Name: "inet6", Protocols: in.protocols(true, abi.IPPROTO_ICMPV6)}
}

// protocols lists the sockets of one family. A raw socket of protocol 0 is
// one that only sends.
func (in *Inet) protocols(v6 bool, icmp int32) []net.Protocol {
	maker := func(k kind) func(*proc.LWP, int32) (net.Endpoint, error) {
		return func(_ *proc.LWP, number int32) (net.Endpoint, error) { return in.open(k, v6, number) }
	}
	raw := net.Protocol{Type: abi.SOCK_RAW, Traits: net.Atomic | net.Privileged, New: maker(kindRaw)}
	list := []net.Protocol{
		{Type: abi.SOCK_DGRAM, Number: abi.IPPROTO_UDP, Traits: net.Atomic, New: maker(kindUDP)},
		{Type: abi.SOCK_STREAM, Number: abi.IPPROTO_TCP, Traits: net.Connected | net.Listens, New: maker(kindTCP)},
		raw,
	}
	for _, number := range []int32{icmp, abi.IPPROTO_TCP, abi.IPPROTO_UDP} {
		raw.Number = number
		list = append(list, raw)
	}
	return list
}

// open makes an endpoint of IP protocol number.
func (in *Inet) open(k kind, v6 bool, number int32) (net.Endpoint, error) {
	s, err := in.Stack()
	if err != nil {
		return nil, err
	}
	e := &endpoint{in: in, stack: s, kind: k, v6: v6, number: number, wq: new(waiter.Queue)}
	network := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
	if v6 {
		network = ipv6.ProtocolNumber
	}
	var terr tcpip.Error
	if k == kindRaw {
		e.ep, terr = s.NewRawEndpoint(tcpip.TransportProtocolNumber(number), network, e.wq, number != 0)
	} else {
		e.ep, terr = s.NewEndpoint(tcpip.TransportProtocolNumber(number), network, e.wq)
	}
	if terr != nil {
		return nil, errno(terr)
	}
	if v6 {
		e.ep.SocketOptions().SetV6Only(true)
	}
	ttl := defaultTTL
	if k == kindRaw {
		ttl = maxTTL
	}
	err = e.setInt(tcpip.IPv4TTLOption, ttl)
	if err == nil && k != kindTCP { // datagrams may be fragmented
		err = e.setInt(tcpip.MTUDiscoverOption, int(tcpip.PMTUDiscoveryDont))
	}
	if err != nil {
		e.ep.Close()
		return nil, err
	}
	if k == kindRaw {
		in.rawList.add(e)
		if v6 {
			in.input6.raws.Add(1)
		}
	}
	if e.seesSockets() {
		in.raws.Add(1)
	}
	e.space()
	return e, nil
}
