// Bytes from one kernel to another.
package box

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Transfer sends n bytes from a to b over TCP and compares them by hash.
func Transfer(t testing.TB, a, b *Box, to netip.AddrPort, n int) {
	t.Helper()
	lfd := b.Listen(to)
	defer b.Close(lfd)
	sent, got := sha256.New(), sha256.New()
	done := make(chan error, 1)
	fd := a.Dial(to)
	go func() {
		l := a.Thread()
		defer l.Release()
		rng := rand.NewChaCha8([32]byte{1})
		buf := make([]byte, 100_000)
		for left := n; left > 0; left -= len(buf) {
			buf = buf[:min(len(buf), left)]
			_, _ = rng.Read(buf)
			sent.Write(buf)
			if err := a.SendAll(l, fd, buf); err != nil {
				done <- err
				return
			}
		}
		done <- a.SysShutdown(l, fd, abi.SHUT_WR)
	}()
	cfd, err := b.SysAccept(b.L, lfd, Nobody)
	b.OK(err)
	buf := make([]byte, 200_000)
	for {
		n, err := b.Recv(b.L, cfd, buf)
		b.OK(err)
		if n == 0 {
			break
		}
		got.Write(buf[:n])
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
		t.Error("what arrived is not what was sent")
	}
	b.Close(cfd)
	a.Close(fd)
}

// Pump sends n bytes from a to b over TCP, as fast as it goes.
func Pump(t testing.TB, a, b *Box, to netip.AddrPort, n int) {
	t.Helper()
	lfd := b.Listen(to)
	defer b.Close(lfd)
	fd := a.Dial(to)
	defer a.Close(fd)
	cfd, err := b.SysAccept(b.L, lfd, Nobody)
	b.OK(err)
	defer b.Close(cfd)
	done := make(chan error, 1)
	go func() {
		l := a.Thread()
		defer l.Release()
		buf := make([]byte, 256<<10)
		var err error
		for left := n; left > 0 && err == nil; left -= len(buf) {
			err = a.SendAll(l, fd, buf[:min(left, len(buf))])
		}
		done <- err
	}()
	buf := make([]byte, 256<<10)
	for left := n; left > 0; {
		n, err := b.Recv(b.L, cfd, buf)
		b.OK(err)
		left -= n
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
