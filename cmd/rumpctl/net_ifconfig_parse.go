// The words of ifconfig.
package main

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ifPlan is what a command line wants done.
type ifPlan struct {
	create, destroy, up, down, dhcp, endDHCP bool
	linkstr                                  *string
	link                                     net.HardwareAddr
	mtu, metric                              *int
	// mode is 's' to set addr, 'a' to add it, 'd' to delete it (or the first of
	// the family, when addr is none), 0 for nothing.
	mode   byte
	family int
	addr   netctl.Addr
	// mask and prefix were said apart from the address.
	mask, prefix string
}

var ifWordList = []string{"create", "destroy", "up", "down", "inet", "inet6", "alias", "-alias", "delete", "netmask",
	"broadcast", "prefixlen", "mtu", "metric", "link", "linkstr", "-linkstr", "dhcp", "-dhcp"}

// parseIfconfig reads the words behind the interface.
func parseIfconfig(words []string) (*ifPlan, error) {
	p := &ifPlan{}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		if p.plain(w) {
			continue
		}
		if !slices.Contains(ifWordList, w) {
			if err := p.address(w); err != nil {
				return nil, err
			}
			continue
		}
		if len(words) == 0 {
			return nil, usagef("%s needs a value behind it", w)
		}
		if err := p.valued(w, words[0]); err != nil {
			return nil, err
		}
		words = words[1:]
	}
	return p, p.finish()
}

// plain takes a word that stands alone.
func (p *ifPlan) plain(w string) bool {
	switch w {
	case "create":
		p.create = true
	case "destroy":
		p.destroy = true
	case "up":
		p.up = true
	case "down":
		p.down = true
	case "dhcp":
		p.dhcp = true
	case "-dhcp":
		p.endDHCP = true
	case "inet":
		p.family = abi.AF_INET
	case "inet6":
		p.family = abi.AF_INET6
	case "alias":
		p.mode = 'a'
	case "-alias", "delete":
		p.mode = 'd'
	case "-linkstr":
		p.linkstr = new(string)
	default:
		return false
	}
	return true
}

// valued takes a word and the value behind it.
func (p *ifPlan) valued(w, v string) (err error) {
	number := func(least, most int) *int {
		var n int
		n, err = parseCount(w, v, least, most)
		return &n
	}
	switch w {
	case "mtu":
		p.mtu = number(1, 1<<20)
	case "metric":
		p.metric = number(0, 1<<30)
	case "link":
		p.link, err = parseLink(v)
	case "linkstr":
		p.linkstr = &v
	case "netmask":
		p.mask = v
	case "prefixlen":
		p.prefix = v
	case "broadcast":
		p.addr.Broadcast, err = parseAddress(v)
	}
	return err
}

// address takes an address, with or without a prefix length.
func (p *ifPlan) address(w string) error {
	text, length, cut := strings.Cut(w, "/")
	a, err := netip.ParseAddr(text)
	if err != nil {
		if near := closest(w, ifWordList); near != "" {
			return usagef("unknown word %q; did you mean %s?", w, near)
		}
		return usagef("%q is neither an address, such as 10.0.0.1/24, nor a word of ifconfig", w)
	}
	if p.addr.Prefix.IsValid() {
		return usagef("%s is a second address: one at a time", w)
	}
	if p.family != 0 && a.Is4() != (p.family == abi.AF_INET) {
		return usagef("%s is no IPv%d address", text, version(p.family))
	}
	if cut {
		p.prefix = length
	}
	if p.mode == 0 {
		p.mode = 's'
	}
	p.addr.Prefix = netip.PrefixFrom(a.WithZone(""), a.BitLen())
	return nil
}

// finish joins an address and what was said of its network.
func (p *ifPlan) finish() error {
	a := p.addr.Prefix.Addr()
	if !a.IsValid() {
		if p.mode == 'a' || p.mask != "" || p.prefix != "" || p.mode == 0 && p.family != 0 {
			return usagef("which address?")
		}
		return nil
	}
	bits, err := p.bits(a)
	if err != nil {
		return err
	}
	p.addr.Prefix = netip.PrefixFrom(a, bits)
	return nil
}

// bits is the length of the prefix. An IPv4 address has by itself that of its
// class, an IPv6 address 64.
func (p *ifPlan) bits(a netip.Addr) (int, error) {
	switch {
	case p.mask != "":
		return parseMask(p.mask)
	case p.prefix != "":
		return parseCount("prefix length", p.prefix, 0, a.BitLen())
	case a.Is6():
		return 64, nil
	}
	switch b := a.As4()[0]; {
	case b < 128:
		return 8, nil
	case b < 192:
		return 16, nil
	}
	return 24, nil
}

// parseMask reads an IPv4 mask: 255.255.255.0 or 0xffffff00.
func parseMask(text string) (int, error) {
	var m net.IPMask
	if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
		b := a.As4()
		m = b[:]
	} else if v, err := parseInt(text, 32); err == nil && strings.HasPrefix(text, "0x") {
		m = net.IPv4Mask(byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
	}
	ones, bits := m.Size()
	if bits == 0 {
		return 0, usagef("%q is no mask, such as 255.255.255.0 or 0xffffff00", text)
	}
	return ones, nil
}
