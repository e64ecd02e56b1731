package sim_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sim"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// boot brings up a kernel of file systems in a run, its calls traced.
func boot(t testing.TB, r *sim.Run) *vfs.Kernel {
	t.Helper()
	r.Host().AddFile("disk", hypercall.KindRegular, make([]byte, 1<<16))
	k, err := vfs.Boot(kernel.Config{Host: r.Host(), NCPU: 1, Etfs: []kernel.Etfs{{Key: "/disk", HostPath: "disk"}}})
	if err != nil {
		t.Fatal(err)
	}
	r.TraceCalls(k.BaseKernel())
	return k
}

func attach(t testing.TB, k *vfs.Kernel, name string) *client.Client {
	t.Helper()
	c, err := client.New(k, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The same seed gives the same trace, another seed another one.
func TestSameTrace(t *testing.T) {
	seen := map[uint64]uint64{}
	for seed := range uint64(6) {
		var first string
		for i := range 4 {
			r := sim.New(seed)
			if err := r.Do(func() { mixed(t, r, sim.Faults{}) }); err != nil {
				t.Fatal(err)
			}
			switch trace := r.Trace(); {
			case i == 0:
				first = trace
			case trace != first:
				t.Fatalf("seed %d: run %d differs:\n%s", seed, i, difference(first, trace))
			}
			if other, ok := seen[r.Sum()]; ok && other != seed {
				t.Errorf("seeds %d and %d give the same trace", seed, other)
			}
			seen[r.Sum()] = seed
		}
	}
}

// difference shows where two traces part.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return strings.Join(x[max(0, i-5):i], "\n") + "\n- " + x[i] + "\n+ " + y[i]
		}
	}
	return "one is longer"
}

// Tasks that can't go on are told of, by where they sleep.
func TestStuck(t *testing.T) {
	r := sim.New(1)
	err := r.Do(func() {
		k := boot(t, r)
		defer k.Close()
		c := attach(t, k, "reader")
		fd, _, err := c.Pipe()
		if err != nil {
			t.Error(err)
		}
		other := r.Go("sleeper", func() {
			ts := abi.Timespec{Sec: 1000}
			_ = c.Nanosleep(&ts, nil)
		})
		if _, err := c.Read(fd, make([]byte, 1)); err != abi.EINTR {
			t.Errorf("the read that nothing can end: %v", err)
		}
		other.Wait()
	})
	var e *sim.Error
	if !errors.As(err, &e) || e.Seed != 1 || len(e.Tasks) != 1 || !strings.Contains(e.Tasks[0], "main: process 2, lwp 2 sleeps in read") {
		t.Errorf("%v", err)
	}
	if r.Elapsed() < 1000*time.Second {
		t.Errorf("given up after %v", r.Elapsed())
	}
}

// A timer that never stops does not hide that nothing goes on.
func TestStuckWithTimer(t *testing.T) {
	r := sim.New(1)
	err := r.Do(func() {
		k := boot(t, r)
		defer k.Close()
		c := attach(t, k, "reader")
		fd, _, _ := c.Pipe()
		every := abi.Timeval{Usec: 10_000}
		if err := c.Setitimer(abi.ITIMER_REAL, &abi.Itimerval{Interval: every, Value: every}, nil); err != nil {
			t.Error(err)
		}
		_, _ = c.Read(fd, make([]byte, 1))
	})
	if err == nil {
		t.Error("no error")
	}
}

func TestPanic(t *testing.T) {
	r := sim.New(7)
	err := r.Do(func() { r.Go("bad", func() { panic("ouch") }).Wait() })
	if err == nil || !strings.HasPrefix(err.Error(), "seed 7: task bad panicked: ouch") {
		t.Errorf("%v", err)
	}
}

// A run may be in a bubble of synctest, where its goroutines are known.
func TestBubble(t *testing.T) {
	var sums [2]uint64
	for i := range sums {
		synctest.Test(t, func(t *testing.T) {
			r := sim.New(3)
			if err := r.Do(func() { mixed(t, r, sim.Faults{}) }); err != nil {
				t.Error(err)
			}
			sums[i] = r.Sum()
		})
	}
	if sums[0] != sums[1] {
		t.Error("two runs differ")
	}
}

// Faults happen at their rates and come again with the seed.
func TestFaults(t *testing.T) {
	faulty := func() string {
		r := sim.New(5)
		faults := sim.Faults{IO: 0.2, Short: 0.2, Memory: 0.1, Late: 0.5, Jump: 0.5}
		if err := r.Do(func() { mixed(t, r, faults) }); err != nil {
			t.Error(err)
		}
		return r.Trace()
	}
	first := faulty()
	if again := faulty(); again != first {
		t.Error(difference(first, again))
	}
	for _, what := range []string{"fault the clock is late", "fault the wall clock jumps", "bytes of memory refused",
		"fault read disk at", " bytes\n"} {
		if !strings.Contains(first, what) {
			t.Errorf("no %q in the trace", what)
		}
	}
}

// Nothing is left of what clients did, whatever went wrong meanwhile.
func TestFaultsLeaveNothing(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 30
	}
	sim.Test(t, n, func(t *testing.T, r *sim.Run) {
		mixed(t, r, sim.Faults{IO: 0.1, Short: 0.1, Memory: float64(r.Seed()%4) / 20, Late: 0.2})
	})
}

// reboot(2) ends the kernel in a task of its own; who waits for that lets it.
func TestReboot(t *testing.T) {
	sim.Test(t, 5, func(t *testing.T, r *sim.Run) {
		k := boot(t, r)
		c := attach(t, k, "halt")
		sleeper := attach(t, k, "sleeper")
		asleep := r.Go("sleeper", func() { nap(sleeper, time.Hour) })
		nap(c, time.Second)
		if err := c.Reboot(abi.RB_HALT, ""); err != nil {
			t.Error(err)
		}
		_ = k.Close()
		asleep.Wait()
		if r.Elapsed() != time.Second {
			t.Errorf("it took %v", r.Elapsed())
		}
	})
}
