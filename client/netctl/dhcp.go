// The kernel's own DHCP client, which variables below net.inet.dhcp command.

package netctl

import "strings"

const dhcpTree = "net.inet.dhcp."

// StartDHCP has the kernel keep an interface configured by DHCP. ENOENT for a
// kernel without a client of its own.
func (n Net) StartDHCP(name string) error { return n.known(name, n.setText(dhcpTree+"start", name)) }

// StopDHCP gives the lease of an interface back.
func (n Net) StopDHCP(name string) error { return n.known(name, n.setText(dhcpTree+"stop", name)) }

// DHCP returns what the kernel's client says of each interface: words, of which
// the first is its name. There are none in a kernel without a client.
func (n Net) DHCP() ([][]string, error) {
	mib, err := n.mib(dhcpTree + "leases")
	if err != nil {
		return nil, nil
	}
	b, err := n.sysctl(mib...)
	if err != nil {
		return nil, err
	}
	var all [][]string
	for line := range strings.Lines(cString(b)) {
		all = append(all, strings.Fields(line))
	}
	return all, nil
}

// setText sets a variable that is a string.
func (n Net) setText(name, text string) error {
	mib, err := n.mib(name)
	if err != nil {
		return err
	}
	return n.c.Sysctl(mib, nil, nil, append([]byte(text), 0))
}
