package script

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// app is the program at the kernel's end: calls that do not block.
type app struct {
	*Wire
	c      *Conn
	listen int32
	fd     int32
}

func sockaddr(last byte, port uint16) usermem.InBuf {
	return box.In([]byte{16, abi.AF_INET, byte(port >> 8), byte(port), 10, 0, 0, last, 15: 0})
}

func (a *app) socket(options ...[3]int32) int32 {
	fd := a.Socket(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 0)
	for _, o := range options {
		a.option(fd, o[0], o[1], o[2])
	}
	return fd
}

func (a *app) option(fd, level, name, value int32) {
	a.T.Helper()
	a.OK(a.SysSetsockopt(a.L, fd, level, name, box.In(usermem.BytesOf(&value))))
}

// listening is an app that listens at port 80.
func listening(t *testing.T, options ...[3]int32) *app {
	t.Helper()
	a := &app{Wire: New(t, 1), fd: -1}
	a.listen = a.socket(options...)
	a.OK(a.SysBind(a.L, a.listen, sockaddr(1, 80)))
	a.OK(a.SysListen(a.L, a.listen, 8))
	a.c = a.Conn(80, 5000)
	return a
}

// accepted is an app with a connection that it has accepted.
func accepted(t *testing.T, options ...[3]int32) *app {
	t.Helper()
	a := listening(t, options...)
	a.c.Run(`
		< S 0:0 win 8000 <mss 1000,sackOK>
		> S. 0:0 ack 1
		< . 1:1 ack 1 win 8000
	`)
	a.accept()
	return a
}

func (a *app) accept() {
	a.T.Helper()
	var err error
	a.fd, err = a.SysAccept(a.L, a.listen, box.Nobody)
	a.OK(err)
}

// connecting is an app that has begun to connect from port 3000 to port 80.
func connecting(t *testing.T, options ...[3]int32) *app {
	t.Helper()
	a := &app{Wire: New(t, 1)}
	a.fd = a.socket(options...)
	a.OK(a.SysBind(a.L, a.fd, sockaddr(1, 3000)))
	a.Want(a.SysConnect(a.L, a.fd, sockaddr(2, 80)), abi.EINPROGRESS)
	a.c = a.Conn(3000, 80)
	return a
}

// write sends bytes from up to to of the stream.
func (a *app) write(from, to uint32) {
	a.T.Helper()
	n, err := a.SysSendto(a.L, a.fd, box.In(Bytes(from, to)), abi.MSG_NOSIGNAL, usermem.InBuf{})
	a.OK(err)
	if n != int(to-from) {
		a.T.Fatalf("%d bytes sent", n)
	}
}

// read receives what is there: bytes from up to to of the stream, else want.
func (a *app) read(from, to uint32, want error) {
	a.T.Helper()
	a.Settle()
	b := make([]byte, 70000)
	n, err := a.Recv(a.L, a.fd, b)
	a.Want(err, want)
	if err == nil && string(b[:n]) != string(Bytes(from, to)) {
		a.T.Fatalf("read %q, want %d to %d", b[:n], from, to)
	}
}

// soError is SO_ERROR.
func (a *app) soError(want abi.Errno) {
	a.T.Helper()
	a.Settle()
	s := box.NewSized(4)
	a.OK(a.SysGetsockopt(a.L, a.fd, abi.SOL_SOCKET, abi.SO_ERROR, s.Mem()))
	if got := abi.Errno(s.Bytes()[0]); got != want {
		a.T.Fatalf("SO_ERROR is %v, want %v", got, want)
	}
}

func TestHandshake(t *testing.T) {
	a := listening(t)
	a.c.Run(`
		< S 0:0 win 8000 <mss 1000,sackOK,wscale 7>
		> S. 0:0 ack 1 <mss 1460,sackOK,wscale 5>
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.accept()
	a.read(1, 11, nil)
	// Options that are not offered are not answered.
	a.Conn(80, 5001).Run(`
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1 <mss 1460>
		< R 1:1
	`)
	// The answer is lost, and sent again.
	a.Conn(80, 5002).Run(`
		< S 0:0 win 8000
		> S. 0:0 ack 1
		+1s > S. 0:0 ack 1
		# What has come before is acknowledged.
		< S 0:0 win 8000
		> . 1:1 ack 1
		< . 1:1 ack 1
	`)
}

func TestConnect(t *testing.T) {
	a := connecting(t)
	a.c.Run(`
		> S 0:0 <mss 1460,sackOK,TS,wscale 5>
		+1s > S 0:0
		# An acknowledgement of something else is refused.
		< S. 0:0 ack 700
		> R 700:700
		< S. 0:0 ack 1 win 500 <mss 1000>
		> . 1:1 ack 1
	`)
	a.soError(0)
	a.write(1, 601)
	a.c.Run("> . 1:501 ack 1")
}

func TestConnectRefused(t *testing.T) {
	a := connecting(t)
	a.c.Run(`
		> S 0:0
		# Not for us: it acknowledges nothing we sent.
		< R. 0:0 ack 99
		< R. 0:0 ack 1
	`)
	a.soError(abi.ECONNREFUSED)
}

func TestConnectTimeout(t *testing.T) {
	a := connecting(t)
	a.c.Run(`
		> S 0:0
		+1s > S 0:0
		+2s > S 0:0
		+4s > S 0:0
		+8s > S 0:0
		+16s > S 0:0
		+32s > S 0:0
		+11s
	`)
	a.soError(0)
	a.Pass(2 * time.Second)
	a.soError(abi.ETIMEDOUT)
}

// TestConnectPatience sets how long connecting may take, and by sysctl(8) for
// all.
func TestConnectPatience(t *testing.T) {
	a := connecting(t, [3]int32{abi.IPPROTO_TCP, abi.TCP_KEEPINIT, 5})
	a.c.Run("> S 0:0\n+1s > S 0:0\n+2s > S 0:0\n+1s")
	a.soError(0)
	a.c.Run("+2s")
	a.soError(abi.ETIMEDOUT)

	a = connecting(t, [3]int32{abi.IPPROTO_TCP, abi.TCP_KEEPINIT, 5})
	a.c.Run("> S 0:0\n< S. 0:0 ack 1 win 8000\n> . 1:1 ack 1\n+10s\n< . 1:11 ack 1\n> . 1:1 ack 11")
	a.read(1, 11, nil)
}

func TestSimultaneousOpen(t *testing.T) {
	a := connecting(t)
	a.c.Run(`
		> S 0:0
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1
		< S. 0:0 ack 1
		> . 1:1 ack 1
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.soError(0)
	a.read(1, 11, nil)
}

// plain is an app with a connection without selective acknowledgements.
func plain(t *testing.T) *app {
	a := listening(t)
	a.c.Run(`
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1
		< . 1:1 ack 1 win 8000
	`)
	a.accept()
	return a
}

func TestRetransmission(t *testing.T) {
	a := plain(t)
	a.write(1, 101)
	a.c.Run(`
		> . 1:101 ack 1
		+1s > . 1:101 ack 1
		+2s > . 1:101 ack 1
		+4s > . 1:101 ack 1
		+8s > . 1:101 ack 1
		< . 1:1 ack 101
		+1m
	`)
}

// Three acknowledgements of the same are as good as a timeout.
func TestFastRetransmit(t *testing.T) {
	a := plain(t)
	a.write(1, 6001)
	a.c.Run(`
		> . 1:1001 ack 1
		> . 1001:2001 ack 1
		> . 2001:3001 ack 1
		> . 3001:4001 ack 1
		> . 4001:5001 ack 1
		> . 5001:6001 ack 1
		+10ms < . 1:1 ack 1001 win 8000
		< . 1:1 ack 1001 win 8000
		< . 1:1 ack 1001 win 8000
		< . 1:1 ack 1001 win 8000
		> . 1001:2001 ack 1
		< . 1:1 ack 6001 win 8000
		+1m
	`)
}

// With selective acknowledgements only what is missing comes again.
func TestSACK(t *testing.T) {
	a := listening(t)
	a.c.Run(`
		< S 0:0 win 8000 <mss 1036,sackOK>
		> S. 0:0 ack 1
		< . 1:1 ack 1 win 8000
	`)
	a.accept()
	a.option(a.fd, abi.IPPROTO_TCP, abi.TCP_NODELAY, 1)
	for n := uint32(1); n < 6001; n += 1000 {
		a.write(n, n+1000)
		a.Pass(time.Millisecond)
	}
	a.c.Run(`
		> . 1:1001 ack 1
		> . 1001:2001 ack 1
		> . 2001:3001 ack 1
		> . 3001:4001 ack 1
		> . 4001:5001 ack 1
		> . 5001:6001 ack 1
		+10ms < . 1:1 ack 1001 win 8000
		< . 1:1 ack 1001 win 8000 <sack 2001:3001>
		+1ms < . 1:1 ack 1001 win 8000 <sack 2001:4001>
		+1ms < . 1:1 ack 1001 win 8000 <sack 2001:5001>
		> . 1001:2001 ack 1
		< . 1:1 ack 6001 win 8000
		+1m
	`)
}

func TestZeroWindow(t *testing.T) {
	a := accepted(t)
	a.c.Run("< . 1:1 ack 1 win 0")
	a.write(1, 101)
	a.c.Run(`
		+1s > . 0:1 ack 1
		< . 1:1 ack 1 win 0
		+2s > . 0:1 ack 1
		< . 1:1 ack 1 win 0
		+4s > . 0:1 ack 1
		< . 1:1 ack 1 win 8000
		> . 1:101 ack 1
		< . 1:1 ack 101 win 8000
	`)
}

// The kernel's window closes, and opens when the program reads.
func TestOwnWindow(t *testing.T) {
	a := accepted(t, [3]int32{abi.SOL_SOCKET, abi.SO_RCVBUF, 4096})
	a.c.Run(`
		< . 1:1001 ack 1
		> . 1:1 ack 1001
	`)
	a.read(1, 1001, nil)
}

func TestKeepalive(t *testing.T) {
	a := accepted(t)
	a.option(a.fd, abi.SOL_SOCKET, abi.SO_KEEPALIVE, 1)
	a.option(a.fd, abi.IPPROTO_TCP, abi.TCP_KEEPIDLE, 600)
	a.option(a.fd, abi.IPPROTO_TCP, abi.TCP_KEEPINTVL, 60)
	a.option(a.fd, abi.IPPROTO_TCP, abi.TCP_KEEPCNT, 3)
	a.c.Run(`
		+10m > . 0:0 ack 1
		< . 1:1 ack 1
		+10m > . 0:0 ack 1
		+1m > . 0:0 ack 1
		+1m > . 0:0 ack 1
		+1m > R. 1:1 ack 1
	`)
	a.read(0, 0, abi.ETIMEDOUT)
}

// TestKeepaliveDefaults: a probe after two hours, then one each 75 seconds;
// after eight the peer is told. SO_KEEPALIVE comes from the socket that
// listens, and from before connecting.
func TestKeepaliveDefaults(t *testing.T) {
	probes := "+2h > . 0:0 ack 1\n" + strings.Repeat("+75s > . 0:0 ack 1\n", 7) + "+75s > R. 1:1 ack 1"
	a := accepted(t, [3]int32{abi.SOL_SOCKET, abi.SO_KEEPALIVE, 1})
	a.c.Run(probes)
	a.read(0, 0, abi.ETIMEDOUT)

	a = connecting(t, [3]int32{abi.SOL_SOCKET, abi.SO_KEEPALIVE, 1})
	a.c.Run("> S 0:0\n< S. 0:0 ack 1 win 8000\n> . 1:1 ack 1\n" + probes)
	a.read(0, 0, abi.ETIMEDOUT)
}

// TestKeepaliveReset: a peer that resets is told nothing.
func TestKeepaliveReset(t *testing.T) {
	a := accepted(t, [3]int32{abi.SOL_SOCKET, abi.SO_KEEPALIVE, 1})
	a.c.Run("+2h > . 0:0 ack 1\n< R. 1:1 ack 1")
	a.read(0, 0, abi.ECONNRESET)
}

func TestClosedPort(t *testing.T) {
	New(t, 1).Conn(9, 5000).Run(`
		< S 0:0 win 8000
		> R. 0:0 ack 1
		< S 0:10 win 8000
		> R. 0:0 ack 11
		< . 1:11 ack 77
		> R 77:77
		< F. 1:1 ack 77
		> R 77:77
		< R 1:1
		< R. 1:1 ack 77
	`)
}

func TestResetValidity(t *testing.T) {
	a := accepted(t)
	a.c.Run(`
		# Outside the window: nothing.
		< R -100:-100
		< R 9000000:9000000
		# Within, but not what is expected next: a challenge.
		< R 100:100
		> . 1:1 ack 1
		+2s
		# So does a SYN.
		< S 1:1 win 8000
		> . 1:1 ack 1
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.read(1, 11, nil)
	a.c.Run("< R 11:11")
	a.read(0, 0, abi.ECONNRESET)
}

func TestSACKBlocks(t *testing.T) {
	a := accepted(t)
	a.c.Run(`
		< . 11:21 ack 1
		> . 1:1 ack 1 <sack 11:21>
		< . 31:41 ack 1
		> . 1:1 ack 1 <sack 31:41,sack 11:21>
		< . 21:31 ack 1
		> . 1:1 ack 1 <sack 11:41>
		< . 1:11 ack 1
		> . 1:1 ack 41 <>
	`)
	a.read(1, 41, nil)
}

func TestOutOfWindow(t *testing.T) {
	a := accepted(t)
	a.c.Run(`
		< . 1:11 ack 1
		> . 1:1 ack 11
		# Again, and partly again.
		< . 1:11 ack 1
		> . 1:1 ack 11
		< . 5:21 ack 1
		> . 1:1 ack 21
		# Before and far behind the window.
		< . -1000:-900 ack 1
		> . 1:1 ack 21
		+2s
		< . 9000000:9000100 ack 1
		> . 1:1 ack 21
	`)
	a.read(1, 21, nil)
	a.read(0, 0, abi.EAGAIN)
}

func TestHalfClose(t *testing.T) {
	a := accepted(t)
	a.write(1, 11)
	a.OK(a.SysShutdown(a.L, a.fd, abi.SHUT_WR))
	a.c.Run(`
		> . 1:11 ack 1
		> F. 11:11 ack 1
		< . 1:1 ack 12
		< . 1:101 ack 12
		> . 12:12 ack 101
	`)
	a.read(1, 101, nil)
	a.c.Run(`
		< F. 101:101 ack 12
		> . 12:12 ack 102
	`)
	a.read(0, 0, nil)
}

func TestPassiveClose(t *testing.T) {
	a := plain(t)
	a.c.Run(`
		< F. 1:1 ack 1
		> . 1:1 ack 2
	`)
	a.read(0, 0, nil)
	a.write(1, 11)
	a.Close(a.fd)
	a.c.Run(`
		> . 1:11 ack 2
		> F. 11:11 ack 2
		+1s > . 1:11 ack 2
		< . 2:2 ack 12
		# Nothing is left of it.
		< . 2:2 ack 12
		> R 12:12
	`)
}

func TestSimultaneousClose(t *testing.T) {
	a := accepted(t)
	a.Close(a.fd)
	a.c.Run(`
		> F. 1:1 ack 1
		< F. 1:1 ack 1
		> . 2:2 ack 2
		< . 2:2 ack 2
	`)
}

// What comes after the program has closed is reset.
func TestCloseUnread(t *testing.T) {
	a := accepted(t)
	a.c.Run(`
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.Close(a.fd)
	a.c.Run(`
		> F. 1:1 ack 11
		< . 11:21 ack 2
		> R. 2:2 ack 11
	`)
}

func TestTimeWait(t *testing.T) {
	a := accepted(t)
	a.Close(a.fd)
	a.c.Run(`
		> F. 1:1 ack 1
		< . 1:1 ack 2
		< F. 1:1 ack 2
		> . 2:2 ack 2
		# The acknowledgement was lost.
		+1s < F. 1:1 ack 2
		> . 2:2 ack 2
	`)
	// A new connection with a greater sequence number takes its place.
	again := a.Conn(80, 5000)
	again.iss += 1 << 20
	again.Run(`
		< S 0:0 win 8000
		> S. 0:0 ack 1
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.accept()
	a.read(1, 11, nil)
	a.Close(a.fd)
	again.Run(`
		> F. 1:1 ack 11
		< F. 11:11 ack 2
		> . 2:2 ack 12
	`)
	a.Pass(2 * time.Minute)
	again.Run(`
		< F. 11:11 ack 2
		> R 2:2
	`)
}

// TestConnectLong has connecting take longer than the stack's own patience.
func TestConnectLong(t *testing.T) {
	a := connecting(t, [3]int32{abi.IPPROTO_TCP, abi.TCP_KEEPINIT, 600})
	a.c.Run("> S 0:0\n+1s > S 0:0\n+2s > S 0:0\n+4s > S 0:0\n+8s > S 0:0\n+16s > S 0:0\n+32s > S 0:0")
	for range 7 {
		a.c.Run("+66s > S 0:0")
	}
	a.soError(0)
	a.c.Run("< S. 0:0 ack 1 win 8000\n> . 1:1 ack 1\n+3m\n< . 1:11 ack 1\n> . 1:1 ack 11")
	a.read(1, 11, nil)

	a = connecting(t, [3]int32{abi.IPPROTO_TCP, abi.TCP_KEEPINIT, 300})
	for range 299 {
		a.Pass(time.Second)
	}
	a.soError(0)
	a.Pass(2 * time.Second)
	a.soError(abi.ETIMEDOUT)
}

// TestSegmentSize asks for the size of segments of a connection by the wire.
func TestSegmentSize(t *testing.T) {
	a := accepted(t)
	var v, n int32 = 0, 4
	a.OK(a.SysGetsockopt(a.L, a.fd, abi.IPPROTO_TCP, abi.TCP_MAXSEG, usermem.OutSized32{
		Buf: usermem.Local(usermem.BytesOf(&v), nil), Length: usermem.InOut[uint32]{Mem: usermem.Local(usermem.BytesOf(&n), nil)}}))
	if v != 1460 {
		t.Errorf("%d bytes", v)
	}
}
