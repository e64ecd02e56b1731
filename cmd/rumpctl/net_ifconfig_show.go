// Interfaces as ifconfig shows them.
package main

import (
	"net"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ifconfigShow shows one interface, or all if name is "".
func (k *ctl) ifconfigShow(name string) error {
	n := k.network()
	all, err := n.Interfaces()
	if err != nil {
		return err
	}
	if name != "" {
		if _, err := n.Interface(name); err != nil {
			return err
		}
	}
	z := newZones(all)
	for i := range all {
		if name == "" || all[i].Name == name {
			k.ifShow(n, z, &all[i])
		}
	}
	return nil
}

func (k *ctl) ifShow(n netctl.Net, z zones, i *netctl.Interface) {
	k.printf("%s: flags=%#x<%s>", i.Name, i.Flags, bitWords(i.Flags, ifWords))
	if i.Data.Metric != 0 {
		k.printf(" metric %d", i.Data.Metric)
	}
	if i.Data.Mtu != 0 {
		k.printf(" mtu %d", i.Data.Mtu)
	}
	k.printf("\n")
	if len(i.Link) > 0 {
		k.printf("\taddress: %v\n", i.Link)
	}
	switch i.Data.LinkState {
	case abi.LINK_STATE_UP:
		k.printf("\tstatus: active\n")
	case abi.LINK_STATE_DOWN:
		k.printf("\tstatus: no carrier\n")
	}
	if text, err := n.LinkString(i.Name); err == nil {
		k.printf("\tlinkstr: %s\n", text)
	}
	for _, a := range i.Addrs {
		if !a.Prefix.Addr().Is4() {
			flags, _ := n.Flags6(i.Name, a.IP())
			k.printf("\t%s\n", inet6Line(z, i, a, flags))
		}
	}
	first := true
	for _, a := range i.Addrs {
		if a.Prefix.Addr().Is4() {
			flags, _ := n.Flags4(i.Name, a.Prefix.Addr())
			k.printf("\t%s\n", inetLine(i, a, !first, flags))
			first = false
		}
	}
}

// in4Words are the IN_IFF_ flags by bit.
var in4Words = []string{"tentative", "duplicated", "detached"}

// inetLine is an IPv4 address as ifconfig shows it.
func inetLine(i *netctl.Interface, a netctl.Addr, alias bool, flags int) string {
	var b strings.Builder
	b.WriteString("inet ")
	if alias {
		b.WriteString("alias ")
	}
	b.WriteString(a.Prefix.Addr().String())
	if i.Flags&abi.IFF_POINTOPOINT != 0 && a.Broadcast.IsValid() {
		b.WriteString(" -> " + a.Broadcast.String())
	}
	b.WriteString(" netmask 0x" + net.CIDRMask(a.Prefix.Bits(), 32).String())
	if i.Flags&abi.IFF_BROADCAST != 0 && a.Broadcast.IsValid() {
		b.WriteString(" broadcast " + a.Broadcast.String())
	}
	if words := bitWords(flags, in4Words); words != "" {
		b.WriteString(" " + strings.ReplaceAll(words, ",", " "))
	}
	return b.String()
}

// in6Words are the IN6_IFF_ flags by bit.
var in6Words = []string{"anycast", "tentative", "duplicated", "detached", "deprecated", "", "autoconf", "temporary"}

// inet6Line is an IPv6 address as ifconfig shows it.
func inet6Line(z zones, i *netctl.Interface, a netctl.Addr, flags int) string {
	var b strings.Builder
	b.WriteString("inet6 " + z.text(a.IP()))
	if i.Flags&abi.IFF_POINTOPOINT != 0 && a.Broadcast.IsValid() {
		b.WriteString(" -> " + a.Broadcast.String())
	}
	b.WriteString(" prefixlen " + strconv.Itoa(a.Prefix.Bits()))
	if words := bitWords(flags, in6Words); words != "" {
		b.WriteString(" " + strings.ReplaceAll(words, ",", " "))
	}
	if a.Zone != "" {
		zone, _ := strconv.Atoi(a.Zone)
		b.WriteString(" scopeid 0x" + strconv.FormatInt(int64(zone), 16))
	}
	return b.String()
}
