// Hosts and routers.
package netlab

import (
	"encoding/binary"
	"net/netip"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	knet "github.com/rumpkit/rumpkit/tailored/net"
)

// Node is a kernel of a lab, and a process in it.
type Node struct {
	Name string

	lab     *Lab
	kernel  *knet.Kernel
	client  *client.Client
	routers bool
	wires   []*Wire
}

// Host makes a node that sends and receives for itself.
func (l *Lab) Host(name string) *Node { return l.node(name, false) }

// Router makes a node that also forwards for others.
func (l *Lab) Router(name string) *Node { return l.node(name, true) }

func (l *Lab) node(name string, forwards bool) *Node {
	l.t.Helper()
	n := &Node{Name: name, lab: l, routers: forwards}
	if err := n.boot(); err != nil {
		l.t.Fatalf("netlab: %s: %v", name, err)
	}
	return n
}

func (n *Node) boot() (err error) {
	if n.kernel, err = knet.Boot(kernel.Config{Host: n.lab.host}); err != nil {
		return err
	}
	n.lab.nodes = append(n.lab.nodes, n)
	if n.client, err = client.New(n.kernel, n.Name); err != nil {
		return err
	}
	on := int32(0)
	if n.routers {
		on = 1
	}
	// Addresses may be used at once: the lab gives each one once.
	for _, set := range []struct {
		value int32
		name  []int32
	}{
		{on, []int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_FORWARDING}},
		{on, []int32{abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_FORWARDING}},
		{0, []int32{abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT}},
		{0, []int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT}},
	} {
		v := binary.LittleEndian.AppendUint32(nil, uint32(set.value))
		if err := n.client.Sysctl(set.name, nil, nil, v); err != nil {
			return err
		}
	}
	return nil
}

// plug gives the node an interface on a wire, with its addresses.
func (n *Node) plug(w *Wire, e end) error {
	if err := w.segment.Plug(n.kernel.Inet(), e.ifname); err != nil {
		return err
	}
	n.wires = append(n.wires, w)
	ctl := n.Ctl()
	if err := ctl.AddAddr(e.ifname, netctl.Addr{Prefix: netip.PrefixFrom(e.addr4, 24)}); err != nil {
		return err
	}
	return ctl.AddAddr(e.ifname, netctl.Addr{Prefix: netip.PrefixFrom(e.addr6, 64)})
}

// Kernel returns the node's kernel.
func (n *Node) Kernel() *knet.Kernel { return n.kernel }

// Client returns the node's process; Client.NewThread and Fork make more.
func (n *Node) Client() *client.Client { return n.client }

// Net returns the node's network in Go's shapes.
func (n *Node) Net() client.Net { return n.client.Net() }

// Ctl returns what ifconfig(8) and route(8) can do on the node.
func (n *Node) Ctl() netctl.Net { return netctl.New(n.client) }

// Addr returns the node's IPv4 address on its first wire, invalid when it is
// on none.
func (n *Node) Addr() netip.Addr { return n.first().addr4 }

// Addr6 returns its IPv6 address there.
func (n *Node) Addr6() netip.Addr { return n.first().addr6 }

func (n *Node) first() end {
	if len(n.wires) == 0 {
		return end{}
	}
	return n.wires[0].end(n)
}

// end returns the end of the wire that a node is at.
func (w *Wire) end(n *Node) end {
	for _, e := range w.ends {
		if e.node == n {
			return e
		}
	}
	return end{}
}
