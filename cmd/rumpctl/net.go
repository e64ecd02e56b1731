// What the commands for networks share: the network of the kernel, interfaces
// by name, hosts by name or address, bits as words.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// network is the kernel's.
func (k *ctl) network() netctl.Net { return netctl.New(k.c) }

// interrupted returns a context that ends with the signals that end a command
// in good order.
func interrupted() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
}

// interfaceNames are the kernel's interfaces, none when it does not answer.
func (k *ctl) interfaceNames() []string {
	if k.connect() != nil {
		return nil
	}
	list, err := k.network().Interfaces()
	if err != nil {
		return nil
	}
	var names []string
	for _, i := range list {
		names = append(names, i.Name)
	}
	return names
}

// zones replaces the number of an interface in an address by its name.
type zones map[string]string

func newZones(list []netctl.Interface) zones {
	z := zones{}
	for _, i := range list {
		z[strconv.Itoa(i.Index)] = i.Name
	}
	return z
}

func (z zones) text(a netip.Addr) string {
	if name, ok := z[a.Zone()]; ok {
		return a.WithZone(name).String()
	}
	return a.String()
}

// zoned replaces the name of an interface in an address by its number, as
// sockets want it.
func (k *ctl) zoned(a netip.Addr) (netip.Addr, error) {
	if a.Zone() == "" {
		return a, nil
	}
	if _, err := strconv.Atoi(a.Zone()); err == nil {
		return a, nil
	}
	i, err := k.network().Interface(a.Zone())
	if err != nil {
		return a, err
	}
	return a.WithZone(strconv.Itoa(i.Index)), nil
}

// bitWords are flags as words, joined by commas.
func bitWords(v int, words []string) string {
	var on []string
	for i, w := range words {
		if v&(1<<i) != 0 && w != "" {
			on = append(on, w)
		}
	}
	return strings.Join(on, ",")
}

// ifWords are the IFF_ flags by bit, routeWords the RTF_ flags.
var (
	ifWords = []string{"UP", "BROADCAST", "DEBUG", "LOOPBACK", "POINTOPOINT", "NOTRAILERS", "RUNNING", "NOARP",
		"PROMISC", "ALLMULTI", "OACTIVE", "SIMPLEX", "LINK0", "LINK1", "LINK2", "MULTICAST"}
	routeWords = []string{"UP", "GATEWAY", "HOST", "REJECT", "DYNAMIC", "MODIFIED", "DONE", "MASK", "CONNECTED", "",
		"LLDATA", "STATIC", "BLACKHOLE", "", "PROTO2", "PROTO1", "SRC", "ANNOUNCE", "LOCAL", "BROADCAST"}
)

// parseAddress reads an address without a prefix.
func parseAddress(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, usagef("%q is no address, such as 10.0.0.1 or fe80::1%%lo0", text)
	}
	return a, nil
}

// parseLink reads a link-level address.
func parseLink(text string) (net.HardwareAddr, error) {
	mac, err := net.ParseMAC(text)
	if err != nil || len(mac) != 6 {
		return nil, usagef("%q is no link-level address, such as b2:a0:00:00:00:01", text)
	}
	return mac, nil
}

// parseCount reads a number between least and most.
func parseCount(what, text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, usagef("%s %q is no number from %d to %d", what, text, least, most)
	}
	return n, nil
}

func version(family int) int {
	if family == abi.AF_INET6 {
		return 6
	}
	return 4
}

// netError says what is meant by errors of networks, where the number alone
// does not help.
func netError(err error) error {
	switch {
	case errors.Is(err, abi.EHOSTUNREACH), errors.Is(err, abi.ENETUNREACH):
		return fmt.Errorf("%w; rumpctl route shows where packets go", err)
	case errors.Is(err, abi.EADDRNOTAVAIL):
		return fmt.Errorf("%w: the kernel has no such address; rumpctl ifconfig shows those it has", err)
	}
	return err
}
