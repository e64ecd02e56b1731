package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/link/ethernet"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guest is a host behind a gateway.
type guest struct {
	t *testing.T
	s *stack.Stack
	g *Gateway
}

func start(t *testing.T, rules string) *guest {
	t.Helper()
	r, bad, ok := ParseRules(rules)
	if !ok {
		t.Fatalf("rule %q", bad)
	}
	a, b := pipe.New("\x02\x00\x00\x00\x00\x01", "\x02\x00\x00\x00\x00\x02", 1500)
	host := hypercall.Real()
	g, err := New(Config{
		Host: host.(hypercall.Network), Files: host, Link: ethernet.New(a), Rules: r, Mem: memlimit.New(0),
		Go: func(fn func()) { go fn() },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{arp.NewProtocol, ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
	})
	t.Cleanup(func() {
		g.Close()
		s.Destroy()
	})
	if err := s.CreateNIC(1, ethernet.New(b)); err != nil {
		t.Fatal(err)
	}
	p := tcpip.ProtocolAddress{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: tcpip.AddressWithPrefix{Address: Guest(), PrefixLen: 24}}
	if err := s.AddProtocolAddress(1, p, stack.AddressProperties{}); err != nil {
		t.Fatal(err)
	}
	s.SetRouteTable([]tcpip.Route{
		{Destination: p.AddressWithPrefix.Subnet(), NIC: 1},
		{Destination: tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4([4]byte{})}.Subnet(), Gateway: Router(), NIC: 1},
	})
	return &guest{t: t, s: s, g: g}
}

func (g *guest) dial(to tcpip.Address, port uint16) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return gonet.DialContextTCP(ctx, g.s, tcpip.FullAddress{Addr: to, Port: port}, ipv4.ProtocolNumber)
}

func port(a net.Addr) uint16 {
	switch a := a.(type) {
	case *net.TCPAddr:
		return uint16(a.Port)
	case *net.UDPAddr:
		return uint16(a.Port)
	}
	return 0
}

// TestOut sends a megabyte to a server of the host and takes its hash back,
// by half close.
func TestOut(t *testing.T) {
	g := start(t, "host")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		h := sha256.New()
		_, _ = io.Copy(h, c)
		_, _ = c.Write(h.Sum(nil))
	}()
	c, err := g.dial(Router(), port(l.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	data := make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(data)
	if _, err := c.Write(data); err != nil {
		t.Fatal(err)
	}
	_ = c.(*gonet.TCPConn).CloseWrite()
	got, err := io.ReadAll(c)
	want := sha256.Sum256(data)
	if err != nil || !bytes.Equal(got, want[:]) {
		t.Errorf("got %x, %v", got, err)
	}
}

// TestStaysInside dials what the gateway does not lead to.
func TestStaysInside(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		name  string
		rules string
		to    tcpip.Address
		port  uint16
	}{
		{"the host, without the rule", "", Router(), port(l.Addr())},
		{"a port nobody has", "host", Router(), 1},
		{"another address of the network", "host", tcpip.AddrFrom4([4]byte{10, 0, 2, 99}), port(l.Addr())},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := start(t, c.rules)
			if conn, err := g.dial(c.to, c.port); err == nil {
				_ = conn.Close()
				t.Error("connected")
			}
		})
	}
}

// TestTarget tells where addresses lead.
func TestTarget(t *testing.T) {
	g := &Gateway{cfg: Config{Rules: Rules{HostLoopback: true}}}
	for _, c := range []struct {
		to   tcpip.Address
		want string // "" for nowhere
	}{
		{tcpip.AddrFrom4([4]byte{192, 0, 2, 1}), "192.0.2.1:80"},
		{tcpip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: 1}), "[2001:db8::1]:80"},
		{Router(), "127.0.0.1:80"},
		{Router6(), "[::1]:80"},
		{Names(), ""},
		{tcpip.AddrFrom4([4]byte{127, 0, 0, 1}), ""},
		{tcpip.AddrFrom4([4]byte{10, 0, 2, 99}), ""},
		{tcpip.AddrFrom4([4]byte{169, 254, 1, 1}), ""},
		{tcpip.AddrFrom4([4]byte{224, 0, 0, 1}), ""},
		{tcpip.AddrFrom4([4]byte{255, 255, 255, 255}), ""},
		{tcpip.AddrFrom4([4]byte{}), ""},
		{tcpip.AddrFrom16([16]byte{15: 1}), ""},
		{tcpip.AddrFrom16([16]byte{0xfe, 0x80, 15: 1}), ""},
	} {
		got := ""
		if a, ok := g.target(c.to, 80); ok {
			got = hostPort(a)
		}
		if got != c.want {
			t.Errorf("%v leads to %q, want %q", c.to, got, c.want)
		}
	}
}

// TestIn connects from the host to a port inside.
func TestIn(t *testing.T) {
	g := start(t, "tcp:0:80,udp:0:53")
	l, err := gonet.ListenTCP(g.s, tcpip.FullAddress{Port: 80}, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	f := g.g.Forwards()
	c, err := net.Dial("tcp4", hostPort(f[0].Host))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("hello"))
	_ = c.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(c); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	g.datagramsIn(hostPort(f[1].Host))
}

// datagramsIn has two peers ask a port inside, each for its own answer.
func (g *guest) datagramsIn(at string) {
	g.t.Helper()
	p, err := gonet.DialUDP(g.s, &tcpip.FullAddress{Port: 53}, nil, ipv4.ProtocolNumber)
	if err != nil {
		g.t.Fatal(err)
	}
	defer p.Close()
	var peers [2]net.Conn
	for i := range peers {
		if peers[i], err = net.Dial("udp4", at); err != nil {
			g.t.Fatal(err)
		}
		defer peers[i].Close()
		_, _ = peers[i].Write([]byte{byte(i)})
	}
	buf := make([]byte, 9)
	for range peers {
		_, from, err := p.ReadFrom(buf)
		if err != nil {
			g.t.Fatal(err)
		}
		_, _ = p.WriteTo([]byte{buf[0] + 10}, from)
	}
	for i, c := range peers {
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := c.Read(buf); err != nil || buf[0] != byte(i+10) {
			g.t.Errorf("peer %d got %d, %v", i, buf[0], err)
		}
	}
}

func hostPort(a hypercall.SocketAddr) string {
	return (&net.UDPAddr{IP: a.Addr(), Port: int(a.Port)}).String()
}

// TestDatagrams asks a server of the host, with a small and a large datagram.
func TestDatagrams(t *testing.T) {
	g := start(t, "host")
	p, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	go func() {
		buf := make([]byte, 65536)
		for {
			n, from, err := p.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = p.WriteTo(buf[:n], from)
		}
	}()
	c, err := gonet.DialUDP(g.s, nil, &tcpip.FullAddress{Addr: Router(), Port: port(p.LocalAddr())}, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, size := range []int{0, 1, 1400, 9000} {
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.Write(bytes.Repeat([]byte{7}, size))
		buf := make([]byte, 20000)
		if n, err := c.Read(buf); err != nil || n != size {
			t.Errorf("of %d bytes %d came back: %v", size, n, err)
		}
	}
}

// TestPortUnreachable has the host's refusal reach who asked.
func TestPortUnreachable(t *testing.T) {
	g := start(t, "host")
	p, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := port(p.LocalAddr())
	_ = p.Close()
	c, err := gonet.DialUDP(g.s, nil, &tcpip.FullAddress{Addr: Router(), Port: nobody}, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if _, err := c.Write([]byte("?")); err != nil {
			return
		}
	}
	t.Error("nobody said that the port is closed")
}
