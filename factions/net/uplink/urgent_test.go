package uplink_test

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestUrgent sends urgent data both ways, over a connection that the kernel has
// made and one that the host has.
func TestUrgent(t *testing.T) {
	hostPort := freePort(t, "tcp")
	g := online(t, kernel.Config{}, "host,tcp:"+hostPort+":7100")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	g.ok(err)
	defer l.Close()
	fd, err := g.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	g.ok(err)
	to := netip.AddrPortFrom(netip.MustParseAddr("10.0.2.2"), l.Addr().(*net.TCPAddr).AddrPort().Port())
	g.ok(g.Connect(fd, client.AppendSockaddr(nil, to)))
	near, err := l.Accept()
	g.ok(err)
	g.urgent(fd, near.(*net.TCPConn))

	s, err := g.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	g.ok(err)
	g.ok(g.Bind(s, client.AppendSockaddr(nil, netip.AddrPortFrom(netip.IPv4Unspecified(), 7100))))
	g.ok(g.Listen(s, 1))
	near, err = net.Dial("tcp4", "127.0.0.1:"+hostPort)
	g.ok(err)
	fd, err = g.Accept(s, nil, nil)
	g.ok(err)
	g.urgent(fd, near.(*net.TCPConn))
	g.ok(g.Close(s))
}

// urgent exchanges urgent data between the kernel's end of a connection and the
// host's, and closes both.
func (g *guest) urgent(fd int, near *net.TCPConn) {
	g.t.Helper()
	_ = near.SetDeadline(time.Now().Add(20 * time.Second))
	for round, size := range []int{0, 10, 20000} {
		body := bytes.Repeat([]byte("urgently "), size/9+1)[:size]
		g.fromHost(near, fd, body, 'a'+byte(round))
		g.toHost(fd, near, body, 'A'+byte(round))
	}
	g.ok(g.Close(fd))
	_ = near.Close()
}

// fromHost has the host send.
func (g *guest) fromHost(from *net.TCPConn, to int, body []byte, last byte) {
	g.t.Helper()
	_, err := from.Write(body)
	g.ok(err)
	g.onHost(from, func(fd int) error { return unix.Sendto(fd, []byte{last}, unix.MSG_OOB, nil) })
	got := make([]byte, 0, len(body))
	for len(got) < len(body) {
		b := make([]byte, len(body)+1)
		k, err := g.Recvfrom(to, b, 0, nil, nil)
		g.ok(err)
		got = append(got, b[:k]...)
	}
	p := []abi.Pollfd{{Fd: int32(to), Events: abi.POLLPRI}}
	if k, err := g.Poll(p, 10000); k != 1 || err != nil {
		g.t.Fatal(k, err)
	}
	var one [2]byte
	for err = abi.EWOULDBLOCK; err == abi.EWOULDBLOCK; {
		_, err = g.Recvfrom(to, one[:], abi.MSG_OOB, nil, nil)
	}
	g.ok(err)
	if !bytes.Equal(got, body) || one[0] != last {
		g.t.Errorf("%d of %d bytes, urgent %q", len(got), len(body), one[0])
	}
}

// toHost has the kernel send.
func (g *guest) toHost(from int, to *net.TCPConn, body []byte, last byte) {
	g.t.Helper()
	for left := body; len(left) > 0; {
		k, err := g.Sendto(from, left, 0, nil)
		g.ok(err)
		left = left[k:]
	}
	_, err := g.Sendto(from, []byte{last}, abi.MSG_OOB, nil)
	g.ok(err)
	got := make([]byte, 0, len(body))
	for len(got) < len(body) {
		b := make([]byte, len(body)+1)
		k, err := to.Read(b)
		g.ok(err)
		got = append(got, b[:k]...)
	}
	var one [2]byte
	g.onHost(to, func(fd int) error {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLPRI}}, 10000)
		if err == nil {
			_, _, err = unix.Recvfrom(fd, one[:], unix.MSG_OOB)
		}
		return err
	})
	if !bytes.Equal(got, body) || one[0] != last {
		g.t.Errorf("the host has %d of %d bytes, urgent %q", len(got), len(body), one[0])
	}
}

// onHost makes a call of the host on a connection, again while it is interrupted
// or the byte is on its way.
func (g *guest) onHost(c *net.TCPConn, fn func(fd int) error) {
	g.t.Helper()
	raw, err := c.SyscallConn()
	g.ok(err)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		g.ok(raw.Control(func(fd uintptr) { err = fn(int(fd)) }))
		if err != unix.EINTR && err != unix.EAGAIN {
			break
		}
	}
	g.ok(err)
}
