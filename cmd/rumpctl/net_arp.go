// The command arp: show and change what is known of neighbours.
package main

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func arpCommand() *command {
	return &command{
		name: "arp", args: "[ADDRESS [MAC [temp] [pub]]]", max: 4, part: "net",
		doc: "show and change the link-level addresses of neighbours",
		more: `
Of both families: what ARP has learned, and IPv6's neighbour discovery.
With ADDRESS alone it shows one entry. One that is set temp goes after twenty
minutes; the kernel answers for one that is set pub, as if it were its own.`,
		opts: []option{
			{'a', "", "all entries, as without ADDRESS"},
			{'d', "", "delete the entry of ADDRESS, with -a all"},
			{'s', "", "set: make ADDRESS have MAC, for good unless temp"},
			{'n', "", "does nothing: numbers are all there is"},
		},
		examples: []string{"rumpctl arp -a", "rumpctl arp -s 10.0.0.9 b2:a0:00:00:00:09", "rumpctl arp -d 10.0.0.9"},
		run: func(k *ctl, o options, args []string) error {
			switch {
			case o.has('d') && o.has('s'):
				return usagef("-d or -s, not both")
			case o.has('s') && len(args) < 2:
				return usagef("-s needs ADDRESS and MAC")
			case o.has('a') && len(args) > 0:
				return usagef("-a or ADDRESS, not both")
			case o.has('d') && !o.has('a') && len(args) == 0:
				return usagef("-d needs ADDRESS, or -a for all")
			case !o.has('s') && len(args) > 1:
				return usagef("what is %q for? -s sets an entry", args[1])
			}
			return k.arp(o, args)
		},
	}
}

func (k *ctl) arp(o options, args []string) error {
	n := k.network()
	var only netip.Addr
	if len(args) > 0 {
		a, err := parseAddress(args[0])
		if err == nil {
			only, err = k.zoned(a)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case o.has('s'):
		e, err := parseNeighbour(only, args[1:], time.Now())
		if err != nil {
			return err
		}
		err = n.SetNeighbour(e)
		if isErrno(err, abi.ESRCH) || isErrno(err, abi.ENETUNREACH) {
			return fmt.Errorf("%s is in no network of an interface; rumpctl ifconfig shows them", args[0])
		}
		return err
	case o.has('d') && only.IsValid():
		err := n.DeleteNeighbour(only)
		if isErrno(err, abi.ESRCH) || isErrno(err, abi.ENOENT) {
			return fmt.Errorf("there is no entry for %s", args[0])
		}
		return err
	}
	return k.neighbours(n, only, o.has('d'))
}

// tempTime is how long an entry stays that is set temp.
const tempTime = 20 * time.Minute

// parseNeighbour makes an entry of its MAC and the words behind it.
func parseNeighbour(ip netip.Addr, words []string, now time.Time) (e netctl.Neighbour, err error) {
	e.IP = ip
	if e.Link, err = parseLink(words[0]); err != nil {
		return e, err
	}
	for _, w := range words[1:] {
		switch w {
		case "temp":
			e.Expire = now.Add(tempTime).Unix()
		case "pub":
			e.Flags |= abi.RTF_ANNOUNCE
		default:
			return e, usagef("%q is neither temp nor pub", w)
		}
	}
	return e, nil
}

// neighbours shows or deletes the entry of one address, or of all when only is
// none.
func (k *ctl) neighbours(n netctl.Net, only netip.Addr, drop bool) error {
	all, err := n.Interfaces()
	if err != nil {
		return err
	}
	z, seen := newZones(all), false
	for _, family := range []int{abi.AF_INET, abi.AF_INET6} {
		list, err := n.Neighbours(family)
		if err != nil && !isErrno(err, abi.EINVAL) {
			return err
		}
		for _, e := range list {
			if only.IsValid() && e.IP.WithZone("") != only.WithZone("") {
				continue
			}
			seen = true
			if !drop {
				k.printf("%s\n", neighbourLine(z, &e, time.Now()))
			} else if err := n.DeleteNeighbour(e.IP); err != nil && e.Flags&abi.RTF_LOCAL == 0 {
				k.fail(at(e.IP.String(), err))
			}
		}
	}
	if only.IsValid() && !seen {
		return fmt.Errorf("there is no entry for %s", z.text(only))
	}
	return nil
}

// nd6States are the ND6_LLINFO_ states, from -2 on.
var nd6States = []string{"", "", "incomplete", "reachable", "stale", "delay", "probe"}

// neighbourLine is an entry in a line, as arp(8) shows it.
func neighbourLine(z zones, e *netctl.Neighbour, now time.Time) string {
	link := e.Link.String()
	if link == "" {
		link = "(incomplete)"
	}
	text := fmt.Sprintf("? (%s) at %s on %s", z.text(e.IP), link, e.Interface)
	switch {
	case e.Expire == 0:
		text += " permanent"
	case e.IP.Is6() && e.Expire > now.Unix():
		text += fmt.Sprintf(" for %ds", e.Expire-now.Unix())
	}
	if e.IP.Is6() && e.Expire != 0 && e.State >= -2 && e.State+2 < len(nd6States) {
		text += " " + nd6States[e.State+2]
	}
	if e.Router {
		text += " router"
	}
	if e.Flags&abi.RTF_ANNOUNCE != 0 {
		text += " published"
	}
	return text
}
