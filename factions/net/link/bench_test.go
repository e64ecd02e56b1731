package link_test

import (
	"io"
	"net"
	"net/netip"
	"testing"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

func BenchmarkTCP(b *testing.B) {
	x, y, _ := pair(b)
	const chunk = 64 << 10
	b.SetBytes(chunk)
	b.ResetTimer()
	box.Pump(b, x, y, netip.MustParseAddrPort("10.0.0.2:7"), b.N*chunk)
}

// BenchmarkNativeTCP is the host's own loopback.
func BenchmarkNativeTCP(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	const chunk = 64 << 10
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 256<<10)
		for left := b.N * chunk; left > 0; left -= len(buf) {
			if _, err := c.Write(buf[:min(left, len(buf))]); err != nil {
				return
			}
		}
	}()
	c, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.SetBytes(chunk)
	b.ResetTimer()
	buf := make([]byte, 256<<10)
	for left := b.N * chunk; left > 0; {
		n, err := c.Read(buf)
		if err != nil {
			b.Fatal(err)
		}
		left -= n
	}
}

// BenchmarkRTT sends 64 bytes there and back over TCP.
func BenchmarkRTT(b *testing.B) {
	x, y, _ := pair(b)
	to := netip.MustParseAddrPort("10.0.0.2:7")
	lfd := y.Listen(to)
	fd := x.Dial(to)
	cfd, err := y.SysAccept(y.L, lfd, box.Nobody)
	y.OK(err)
	go func() { echo(y, y.Thread(), cfd) }()
	buf := make([]byte, 64)
	b.ResetTimer()
	for range b.N {
		x.OK(x.SendAll(x.L, fd, buf))
		for n := 0; n < 64; {
			m, err := x.Recv(x.L, fd, buf)
			x.OK(err)
			n += m
		}
	}
	b.StopTimer()
	x.Close(fd)
}

func echo(y *box.Box, l *proc.LWP, fd int32) {
	defer l.Release()
	buf := make([]byte, 4096)
	for {
		n, err := y.Recv(l, fd, buf)
		if n == 0 || err != nil {
			return
		}
		_ = y.SendAll(l, fd, buf[:n])
	}
}

func BenchmarkNativeRTT(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.Copy(struct{ io.Writer }{c}, c)
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 64)
	b.ResetTimer()
	for range b.N {
		_, _ = c.Write(buf)
		if _, err := io.ReadFull(c, buf); err != nil {
			b.Fatal(err)
		}
	}
}
