package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// newSimBox boots a kernel on a simulated host.
func newSimBox(t *testing.T, seed uint64) (*box, *hypercall.Sim) {
	t.Helper()
	host := hypercall.NewSim(seed)
	p := &parts{}
	b := &kernel.Base{}
	if err := b.Boot(kernel.Config{Host: host}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	x := &box{t: t, Net: p.net, inet: p.inet, b: b}
	var err error
	if x.p, x.l, err = b.NewGuest("test"); err != nil {
		t.Fatal(err)
	}
	return x, host
}

// TestSimulatedTime lets minutes pass that nobody waits for.
func TestSimulatedTime(t *testing.T) {
	x, host := newSimBox(t, 1)
	_, b := x.pair(abi.AF_INET)
	x.want(x.setTime(b, abi.SO_RCVTIMEO, 300*time.Second), nil)
	done := make(chan error, 1)
	go func() {
		_, err := x.SysRecvfrom(x.l, b, out(make([]byte, 9)), 0, nobody)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			x.want(err, abi.EAGAIN)
			if d := time.Duration(host.Mono()); d < 300*time.Second {
				t.Errorf("timed out after %v", d)
			}
			return
		case <-time.After(time.Millisecond):
			host.Advance(10 * time.Second)
		}
	}
}

// TestSeed gets the same ports from the same seed.
func TestSeed(t *testing.T) {
	ports := func(seed uint64) (list [3]uint16) {
		x, _ := newSimBox(t, seed)
		for i := range list {
			_, list[i] = x.udp(abi.AF_INET)
		}
		return list
	}
	a, b, c := ports(1), ports(1), ports(2)
	if a != b {
		t.Errorf("seed 1 gave %v and %v", a, b)
	}
	if a == c {
		t.Errorf("seed 2 gave %v too", c)
	}
}

// TestCloseIsQuick halts a kernel with many connections in every state.
func TestCloseIsQuick(t *testing.T) {
	x := bootBox(t)
	for range 100 {
		a, _ := x.pair(abi.AF_INET6)
		x.ok(x.SysShutdown(x.l, a, abi.SHUT_WR))
		b, _ := x.pair(abi.AF_INET)
		x.close(b)
	}
	start := time.Now()
	x.ok(x.b.Close())
	if d := time.Since(start); d > time.Second {
		t.Errorf("close took %v", d)
	}
}

// TestMemoryLimit opens sockets until the limit stops it.
func TestMemoryLimit(t *testing.T) {
	p := &parts{}
	b := &kernel.Base{}
	cfg := kernel.Config{Host: quietHost{hypercall.Real()}, MemLimit: 1 << 20}
	if err := b.Boot(cfg, p); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	pr, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	_ = pr.SetLimit(abi.RLIMIT_NOFILE, abi.Rlimit{Cur: 4096, Max: 4096})
	x := &box{t: t, Net: p.net, b: b, p: pr, l: l}
	n := 0
	for ; err == nil && n < 4000; n++ {
		_, err = x.SysSocket30(l, abi.AF_INET, abi.SOCK_DGRAM, 0)
	}
	if err != abi.ENOBUFS && err != abi.ENOMEM { // of the socket, or of the descriptor table
		t.Fatal(err)
	}
	used := b.Mem.Used()
	x.close(10)
	if b.Mem.Used() >= used {
		t.Error("a closed socket gave nothing back")
	}
	x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
}
