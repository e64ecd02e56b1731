// Names of hosts, looked up through the kernel.

package client

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
)

// namePort is where name servers listen.
const namePort = 53

// errNoNames is the error for a name when there is nobody to ask.
var errNoNames = errors.New("there is no name server")

// WithNameservers returns the network with name servers, such as those of a
// dhcp.Lease: Dial and DialContext look up hosts there.
func (n Net) WithNameservers(servers ...netip.Addr) Net {
	n.servers = servers
	return n
}

// Resolver returns a resolver that asks the network's name servers through the
// kernel, each in its turn. What the host has in hosts(5) is found before, and
// names that do not end in a dot may get the host's search domains, as with
// every net.Resolver. Lookups fail when the network has no name servers.
func (n Net) Resolver() *net.Resolver {
	var turn atomic.Uint32
	return &net.Resolver{PreferGo: true, StrictErrors: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		if len(n.servers) == 0 {
			return nil, errNoNames
		}
		server := n.servers[int(turn.Add(1)-1)%len(n.servers)]
		return n.dialServer(ctx, network, netip.AddrPortFrom(server, namePort).String())
	}}
}

// dialServer connects to a name server. The resolver knows datagrams by the
// methods of net.PacketConn.
func (n Net) dialServer(ctx context.Context, network, address string) (net.Conn, error) {
	s, err := n.dial(ctx, network, address)
	switch {
	case err != nil:
		return nil, &net.OpError{Op: "dial", Net: network, Addr: text{network, address}, Err: err}
	case strings.HasPrefix(network, "udp"):
		return &PacketConn{Conn: *newConn(s, network)}, nil
	}
	return newConn(s, network), nil
}

// addresses are those to try for an address: itself, or one for each address
// that the name in it has.
func (n Net) addresses(ctx context.Context, network, address string) ([]string, error) {
	host, port, ok := hostName(network, address)
	if !ok {
		return []string{address}, nil
	}
	if len(n.servers) == 0 {
		return nil, &net.AddrError{Err: "the host is not an address, and " + errNoNames.Error(), Addr: address}
	}
	// The dot keeps the host's search domains away.
	ips, err := n.Resolver().LookupNetIP(ctx, "ip"+network[3:], strings.TrimSuffix(host, ".")+".")
	if err != nil {
		return nil, err
	}
	list := make([]string, len(ips))
	for i, ip := range ips {
		list[i] = net.JoinHostPort(ip.Unmap().String(), port)
	}
	return list, nil
}

// hostName returns the parts of an address whose host is a name.
func hostName(network, address string) (host, port string, ok bool) {
	if !strings.HasPrefix(network, "tcp") && !strings.HasPrefix(network, "udp") {
		return "", "", false
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || host == "localhost" {
		return "", "", false
	}
	_, err = netip.ParseAddr(host)
	return host, port, err != nil
}
