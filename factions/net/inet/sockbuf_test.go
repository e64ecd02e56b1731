package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// TestSockbufLimit makes sockets, and buffers larger, until the user's limit.
func TestSockbufLimit(t *testing.T) {
	x := newBox(t)
	charged := func() int64 { return x.b.Procs.Charged(x.p.Cred().Euid, proc.UserSockbufs) }
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	one := charged()
	if one == 0 {
		t.Fatal("a socket's buffers are not charged")
	}
	x.ok(x.p.SetLimit(abi.RLIMIT_SBSIZE, abi.Rlimit{Cur: uint64(one) + 1000, Max: uint64(one) + 1000}))
	_, err := x.SysSocket30(x.l, abi.AF_INET, abi.SOCK_STREAM, 0)
	x.want(err, abi.ENOBUFS)
	x.want(x.setOpt(fd, abi.SOL_SOCKET, abi.SO_RCVBUF, 1<<20), abi.ENOBUFS)
	x.want(x.setOpt(fd, abi.SOL_SOCKET, abi.SO_RCVBUF, 1<<10), nil)
	if now := charged(); now >= one {
		t.Errorf("%d bytes are charged after a buffer shrank from %d", now, one)
	}
	x.close(fd)
	if now := charged(); now != 0 {
		t.Errorf("%d bytes are charged after the socket was closed", now)
	}
}
