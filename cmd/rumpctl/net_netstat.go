// The command netstat: show sockets, interfaces, routes and counters.
package main

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func netstatCommand() *command {
	return &command{
		name: "netstat", part: "net",
		doc: "show sockets, interfaces, routes and counters of the network",
		opts: []option{
			{'a', "", "sockets that wait for connections, too"},
			{'i', "", "interfaces and their counters"},
			{'r', "", "the routing table, as rumpctl route shows it"},
			{'s', "", "counters of the protocols, those that are not 0"},
			{'n', "", "does nothing: numbers are all there is"},
			{'f', "FAMILY", "only inet, inet6 or unix"},
		},
		examples: []string{"rumpctl netstat -a", "rumpctl netstat -s -f inet"},
		run: func(k *ctl, o options, _ []string) error {
			family, ok := familyNames[o['f']]
			if !ok {
				return usagef("unknown family %q: it is one of inet, inet6, unix", o['f'])
			}
			n := k.network()
			switch {
			case o.has('i'):
				return k.netstatInterfaces(n)
			case o.has('r'):
				return k.routeShow(n, family)
			case o.has('s'):
				return k.netstatCounters(n, family)
			}
			return k.netstatSockets(n, family, o.has('a'))
		},
	}
}

var familyNames = map[string]int{"": 0, "inet": abi.AF_INET, "inet6": abi.AF_INET6, "unix": abi.AF_LOCAL, "local": abi.AF_LOCAL}

// tcpStates are the states of a TCP connection by number.
var tcpStates = []string{"CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1", "CLOSING",
	"LAST_ACK", "FIN_WAIT_2", "TIME_WAIT"}

const tcpListen = 1

// netstatSockets prints sockets, those of networks and then local ones.
func (k *ctl) netstatSockets(n netctl.Net, family int, all bool) error {
	list, err := n.Sockets(family)
	if err != nil {
		return err
	}
	rows := [][]string{{"Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State"}}
	locals := [][]string{{"Address", "Type", "Recv-Q", "Send-Q", "Inode", "Conn", "Refs", "Nextref", "Addr"}}
	for i := range list {
		s := &list[i]
		switch {
		case s.Family == abi.AF_LOCAL:
			locals = append(locals, localRow(s))
		case all || !waiting(s):
			rows = append(rows, socketRow(s))
		}
	}
	title := "Active Internet connections"
	if all {
		title += " (including servers)"
	}
	if len(rows) > 1 {
		k.printf("%s\n", title)
		k.table(rows, "<>><<<")
	}
	if len(locals) > 1 {
		k.printf("Active UNIX domain sockets\n")
		k.table(locals, "<<>>>>>><")
	}
	return nil
}

// waiting reports a socket that waits for connections or datagrams of anybody.
func waiting(s *netctl.SocketInfo) bool {
	if s.Tstate == tcpListen && strings.HasPrefix(s.Proto, "tcp") {
		return true
	}
	return !s.Remote.IsValid() || s.Remote.Port() == 0 && s.Remote.Addr().IsUnspecified()
}

func socketRow(s *netctl.SocketInfo) []string {
	state := ""
	if i := int(s.Tstate); strings.HasPrefix(s.Proto, "tcp") && i >= 0 && i < len(tcpStates) {
		state = tcpStates[i]
	}
	return []string{s.Proto, strconv.FormatUint(s.Rcvq, 10), strconv.FormatUint(s.Sndq, 10),
		endText(s.Local), endText(s.Remote), state}
}

// endText is an end of a connection as netstat(1) writes it: 10.0.0.1.80, with
// stars for what is open.
func endText(a netip.AddrPort) string {
	host, port := "*", "*"
	if a.Addr().IsValid() && !a.Addr().IsUnspecified() {
		host = a.Addr().String()
	}
	if a.Port() != 0 {
		port = strconv.Itoa(int(a.Port()))
	}
	return host + "." + port
}

func localRow(s *netctl.SocketInfo) []string {
	hex := func(v uint64) string { return strconv.FormatUint(v, 16) }
	return []string{hex(s.Sockaddr), s.Proto, strconv.FormatUint(s.Rcvq, 10), strconv.FormatUint(s.Sndq, 10),
		strconv.FormatUint(s.Inode, 10), hex(s.Conn), hex(s.Refs), hex(s.Nextref), s.Path}
}

// netstatInterfaces prints a row for each interface and one for each address.
func (k *ctl) netstatInterfaces(n netctl.Net) error {
	list, err := n.Interfaces()
	if err != nil {
		return err
	}
	z := newZones(list)
	rows := [][]string{{"Name", "Mtu", "Network", "Address", "Ipkts", "Ierrs", "Ibytes", "Opkts", "Oerrs", "Obytes", "Colls"}}
	num := func(v uint64) string { return strconv.FormatUint(v, 10) }
	for _, i := range list {
		d := &i.Data
		name := i.Name
		if i.Flags&abi.IFF_UP == 0 {
			name += "*"
		}
		counters := []string{num(d.Ipackets), num(d.Ierrors), num(d.Ibytes), num(d.Opackets), num(d.Oerrors), num(d.Obytes),
			num(d.Collisions)}
		rows = append(rows, append([]string{name, num(d.Mtu), "<Link>", i.Link.String()}, counters...))
		for _, a := range i.Addrs {
			rows = append(rows, []string{name, num(d.Mtu), a.Prefix.Masked().String(), z.text(a.IP())})
		}
	}
	k.table(rows, "<><<>>>>>>>")
	return nil
}
