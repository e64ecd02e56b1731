package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// urgent sends b with its last byte urgent.
func (x *box) urgent(fd int32, b string) error {
	n, err := x.SysSendto(x.l, fd, in([]byte(b)), abi.MSG_OOB, usermem.InBuf{})
	if err == nil && n != len(b) {
		x.t.Fatalf("sent %d of %d", n, len(b))
	}
	return err
}

// TestUrgentRoom has a send buffer without room left take urgent data.
func TestUrgentRoom(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, b := x.pair(af)
		x.file(a).SetFlags(abi.O_NONBLOCK, 0)
		x.ok(x.setOpt(a, abi.SOL_SOCKET, abi.SO_SNDBUF, 8192))
		total := 0
		for chunk := make([]byte, 1000); ; {
			n, err := x.SysSendto(x.l, a, in(chunk), 0, usermem.InBuf{})
			if total += n; err != nil {
				x.want(err, abi.EWOULDBLOCK)
				break
			}
		}
		x.ok(x.urgent(a, "u"))
		got := 0
		for got < total {
			got += len(x.recv(b, 0))
		}
		if got != total {
			t.Errorf("%d bytes of %d, and the urgent one not among them", got, total)
		}
		one := make([]byte, 1)
		for err := error(abi.EWOULDBLOCK); err != nil; {
			_, err = x.SysRecvfrom(x.l, b, out(one), abi.MSG_OOB, nobody)
			if err != nil && err != abi.EWOULDBLOCK && err != abi.EINVAL {
				t.Fatal(err)
			}
		}
		if one[0] != 'u' {
			t.Errorf("urgent %q", one)
		}
	})
}

// TestUrgentStates asks for urgent data where there is none, and sends it where
// nothing can be sent.
func TestUrgentStates(t *testing.T) {
	x := newBox(t)
	fresh := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	lfd, _ := x.listener(abi.AF_INET)
	half, end := x.pair(abi.AF_INET)
	x.ok(x.SysShutdown(x.l, half, abi.SHUT_WR))
	raw := x.socket(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	udp := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	x.ok(x.SysConnect(x.l, udp, in(addr4(9))))
	for _, c := range []struct {
		what       string
		fd         int32
		send, recv error
	}{
		{"fresh", fresh, abi.ENOTCONN, abi.EINVAL},
		{"listening", lfd, abi.ENOTCONN, abi.EINVAL},
		{"shut down", half, abi.EPIPE, abi.EINVAL},
		{"at the end", end, nil, abi.EINVAL},
		{"raw", raw, abi.ENOTCONN, abi.EOPNOTSUPP},
		{"datagrams", udp, abi.EOPNOTSUPP, abi.EOPNOTSUPP},
	} {
		if err := x.urgent(c.fd, "u"); err != c.send {
			t.Errorf("%s: sending: %v, want %v", c.what, err, c.send)
		}
		if _, err := x.SysRecvfrom(x.l, c.fd, out(make([]byte, 1)), abi.MSG_OOB, nobody); err != c.recv {
			t.Errorf("%s: receiving: %v, want %v", c.what, err, c.recv)
		}
	}
}
