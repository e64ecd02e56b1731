// What a lease does to the interface.
package dhcp

import "slices"

// leastMTU is the least that a server may tell (RFC 2132).
const leastMTU = 68

// set gives the interface what the lease says. What the kernel does not take is
// left out.
func (c *client) set() {
	in, l := c.d.in, c.lease
	_ = in.SetAddress(c.name, l.addr, l.broadcast)
	if l.mtu >= leastMTU {
		_ = in.SetMTU(c.name, l.mtu)
	}
	for _, r := range l.routes {
		_ = in.SetRoute(c.name, r.to, r.gateway)
	}
}

// unset takes all of it away again, but the MTU.
func (c *client) unset() { c.unsetBut(c.lease, nil) }

// unsetBut takes away what an old lease has and a new one has not.
func (c *client) unsetBut(old, l *lease) {
	for _, r := range old.routes {
		if l == nil || !slices.Contains(l.routes, r) {
			_ = c.d.in.DropRoute(c.name, r.to, r.gateway)
		}
	}
	if l == nil || l.addr != old.addr {
		_ = c.d.in.DropAddress(c.name, old.addr.Address)
	}
}
