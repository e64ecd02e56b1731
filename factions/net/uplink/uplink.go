// Package uplink is interfaces to the host's network that need no privilege:
// behind uplink0 is a gateway whose connections are sockets of the host. The
// network is 10.0.2.0/24, the gateway 10.0.2.2, its name server 10.0.2.3; the
// kernel is 10.0.2.15, which dhcp tells it.
package uplink

import (
	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Doc is the component's line in listings.
const Doc = "uplinkN interfaces: the host's network, without privilege"

// cloner is what ifconfig(8) calls these interfaces.
const cloner = "uplink"

// Uplink is the component in one kernel.
type Uplink struct{ in *inet.Inet }

// Attach lets uplink interfaces be created.
func Attach(in *inet.Inet) (*Uplink, error) {
	u := &Uplink{in: in}
	return u, in.AddCloner(inet.Cloner{Name: cloner, New: u.create})
}

// Detach takes the interfaces away.
func Detach(u *Uplink) { u.in.RemoveCloner(cloner) }

// create makes an interface: ENXIO when the host lends no network.
func (u *Uplink) create(name string, _ int) (*ether.Link, error) {
	host := u.in.Base().Host
	lent, ok := hypercall.As[hypercall.Network](host)
	if !ok {
		return nil, abi.ENXIO
	}
	addr, err := ether.RandomAddr(host, 0xb2, 0xa2)
	if err != nil {
		return nil, err
	}
	d := &driver{in: u.in, host: lent, wire: link.New()}
	d.Port = d.wire.NewPort(host, u.in.Base().Go)
	return d.Connect(ether.Config{Name: name, Addr: addr, Driver: d, Alone: true}), nil
}
