// The command ifconfig: show and configure network interfaces.
package main

import (
	"fmt"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func ifconfigCommand() *command {
	return &command{
		name: "ifconfig", args: "[-a | -l | -C | INTERFACE [WORD...]]", max: -1, part: "net", raw: true,
		doc: "show and configure network interfaces",
		more: `
-a shows all interfaces, as nothing does; -l their names; -C what can be created.
Words, several at once if you like:
  create, destroy          make the interface (shmif0, lo1), take it away
  up, down                 switch it
  ADDRESS/LENGTH           give it an address, in place of the first of IPv4;
                           also inet ADDRESS [netmask MASK] [broadcast ADDRESS]
                           and inet6 ADDRESS [prefixlen LENGTH]
  alias                    with an address: one more
  delete                   with an address: take it away
  mtu N, metric N
  link MAC                 the link-level address
  linkstr TEXT, -linkstr   what a virtual interface is connected to: for shmif
                           the path of a bus file
  dhcp                     ask the network for an address, and keep it; show
                           what it has said
  -dhcp                    give that address back`,
		examples: []string{
			"rumpctl ifconfig", "rumpctl ifconfig shmif0 create linkstr /tmp/bus 10.0.0.1/24",
			"rumpctl ifconfig shmif0 inet6 fd00::1/64 alias", "rumpctl ifconfig shmif0 dhcp",
		},
		next: func(k *ctl, before []string) []string {
			if len(before) == 0 {
				return append(k.interfaceNames(), "-a", "-l", "-C")
			}
			return ifWordList
		},
		run: func(k *ctl, _ options, args []string) error {
			if len(args) == 0 {
				args = []string{"-a"}
			}
			if strings.HasPrefix(args[0], "-") {
				return k.ifconfigAll(args)
			}
			if len(args) == 1 {
				return k.ifconfigShow(args[0])
			}
			p, err := parseIfconfig(args[1:])
			if err != nil {
				return err
			}
			return k.ifconfig(args[0], p)
		},
	}
}

// ifconfigAll does what concerns no single interface.
func (k *ctl) ifconfigAll(args []string) error {
	if len(args) > 1 {
		return usagef("what is %q for behind %s?", args[1], args[0])
	}
	switch args[0] {
	case "-a":
		return k.ifconfigShow("")
	case "-l":
		list, err := k.network().Interfaces()
		var names []string
		for _, i := range list {
			names = append(names, i.Name)
		}
		if err == nil {
			k.printf("%s\n", strings.Join(names, " "))
		}
		return err
	case "-C":
		names, err := k.network().Cloners()
		if err == nil {
			k.printf("%s\n", strings.Join(names, " "))
		}
		return err
	}
	return usagef("unknown option %s", args[0])
}

// ifconfig does what a plan says, in the order in which it makes sense.
func (k *ctl) ifconfig(name string, p *ifPlan) error {
	n := k.network()
	steps := []struct {
		wanted bool
		do     func() error
	}{
		{p.create, func() error { return k.ifCreate(name) }},
		{p.linkstr != nil, func() error { return linkstrError(name, n.SetLinkString(name, *p.linkstr)) }},
		{p.link != nil, func() error { return n.SetLink(name, p.link) }},
		{p.mtu != nil, func() error { return rangeError("mtu", *p.mtu, n.SetMTU(name, *p.mtu)) }},
		{p.metric != nil, func() error { return rangeError("metric", *p.metric, n.SetMetric(name, *p.metric)) }},
		{p.mode != 0, func() error { return k.ifAddress(name, p) }},
		{p.up, func() error { return n.Up(name) }},
		{p.down, func() error { return n.Down(name) }},
		{p.dhcp, func() error { return k.dhcp(name) }},
		{p.endDHCP, func() error { return k.endDHCP(name) }},
		{p.destroy, func() error { return n.Destroy(name) }},
	}
	for _, s := range steps {
		if s.wanted {
			if err := s.do(); err != nil {
				return err
			}
		}
	}
	return nil
}

func rangeError(what string, n int, err error) error {
	if isErrno(err, abi.EINVAL) {
		return fmt.Errorf("%s %d is not possible here: %w", what, n, err)
	}
	return err
}

func linkstrError(name string, err error) error {
	switch {
	case isErrno(err, abi.EBUSY):
		return fmt.Errorf("%s is connected already: first rumpctl ifconfig %s -linkstr", name, name)
	case isErrno(err, abi.ENOTTY), isErrno(err, abi.EOPNOTSUPP):
		return fmt.Errorf("%s is no interface that is connected by a text", name)
	case isErrno(err, abi.EINVAL):
		return fmt.Errorf("%s does not take that text; rumpctl dmesg may say why", name)
	}
	return err
}

// ifCreate creates an interface, and says what can be created when this can't.
func (k *ctl) ifCreate(name string) error {
	err := k.network().Create(name)
	if isErrno(err, abi.EEXIST) {
		return fmt.Errorf("%s exists already", name)
	}
	if isErrno(err, abi.EINVAL) {
		if kinds, e := k.network().Cloners(); e == nil {
			return fmt.Errorf("%s can't be created; what can be, with a number behind it: %s", name, strings.Join(kinds, ", "))
		}
	}
	return err
}

// ifAddress sets, adds or deletes an address.
func (k *ctl) ifAddress(name string, p *ifPlan) error {
	n := k.network()
	if !p.addr.Prefix.IsValid() {
		return k.ifDeleteFirst(name, p.family)
	}
	var err error
	switch p.mode {
	case 'd':
		err = n.DeleteAddr(name, p.addr.Prefix.Addr())
		if isErrno(err, abi.EADDRNOTAVAIL) {
			return fmt.Errorf("%s has no address %v", name, p.addr.Prefix.Addr())
		}
	case 'a':
		err = n.AddAddr(name, p.addr)
	default:
		err = n.SetAddr(name, p.addr)
	}
	return err
}

// ifDeleteFirst takes the first address of a family away.
func (k *ctl) ifDeleteFirst(name string, family int) error {
	i, err := k.network().Interface(name)
	if err != nil {
		return err
	}
	for _, a := range i.Addrs {
		if a.Prefix.Addr().Is4() == (family != abi.AF_INET6) {
			return k.network().DeleteAddr(name, a.Prefix.Addr())
		}
	}
	return fmt.Errorf("%s has no IPv%d address", name, version(family))
}
