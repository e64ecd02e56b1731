package proc_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/proc"
)

// until waits until ok.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// Lwps get the one virtual CPU in the order in which they asked for it.
func TestCPUInOrder(t *testing.T) {
	_, tab, init := table(t, 1, 9)
	first := lwp(t, init, true)
	first.Enter(0)
	var mu sync.Mutex
	var got []int32
	var wg sync.WaitGroup
	for i := range 6 {
		l := lwp(t, init, true)
		wg.Go(func() {
			l.Enter(0)
			mu.Lock()
			got = append(got, l.ID())
			mu.Unlock()
			l.Leave()
		})
		until(t, "it waits", func() bool { return tab.Waiting() == i+1 })
	}
	first.Leave()
	wg.Wait()
	if len(got) != 6 || !slices.IsSorted(got) {
		t.Errorf("they ran in the order %v", got)
	}
}

// A client that calls without a pause leaves the others their share.
func TestCPUFair(t *testing.T) {
	_, tab, init := table(t, 1, 9)
	var calls [3]atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range calls {
		l := lwp(t, fork(t, tab, init, "client"), true)
		wg.Go(func() {
			for !stop.Load() {
				l.Enter(0)
				for range 100 {
					runtime.Gosched() // the others ask meanwhile
				}
				calls[i].Add(1)
				l.Leave()
			}
		})
	}
	until(t, "500 calls", func() bool { return calls[0].Load() > 500 })
	stop.Store(true)
	wg.Wait()
	for i := range calls {
		if n := calls[i].Load(); n < 250 || n > 1000 {
			t.Errorf("client %d made %d calls where another made %d", i, n, calls[0].Load())
		}
	}
}

// An lwp that sleeps or waits in the host holds no virtual CPU.
func TestCPUFree(t *testing.T) {
	_, _, init := table(t, 1, 9)
	sleeper, host, other := lwp(t, init, true), lwp(t, init, true), lwp(t, init, true)
	release := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		sleeper.Enter(7)
		_ = sleeper.Sleep(proc.Forever)
		sleeper.Leave()
	})
	wg.Go(func() {
		host.Enter(8)
		host.Unblocked(func() { <-release })
		host.Leave()
	})
	until(t, "it sleeps", func() bool { return sleeper.Asleep() == 7 })
	for range 100 { // would hang if either held the CPU
		other.Enter(0)
		other.Leave()
	}
	sleeper.Wake()
	close(release)
	wg.Wait()
}
