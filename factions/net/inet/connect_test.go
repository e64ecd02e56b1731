package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestRefused(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		fd := x.socket(af, abi.SOCK_STREAM, 0)
		x.want(x.SysConnect(x.l, fd, in(loopback(af, 9))), abi.ECONNREFUSED)
		x.want(x.SysConnect(x.l, fd, in(loopback(af, 9))), abi.EINVAL)
		_, err := x.SysSendto(x.l, fd, in([]byte("x")), abi.MSG_NOSIGNAL, usermem.InBuf{})
		x.want(err, abi.EPIPE)
		if got := x.recv(fd, 0); got != "" {
			t.Errorf("received %q", got)
		}
	})
}

func TestNonblockingConnect(t *testing.T) {
	x := newBox(t)
	lfd, port := x.listener(abi.AF_INET)
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 0)
	if got := x.poll(fd); got != 0 {
		t.Errorf("poll of a fresh socket: %#x", got)
	}
	err := x.SysConnect(x.l, fd, in(addr4(port)))
	if err != nil {
		x.want(err, abi.EINPROGRESS)
		x.await(fd, abi.POLLOUT)
	}
	x.want(nil, x.soError(fd))
	x.want(x.SysConnect(x.l, fd, in(addr4(port))), abi.EISCONN)
	_, err = x.SysRecvfrom(x.l, fd, out(make([]byte, 1)), 0, nobody)
	x.want(err, abi.EAGAIN)
	x.await(lfd, abi.POLLIN)

	fd = x.socket(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 0)
	x.want(x.SysConnect(x.l, fd, in(addr4(9))), abi.EINPROGRESS)
	x.await(fd, abi.POLLOUT)
	x.want(x.soError(fd), abi.ECONNREFUSED)
	x.want(x.soError(fd), nil)
}

// TestConnecting looks at a connection whose other end never answers: the
// listener's queue is full.
func TestConnecting(t *testing.T) {
	x := newBox(t)
	lfd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	x.ok(x.SysBind(x.l, lfd, in(addr4(0))))
	x.ok(x.SysListen(x.l, lfd, 1))
	port := x.port(lfd)
	var fd int32
	for range 20 {
		fd = x.socket(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 0)
		x.want(x.SysConnect(x.l, fd, in(addr4(port))), abi.EINPROGRESS)
		time.Sleep(time.Millisecond)
	}
	x.want(x.SysConnect(x.l, fd, in(addr4(port))), abi.EALREADY)
	if got := x.poll(fd); got != 0 {
		t.Errorf("poll while connecting: %#x", got)
	}
	x.want(x.SysGetpeername(x.l, fd, newSized(16).mem()), abi.ENOTCONN)
}

func TestStates(t *testing.T) {
	x := newBox(t)
	tcp := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	udp := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	lfd, port := x.listener(abi.AF_INET)
	a, b := x.pair(abi.AF_INET)
	send := func(fd int32, to []byte) error {
		_, err := x.SysSendto(x.l, fd, in([]byte("x")), abi.MSG_NOSIGNAL|abi.MSG_DONTWAIT, in(to))
		return err
	}
	recv := func(fd, flags int32) error {
		_, err := x.SysRecvfrom(x.l, fd, out(make([]byte, 9)), flags|abi.MSG_DONTWAIT, nobody)
		return err
	}
	accept := func(fd int32) error {
		_, err := x.SysAccept(x.l, fd, nobody)
		return err
	}
	for _, c := range []struct {
		name      string
		got, want error
	}{
		{"send unconnected stream", send(tcp, nil), abi.ENOTCONN},
		{"receive unconnected stream", recv(tcp, 0), abi.ENOTCONN},
		{"send unconnected datagram", send(udp, nil), abi.EDESTADDRREQ},
		{"receive from listener", recv(lfd, 0), abi.ENOTCONN},
		{"receive nothing", recv(a, 0), abi.EAGAIN},
		{"urgent data of a stream", recv(a, abi.MSG_OOB), abi.EINVAL},
		{"urgent datagram", recv(udp, abi.MSG_OOB), abi.EOPNOTSUPP},
		{"connect listener", x.SysConnect(x.l, lfd, in(addr4(port))), abi.EOPNOTSUPP},
		{"connect twice", x.SysConnect(x.l, b, in(addr4(port))), abi.EISCONN},
		{"connect to port 0", x.SysConnect(x.l, tcp, in(addr4(0))), abi.EADDRNOTAVAIL},
		{"listen on connection", x.SysListen(x.l, a, 1), abi.EINVAL},
		{"listen on datagram", x.SysListen(x.l, udp, 1), abi.EOPNOTSUPP},
		{"accept on datagram", accept(udp), abi.EOPNOTSUPP},
		{"accept unlistening", accept(tcp), abi.EINVAL},
		{"bind twice", x.SysBind(x.l, lfd, in(addr4(0))), abi.EINVAL},
		{"bind taken port", x.SysBind(x.l, tcp, in(addr4(port))), abi.EADDRINUSE},
		{"shutdown how", x.SysShutdown(x.l, a, 3), abi.EINVAL},
		{"peer of unconnected", x.SysGetpeername(x.l, udp, newSized(16).mem()), abi.ENOTCONN},
		{"not a socket", x.SysListen(x.l, 0, 1), abi.ENOTSOCK},
		{"not open", x.SysListen(x.l, 99, 1), abi.EBADF},
		{"datagram too long", x.sendErr(udp, make([]byte, 70000), addr4(9)), abi.EMSGSIZE},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func (x *box) sendErr(fd int32, b, to []byte) error {
	_, err := x.SysSendto(x.l, fd, in(b), 0, in(to))
	return err
}

func TestHalfClose(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, b := x.pair(af)
		x.send(a, "last words")
		x.ok(x.SysShutdown(x.l, a, abi.SHUT_WR))
		if got := x.recv(b, 0); got != "last words" {
			t.Errorf("received %q", got)
		}
		if got := x.recv(b, 0); got != "" {
			t.Errorf("received %q at the end", got)
		}
		x.send(b, "answer")
		if got := x.recv(a, 0); got != "answer" {
			t.Errorf("received %q the other way", got)
		}
		var sig int32
		x.p.SetRaise(func(s int32) { sig = s })
		_, err := x.SysSendto(x.l, a, in([]byte("x")), 0, usermem.InBuf{})
		x.want(err, abi.EPIPE)
		if sig != int32(abi.SIGPIPE) {
			t.Errorf("signal %d", sig)
		}
		x.ok(x.SysShutdown(x.l, b, abi.SHUT_RD))
		if got := x.recv(b, 0); got != "" {
			t.Errorf("received %q after SHUT_RD", got)
		}
	})
}

func TestNames(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		a, b := x.pair(af)
		sa, pb := newSized(128), newSized(128)
		x.ok(x.SysGetsockname(x.l, a, sa.mem()))
		x.ok(x.SysGetpeername(x.l, b, pb.mem()))
		if string(sa.bytes()) != string(pb.bytes()) {
			t.Errorf("own %x, peer's %x", sa.bytes(), pb.bytes())
		}
		short := newSized(4)
		x.ok(x.SysGetsockname(x.l, a, short.mem()))
		if string(short.bytes()) != string(sa.b[:4]) {
			t.Errorf("cut: %x", short.bytes())
		}
		short.n = 1 << 31
		x.want(x.SysGetsockname(x.l, a, short.mem()), abi.EINVAL)
		x.ok(x.SysGetsockname(x.l, a, nobody))
	})
}

func TestAcceptFlags(t *testing.T) {
	x := newBox(t)
	lfd, port := x.listener(abi.AF_INET)
	f := x.file(lfd)
	connect := func() {
		x.ok(x.SysConnect(x.l, x.socket(abi.AF_INET, abi.SOCK_STREAM, 0), in(addr4(port))))
	}
	connect()
	fd, err := x.SysPaccept(x.l, lfd, nobody, usermem.In[abi.Sigset]{}, abi.SOCK_CLOEXEC)
	x.ok(err)
	if on, _ := file.Of(x.l).Cloexec(fd); !on {
		t.Error("SOCK_CLOEXEC lost")
	}
	x.want(x.setOpt(lfd, abi.SOL_SOCKET, abi.SO_KEEPALIVE, 1), nil)
	f.SetFlags(abi.O_NONBLOCK, 0)
	connect()
	x.await(lfd, abi.POLLIN)
	fd, err = x.SysAccept(x.l, lfd, nobody)
	x.ok(err)
	if !x.file(fd).Nonblock() {
		t.Error("accept: O_NONBLOCK not inherited")
	}
	if v, err := x.opt(fd, abi.SOL_SOCKET, abi.SO_KEEPALIVE); v != 1 || err != nil {
		t.Error("SO_KEEPALIVE not inherited", v, err)
	}
	connect()
	x.await(lfd, abi.POLLIN)
	fd, err = x.SysPaccept(x.l, lfd, nobody, usermem.In[abi.Sigset]{}, 0)
	x.ok(err)
	if x.file(fd).Nonblock() {
		t.Error("paccept: O_NONBLOCK inherited")
	}
	_, err = x.SysAccept(x.l, lfd, nobody)
	x.want(err, abi.EAGAIN)
}

// TestManyConnections has a thousand connections at once and uses them all.
func TestManyConnections(t *testing.T) {
	x := newBox(t)
	x.ok(x.p.SetLimit(abi.RLIMIT_NOFILE, abi.Rlimit{Cur: 4096, Max: 4096}))
	lfd, port := x.listener(abi.AF_INET)
	const count = 1000
	ends := make([][2]int32, count)
	for i := range ends {
		fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
		x.ok(x.SysConnect(x.l, fd, in(addr4(port))))
		other, err := x.SysAccept(x.l, lfd, nobody)
		x.ok(err)
		ends[i] = [2]int32{fd, other}
	}
	for _, e := range ends {
		x.send(e[0], "ping")
		if got := x.recv(e[1], 0); got != "ping" {
			t.Fatalf("received %q", got)
		}
	}
}
