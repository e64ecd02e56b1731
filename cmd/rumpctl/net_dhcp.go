// ifconfig INTERFACE dhcp.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rumpkit/rumpkit/client/dhcp"
)

// dhcpTime bounds how long a server may take.
const dhcpTime = 15 * time.Second

// dhcp configures an interface as a DHCP server says, and prints what that is.
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
