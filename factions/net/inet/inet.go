// Package inet is the Internet protocols: IPv4, IPv6, TCP, UDP and ICMP, with
// lo0 up at 127.0.0.1 and ::1. The protocols are gVisor's; what a socket shows
// of them is NetBSD's.
package inet

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/raw"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Doc is the component's line in listings.
const Doc = "IPv4, IPv6, TCP, UDP and ICMP sockets, with lo0"

// Inet is the Internet protocols of one kernel.
type Inet struct {
	net  *net.Net
	host hypercall.Host

	mu     sync.Mutex
	stack  *stack.Stack // made when it is first used
	lo     *loopLink
	closed bool
}

// Attach enters AF_INET and AF_INET6.
func Attach(n *net.Net) (*Inet, error) {
	in := &Inet{net: n, host: n.Base.Host, lo: newLoopLink()}
	if err := n.Register(in.family4()); err != nil {
		return nil, err
	}
	if err := n.Register(in.family6()); err != nil {
		n.Unregister(abi.AF_INET)
		return nil, err
	}
	return in, nil
}

// Detach ends the protocols: connections are reset, and when it returns
// nothing is left running.
func Detach(in *Inet) {
	in.net.Unregister(abi.AF_INET6)
	in.net.Unregister(abi.AF_INET)
	in.mu.Lock()
	s := in.stack
	in.stack, in.closed = nil, true
	in.mu.Unlock()
	if s != nil {
		s.Destroy()
	}
}

// Stack returns the protocol stack. It is made, with lo0 configured, when it
// is first asked for: a kernel that opens no socket pays nothing. ENETDOWN
// once the component is detached.
func (in *Inet) Stack() (*stack.Stack, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, abi.ENETDOWN
	}
	if in.stack == nil {
		s, err := in.newStack()
		if err != nil {
			return nil, err
		}
		in.stack = s
	}
	return in.stack, nil
}

// loNIC is the index of lo0.
const loNIC tcpip.NICID = 1

func (in *Inet) newStack() (*stack.Stack, error) {
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocolCUBIC, udp.NewProtocol, icmp.NewProtocol4, icmp.NewProtocol6},
		Clock:              clock{in.host},
		RandSource:         newRandomSource(in.host),
		SecureRNG:          randomReader{in.host},
		RawFactory:         &raw.EndpointFactory{},
		HandleLocal:        true,
	})
	in.tune(s)
	if err := in.addLoop(s); err != nil {
		s.Destroy()
		return nil, err
	}
	return s, nil
}

// addLoop gives the stack lo0, with its addresses and routes.
func (in *Inet) addLoop(s *stack.Stack) error {
	if err := s.CreateNICWithOptions(loNIC, in.lo, stack.NICOptions{Name: "lo0"}); err != nil {
		return errno(err)
	}
	four := tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4([4]byte{127, 0, 0, 1}), PrefixLen: 8}
	six := tcpip.AddressWithPrefix{Address: tcpip.AddrFrom16([16]byte{15: 1}), PrefixLen: 128}
	for _, a := range []tcpip.ProtocolAddress{
		{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: four},
		{Protocol: ipv6.ProtocolNumber, AddressWithPrefix: six},
	} {
		if err := s.AddProtocolAddress(loNIC, a, stack.AddressProperties{}); err != nil {
			return errno(err)
		}
	}
	s.SetRouteTable([]tcpip.Route{
		{Destination: four.Subnet(), NIC: loNIC},
		{Destination: six.Subnet(), NIC: loNIC},
	})
	return nil
}
