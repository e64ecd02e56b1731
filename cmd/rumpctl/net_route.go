// The command route: show and change the routing table.
package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func routeCommand() *command {
	return &command{
		name: "route", args: "[show | add | delete | get | flush | monitor] ...", max: -1, part: "net", raw: true,
		doc: "show and change the routing table",
		more: `
show [-inet | -inet6]                the table, as nothing does
add NETWORK GATEWAY                  packets to NETWORK go to GATEWAY
add NETWORK -iface INTERFACE         hosts of NETWORK are at the interface
delete NETWORK [GATEWAY]             take the route away
get ADDRESS                          which way packets to ADDRESS go
flush [-inet | -inet6]               take all routes to gateways away
monitor                              print what changes, until ^C
NETWORK is ADDRESS/LENGTH, default, or a single address.`,
		examples: []string{
			"rumpctl route", "rumpctl route add default 10.0.0.1", "rumpctl route add 10.2.0.0/16 -iface shmif0",
			"rumpctl route get 192.0.2.1",
		},
		next: func(k *ctl, before []string) []string {
			switch {
			case len(before) == 0:
				return slices.Clone(routeWordList)
			case before[len(before)-1] == "-iface":
				return k.interfaceNames()
			}
			return []string{"-inet", "-inet6", "-iface", "default"}
		},
		run: func(k *ctl, _ options, args []string) error {
			r, err := parseRoute(args)
			if err != nil {
				return err
			}
			return netError(k.route(r))
		},
	}
}

var routeWordList = []string{"show", "add", "delete", "get", "flush", "monitor"}

// routeOrder is a command line of route.
type routeOrder struct {
	what   string
	family int
	// dst is the network, gateway the address of a gateway or, with iface, of
	// an interface.
	dst     netip.Prefix
	gateway netip.Addr
	iface   string
}

// parseRoute reads the words of route.
func parseRoute(args []string) (*routeOrder, error) {
	r := &routeOrder{what: "show"}
	var operands []string
	iface := false
	for _, w := range args {
		switch w {
		case "-inet":
			r.family = abi.AF_INET
		case "-inet6":
			r.family = abi.AF_INET6
		case "-iface", "-interface":
			iface = true
		case "-n", "-net", "-host": // numbers are all there is; the length tells
		default:
			if strings.HasPrefix(w, "-") {
				return nil, usagef("unknown option %s", w)
			}
			operands = append(operands, w)
		}
	}
	if len(operands) > 0 {
		r.what, operands = operands[0], operands[1:]
	}
	if !slices.Contains(routeWordList, r.what) {
		return nil, suggestUsage("what is "+r.what+"? It is one of "+strings.Join(routeWordList, ", "), r.what, routeWordList)
	}
	return r, r.operands(operands, iface)
}

// operands reads the words behind the first.
func (r *routeOrder) operands(list []string, iface bool) (err error) {
	least, most := 0, 0
	switch r.what {
	case "add":
		least, most = 2, 2
	case "delete":
		least, most = 1, 2
	case "get":
		least, most = 1, 1
	}
	switch {
	case len(list) < least && least == 2:
		return usagef("add needs NETWORK and GATEWAY, or NETWORK -iface INTERFACE")
	case len(list) < least:
		return usagef("%s needs an address", r.what)
	case len(list) > most:
		return usagef("what is %q for?", list[most])
	case len(list) == 0:
		return nil
	}
	if r.dst, err = r.network(list[0]); err != nil || len(list) == 1 {
		return err
	}
	if iface {
		r.iface = list[1]
		return nil
	}
	if r.gateway, err = parseAddress(list[1]); err != nil {
		return err
	}
	if list[0] == "default" && r.family == 0 && r.gateway.Is6() {
		r.dst = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	if r.gateway.Is4() != r.dst.Addr().Is4() {
		return usagef("%v and %v are of different families", r.dst, r.gateway)
	}
	return nil
}

// network reads a network, default, or an address.
func (r *routeOrder) network(text string) (netip.Prefix, error) {
	if text == "default" {
		if r.family == abi.AF_INET6 {
			return netip.PrefixFrom(netip.IPv6Unspecified(), 0), nil
		}
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.WithZone(""), a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, usagef("%q is no network, such as 10.2.0.0/16, default or 10.2.0.1", text)
	}
	return p.Masked(), nil
}

func (k *ctl) route(r *routeOrder) error {
	n := k.network()
	switch r.what {
	case "add":
		return k.routeAdd(n, r)
	case "delete":
		err := n.DeleteRoute(r.dst)
		if isErrno(err, abi.ESRCH) {
			return fmt.Errorf("there is no route to %s", networkText(r.dst))
		}
		if err == nil {
			k.printf("delete %s\n", destination(r.dst))
		}
		return err
	case "get":
		return k.routeGet(n, r.dst.Addr())
	case "flush":
		return k.routeFlush(n, r.family)
	case "monitor":
		return k.routeMonitor(n)
	}
	return k.routeShow(n, r.family)
}

func (k *ctl) routeAdd(n netctl.Net, r *routeOrder) error {
	gateway, err := k.zoned(r.gateway)
	if err != nil {
		return err
	}
	err = n.AddRoute(netctl.Route{Dst: r.dst, Gateway: gateway, Interface: r.iface})
	to := r.iface
	if r.gateway.IsValid() {
		to = r.gateway.String()
	}
	switch {
	case isErrno(err, abi.EEXIST):
		return fmt.Errorf("there is a route to %s already; rumpctl route delete %[1]s takes it away", networkText(r.dst))
	case isErrno(err, abi.ENETUNREACH):
		return fmt.Errorf("the gateway %s is in no network of an interface; rumpctl ifconfig shows them", to)
	case err == nil:
		k.printf("add %s: gateway %s\n", destination(r.dst), to)
	}
	return err
}

// routeFlush takes all routes to gateways away.
func (k *ctl) routeFlush(n netctl.Net, family int) error {
	list, err := n.Routes(family)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Flags&(abi.RTF_GATEWAY|abi.RTF_STATIC) == 0 || r.Flags&abi.RTF_LOCAL != 0 {
			continue
		}
		if err := n.DeleteRoute(r.Dst); err != nil {
			k.fail(at(networkText(r.Dst), err))
			continue
		}
		k.printf("delete %s\n", destination(r.Dst))
	}
	return nil
}

// destination is a network or host with the word for it.
func destination(p netip.Prefix) string {
	if p.IsSingleIP() {
		return "host " + networkText(p)
	}
	return "net " + networkText(p)
}

func networkText(p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "default"
	case p.IsSingleIP():
		return p.Addr().String()
	}
	return p.String()
}
