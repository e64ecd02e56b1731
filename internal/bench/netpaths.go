// Ways from one socket to another: within a kernel, over each kind of link
// between two, and out to the host. The host's loopback is what each is
// measured against.
package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/dhcp"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	knet "github.com/rumpkit/rumpkit/tailored/net"
)

// path is one way: sockets listen at its far end, and are dialled from its
// near end.
type path struct {
	name         string
	listen       func() (net.Listener, error)
	listenPacket func() (net.PacketConn, error)
	dial         func(network string, port int) (net.Conn, error)
	close        func()
}

// port returns the number of a listener's or socket's port.
func port(a net.Addr) int {
	_, p, err := net.SplitHostPort(a.String())
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(p)
	return n
}

// hostPath is the host's loopback.
func hostPath() path {
	return path{
		name:         "host",
		listen:       func() (net.Listener, error) { return net.Listen("tcp4", "127.0.0.1:0") },
		listenPacket: func() (net.PacketConn, error) { return net.ListenPacket("udp4", "127.0.0.1:0") },
		dial: func(network string, port int) (net.Conn, error) {
			return net.Dial(network, fmt.Sprintf("127.0.0.1:%d", port))
		},
		close: func() {},
	}
}

// netNode is a kernel and a process in it.
type netNode struct {
	k *knet.Kernel
	c *client.Client
}

func newNetNode() (*netNode, error) {
	k, err := knet.Boot(kernel.Config{Host: silent{hypercall.Real()}})
	if err != nil {
		return nil, err
	}
	c, err := client.New(k, "bench")
	if err != nil {
		_ = k.Close()
		return nil, err
	}
	return &netNode{k, c}, nil
}

// between is a path from one kernel to another, which has that address.
func between(name string, a, b *netNode, addr string) path {
	return path{
		name:         name,
		listen:       func() (net.Listener, error) { return b.c.Net().Listen("tcp", addr+":0") },
		listenPacket: func() (net.PacketConn, error) { return b.c.Net().ListenPacket("udp", addr+":0") },
		dial: func(network string, port int) (net.Conn, error) {
			return a.c.Net().Dial(network, fmt.Sprintf("%s:%d", addr, port))
		},
		close: func() {
			_ = a.k.Close()
			_ = b.k.Close()
		},
	}
}

// loopPath is within one kernel.
func loopPath() (path, error) {
	a, err := newNetNode()
	if err != nil {
		return path{}, err
	}
	return between("loopback", a, a, "127.0.0.1"), nil
}

// pairPath is two kernels, whose interfaces join makes.
func pairPath(name, ifname string, join func(*netNode) error) (path, error) {
	var n [2]*netNode
	for i := range n {
		var err error
		if n[i], err = newNetNode(); err != nil {
			return path{}, err
		}
		if err := join(n[i]); err != nil {
			return path{}, err
		}
		addr := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + i)}), 24)
		if err := netctl.New(n[i].c).AddAddr(ifname, netctl.Addr{Prefix: addr}); err != nil {
			return path{}, err
		}
	}
	return between(name, n[0], n[1], "10.0.0.2"), nil
}

func linkPath() (path, error) {
	seg := link.New()
	return pairPath("link", "link0", func(n *netNode) error { return seg.Plug(n.k.Inet(), "link0") })
}

func shmifPath(tmp string) (path, error) {
	bus := filepath.Join(tmp, "bus")
	return pairPath("shmif", "shmif0", func(n *netNode) error {
		ctl := netctl.New(n.c)
		if err := ctl.Create("shmif0"); err != nil {
			return err
		}
		return ctl.SetLinkString("shmif0", bus)
	})
}

// uplinkPath is from a kernel to the host, through the host's sockets; mtu is
// the interface's, 0 for what it begins with.
func uplinkPath(ctx context.Context, mtu int) (path, error) {
	n, err := newNetNode()
	if err != nil {
		return path{}, err
	}
	ctl := netctl.New(n.c)
	if err := ctl.Create("uplink0"); err != nil {
		return path{}, err
	}
	if err := ctl.SetLinkString("uplink0", "host"); err != nil {
		return path{}, err
	}
	if mtu > 0 {
		if err := ctl.SetMTU("uplink0", mtu); err != nil {
			return path{}, fmt.Errorf("uplink0 of MTU %d: %w", mtu, err)
		}
	}
	if _, err := dhcp.Configure(ctx, n.c, "uplink0"); err != nil {
		return path{}, err
	}
	p := hostPath()
	p.name = "uplink"
	p.dial = func(network string, port int) (net.Conn, error) {
		return n.c.Net().Dial(network, fmt.Sprintf("10.0.2.2:%d", port))
	}
	p.close = func() { _ = n.k.Close() }
	return p, nil
}
