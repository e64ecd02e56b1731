// Package inet is the Internet protocols: IPv4, IPv6, TCP, UDP and ICMP, with
// lo0 up at 127.0.0.1 and ::1. The protocols are gVisor's; what a socket shows
// of them is NetBSD's.
package inet

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/raw"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel"
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
	closed bool

	ifs interfaces
	set settings
	// urgency is of the connections' urgent data.
	urgency urgency
	keepers keepers
	rawList rawSockets
	ports   ports
	// owing is acknowledgements not sent yet; it is made with the stack.
	owing  *owing
	input6 input6
	paths  paths
	// discovery hears what routers advertise.
	discovery discovery
	// arp is what packets of ARP are looked at for; onDuplicate hears of
	// addresses that somebody else has.
	arp         arpWatch
	onDuplicate func(ifname string, a tcpip.Address)
	// raws counts raw sockets that receive TCP or UDP.
	raws atomic.Int32
	// entered is the families that were entered.
	entered []int32
}

// Attach enters the families, and the values below net that sysctl(8) shows.
func Attach(n *net.Net) (*Inet, error) {
	in := &Inet{net: n, host: n.Base.Host}
	in.ifs.init(in)
	in.set.init()
	in.discovery.in, in.discovery.idle.L = in, &in.discovery.mu
	for _, f := range []*net.Family{in.family4(), in.family6(), in.familyLink(), in.familyRoute()} {
		if err := n.Register(f); err != nil {
			in.unregister()
			return nil, err
		}
		in.entered = append(in.entered, f.AF)
	}
	in.sysctl(n.Base.Sysctl.Root())
	return in, nil
}

// Base returns the kernel the component is attached to.
func (in *Inet) Base() *kernel.Base { return in.net.Base }

func (in *Inet) unregister() {
	for _, af := range in.entered {
		in.net.Unregister(af)
	}
}

// Detach ends the protocols: connections are reset, and when it returns
// nothing is left running.
func Detach(in *Inet) {
	in.unregister()
	in.removeAll()
	in.ifs.mu.Lock()
	in.ageAfter(0)
	in.ifs.mu.Unlock()
	in.mu.Lock()
	s := in.stack
	in.stack, in.closed = nil, true
	in.mu.Unlock()
	if s != nil {
		in.owing.close()
		s.Destroy()
		in.discovery.wait()
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

// HostOptions returns options of a stack that has the kernel's host for clock
// and chance, and no protocols yet. What the stack logs is written nowhere.
func (in *Inet) HostOptions() stack.Options {
	silence()
	return stack.Options{Clock: clock{in.host}, RandSource: newRandomSource(in.host), SecureRNG: randomReader{in.host}}
}

func (in *Inet) newStack() (*stack.Stack, error) {
	opt := in.HostOptions()
	opt.NetworkProtocols = []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocolWithOptions(ipv6.Options{NDPDisp: &in.discovery}), arp.NewProtocol}
	opt.TransportProtocols = []stack.TransportProtocolFactory{in.urgency.newTCP, in.newUDP, icmp.NewProtocol4, icmp.NewProtocol6}
	opt.RawFactory = &raw.EndpointFactory{}
	opt.HandleLocal = true
	s := stack.New(opt)
	in.owing = &owing{host: in.host, stack: s}
	in.tune(s)
	in.hearWhole(s)
	if err := in.addLoopback(s); err != nil {
		s.Destroy()
		return nil, err
	}
	in.apply(s)
	return s, nil
}

// addLoopback gives the stack lo0, the addresses there are, and routes.
func (in *Inet) addLoopback(s *stack.Stack) error {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	lo := in.ifs.list[0]
	link := lo.link.(*loopLink)
	link.direct = in.newDirect(s, loNIC)
	packets{&in.urgency, &in.keepers, in.owing, link, in}.look(s)
	if err := s.CreateNICWithOptions(loNIC, link, stack.NICOptions{Name: lo.name}); err != nil {
		return errno(err)
	}
	link.direct.init()
	var routes []tcpip.Route
	for k := range lo.addrs {
		if err := lo.enter(s, &lo.addrs[k]); err != nil {
			return err
		}
		routes = append(routes, tcpip.Route{Destination: lo.addrs[k].subnet(), NIC: loNIC})
	}
	s.SetRouteTable(routes)
	return nil
}
