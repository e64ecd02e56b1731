// ifconfig INTERFACE dhcp, and -dhcp.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rumpkit/rumpkit/client/dhcp"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// dhcpTime bounds how long a server may take.
const dhcpTime = 15 * time.Second

// dhcp has an interface configured as a DHCP server says, and prints what that is.
func (k *ctl) dhcp(name string) error {
	ctx, stop := interrupted()
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, dhcpTime)
	defer cancel()
	l, err := dhcp.Configure(ctx, k.c, name)
	if errors.Is(err, dhcp.ErrNoServer) {
		return fmt.Errorf("%w on %s within %v", err, name, dhcpTime)
	}
	if err != nil {
		return err
	}
	k.printf("%s: address %v from %v", name, l.Address, l.Server)
	if l.Time > 0 {
		k.printf(" for %v", l.Time)
	}
	k.printf("\n")
	k.dhcpTimes(name)
	for _, r := range l.Routes {
		k.printf("route %s %v\n", networkText(r.Dst), r.Gateway)
	}
	for _, a := range l.DNS {
		k.printf("nameserver %v\n", a)
	}
	if l.Domain != "" {
		k.printf("domain %s\n", l.Domain)
	}
	return nil
}

// dhcpTimes prints where the kernel's client is with a lease that ends.
func (k *ctl) dhcpTimes(name string) {
	all, err := dhcp.Leases(k.c)
	if err != nil {
		return
	}
	for _, s := range all {
		if s.Interface == name && s.Lease != nil && s.Lease.Time > 0 {
			k.printf("%s, ends in %v, renewed in %v, rebound in %v\n", s.State, s.Left, s.Renew, s.Rebind)
		}
	}
}

// endDHCP gives an interface's lease back.
func (k *ctl) endDHCP(name string) error {
	err := dhcp.Stop(k.c, name)
	if isErrno(err, abi.ENXIO) || isErrno(err, abi.ENOENT) {
		return fmt.Errorf("%s is not configured by DHCP: %w", name, err)
	}
	return err
}
