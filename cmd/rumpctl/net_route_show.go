// Routes as route shows them.
package main

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// routeLetters are the RTF_ flags by letter.
var routeLetters = []struct {
	flag   int
	letter byte
}{
	{abi.RTF_UP, 'U'}, {abi.RTF_GATEWAY, 'G'}, {abi.RTF_HOST, 'H'}, {abi.RTF_REJECT, 'R'}, {abi.RTF_BLACKHOLE, 'B'},
	{abi.RTF_DYNAMIC, 'D'}, {abi.RTF_MODIFIED, 'M'}, {abi.RTF_CONNECTED, 'C'}, {abi.RTF_STATIC, 'S'},
	{abi.RTF_PROTO1, '1'}, {abi.RTF_PROTO2, '2'}, {abi.RTF_ANNOUNCE, 'p'}, {abi.RTF_LOCAL, 'l'}, {abi.RTF_BROADCAST, 'b'},
}

func routeFlagText(flags int) string {
	var b []byte
	for _, l := range routeLetters {
		if flags&l.flag != 0 {
			b = append(b, l.letter)
		}
	}
	return string(b)
}

// routeShow prints the table, a part for each family.
func (k *ctl) routeShow(n netctl.Net, family int) error {
	list, err := n.Routes(family)
	if err != nil {
		return err
	}
	all, err := n.Interfaces()
	if err != nil {
		return err
	}
	z := newZones(all)
	k.printf("Routing tables\n")
	for _, f := range []struct {
		family int
		title  string
		line   string
	}{
		{abi.AF_INET, "Internet", "%-18s %-18s %-8s %6s  %s\n"},
		{abi.AF_INET6, "Internet6", "%-39s %-30s %-8s %6s  %s\n"},
	} {
		if family != 0 && family != f.family || family == 0 && !hasFamily(list, f.family) {
			continue
		}
		k.printf("\n%s:\n"+f.line, f.title, "Destination", "Gateway", "Flags", "Mtu", "Interface")
		for _, r := range list {
			if r.Dst.Addr().Is4() == (f.family == abi.AF_INET) {
				k.printf(f.line, networkText(r.Dst), gatewayText(z, r), routeFlagText(r.Flags), mtuText(r.Metrics.Mtu), r.Interface)
			}
		}
	}
	return nil
}

func hasFamily(list []netctl.Route, family int) bool {
	for _, r := range list {
		if r.Dst.Addr().Is4() == (family == abi.AF_INET) {
			return true
		}
	}
	return false
}

// gatewayText is where a route goes: an address, an interface's name or
// number, or a link-level address.
func gatewayText(z zones, r netctl.Route) string {
	switch {
	case r.Gateway.IsValid():
		return z.text(r.Gateway)
	case len(r.Link.Addr) > 0:
		return r.Link.Addr.String()
	case r.Link.Name != "":
		return r.Link.Name
	}
	return "link#" + strconv.Itoa(r.Link.Index)
}

func mtuText(mtu uint64) string {
	if mtu == 0 {
		return "-"
	}
	return strconv.FormatUint(mtu, 10)
}

// routeGet prints the way to an address.
func (k *ctl) routeGet(n netctl.Net, a netip.Addr) error {
	r, err := n.LookupRoute(a)
	if isErrno(err, abi.ESRCH) {
		return at("no route to "+a.String(), errNoRoute)
	}
	if err != nil {
		return err
	}
	line := func(label, text string) { k.printf("%11s: %s\n", label, text) }
	line("route to", a.String())
	if r.Dst.Bits() == 0 {
		line("destination", "default")
	} else {
		line("destination", r.Dst.Addr().String())
	}
	if r.Flags&abi.RTF_HOST == 0 {
		line("mask", maskText(r.Dst))
	}
	if r.Flags&abi.RTF_GATEWAY != 0 {
		line("gateway", r.Gateway.String())
	}
	if r.Local.IsValid() {
		line("local addr", r.Local.String())
	}
	line("interface", r.Interface)
	line("flags", "<"+bitWords(r.Flags, routeWords)+">")
	m := &r.Metrics
	expire := m.Expire
	if expire != 0 {
		expire -= time.Now().Unix()
	}
	k.printf(" recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire\n")
	k.printf("%8d  %8d  %8d  %8d  %8d  %8d  %8d  %8d\n", m.Recvpipe, m.Sendpipe, m.Ssthresh,
		(m.Rtt+500)/1000, (m.Rttvar+500)/1000, m.Hopcount, m.Mtu, expire)
	return nil
}

func maskText(p netip.Prefix) string {
	if p.Bits() == 0 {
		return "default"
	}
	m, _ := netip.AddrFromSlice(net.CIDRMask(p.Bits(), p.Addr().BitLen()))
	return m.String()
}

// messageTypes are the RTM_ types in words.
var messageTypes = map[int]string{
	abi.RTM_ADD: "add route", abi.RTM_DELETE: "delete route", abi.RTM_CHANGE: "change route", abi.RTM_GET: "get route",
	abi.RTM_LOSING: "route suspected dead", abi.RTM_REDIRECT: "redirected", abi.RTM_MISS: "no route",
	abi.RTM_NEWADDR: "address added", abi.RTM_DELADDR: "address deleted", abi.RTM_CHGADDR: "address changed",
	abi.RTM_IFINFO: "interface changed", abi.RTM_IFANNOUNCE: "interface", abi.RTM_LLINFO_UPD: "neighbour changed",
}

// routeMonitor prints messages of a routing socket.
func (k *ctl) routeMonitor(n netctl.Net) error {
	ctx, stop := interrupted()
	defer stop()
	all, err := n.Interfaces()
	if err != nil {
		return err
	}
	z := newZones(all)
	ready := func() {
		k.printf("watching\n")
		_ = k.out.Flush()
	}
	return n.Monitor(ctx, ready, func(t time.Time, m *netctl.Message) bool {
		if m.Name != "" {
			z[strconv.Itoa(m.Index)] = m.Name
		}
		k.printf("%s %s\n", t.Format("15:04:05.000"), monitorLine(z, m))
		return k.out.Flush() == nil
	})
}

// monitorLine is a message of a routing socket in a line.
func monitorLine(z zones, m *netctl.Message) string {
	words := []string{messageTypes[m.Type]}
	if words[0] == "" {
		words[0] = "message " + strconv.Itoa(m.Type)
	}
	switch m.Type {
	case abi.RTM_IFANNOUNCE:
		return words[0] + " " + m.Name + map[bool]string{true: " arrived", false: " departed"}[m.What == abi.IFAN_ARRIVAL]
	case abi.RTM_IFINFO:
		return words[0] + ": " + z[strconv.Itoa(m.Index)] + " <" + bitWords(m.Flags, ifWords) + ">"
	case abi.RTM_NEWADDR, abi.RTM_DELADDR, abi.RTM_CHGADDR:
		return words[0] + ": " + z[strconv.Itoa(m.Index)] + " " + z.text(m.Addrs[abi.RTAX_IFA].Addr())
	}
	if r, ok := m.Route(); ok {
		words = append(words, networkText(r.Dst))
		if m.Addrs[abi.RTAX_GATEWAY] != nil {
			words = append(words, "gateway "+gatewayText(z, r))
		}
	}
	words = append(words, "<"+bitWords(m.Flags, routeWords)+">")
	if m.Pid != 0 {
		words = append(words, "pid "+strconv.Itoa(m.Pid))
	}
	if m.Errno != 0 {
		words = append(words, "failed: "+m.Errno.Error())
	}
	return strings.Join(words, " ")
}
