package netlab_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/dhcp"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/netlab"
)

// dhcpServer is a server on a host of the lab.
type dhcpServer struct {
	t   *testing.T
	lab *netlab.Lab
	c   *client.Client
	fd  int

	mu sync.Mutex
	// deaf says that it does not answer, nak that it refuses.
	deaf, nak bool
	lease     uint32
	give      netip.Addr
	log       []heard
}

// heard is a message that came.
type heard struct {
	typ  byte
	from netip.Addr
	at   time.Duration
}

// serve runs a server on a node until the test ends.
func serve(t *testing.T, lab *netlab.Lab, n *netlab.Node) *dhcpServer {
	t.Helper()
	c, err := n.Client().Fork()
	if err != nil {
		t.Fatal(err)
	}
	s := &dhcpServer{t: t, lab: lab, c: c, lease: 3600, give: netip.MustParseAddr("10.0.0.50")}
	if s.fd, err = c.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0); err != nil {
		t.Fatal(err)
	}
	if err := c.Setsockopt(s.fd, abi.SOL_SOCKET, abi.SO_BROADCAST, []byte{1, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if err := c.Bind(s.fd, client.AppendSockaddr(nil, netip.AddrPortFrom(netip.IPv4Unspecified(), dhcp.ServerPort))); err != nil {
		t.Fatal(err)
	}
	go s.run()
	return s
}

func (s *dhcpServer) run() {
	buf, name := make([]byte, 1500), make([]byte, 16)
	for {
		size := uint32(len(name))
		n, err := s.c.Recvfrom(s.fd, buf, 0, name, &size)
		if err != nil {
			return // the lab is gone
		}
		m, err := dhcp.Parse(buf[:n])
		if err != nil || m.Reply {
			continue
		}
		if b := s.answer(m, netctl.Sockaddr(name[:size]).Addr()); b != nil {
			to := netip.AddrPortFrom(netip.MustParseAddr("255.255.255.255"), dhcp.ClientPort)
			if m.Client.IsValid() && !m.Client.IsUnspecified() {
				to = netip.AddrPortFrom(m.Client, dhcp.ClientPort)
			}
			_, _ = s.c.Sendto(s.fd, b, 0, client.AppendSockaddr(nil, to))
		}
	}
}

// answer notes a message and returns the answer to it, nil for none.
func (s *dhcpServer) answer(m *dhcp.Message, from netip.Addr) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, heard{m.Type(), from, s.lab.Elapsed().Round(time.Second)})
	typ := byte(dhcp.Offer)
	switch m.Type() {
	case dhcp.Request:
		if typ = dhcp.Ack; s.nak {
			typ = dhcp.Nak
		}
	case dhcp.Discover:
	default:
		return nil
	}
	if s.deaf {
		return nil
	}
	r := &dhcp.Message{Reply: true, XID: m.XID, Your: s.give, MAC: m.MAC, Options: map[byte][]byte{
		dhcp.OptType: {typ}, dhcp.OptServer: {10, 0, 0, 1}, dhcp.OptMask: {255, 255, 255, 0},
		dhcp.OptRouter: {10, 0, 0, 1}, dhcp.OptDNS: {10, 0, 0, 3}, dhcp.OptDomain: []byte("lab"),
		dhcp.OptLease: binary.BigEndian.AppendUint32(nil, s.lease),
	}}
	return r.Append(nil)
}

// set changes the server.
func (s *dhcpServer) set(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
}

// heard returns what came since the last call.
func (s *dhcpServer) heard() []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.log
	s.log = nil
	return list
}

// guest is a host that asks.
type guest struct {
	t *testing.T
	*netlab.Node
	mine netip.Addr // what the lab gave it, which is taken away
}

// pass lets time pass.
func (g guest) pass(d time.Duration) {
	g.t.Helper()
	if err := g.Client().Nanosleep(&abi.Timespec{Sec: int64(d / time.Second)}, nil); err != nil {
		g.t.Fatal(err)
	}
}

// start has the interface configured, which takes a second at most.
func (g guest) start() {
	g.t.Helper()
	if err := g.Ctl().StartDHCP("link0"); err != nil {
		g.t.Fatal(err)
	}
	g.pass(time.Second)
	g.want("bound", leased)
}

// status is what the kernel's client says.
func (g guest) status() dhcp.Status {
	g.t.Helper()
	all, err := dhcp.Leases(g.Client())
	if err != nil || len(all) != 1 {
		g.t.Fatal(all, err)
	}
	return all[0]
}

// want checks where the client is and which address the interface has.
func (g guest) want(state, addr string) {
	g.t.Helper()
	s := g.status()
	i, err := g.Ctl().Interface("link0")
	if err != nil {
		g.t.Fatal(err)
	}
	has := ""
	for _, a := range i.Addrs {
		if a.Prefix.Addr().Is4() {
			has += a.Prefix.String()
		}
	}
	if s.State != state || has != addr {
		g.t.Fatalf("%s with %q, want %s with %q", s.State, has, state, addr)
	}
}

// newGuest returns a server and a host without an IPv4 address.
func newGuest(t *testing.T) (guest, *dhcpServer, *netlab.Node) {
	t.Helper()
	lab := netlab.New(t)
	n, h := lab.Host("server"), lab.Host("guest")
	lab.Wire(netlab.Faults{}, n, h)
	s := serve(t, lab, n)
	if err := h.Ctl().DeleteAddr("link0", h.Addr()); err != nil {
		t.Fatal(err)
	}
	return guest{t, h, h.Addr()}, s, n
}

const leased = "10.0.0.50/24"

// TestDHCPRenew has a lease of an hour renewed by its server for a day.
func TestDHCPRenew(t *testing.T) {
	g, s, _ := newGuest(t)
	g.start()
	l := g.status().Lease
	if l.Time != time.Hour || l.Domain != "lab" || len(l.DNS) != 1 || len(l.Routes) != 1 || l.Server.String() != "10.0.0.1" {
		t.Errorf("%+v", l)
	}
	g.want("bound", leased)
	r, err := g.Ctl().LookupRoute(netip.MustParseAddr("192.0.2.1"))
	if err != nil || r.Gateway.String() != "10.0.0.1" {
		t.Errorf("%+v, %v", r, err)
	}
	s.heard()
	g.pass(24*time.Hour + time.Minute)
	g.want("bound", leased)
	log := s.heard()
	if len(log) != 48 {
		t.Fatalf("%d messages in a day", len(log))
	}
	for k, m := range log {
		if m.typ != dhcp.Request || m.from.String() != "10.0.0.50" {
			t.Errorf("message %d: %+v", k, m)
		}
	}
	if st := g.status(); st.Left < 58*time.Minute || st.Renew < 28*time.Minute || st.Lease.Address.String() != leased {
		t.Errorf("%+v", st)
	}
}

// TestDHCPExpire has the server silent: it is asked alone, then everybody is,
// then the address goes, and it begins anew.
func TestDHCPExpire(t *testing.T) {
	g, s, _ := newGuest(t)
	g.start()
	s.heard()
	s.set(func() { s.deaf = true })
	g.pass(31 * time.Minute)
	g.want("renewing", leased)
	g.pass(22 * time.Minute)
	g.want("rebinding", leased)
	log := s.heard()
	if len(log) < 4 || slices.ContainsFunc(log, func(m heard) bool { return m.typ != dhcp.Request }) {
		t.Errorf("%+v", log)
	}
	g.pass(8 * time.Minute)
	g.want("selecting", "")
	if r, err := g.Ctl().LookupRoute(netip.MustParseAddr("192.0.2.1")); err == nil {
		t.Errorf("the route is left: %+v", r)
	}
	s.set(func() { s.deaf = false })
	g.pass(2 * time.Minute)
	g.want("bound", leased)
}

// TestDHCPRebind has the server silent for half an hour, and heard again while
// everybody is asked.
func TestDHCPRebind(t *testing.T) {
	g, s, _ := newGuest(t)
	g.start()
	s.set(func() { s.deaf = true })
	g.pass(53 * time.Minute)
	g.want("rebinding", leased)
	s.set(func() { s.deaf = false })
	g.pass(6 * time.Minute)
	g.want("bound", leased)
	if st := g.status(); st.Left < 50*time.Minute {
		t.Errorf("%+v", st)
	}
}

// TestDHCPOther has the server refuse the address at the renewal, and give
// another one.
func TestDHCPOther(t *testing.T) {
	g, s, _ := newGuest(t)
	g.start()
	s.set(func() { s.nak, s.give = true, netip.MustParseAddr("10.0.0.51") })
	g.pass(30*time.Minute + 2*time.Second)
	g.want("selecting", "")
	s.set(func() { s.nak = false })
	g.pass(20 * time.Second)
	g.want("bound", "10.0.0.51/24")
	s.heard()
	if err := dhcp.Stop(g.Client(), "link0"); err != nil {
		t.Fatal(err)
	}
	g.pass(time.Second)
	if log := s.heard(); len(log) != 1 || log[0].typ != dhcp.Release {
		t.Errorf("%+v", log)
	}
	if all, err := dhcp.Leases(g.Client()); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestDHCPDuplicate has a server that gives the address of somebody else away:
// it is declined.
func TestDHCPDuplicate(t *testing.T) {
	g, s, n := newGuest(t)
	ctl := n.Ctl()
	if err := ctl.AddAddr("link0", netctl.Addr{Prefix: netip.MustParsePrefix(leased)}); err != nil {
		t.Fatal(err)
	}
	on := []int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT}
	if err := g.Client().Sysctl(on, nil, nil, []byte{3, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if err := g.Ctl().StartDHCP("link0"); err != nil {
		t.Fatal(err)
	}
	g.pass(8 * time.Second)
	log := s.heard()
	if !slices.ContainsFunc(log, func(m heard) bool { return m.typ == dhcp.Decline }) {
		t.Errorf("%+v", log)
	}
	g.want("selecting", "")
	s.set(func() { s.give = netip.MustParseAddr("10.0.0.51") })
	g.pass(30 * time.Second)
	g.want("bound", "10.0.0.51/24")
}
