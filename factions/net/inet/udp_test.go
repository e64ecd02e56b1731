package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// udp returns a bound UDP socket and its port.
func (x *box) udp(af int32) (int32, uint16) {
	x.t.Helper()
	fd := x.socket(af, abi.SOCK_DGRAM, abi.IPPROTO_UDP)
	x.ok(x.SysBind(x.l, fd, in(loopback(af, 0))))
	return fd, x.port(fd)
}

func (x *box) sendto(fd int32, b string, to []byte) {
	x.t.Helper()
	n, err := x.SysSendto(x.l, fd, in([]byte(b)), 0, in(to))
	x.ok(err)
	if n != len(b) {
		x.t.Fatalf("sent %d", n)
	}
}

func TestUDPEcho(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, aport := x.udp(af)
		b, bport := x.udp(af)
		for _, s := range []string{"x", "", "hello"} {
			x.sendto(a, s, loopback(af, bport))
			from := newSized(128)
			buf := make([]byte, 100)
			n, err := x.SysRecvfrom(x.l, b, out(buf), 0, from.mem())
			x.ok(err)
			if string(buf[:n]) != s || string(from.bytes()) != string(loopback(af, aport)) {
				t.Errorf("received %q from %x", buf[:n], from.bytes())
			}
			x.sendto(b, s+"!", from.bytes())
			if got := x.recv(a, 0); got != s+"!" {
				t.Errorf("answer %q", got)
			}
		}
	})
}

// TestUDPLarge sends a datagram that has to be fragmented.
func TestUDPLarge(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, _ := x.udp(af)
		b, port := x.udp(af)
		big := make([]byte, 60000)
		x.want(x.sendErr(a, big, loopback(af, port)), abi.EMSGSIZE)
		x.want(x.setOpt(a, abi.SOL_SOCKET, abi.SO_SNDBUF, 65536), nil)
		x.want(x.setOpt(b, abi.SOL_SOCKET, abi.SO_RCVBUF, 65536), nil)
		for i := range big {
			big[i] = byte(i * i >> 5)
		}
		x.sendto(a, string(big), loopback(af, port))
		got := make([]byte, 70000)
		n, err := x.SysRecvfrom(x.l, b, out(got), 0, nobody)
		x.ok(err)
		if string(got[:n]) != string(big) {
			t.Errorf("received %d bytes", n)
		}
	})
}

func TestUDPConnected(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, _ := x.udp(af)
		b, bport := x.udp(af)
		c, cport := x.udp(af)
		x.ok(x.SysConnect(x.l, a, in(loopback(af, bport))))
		x.send(a, "one")
		if got := x.recv(b, 0); got != "one" {
			t.Errorf("received %q", got)
		}
		x.want(x.sendErr(a, []byte("x"), loopback(af, cport)), abi.EISCONN)
		x.sendto(c, "stranger", loopback(af, x.port(a)))
		_, err := x.SysRecvfrom(x.l, a, out(make([]byte, 9)), abi.MSG_DONTWAIT, nobody)
		x.want(err, abi.EAGAIN)

		x.ok(x.SysConnect(x.l, a, in(loopback(af, cport))))
		x.send(a, "two")
		if got := x.recv(c, 0); got != "two" {
			t.Errorf("received %q", got)
		}
		x.close(c)
		x.send(a, "lost")
		x.await(a, abi.POLLIN)
		_, err = x.SysRecvfrom(x.l, a, out(make([]byte, 9)), abi.MSG_DONTWAIT, nobody)
		x.want(err, abi.ECONNREFUSED)

		none := loopback(af, 0)
		none[1] = abi.AF_UNSPEC
		x.want(x.SysConnect(x.l, a, in(none)), abi.EAFNOSUPPORT)
		x.want(x.SysGetpeername(x.l, a, newSized(32).mem()), abi.ENOTCONN)
		x.want(x.sendErr(a, []byte("x"), nil), abi.EDESTADDRREQ)
	})
}

func TestUDPTruncated(t *testing.T) {
	x := newBox(t)
	a, _ := x.udp(abi.AF_INET)
	b, port := x.udp(abi.AF_INET)
	x.sendto(a, "truncated", addr4(port))
	x.sendto(a, "next", addr4(port))
	m := newMsg([][]byte{make([]byte, 5)}, 0, 0)
	n, err := x.SysRecvmsg(x.l, b, m.inout(), abi.MSG_PEEK)
	if n != 5 || err != nil || m.hdr.Flags&abi.MSG_TRUNC == 0 {
		t.Errorf("peek: %d, %v, %#x", n, err, m.hdr.Flags)
	}
	n, err = x.SysRecvmsg(x.l, b, m.inout(), 0)
	if n != 5 || err != nil || m.hdr.Flags&abi.MSG_TRUNC == 0 {
		t.Errorf("cut: %d, %v, %#x", n, err, m.hdr.Flags)
	}
	if got := x.recv(b, 0); got != "next" {
		t.Errorf("the rest came as %q", got)
	}
}

// TestUDPFlood sends more than anybody reads, empty datagrams too.
func TestUDPFlood(t *testing.T) {
	x := newBox(t)
	a, _ := x.udp(abi.AF_INET)
	b, port := x.udp(abi.AF_INET)
	for _, s := range []string{string(make([]byte, 1000)), ""} {
		for range 20000 {
			x.sendto(a, s, addr4(port))
		}
		count := 0
		for {
			_, err := x.SysRecvfrom(x.l, b, out(make([]byte, 9)), abi.MSG_DONTWAIT, nobody)
			if err != nil {
				x.want(err, abi.EAGAIN)
				break
			}
			count++
		}
		if count == 0 || count > 5000 {
			t.Errorf("%d datagrams of %d bytes were kept", count, len(s))
		}
	}
}

func TestMulticast(t *testing.T) {
	x := newBox(t)
	group := []byte{224, 0, 0, 77}
	b := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	x.ok(x.SysBind(x.l, b, in([]byte{16, abi.AF_INET, 0x30, 0x39, 15: 0})))
	mreq := append(append([]byte{}, group...), 127, 0, 0, 1)
	join := func(name int32) error {
		return x.SysSetsockopt(x.l, b, abi.IPPROTO_IP, name, in(mreq))
	}
	x.ok(join(abi.IP_ADD_MEMBERSHIP))
	x.want(join(abi.IP_ADD_MEMBERSHIP), abi.EADDRINUSE)
	a := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	x.ok(x.SysSetsockopt(x.l, a, abi.IPPROTO_IP, abi.IP_MULTICAST_IF, in([]byte{127, 0, 0, 1})))
	to := []byte{16, abi.AF_INET, 0x30, 0x39, 224, 0, 0, 77, 15: 0}
	x.sendto(a, "all", to)
	x.want(x.setTime(b, abi.SO_RCVTIMEO, time.Second), nil)
	if got := x.recv(b, 0); got != "all" {
		t.Errorf("received %q", got)
	}
	x.ok(join(abi.IP_DROP_MEMBERSHIP))
	x.want(join(abi.IP_DROP_MEMBERSHIP), abi.EADDRNOTAVAIL)
}

func TestBroadcastRefused(t *testing.T) {
	x := newBox(t)
	a := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	to := []byte{16, abi.AF_INET, 0, 9, 127, 255, 255, 255, 15: 0}
	_, err := x.SysSendto(x.l, a, in([]byte("x")), 0, in(to))
	if err != abi.EACCES {
		t.Logf("127.255.255.255: %v", err)
	}
	_ = usermem.InBuf{}
}
