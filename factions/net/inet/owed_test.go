package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// segments returns how many segments were received by now.
func (x *box) segments() uint64 {
	x.t.Helper()
	s, err := x.inet.Stack()
	x.ok(err)
	return s.Stats().TCP.ValidSegmentsReceived.Value()
}

// until waits for as long as it takes.
func (x *box) until(what string, done func() bool) {
	x.t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			x.t.Fatal("never: ", what)
		}
	}
}

// arrives receives what was sent, and waits for it in a way that does not show
// the kernel that somebody waits.
func (x *box) arrives(fd int32, want string) {
	x.t.Helper()
	s, f, err := net.Get(x.l, fd)
	x.ok(err)
	x.until("all has come", func() bool { n, _ := s.Endpoint().Queued(); return n == len(want) })
	x.ok(f.Drop(x.l))
	if got := x.recv(fd, 0); got != want {
		x.t.Fatalf("received %q", got)
	}
}

// owedCase is what has a short segment that b has received acknowledged, and
// how many segments come by that.
type owedCase struct {
	pay  func(x *box, pass func(time.Duration), a, b int32)
	want uint64
}

const request = "request"

var owedCases = map[string]owedCase{
	"answer": {func(x *box, _ func(time.Duration), a, b int32) { x.send(b, "answer"); x.arrives(a, "answer") }, 1},
	"waiting": {func(x *box, _ func(time.Duration), _, b int32) {
		_, err := x.SysRecvfrom(x.l, b, out(make([]byte, 9)), abi.MSG_DONTWAIT, nobody)
		x.want(err, abi.EAGAIN)
	}, 1},
	"polling": {func(x *box, _ func(time.Duration), _, b int32) { x.poll(b) }, 1},
	"time": {func(_ *box, pass func(time.Duration), _, _ int32) {
		pass(5 * time.Millisecond)
		pass(5 * time.Millisecond)
	}, 1},
	"second": {func(x *box, _ func(time.Duration), a, b int32) { x.send(a, request); x.arrives(b, request) }, 2},
}

// TestOwed sends short segments and looks when they are acknowledged. Time
// stands still unless it is moved.
func TestOwed(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		for name, c := range owedCases {
			t.Run(name, func(t *testing.T) {
				x, host := newSimBox(t, 1)
				a, b := x.pair(af)
				x.ok(x.setOpt(a, abi.IPPROTO_TCP, abi.TCP_NODELAY, 1))
				for range 3 {
					at := x.segments()
					x.send(a, request)
					x.arrives(b, request)
					if n := x.segments() - at; n != 1 {
						t.Fatalf("%d segments for a request", n)
					}
					c.pay(x, host.Advance, a, b)
					x.until("it is acknowledged", func() bool { return x.segments()-at >= 1+c.want })
				}
			})
		}
	})
}

// TestOwedNothing sends what is acknowledged at once: many bytes, and the end.
func TestOwedNothing(t *testing.T) {
	x, _ := newSimBox(t, 1)
	a, b := x.pair(abi.AF_INET)
	at := x.segments()
	x.send(a, string(make([]byte, 2000)))
	x.until("it is acknowledged", func() bool { return x.segments()-at == 2 })
	x.recv(b, 0)
	x.ok(x.SysShutdown(x.l, a, abi.SHUT_WR))
	x.until("the end is acknowledged", func() bool { return x.segments()-at == 4 })
}

// TestOwedEnd closes both ends, and halts the kernel, while segments wait to be
// acknowledged.
func TestOwedEnd(t *testing.T) {
	x, host := newSimBox(t, 1)
	for range 100 {
		a, b := x.pair(abi.AF_INET)
		x.send(a, "a")
		x.send(b, "b")
		x.close(a)
		x.close(b)
	}
	host.Advance(5 * time.Millisecond)
	a, _ := x.pair(abi.AF_INET)
	x.send(a, "a")
	x.ok(x.b.Close())
	host.Advance(time.Minute)
}
