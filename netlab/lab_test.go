package netlab_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/netlab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Two hosts with a router between them, over a line that is far from perfect.
func TestExample(t *testing.T) {
	lab := netlab.New(t)
	a, r, b := lab.Host("a"), lab.Router("r"), lab.Host("b")
	lab.Wire(netlab.Faults{}, a, r)
	lab.Wire(netlab.Faults{Delay: 20 * time.Millisecond, Loss: 0.02, Reorder: 0.01, Rate: 1 << 20}, r, b)
	lab.Route()

	transfer(t, a, b, b.Addr(), 200_000)
	if d := lab.Elapsed(); d < 200*time.Millisecond {
		t.Errorf("it took only %v", d)
	}
}

// transfer sends n random bytes from a to b and takes their hash back.
func transfer(t *testing.T, a, b *netlab.Node, to netip.Addr, n int) {
	t.Helper()
	l, err := b.Net().Listen("tcp", netip.AddrPortFrom(to, 0).String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go hash(l)
	c := dial(t, a, l.Addr().String())
	defer c.Close()
	sent := sha256.New()
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data)
	sent.Write(data)
	if _, err := c.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent.Sum(nil)) {
		t.Errorf("the hash is %x, %v", got, err)
	}
}

// dial connects, again and again when every question for the link address of a
// neighbour was lost.
func dial(t *testing.T, a *netlab.Node, to string) net.Conn {
	t.Helper()
	for {
		c, err := a.Net().Dial("tcp", to)
		if err == nil {
			return c
		}
		if !errors.Is(err, abi.EHOSTUNREACH) {
			t.Fatal(err)
		}
	}
}

func hash(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	h := sha256.New()
	_, _ = io.Copy(h, c)
	_, _ = c.Write(h.Sum(nil))
}

// TestFaults sends over wires of every kind, in both families.
func TestFaults(t *testing.T) {
	for _, f := range []netlab.Faults{
		{},
		{Loss: 0.001},
		{Loss: 0.01, Delay: 10 * time.Millisecond},
		{Loss: 0.2, Delay: 5 * time.Millisecond},
		{Duplicate: 0.1, Delay: 5 * time.Millisecond, Jitter: 10 * time.Millisecond},
		{Reorder: 0.2, Delay: 10 * time.Millisecond},
		{Rate: 100 << 10, Delay: time.Second},
	} {
		t.Run(fmt.Sprintf("%+v", f), func(t *testing.T) {
			lab := netlab.New(t, netlab.Seed(7))
			a, r, b := lab.Host("a"), lab.Router("r"), lab.Host("b")
			lab.Wire(f, a, r)
			lab.Wire(netlab.Faults{}, r, b)
			lab.Route()
			transfer(t, a, b, b.Addr(), 300_000)
			transfer(t, a, b, b.Addr6(), 300_000)
		})
	}
}

// TestHour has a byte go there and back every ten seconds, for an hour.
func TestHour(t *testing.T) {
	lab := netlab.New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.Wire(netlab.Faults{Delay: 30 * time.Millisecond, Loss: 0.05}, a, b)
	l, err := b.Net().Listen("tcp", b.Addr().String()+":7")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	c, err := a.Net().Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	for i := range 360 {
		if err := a.Client().Nanosleep(&abi.Timespec{Sec: 10}, nil); err != nil {
			t.Fatal(err)
		}
		b := []byte{byte(i)}
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, b); err != nil || b[0] != byte(i) {
			t.Fatal(b, err)
		}
	}
	if lab.Elapsed() < time.Hour {
		t.Errorf("only %v passed", lab.Elapsed())
	}
	t.Logf("%v passed in %v", lab.Elapsed(), time.Since(start))
}

// TestCut loses a connection's wire for a minute: it goes on afterwards.
func TestCut(t *testing.T) {
	lab := netlab.New(t)
	a, b := lab.Host("a"), lab.Host("b")
	w := lab.Wire(netlab.Faults{Delay: time.Millisecond}, a, b)
	transfer(t, a, b, b.Addr(), 1000)
	l, err := b.Net().Listen("tcp", b.Addr().String()+":7")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go hash(l)
	c, err := a.Net().Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w.Cut()
	if _, err := c.Write([]byte("lost, and sent again")); err != nil {
		t.Fatal(err)
	}
	_ = a.Client().Nanosleep(&abi.Timespec{Sec: 60}, nil)
	w.Faults(netlab.Faults{})
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256([]byte("lost, and sent again"))
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want[:]) {
		t.Errorf("%x, %v", got, err)
	}
}

// TestSwitch has three hosts on one wire, by the host's clock.
func TestSwitch(t *testing.T) {
	lab := netlab.New(t, netlab.RealTime())
	a, b, c := lab.Host("a"), lab.Host("b"), lab.Host("c")
	lab.Wire(netlab.Faults{}, a, b, c)
	transfer(t, a, c, c.Addr(), 1<<20)
	transfer(t, b, c, c.Addr6(), 1<<20)
}
