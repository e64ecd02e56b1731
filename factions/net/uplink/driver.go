// One interface: a wire with a gateway at its other end.
package uplink

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/factions/net/uplink/gateway"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// driver implements ether.Driver: the kernel's end of the wire. The gateway
// is there while the interface is up.
type driver struct {
	*link.Port
	in   *inet.Inet
	host hypercall.Network
	wire *link.Segment

	mu      sync.Mutex
	rules   string // SIOCSLINKSTR
	far     *ether.Link
	gateway *gateway.Gateway
}

// gatewayAddr is the gateway's Ethernet address.
const gatewayAddr = "\xb2\xa2\x0a\x00\x02\x02"

// Up implements ether.Driver: the gateway begins. Its error is why a port of
// the host could not be opened.
func (d *driver) Up() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	rules, _, _ := gateway.ParseRules(d.rules)
	b := d.in.Base()
	far := d.wire.NewPort(b.Host, b.Go)
	d.far = far.Connect(ether.Config{Name: cloner, Addr: gatewayAddr, Driver: far})
	if err := d.far.Up(); err != nil {
		return err
	}
	if err := d.Port.Up(); err != nil {
		return err
	}
	g, err := gateway.New(gateway.Config{
		Host: d.host, Files: b.Host, Options: d.in.HostOptions(), Link: d.far, Go: b.Go, Mem: b.Mem, Rules: rules,
	})
	if err != nil {
		d.unplug()
		return err
	}
	d.gateway = g
	return nil
}

// unplug takes the wire away. Preconditions: d.mu is held.
func (d *driver) unplug() {
	d.Port.Down()
	d.far.Down()
	d.far.Driver().Destroy()
}

// Down implements ether.Driver: connections that went through it are reset.
func (d *driver) Down() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.Close()
	d.gateway = nil
	d.unplug()
}

// Ioctl implements ether.Commander: the link string is the rules of the
// gateway (gateway.ParseRules).
func (d *driver) Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error {
	switch cmd {
	case abi.SIOCGLINKSTR:
		d.mu.Lock()
		rules := d.rules
		d.mu.Unlock()
		return ether.GetLinkstr(arg, rules)
	case abi.SIOCSLINKSTR:
		return ether.SetLinkstr(arg, d.setRules)
	}
	return abi.ENOTTY
}

// setRules sets the rules: EBUSY while the interface is up, EINVAL for one
// that makes no sense, which the kernel's log then names.
func (d *driver) setRules(text string) error {
	if _, bad, ok := gateway.ParseRules(text); !ok {
		d.in.Base().Printf(cloner + ": \"" + bad + "\" is none of host, inet6, tcp:[ADDRESS:]PORT:PORT, udp:[ADDRESS:]PORT:PORT\n")
		return abi.EINVAL
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gateway != nil {
		return abi.EBUSY
	}
	d.rules = text
	return nil
}
