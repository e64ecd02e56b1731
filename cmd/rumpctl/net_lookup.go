// Hosts by address or by name.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	// nameserverVar names the variable with the name servers to ask.
	nameserverVar = "RUMP_NAMESERVER"
	// lookupTime bounds how long is waited for them.
	lookupTime = 10 * time.Second
)

// lookup finds the address of a host. The family is 0 for any. Link-local
// addresses have the number of their interface for a zone.
func (k *ctl) lookup(host string, family int) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		if a, err = k.zoned(a); err != nil {
			return a, err
		}
		if family != 0 && a.Is4() != (family == abi.AF_INET) {
			return a, fmt.Errorf("%s is no IPv%d address", host, version(family))
		}
		return a, nil
	}
	if host == "localhost" {
		if family == abi.AF_INET6 {
			return netip.IPv6Loopback(), nil
		}
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	return k.lookupName(host, family)
}

// lookupName asks the name servers, from inside the kernel. IPv4 comes first.
func (k *ctl) lookupName(host string, family int) (netip.Addr, error) {
	servers, err := k.nameservers()
	if err != nil {
		return netip.Addr{}, err
	}
	if len(servers) == 0 {
		return netip.Addr{}, fmt.Errorf("%q is no address, and there is no name server: set %s to the address of one", host, nameserverVar)
	}
	ctx, stop := interrupted()
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	network := "ip"
	if family != 0 {
		network = fmt.Sprintf("ip%d", version(family))
	}
	list, err := k.c.Net().WithNameservers(servers...).Resolver().LookupNetIP(ctx, network, strings.TrimSuffix(host, ".")+".")
	if err != nil {
		return netip.Addr{}, lookupError(host, servers, err)
	}
	for _, a := range list {
		if a.Unmap().Is4() {
			return a.Unmap(), nil
		}
	}
	return list[0], nil
}

// lookupError says who was asked.
func lookupError(host string, servers []netip.Addr, err error) error {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return fmt.Errorf("%s does not know %q", servers[0], host)
	}
	return fmt.Errorf("asking %s for %q: %w", servers[0], host, err)
}

// nameservers are those of the variable, else that of an uplink: a gateway that
// has the third address of the network.
func (k *ctl) nameservers() (list []netip.Addr, err error) {
	for _, word := range strings.FieldsFunc(k.getenv(nameserverVar), func(c rune) bool { return c == ',' || c == ' ' }) {
		a, err := netip.ParseAddr(word)
		if err == nil {
			a, err = k.zoned(a)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", nameserverVar, err)
		}
		list = append(list, a)
	}
	if list != nil {
		return list, nil
	}
	interfaces, err := k.network().Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range interfaces {
		for _, a := range i.Addrs {
			if strings.HasPrefix(i.Name, "uplink") && a.Prefix.Addr().Is4() {
				ip := a.Prefix.Masked().Addr().As4()
				ip[3] += 3
				return []netip.Addr{netip.AddrFrom4(ip)}, nil
			}
		}
	}
	return nil, nil
}
