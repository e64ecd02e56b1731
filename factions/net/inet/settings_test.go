package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// set writes an integer below net.inet.
func (x *box) set(proto, num, v int32) error {
	_, err := x.b.Sysctl.Sysctl(x.l, []int32{abi.CTL_NET, abi.PF_INET, proto, num}, usermem.Mem{}, 0, in(net.Value(v)))
	return err
}

// TestSpaces sets the buffers of new sockets: old ones keep theirs.
func TestSpaces(t *testing.T) {
	const udp, tcp = abi.IPPROTO_UDP, abi.IPPROTO_TCP
	for _, c := range []struct {
		proto, num, typ, opt int32
		before, value        int32
	}{
		{udp, abi.UDPCTL_SENDSPACE, abi.SOCK_DGRAM, abi.SO_SNDBUF, 9216, 20000},
		{udp, abi.UDPCTL_RECVSPACE, abi.SOCK_DGRAM, abi.SO_RCVBUF, 41600, 50000},
		{tcp, abi.TCPCTL_SENDSPACE, abi.SOCK_STREAM, abi.SO_SNDBUF, 32768, 65536},
		{tcp, abi.TCPCTL_RECVSPACE, abi.SOCK_STREAM, abi.SO_RCVBUF, 32768, 16384},
	} {
		x := newBox(t)
		has := func(fd, want int32) {
			t.Helper()
			if got, err := x.opt(fd, abi.SOL_SOCKET, c.opt); err != nil || got != want {
				t.Errorf("%+v: the socket's buffer is %d, %v; want %d", c, got, err, want)
			}
		}
		old := x.socket(abi.AF_INET, c.typ, 0)
		for _, bad := range []int32{-1, 0, 100, net.MaxBuffer + 1} {
			x.want(x.set(c.proto, c.num, bad), abi.EINVAL)
		}
		x.ok(x.set(c.proto, c.num, c.value))
		has(old, c.before)
		has(x.socket(abi.AF_INET, c.typ, 0), c.value)
		has(x.socket(abi.AF_INET6, c.typ, 0), c.value)
		if c.typ == abi.SOCK_STREAM { // data passes, and what is accepted has them too
			_, b := x.pair(abi.AF_INET)
			has(b, c.value)
		}
	}
}
