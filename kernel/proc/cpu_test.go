package proc_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
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
	var wg, ready sync.WaitGroup
	ready.Add(len(calls))
	for i := range calls {
		l := lwp(t, fork(t, tab, init, "client"), true)
		wg.Go(func() {
			ready.Done()
			ready.Wait()
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
		if n := calls[i].Load(); n < 125 || n > 2000 {
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

// realTable is table on the real host, where timers run.
func realTable(t *testing.T, ncpu int) (*proc.Table, *proc.Proc) {
	t.Helper()
	tab := proc.NewTable(hypercall.Real(), ncpu, 9)
	return tab, fork(t, tab, tab.Find(0), "init")
}

// An lwp that waits with its virtual CPU in its hands lends it; that is paid
// back before others begin calls.
func TestCPULent(t *testing.T) {
	tab, init := realTable(t, 1)
	slow, other, third := lwp(t, init, true), lwp(t, init, true), lwp(t, init, true)
	has, release, back := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		slow.Enter(1)
		tab.Lend(func() { close(has); <-release })
		close(back)
		<-release
		slow.Leave()
	})
	<-has
	other.Enter(2) // once it is lent
	release <- struct{}{}
	<-back
	var ran atomic.Bool
	wg.Go(func() {
		third.Enter(3)
		ran.Store(true)
		third.Leave()
	})
	until(t, "it waits", func() bool { return tab.Waiting() == 1 })
	other.Leave() // that one is paid back
	for range 100 {
		runtime.Gosched()
	}
	if ran.Load() {
		t.Error("two run on one virtual CPU that is not lent any more")
	}
	release <- struct{}{}
	wg.Wait()
	if tab.Busy() != 0 {
		t.Errorf("%d virtual CPUs are gone", tab.Busy())
	}
}

// What is over soon lends nothing.
func TestCPUNotLent(t *testing.T) {
	tab, init := realTable(t, 1)
	l, other := lwp(t, init, true), lwp(t, init, true)
	l.Enter(1)
	for range 1000 {
		tab.Lend(func() {})
	}
	done := make(chan struct{})
	go func() {
		other.Enter(2)
		other.Leave()
		close(done)
	}()
	until(t, "it waits", func() bool { return tab.Waiting() == 1 })
	select {
	case <-done:
		t.Error("it ran")
	default:
	}
	l.Leave()
	<-done
}
