package hostnet_test

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestUrgent sends urgent data to the host and back, behind more than a packet
// of other data.
func TestUrgent(t *testing.T) {
	n, g := pair(t, 1500)
	both(func(host, kernel netip.Addr) {
		s := g.listening(kernel, 7100)
		near := n.dial("tcp", netip.AddrPortFrom(kernel, 7100).String()).(*net.TCPConn)
		far, err := g.Accept(s, nil, nil)
		g.ok(err)
		for round, size := range []int{0, 10, 20000} {
			body := bytes.Repeat([]byte("urgently "), size/9+1)[:size]
			g.fromHost(near, far, body, 'a'+byte(round))
			g.toHost(far, near, body, 'A'+byte(round))
		}
		g.ok(g.Close(far))
		g.ok(g.Close(s))
		_ = near.Close()
	})
}

// listening returns a socket of the kernel that listens.
func (g *guest) listening(a netip.Addr, port uint16) int {
	g.t.Helper()
	sa := []byte{16, abi.AF_INET, byte(port >> 8), byte(port), 15: 0}
	if a.Is6() {
		sa = append([]byte{28, abi.AF_INET6}, append(sa[2:], make([]byte, 12)...)...)
	}
	s, err := g.Socket(int(sa[1]), abi.SOCK_STREAM, 0)
	g.ok(err)
	g.ok(g.Bind(s, sa))
	g.ok(g.Listen(s, 5))
	return s
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
	var mark int32
	g.ok(g.Ioctl(to, abi.SIOCATMARK, client.Struct(&mark)))
	if !bytes.Equal(got, body) || one[0] != last || mark != 1 {
		g.t.Errorf("%d of %d bytes, urgent %q, at mark: %d", len(got), len(body), one[0], mark)
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
	mark := 0
	g.onHost(to, func(fd int) (err error) {
		mark, err = unix.IoctlGetInt(fd, unix.SIOCATMARK)
		return err
	})
	if !bytes.Equal(got, body) || one[0] != last || mark != 1 {
		g.t.Errorf("the host has %d of %d bytes, urgent %q, at mark: %d", len(got), len(body), one[0], mark)
	}
}

// onHost makes a call of the host on a connection, again while it is
// interrupted or the byte is on its way.
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
