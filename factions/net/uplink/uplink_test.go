package uplink_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/dhcp"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	tailored "github.com/rumpkit/rumpkit/tailored/net"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is the real host without its console, which can run out of
// descriptors.
type host struct {
	hypercall.Host
	hypercall.Network
	full func() bool
}

func (*host) ConsoleWrite([]byte) {}

func (h *host) Dial(kind hypercall.SocketKind, to hypercall.SocketAddr) (hypercall.Socket, error) {
	if h.full != nil && h.full() {
		return nil, abi.EMFILE
	}
	return h.Network.Dial(kind, to)
}

// guest is a kernel with uplink0.
type guest struct {
	*client.Client
	t   *testing.T
	k   *tailored.Kernel
	ctl netctl.Net
}

// boot boots a kernel whose uplink0 is down and has rules.
func boot(t *testing.T, cfg kernel.Config, rules string) *guest {
	t.Helper()
	if cfg.Host == nil {
		cfg.Host = newHost()
	}
	k, err := tailored.Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	c, err := client.New(k, "uplink")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	g := &guest{Client: c, t: t, k: k, ctl: netctl.New(c)}
	g.ok(g.ctl.Create("uplink0"))
	if rules != "" {
		g.ok(g.ctl.SetLinkString("uplink0", rules))
	}
	return g
}

func newHost() *host {
	h := hypercall.Real()
	return &host{Host: h, Network: h.(hypercall.Network)}
}

// online is boot, and dhcp.
func online(t *testing.T, cfg kernel.Config, rules string) *guest {
	t.Helper()
	g := boot(t, cfg, rules)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	l, err := dhcp.Configure(ctx, g.Client, "uplink0")
	g.ok(err)
	if l.Address.String() != "10.0.2.15/24" || len(l.DNS) != 1 || l.DNS[0].String() != "10.0.2.3" {
		t.Fatalf("%+v", l)
	}
	return g
}

func (g *guest) ok(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// dial connects from the kernel, with time to spare.
func (g *guest) dial(network, to string) net.Conn {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), time.Minute)
	defer cancel()
	c, err := g.Net().DialContext(ctx, network, to)
	g.ok(err)
	g.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

// serve has the host accept streams, each handled by fn.
func serve(t *testing.T, fn func(*net.TCPConn)) (port string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				fn(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

func echo(c *net.TCPConn) { _, _ = io.Copy(c, c) }

// router is where the kernel reaches the host's loopback.
const router = "10.0.2.2:"

// freePort returns a port that nobody has.
func freePort(t *testing.T, network string) string {
	t.Helper()
	var at net.Addr
	if network == "udp" {
		p, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		at = p.LocalAddr()
	} else {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		at = l.Addr()
	}
	_, port, _ := net.SplitHostPort(at.String())
	return port
}

// TestOut sends a megabyte out and takes its hash back, over a half close; and
// datagrams.
func TestOut(t *testing.T) {
	g := online(t, kernel.Config{}, "host")
	c := g.dial("tcp", router+serve(t, func(c *net.TCPConn) {
		h := sha256.New()
		_, _ = io.Copy(h, c)
		_, _ = c.Write(h.Sum(nil))
	}))
	data := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
	_, err := c.Write(data)
	g.ok(err)
	g.ok(c.(*client.Conn).CloseWrite())
	got, err := io.ReadAll(c)
	if want := sha256.Sum256(data); err != nil || !bytes.Equal(got, want[:]) {
		t.Errorf("%x, %v", got, err)
	}
	p, err := net.ListenPacket("udp4", "127.0.0.1:0")
	g.ok(err)
	defer p.Close()
	u := g.dial("udp", router+fmt.Sprint(p.LocalAddr().(*net.UDPAddr).Port))
	_, err = u.Write([]byte("question"))
	g.ok(err)
	b := make([]byte, 100)
	n, from, err := p.ReadFrom(b)
	g.ok(err)
	_, _ = p.WriteTo(append([]byte("answer to "), b[:n]...), from)
	if n, err = u.Read(b); err != nil || string(b[:n]) != "answer to question" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// TestIn has the host reach servers in the kernel, through forwarded ports.
func TestIn(t *testing.T) {
	tcp, udp := freePort(t, "tcp"), freePort(t, "udp")
	g := online(t, kernel.Config{}, "tcp:"+tcp+":80,udp:127.0.0.1:"+udp+":53")
	l, err := g.Net().Listen("tcp", ":80")
	g.ok(err)
	p, err := g.Net().ListenPacket("udp", ":53")
	g.ok(err)
	var serving sync.WaitGroup
	defer serving.Wait()
	defer p.Close()
	defer l.Close()
	serving.Go(func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	})
	serving.Go(func() {
		b := make([]byte, 100)
		n, from, err := p.ReadFrom(b)
		if err == nil {
			_, _ = p.WriteTo(b[:n], from)
		}
	})
	for network, port := range map[string]string{"tcp": tcp, "udp": udp} {
		c, err := net.Dial(network, "127.0.0.1:"+port)
		g.ok(err)
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = c.Write([]byte("hello"))
		b := make([]byte, 10)
		if n, err := c.Read(b); err != nil || string(b[:n]) != "hello" {
			t.Errorf("%s: %q, %v", network, b[:n], err)
		}
		_ = c.Close()
	}
}

// TestRules sets rules that make sense and others.
func TestRules(t *testing.T) {
	g := boot(t, kernel.Config{}, "")
	for _, c := range []struct{ rules, bad string }{
		{"host", ""},
		{"inet6, host,udp:127.0.0.1:0:53", ""},
		{"host,hots", "hots"},
		{"tcp:80", "tcp:80"},
		{"tcp:80:0", "tcp:80:0"},
		{"tcp:1.2.3.256:80:80", "tcp:1.2.3.256:80:80"},
		{"udp:65536:53", "udp:65536:53"},
	} {
		err := g.ctl.SetLinkString("uplink0", c.rules)
		if c.bad == "" && err == nil {
			continue
		}
		if err != abi.EINVAL || c.bad == "" || !strings.Contains(string(g.k.BaseKernel().Msgbuf.Bytes()), `"`+c.bad+`"`) {
			t.Errorf("%q: %v; %s", c.rules, err, g.k.BaseKernel().Msgbuf.Bytes())
		}
	}
	if s, err := g.ctl.LinkString("uplink0"); err != nil || s != "inet6, host,udp:127.0.0.1:0:53" {
		t.Errorf("%q, %v", s, err)
	}
	g.ok(g.ctl.Up("uplink0"))
	if err := g.ctl.SetLinkString("uplink0", "host"); err != abi.EBUSY {
		t.Error("while it is up:", err)
	}
	g.ok(g.ctl.Down("uplink0"))
	g.ok(g.ctl.SetLinkString("uplink0", ""))
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	g.ok(err)
	defer taken.Close()
	g.ok(g.ctl.SetLinkString("uplink0", fmt.Sprintf("tcp:%d:80", taken.Addr().(*net.TCPAddr).Port)))
	if err := g.ctl.Up("uplink0"); err != abi.EADDRINUSE {
		t.Error("with a port that is taken:", err)
	}
}

// TestAdvertised has an address made of a router advertisement.
func TestAdvertised(t *testing.T) {
	g := boot(t, kernel.Config{}, "inet6,host")
	g.ok(g.Sysctl([]int32{abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_ACCEPT_RTADV}, nil, nil, []byte{1, 0, 0, 0}))
	g.ok(g.Sysctl([]int32{abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT}, nil, nil, make([]byte, 4)))
	g.ok(g.ctl.Up("uplink0"))
	prefix := netip.MustParsePrefix("fd00::/64")
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		i, err := g.ctl.Interface("uplink0")
		g.ok(err)
		for _, a := range i.Addrs {
			if prefix.Contains(a.Prefix.Addr()) {
				g.overIPv6()
				return
			}
		}
	}
	t.Error("no address")
}

// overIPv6 reaches the host's ::1.
func (g *guest) overIPv6() {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		g.t.Skip("the host has no IPv6:", err)
	}
	defer l.Close()
	c := g.dial("tcp", fmt.Sprintf("[fd00::2]:%d", l.Addr().(*net.TCPAddr).Port))
	far, err := l.Accept()
	g.ok(err)
	_, _ = far.Write([]byte("six"))
	_ = far.Close()
	if b, err := io.ReadAll(c); err != nil || string(b) != "six" {
		g.t.Errorf("%q, %v", b, err)
	}
}

// TestReset has resets travel both ways, also over a connection that one side
// has closed half.
func TestReset(t *testing.T) {
	g := online(t, kernel.Config{}, "host")
	c := g.dial("tcp", router+serve(t, func(c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1))
		_ = c.SetLinger(0)
	}))
	_, err := c.Write([]byte("x"))
	g.ok(err)
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, abi.ECONNRESET) {
		t.Error("the kernel sees", err)
	}
	for _, half := range []bool{false, true} {
		seen := make(chan error, 1)
		port := serve(t, func(c *net.TCPConn) {
			_, _ = c.Write([]byte("x"))
			_, err := c.Read(make([]byte, 1))
			if err == io.EOF {
				err = awaitReset(c)
			}
			seen <- err
		})
		n, _ := strconv.Atoi(port)
		fd, err := g.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
		g.ok(err)
		g.ok(g.Connect(fd, client.AppendSockaddr(nil, netip.AddrPortFrom(netip.MustParseAddr("10.0.2.2"), uint16(n)))))
		_, err = g.Read(fd, make([]byte, 1))
		g.ok(err)
		if half {
			g.ok(g.Shutdown(fd, abi.SHUT_WR))
		}
		g.ok(g.Setsockopt(fd, abi.SOL_SOCKET, abi.SO_LINGER, []byte{0: 1, 7: 0}))
		g.ok(g.Close(fd))
		if err := <-seen; err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("half %v: the host sees %v", half, err)
		}
	}
}

// awaitReset waits until a connection is gone that has ended one way.
func awaitReset(c *net.TCPConn) (err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		_ = raw.Control(func(fd uintptr) {
			var info *unix.TCPInfo
			if info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil && info.State == unix.BPF_TCP_CLOSE {
				err = unix.ECONNRESET
			}
		})
		if err != nil {
			return err
		}
	}
	return err
}

// TestMany has hundreds of connections at once.
func TestMany(t *testing.T) {
	const many = 300
	g := online(t, kernel.Config{}, "host")
	port := serve(t, echo)
	var all sync.WaitGroup
	conns := make([]net.Conn, many)
	for i := range conns {
		all.Go(func() { conns[i] = g.dial("tcp", router+port) })
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for i, c := range conns {
		all.Go(func() {
			want := fmt.Sprintf("connection %d", i)
			_, _ = c.Write([]byte(want))
			b := make([]byte, len(want))
			if _, err := io.ReadFull(c, b); err != nil || string(b) != want {
				t.Errorf("%q, %v", b, err)
			}
			_ = c.Close()
		})
	}
	all.Wait()
}

// TestMemory opens connections until the kernel's limit is reached.
func TestMemory(t *testing.T) {
	g := online(t, kernel.Config{MemLimit: 8 << 20}, "host")
	port := serve(t, echo)
	before := g.k.BaseKernel().Mem.Used()
	var open []net.Conn
	for len(open) < 1000 {
		c, err := g.Net().Dial("tcp", router+port)
		if err != nil {
			break
		}
		open = append(open, c)
	}
	if n := len(open); n < 20 || n > 300 || g.k.BaseKernel().Mem.Used() > 8<<20 {
		t.Errorf("%d connections, %d bytes", n, g.k.BaseKernel().Mem.Used())
	}
	for _, c := range open {
		_ = c.Close()
	}
	for end := time.Now().Add(10 * time.Second); g.k.BaseKernel().Mem.Used() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are in use, %d before", g.k.BaseKernel().Mem.Used(), before)
		}
	}
	echoed(g.dial("tcp", router+port), t)
}

// echoed sends and receives.
func echoed(c net.Conn, t *testing.T) {
	t.Helper()
	_, _ = c.Write([]byte("?"))
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Error(err)
	}
}

// TestDescriptors has the host run out of them for a while.
func TestDescriptors(t *testing.T) {
	h := newHost()
	var mu sync.Mutex
	full := false
	h.full = func() bool { mu.Lock(); defer mu.Unlock(); return full }
	g := online(t, kernel.Config{Host: h}, "host")
	port := serve(t, echo)
	old := g.dial("tcp", router+port)
	set := func(v bool) { mu.Lock(); full = v; mu.Unlock() }
	set(true)
	if c, err := g.Net().Dial("tcp", router+port); !errors.Is(err, abi.ECONNREFUSED) {
		t.Error(c, err)
	}
	echoed(old, t)
	set(false)
	echoed(g.dial("tcp", router+port), t)
}

// TestClose closes a kernel whose connections are in every state; TestMain
// sees what it leaves.
func TestClose(t *testing.T) {
	g := online(t, kernel.Config{}, "inet6,host,tcp:"+freePort(t, "tcp")+":80,udp:0:53")
	port := serve(t, func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) })
	for range 5 {
		_, _ = g.dial("tcp", router+port).Write(make([]byte, 100000))
	}
	g.ok(g.dial("tcp", router+port).(*client.Conn).CloseWrite())
	_, _ = g.dial("udp", router+"9").Write([]byte("x"))
	_, _ = g.dial("udp", "192.0.2.1:53").Write([]byte("x"))
	g.ok(g.k.Close())
}
