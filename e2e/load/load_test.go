// Package load puts kernels under the load of many client processes that are
// forked, exec'd and killed at random while their calls are in flight, and
// counts what is left of them.
package load

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/all"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// processes is how many live and die in each test.
func processes() int64 {
	if testing.Short() {
		return 1000
	}
	return 10_000 / slower
}

// boot boots a kernel of all parts for the time of a test.
func boot(t testing.TB, cfg kernel.Config) *all.Kernel {
	t.Helper()
	cfg.Host = quiet{hypercall.Real()}
	k, err := all.Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// counters is what a kernel holds.
type counters struct {
	Procs, LWPs, Orphans int
	// Files is open descriptors, as found; AllFiles as counted.
	Files, AllFiles int
	Memory          int64 // reserved, in bytes
}

func count(k *all.Kernel) (c counters) {
	b := k.BaseKernel()
	for _, p := range b.Procs.All() {
		c.Procs++
		c.LWPs += p.NumLWPs()
		if t, ok := p.Files().(*file.Table); ok {
			c.Files += len(t.Open())
			c.AllFiles = t.Total()
		}
	}
	c.Orphans = b.Init().Kids()
	c.Memory = b.Mem.Used()
	return c
}

// settles waits until k holds what it held before.
func settles(t *testing.T, k *all.Kernel, before counters) {
	t.Helper()
	var now counters
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if now = count(k); now == before {
			return
		}
	}
	t.Errorf("left behind: %+v, before: %+v", now, before)
	for _, p := range k.BaseKernel().Procs.All() {
		t.Logf("process %d of %d %q: %d lwps", p.Pid, p.Ppid(), p.Name(), p.NumLWPs())
	}
}

// attach makes a new client process.
type attach func(name string) (*client.Client, error)

// crowd has workers make and end processes until n have lived.
func crowd(t *testing.T, n int64, new attach) {
	var lived atomic.Int64
	var wg sync.WaitGroup
	for seed := range uint64(16) {
		wg.Go(func() {
			w := newWorker(t, seed, new, &lived)
			for lived.Load() < n {
				w.family()
			}
			w.tidy()
		})
	}
	wg.Wait()
	t.Logf("%d processes", lived.Load())
}

func TestInProcess(t *testing.T) {
	for _, ncpu := range []int{0, 1} {
		k := boot(t, kernel.Config{NCPU: ncpu})
		before := count(k)
		n := processes()
		if ncpu > 0 {
			n /= 4
		}
		crowd(t, n, func(name string) (*client.Client, error) { return client.New(k, name) })
		settles(t, k, before)
	}
}

func TestOverSocket(t *testing.T) {
	k := boot(t, kernel.Config{})
	s := sysproxy.New(k.BaseKernel(), sysproxy.Options{ParkTime: time.Second})
	if err := s.Listen("unix://" + filepath.Join(t.TempDir(), "k.sock")); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(s.Serve)
	before := count(k)
	crowd(t, processes(), func(name string) (*client.Client, error) {
		return client.Dial(t.Context(), s.URLs()[0], name)
	})
	settles(t, k, before)
	for end := time.Now().Add(10 * time.Second); s.Clients() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%d clients are left", s.Clients())
			break
		}
	}
	s.Close()
	serving.Wait()
}
