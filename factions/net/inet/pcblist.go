// The sockets of a protocol for netstat(1): the stack's own list, so that
// connections nobody has accepted and those that linger are seen as well.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// States of a protocol control block (ki_prstate).
const (
	pcbBound     = 1
	pcbConnected = 2
)

// addPcblists makes the lists of TCP and UDP of one family.
func (in *Inet) addPcblists(tcpNode, udpNode *sysctl.Node, v6 bool) {
	for _, p := range [...]struct {
		n      *sysctl.Node
		number int32
		desc   string
	}{{tcpNode, abi.IPPROTO_TCP, "TCP sockets"}, {udpNode, abi.IPPROTO_UDP, "UDP sockets"}} {
		net.AddPcblist(p.n, sysctl.Auto, p.desc, func(*proc.LWP) []abi.KinfoPcb { return in.pcbs(p.number, v6) })
	}
}

// made returns the stack if there is one already, else nil.
func (in *Inet) made() *stack.Stack {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.stack
}

// pcbs lists the sockets of an IP protocol that have a port.
func (in *Inet) pcbs(number int32, v6 bool) (list []abi.KinfoPcb) {
	s := in.made()
	if s == nil {
		return nil
	}
	seen := map[stack.TransportEndpoint]bool{}
	for _, t := range s.RegisteredEndpoints() {
		ep, ok := t.(tcpip.Endpoint)
		if !ok || seen[t] {
			continue
		}
		seen[t] = true
		info, ok := ep.Info().(*stack.TransportEndpointInfo)
		if ok && int32(info.TransProto) == number && (info.NetProto == ipv6.ProtocolNumber) == v6 {
			list = append(list, pcb(ep, info, number, v6))
		}
	}
	return list
}

// pcb describes one socket.
func pcb(ep tcpip.Endpoint, info *stack.TransportEndpointInfo, number int32, v6 bool) abi.KinfoPcb {
	k := abi.KinfoPcb{Family: abi.AF_INET, Type: abi.SOCK_DGRAM, Protocol: uint32(number), Prstate: pcbBound}
	if v6 {
		k.Family = abi.AF_INET6
	}
	if n, err := ep.GetSockOptInt(tcpip.ReceiveQueueSizeOption); err == nil {
		k.Rcvq = uint64(n)
	}
	if n, err := ep.GetSockOptInt(tcpip.SendQueueSizeOption); err == nil {
		k.Sndq = uint64(n)
	}
	connected := info.ID.RemotePort != 0
	if number == abi.IPPROTO_TCP {
		st := tcp.EndpointState(ep.State())
		k.Type, k.Tstate = abi.SOCK_STREAM, int32(tcpState(st))
		connected = connected && st != tcp.StateListen
		k.Sostate = net.PcbState(st == tcp.StateListen, st == tcp.StateSynSent, connected, st == tcp.StateTimeWait)
	} else {
		k.Sostate = net.PcbState(false, false, connected, false)
	}
	local := tcpip.FullAddress{Addr: info.ID.LocalAddress, Port: info.ID.LocalPort}
	copy(k.S[:], appendAddr(nil, local, v6))
	if connected {
		k.Prstate = pcbConnected
		copy(k.D[:], appendAddr(nil, tcpip.FullAddress{Addr: info.ID.RemoteAddress, Port: info.ID.RemotePort}, v6))
	}
	return k
}
