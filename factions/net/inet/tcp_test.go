package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestTCPEcho(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		lfd, port := x.listener(af)
		done := make(chan error, 1)
		l := x.thread()
		go func() {
			name := newSized(128)
			fd, err := x.SysAccept(l, lfd, name.mem())
			if err == nil && int32(name.b[1]) != af {
				t.Error("wrong family of peer")
			}
			b := make([]byte, 100)
			for err == nil {
				var n int
				if n, err = x.SysRecvfrom(l, fd, out(b), 0, nobody); n == 0 {
					break
				}
				_, err = x.SysSendto(l, fd, in(b[:n]), 0, usermem.InBuf{})
			}
			if err == nil {
				err = file.Of(l).Close(l, fd)
			}
			done <- err
		}()
		fd := x.socket(af, abi.SOCK_STREAM, abi.IPPROTO_TCP)
		x.ok(x.SysConnect(x.l, fd, in(loopback(af, port))))
		for _, s := range []string{"hello", "world"} {
			x.send(fd, s)
			if got := x.recv(fd, 0); got != s {
				t.Fatalf("got %q, want %q", got, s)
			}
		}
		x.ok(x.SysShutdown(x.l, fd, abi.SHUT_WR))
		if got := x.recv(fd, 0); got != "" {
			t.Fatalf("got %q at the end", got)
		}
		x.ok(<-done)
	})
}
