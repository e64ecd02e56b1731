package hostnet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// toHost runs a program of the host, outside of namespaces.
func toHost(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// pair is a namespace and a kernel on one wire.
func pair(t *testing.T, mtu int) (*namespace, *guest) {
	t.Helper()
	n := newNamespace(t)
	g := newGuest(t)
	g.plug(n, 0, mtu)
	return n, g
}

// both runs fn for the host's and the kernel's address of either family.
func both(fn func(host, kernel netip.Addr)) {
	h4, h6 := addresses(0, 1)
	k4, k6 := addresses(0, 2)
	fn(h4.Addr(), k4.Addr())
	fn(h6.Addr(), k6.Addr())
}

// TestPing asks both ways, in one packet and in fragments.
func TestPing(t *testing.T) {
	n, g := pair(t, 1500)
	both(func(host, kernel netip.Addr) {
		for _, size := range []int{56, 1400, 8000, 60000} {
			if host.Is6() && size > 1400 {
				break // raw sockets over IPv6 are not given what came in fragments
			}
			g.ping(host, size)
		}
		tool(t, "ping")
		for _, size := range []int{56, 1472, 8000, 60000} {
			n.command("ping", "-n", "-q", "-c1", "-W5", "-s", strconv.Itoa(size), kernel.String())
		}
	})
}

// TestDestroy takes an interface away, which must be down; the host's end goes
// with it.
func TestDestroy(t *testing.T) {
	n, g := pair(t, 1500)
	name := "virt" + strconv.Itoa(firstUnit())
	if err := g.ctl.Destroy(name); err != abi.EBUSY {
		t.Error("while it is up:", err)
	}
	g.ok(g.ctl.Down(name))
	g.ok(g.ctl.Destroy(name))
	if out := n.command("ip", "-o", "link"); strings.Contains(out, "tun") {
		t.Error(out)
	}
}

// ping asks a host from inside the kernel, and compares what it answers.
func (g *guest) ping(to netip.Addr, size int) {
	g.t.Helper()
	family, proto, ask, answer, skip := abi.AF_INET, abi.IPPROTO_ICMP, byte(8), byte(0), 20
	if to.Is6() {
		family, proto, ask, answer, skip = abi.AF_INET6, abi.IPPROTO_ICMPV6, 128, 129, 0
	}
	fd, err := g.Socket(family, abi.SOCK_RAW, proto)
	g.ok(err)
	defer g.Close(fd)
	for _, o := range []int{abi.SO_SNDBUF, abi.SO_RCVBUF} {
		g.ok(g.Setsockopt(fd, abi.SOL_SOCKET, o, binary.LittleEndian.AppendUint32(nil, 1<<17)))
	}
	msg := make([]byte, 8+size)
	rand.New(rand.NewSource(int64(size))).Read(msg[8:])
	msg[0], msg[4], msg[5] = ask, 7, 7
	if to.Is4() {
		sum := uint32(0)
		for i := 0; i < len(msg); i += 2 {
			sum += uint32(msg[i])<<8 | uint32(msg[i+1])
		}
		sum = sum>>16 + sum&0xffff
		sum = ^(sum>>16 + sum)
		msg[2], msg[3] = byte(sum>>8), byte(sum)
	}
	_, err = g.Sendto(fd, msg, 0, client.AppendSockaddr(nil, netip.AddrPortFrom(to, 0)))
	g.ok(err)
	buf := make([]byte, 1<<16)
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if k, _ := g.Poll([]abi.Pollfd{{Fd: int32(fd), Events: abi.POLLIN}}, 100); k == 0 {
			continue
		}
		k, err := g.Recvfrom(fd, buf, 0, nil, nil)
		g.ok(err)
		if b := buf[min(skip, k):k]; len(b) >= 8 && b[0] == answer {
			if !bytes.Equal(b[8:], msg[8:]) {
				g.t.Errorf("%v: %d bytes of %d came back", to, len(b)-8, size)
			}
			return
		}
	}
	g.t.Errorf("%v: no answer to %d bytes", to, size)
}

// TestTransfer moves megabytes both ways: the host's segments of 64 KB come
// whole, as do the kernel's to it.
func TestTransfer(t *testing.T) {
	for _, mtu := range []int{1500, 9000} {
		t.Run(strconv.Itoa(mtu), func(t *testing.T) {
			n, g := pair(t, mtu)
			both(func(host, kernel netip.Addr) {
				l, err := g.Net().Listen("tcp", netip.AddrPortFrom(kernel, 7000).String())
				g.ok(err)
				exchange(t, l, func() net.Conn { return n.dial("tcp", l.Addr().String()) })
				_ = l.Close()
				l = n.listen(netip.AddrPortFrom(host, 7000).String())
				exchange(t, l, func() net.Conn {
					c, err := g.Net().Dial("tcp", l.Addr().String())
					g.ok(err)
					return c
				})
			})
			g.largeFrames("virt" + strconv.Itoa(firstUnit()))
		})
	}
}

// amount is how much a transfer moves each way.
const amount = 3 << 20

// exchange sends both ways at once over a connection to l, and compares by
// hash.
func exchange(t *testing.T, l net.Listener, dial func() net.Conn) {
	t.Helper()
	var far net.Conn
	var err error
	var both sync.WaitGroup
	both.Go(func() { far, err = l.Accept() })
	near := dial()
	both.Wait()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	defer near.Close()
	var got [2][]byte
	for i, c := range []net.Conn{near, far} {
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		both.Go(func() {
			_, _ = c.Write(random(i))
			_ = c.(interface{ CloseWrite() error }).CloseWrite()
		})
		both.Go(func() { got[1-i] = hash(c) })
	}
	both.Wait()
	for i := range got {
		if want := sha256.Sum256(random(i)); !bytes.Equal(got[i], want[:]) {
			t.Errorf("direction %d: the bytes differ", i)
		}
	}
}

// random returns the bytes of a direction.
func random(seed int) []byte {
	b := make([]byte, amount)
	rand.New(rand.NewSource(int64(seed))).Read(b)
	return b
}

func hash(r io.Reader) []byte {
	h := sha256.New()
	_, _ = io.Copy(h, r)
	return h.Sum(nil)
}

// TestDatagrams sends datagrams that travel in one piece and in many.
func TestDatagrams(t *testing.T) {
	n, g := pair(t, 1500)
	both(func(_, kernel netip.Addr) {
		p, err := g.Net().ListenPacket("udp", netip.AddrPortFrom(kernel, 7000).String())
		g.ok(err)
		defer p.Close()
		var echo sync.WaitGroup
		defer echo.Wait()
		defer p.Close()
		echo.Go(func() {
			buf := make([]byte, 1<<16)
			for {
				k, from, err := p.ReadFrom(buf)
				if err != nil {
					return
				}
				_, _ = p.WriteTo(buf[:k], from)
			}
		})
		c := n.dial("udp", p.LocalAddr().String())
		_ = c.SetDeadline(time.Now().Add(3 * time.Second))
		buf := make([]byte, 1<<16)
		for _, size := range []int{0, 1, 1452, 1473, 9000} {
			want := random(size)[:size]
			_, err := c.Write(want)
			g.ok(err)
			k, err := c.Read(buf)
			if err != nil || !bytes.Equal(buf[:k], want) {
				t.Errorf("%v: of %d bytes %d came back: %v", kernel, size, k, err)
			}
		}
	})
}

// TestHTTP has the host's curl ask a server in the kernel, and a client in the
// kernel ask a server of the host.
func TestHTTP(t *testing.T) {
	n, g := pair(t, 1500)
	page := random(1)
	serve := func(l net.Listener) func() {
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(page) })}
		var serving sync.WaitGroup
		serving.Go(func() { _ = s.Serve(l) })
		return func() { _ = s.Close(); serving.Wait() }
	}
	both(func(host, kernel netip.Addr) {
		stop := serve(n.listen(netip.AddrPortFrom(host, 80).String()))
		defer stop()
		tr := &http.Transport{DialContext: g.Net().DialContext}
		defer tr.CloseIdleConnections()
		res, err := (&http.Client{Transport: tr, Timeout: 20 * time.Second}).Get("http://" + netip.AddrPortFrom(host, 80).String())
		g.ok(err)
		want := sha256.Sum256(page)
		if !bytes.Equal(hash(res.Body), want[:]) {
			t.Errorf("from %v: the bytes differ", host)
		}
		_ = res.Body.Close()
		tool(t, "curl")
		l, err := g.Net().Listen("tcp", netip.AddrPortFrom(kernel, 80).String())
		g.ok(err)
		defer serve(l)()
		out := n.command("curl", "-sS", "--globoff", "--noproxy", "*", "http://"+netip.AddrPortFrom(kernel, 80).String())
		if out != string(page) {
			t.Errorf("curl got %d bytes from %v", len(out), kernel)
		}
	})
}

// TestNetcat pipes through nc at the host's end, both ways.
func TestNetcat(t *testing.T) {
	tool(t, "nc")
	n, g := pair(t, 1500)
	both(func(_, kernel netip.Addr) {
		l, err := g.Net().Listen("tcp", netip.AddrPortFrom(kernel, 7000).String())
		g.ok(err)
		var echo sync.WaitGroup
		echo.Go(func() {
			c, err := l.Accept()
			if err == nil {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}
		})
		cmd := exec.CommandContext(t.Context(), "nc", "-n", "-N", kernel.String(), "7000")
		var out bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(strings.Repeat("hello, kernel\n", 10000)), &out, &out
		err = n.start(cmd)
		if err == nil {
			err = cmd.Wait()
		}
		if err != nil || out.Len() != 140000 {
			t.Errorf("%v: %d bytes, %v: %.100s", kernel, out.Len(), err, &out)
		}
		_ = l.Close()
		echo.Wait()
	})
}

// TestIperf measures through a relay in the kernel: iperf3's client and server
// are the host's, each talks with the kernel.
func TestIperf(t *testing.T) {
	tool(t, "iperf3")
	n, g := pair(t, 1500)
	host, _ := addresses(0, 1)
	kernel, _ := addresses(0, 2)
	server := exec.Command("iperf3", "-s", "-1", "--forceflush", "-B", host.Addr().String())
	out, err := server.StdoutPipe()
	g.ok(err)
	g.ok(n.start(server))
	defer server.Wait()
	defer server.Process.Kill()
	if _, err := io.ReadAtLeast(out, make([]byte, 1000), 40); err != nil {
		t.Fatal(err)
	}
	l, err := g.Net().Listen("tcp", kernel.Addr().String()+":5201")
	g.ok(err)
	var relays sync.WaitGroup
	relays.Go(func() { g.relay(&relays, l, host.Addr().String()+":5201") })
	text := n.command("iperf3", "-c", kernel.Addr().String(), "-n", "32M", "-P", "2", "-f", "m")
	if !strings.Contains(text, "receiver") {
		t.Error(text)
	}
	_ = l.Close()
	relays.Wait()
}

// relay passes the connections to l on to an address.
func (g *guest) relay(running *sync.WaitGroup, l net.Listener, to string) {
	for {
		a, err := l.Accept()
		if err != nil {
			return
		}
		b, err := g.Net().Dial("tcp", to)
		if err != nil {
			_ = a.Close()
			continue
		}
		running.Go(func() {
			defer b.Close()
			defer a.Close()
			var ways sync.WaitGroup
			for _, c := range [][2]net.Conn{{a, b}, {b, a}} {
				ways.Go(func() {
					_, _ = io.Copy(c[0], c[1])
					_ = c[0].(interface{ CloseWrite() error }).CloseWrite()
				})
			}
			ways.Wait()
		})
	}
}
