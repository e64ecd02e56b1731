// Asking for an interface of a kernel, and configuring it.

package dhcp

import (
	"context"
	"errors"
	"fmt"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/bpf"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Configure switches an interface on, asks for a lease until ctx ends, and
// gives the interface the address and the kernel the routes of it. An IPv4
// address that the interface had before goes. It returns when the address can be
// used. A lease that the kernel's own client has already is returned as it is.
func Configure(ctx context.Context, c *client.Client, ifname string) (*Lease, error) {
	n := netctl.New(c)
	i, err := n.Interface(ifname)
	if err != nil {
		return nil, err
	}
	if len(i.Link) != 6 {
		return nil, fmt.Errorf("%s has no Ethernet address, so there is nobody to ask", ifname)
	}
	if err := n.Up(ifname); err != nil {
		return nil, err
	}
	l, err := keep(ctx, n, ifname)
	switch {
	case err == nil:
		err = forgetOthers(n, &i, l)
	case errors.Is(err, abi.ENOENT):
		l, err = once(ctx, c, n, &i)
	}
	if err != nil {
		return nil, err
	}
	return l, settle(ctx, n, ifname, l)
}

// once asks from outside, and configures the interface.
func once(ctx context.Context, c *client.Client, n netctl.Net, i *netctl.Interface) (*Lease, error) {
	l, err := ask(ctx, c, n, i)
	if err != nil {
		return nil, err
	}
	return l, apply(n, i, l)
}

// ask asks through the packet filter device, or a socket without it.
func ask(ctx context.Context, c *client.Client, n netctl.Net, i *netctl.Interface) (*Lease, error) {
	dev, err := openBpf(c, i.Name, i.Link)
	if err == nil {
		defer func() { _ = dev.Close() }()
		return Ask(ctx, dev, i.Link, "")
	}
	if !errors.Is(err, bpf.ErrNoDevice) {
		return nil, err
	}
	sock, err := openUDP(c, n, i.Name)
	if err != nil {
		return nil, err
	}
	l, err := Ask(ctx, sock, i.Link, "")
	if e := sock.Close(); err == nil {
		err = e
	}
	return l, err
}

// apply configures the interface.
func apply(n netctl.Net, i *netctl.Interface, l *Lease) error {
	if err := forgetOthers(n, i, l); err != nil {
		return err
	}
	if err := n.AddAddr(i.Name, netctl.Addr{Prefix: l.Address, Broadcast: l.Broadcast}); err != nil {
		return err
	}
	if l.MTU >= leastMTU {
		if err := n.SetMTU(i.Name, l.MTU); err != nil {
			return err
		}
	}
	for _, r := range l.Routes {
		if err := replace(n, i.Name, r); err != nil {
			return fmt.Errorf("route to %v by %v: %w", r.Dst, r.Gateway, err)
		}
	}
	return nil
}

// forgetOthers takes the IPv4 addresses away that the interface had before.
func forgetOthers(n netctl.Net, i *netctl.Interface, l *Lease) error {
	for _, a := range i.Addrs {
		if a.Prefix.Addr().Is4() && a.Prefix.Addr() != l.Address.Addr() {
			if err := n.DeleteAddr(i.Name, a.Prefix.Addr()); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle waits until the address is used: others are asked first whether they
// have it.
func settle(ctx context.Context, n netctl.Net, ifname string, l *Lease) error {
	for {
		flags, err := n.Flags4(ifname, l.Address.Addr())
		switch {
		case err == nil && flags&abi.IN_IFF_DUPLICATED != 0:
			return fmt.Errorf("somebody else has the address %v", l.Address.Addr())
		case err != nil || flags&abi.IN_IFF_TENTATIVE == 0:
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// leastMTU is the least that a server may tell (RFC 2132).
const leastMTU = 68

// replace adds a route in place of one to the same network.
func replace(n netctl.Net, ifname string, r Route) error {
	route := netctl.Route{Dst: r.Dst, Gateway: r.Gateway}
	if r.Gateway.IsUnspecified() {
		route = netctl.Route{Dst: r.Dst, Interface: ifname}
	}
	err := n.AddRoute(route)
	if errors.Is(err, abi.EEXIST) {
		if err = n.DeleteRoute(r.Dst); err == nil {
			err = n.AddRoute(route)
		}
	}
	return err
}
