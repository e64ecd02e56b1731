package kernel_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// counting is a kernel whose calls note how many are in them at once.
type counting struct {
	broken
	in, most atomic.Int32
	calls    [4]atomic.Int64
}

func (c *counting) Syscall(l *proc.LWP, num int, f *sysent.Frame) error {
	n := c.in.Add(1)
	for m := c.most.Load(); n > m && !c.most.CompareAndSwap(m, n); m = c.most.Load() {
	}
	c.calls[f.Slot[0]].Add(1)
	c.in.Add(-1)
	if num == sysent.SYS_read {
		return l.Sleep(proc.Forever)
	}
	return nil
}

// fewest returns how many calls the looper made that made the fewest.
func (c *counting) fewest() int64 {
	return min(c.calls[1].Load(), c.calls[2].Load(), c.calls[3].Load())
}

// With one virtual CPU one call at a time is in progress, those that sleep
// aside, and a client that calls in a loop leaves others their share.
func TestOneVirtualCPU(t *testing.T) {
	var b kernel.Base
	parts := new(counting)
	if err := b.Boot(kernel.Config{Host: hypercall.Real(), NCPU: 1}, parts); err != nil {
		t.Fatal(err)
	}
	p, err := b.Attach("sleeper", nil)
	if err != nil {
		t.Fatal(err)
	}
	sleeper, _ := p.NewThread()
	var sleeping, looping sync.WaitGroup
	start := make(chan struct{})
	sleeping.Go(func() { _ = sleeper.Syscall(sysent.SYS_read, new(sysent.Frame)) })
	for i := 1; i <= 3; i++ {
		p, err := b.Attach("looper", nil)
		if err != nil {
			t.Fatal(err)
		}
		th, _ := p.NewThread()
		looping.Go(func() {
			f := &sysent.Frame{}
			f.Slot[0] = uint64(i)
			<-start
			for parts.fewest() < 20000 {
				_ = th.Syscall(sysent.SYS_getppid, f)
			}
		})
	}
	close(start)
	looping.Wait()
	if most := parts.most.Load(); most != 1 {
		t.Errorf("%d calls were in progress at once", most)
	}
	for i := 1; i <= 3; i++ {
		if n := parts.calls[i].Load(); n > 2000000 {
			t.Errorf("looper %d made %d calls while another made %d", i, n, parts.fewest())
		}
	}
	_ = b.Close()
	sleeping.Wait()
}
