// The values below net.inet.dhcp.
package dhcp

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

func (d *DHCP) sysctl(root *sysctl.Node) {
	n := root.Node(abi.CTL_NET, "net", "Networking").Node(abi.PF_INET, "inet", "Internet protocols").
		Node(sysctl.Auto, "dhcp", "Interfaces that are configured by DHCP")
	nothing := func() string { return "" }
	n.String(sysctl.Auto, "start", "An interface to configure", abi.IFNAMSIZ, nothing, d.Start)
	n.String(sysctl.Auto, "stop", "An interface whose lease is given back", abi.IFNAMSIZ, nothing, d.Stop)
	n.String(sysctl.Auto, "leases", "A line for each interface", 0, d.Leases, nil)
}

// Leases returns a line for each interface: its name, where its client is, and
// what it has, as words name=value. Times are in seconds from now on.
func (d *DHCP) Leases() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b []byte
	for _, c := range d.clients {
		if d.in.Link(c.name) != c.link {
			continue
		}
		if len(b) > 0 {
			b = append(b, '\n')
		}
		b = append(append(append(b, c.name...), " state="...), names[c.state]...)
		if c.state >= bound {
			b = c.lease.append(b, c.got, c.now())
		}
	}
	return string(b)
}
