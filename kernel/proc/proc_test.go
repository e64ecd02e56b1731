package proc_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table returns a process table with pid 1, on a simulated host.
func table(t *testing.T, ncpu, max int) (*hypercall.Sim, *proc.Table, *proc.Proc) {
	t.Helper()
	h := hypercall.NewSim(1)
	tab := proc.NewTable(h, ncpu, max)
	return h, tab, fork(t, tab, tab.Find(0), "init")
}

func fork(t *testing.T, tab *proc.Table, parent *proc.Proc, name string) *proc.Proc {
	t.Helper()
	p, err := tab.Rfork(parent, proc.FDShare, name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lwp(t *testing.T, p *proc.Proc, held bool) *proc.LWP {
	t.Helper()
	l, err := p.NewLWP(held)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRfork(t *testing.T) {
	_, tab, init := table(t, 0, 14)
	p := fork(t, tab, init, "a name that is much too long")
	if p.Pid != 2 || p.Ppid() != 1 || p.Name() != "a name that is " || p.Pgrp() != init.Pgrp() {
		t.Errorf("child %d of %d, %q", p.Pid, p.Ppid(), p.Name())
	}
	p.SetCred(&cred.Cred{Ruid: 5, Euid: 5}, true)
	kid := fork(t, tab, p, "")
	if kid.Name() != p.Name() || kid.Cred().Euid != 5 || !kid.Sugid() {
		t.Error("a child does not inherit its name and credentials")
	}
	if err := tab.SetMaxProcs(4); err != nil {
		t.Error(err)
	}
	if _, err := tab.Rfork(init, proc.FDShare, "x"); err != abi.EAGAIN {
		t.Errorf("too many processes: %v", err)
	}
	tab.Exit(lwp(t, p, true))
	if kid.Ppid() != 1 || tab.Find(2) != nil || tab.Len() != 3 {
		t.Errorf("the orphan's parent is %d", kid.Ppid())
	}
	if _, err := p.NewLWP(true); err != abi.ESRCH {
		t.Errorf("an lwp of a process that ended: %v", err)
	}
	if q := fork(t, tab, init, "next"); q.Pid == 2 {
		t.Error("a pid is used again at once")
	}
}

// What hooks see: a child before it runs, a process after it has ended.
func TestHooks(t *testing.T) {
	_, tab, init := table(t, 0, 9)
	var log []string
	tab.OnFork(func(parent, child *proc.Proc) { log = append(log, parent.Name()+">"+child.Name()) })
	tab.OnExec(func(l *proc.LWP) { log = append(log, "exec "+l.Proc().Name()) })
	tab.OnExit(func(p *proc.Proc) { log = append(log, "exit "+p.Name()) })
	p := fork(t, tab, init, "a")
	l := lwp(t, p, true)
	tab.Exec(l, "b")
	tab.Exit(l)
	want := []string{"init>a", "exec b", "exit b"}
	for i := range want {
		if i >= len(log) || log[i] != want[i] {
			t.Fatalf("hooks saw %v, want %v", log, want)
		}
	}
}

// Exec and exit wait until the other lwps are out of their calls.
func TestQuit(t *testing.T) {
	_, tab, init := table(t, 0, 9)
	for _, end := range []func(l *proc.LWP){
		func(l *proc.LWP) { tab.Exec(l, "new") },
		func(l *proc.LWP) { tab.Exit(l) },
	} {
		p := fork(t, tab, init, "p")
		main := lwp(t, p, true)
		var out atomic.Int32
		var wg sync.WaitGroup
		for i := range 10 {
			l := lwp(t, p, i%2 == 0)
			wg.Go(func() {
				l.Enter(3)
				if err := l.Sleep(proc.Forever); err != abi.EINTR {
					t.Errorf("the sleep ended with %v", err)
				}
				out.Add(1)
				l.Leave()
				l.Release()
			})
		}
		for asleep := 0; asleep < 10; runtime.Gosched() {
			asleep = 0
			for _, l := range p.LWPs() {
				if l.Asleep() == 3 {
					asleep++
				}
			}
		}
		end(main)
		if n := out.Load(); n < 5 {
			t.Errorf("only %d lwps had left", n)
		}
		wg.Wait()
	}
}

func TestCond(t *testing.T) {
	h, _, init := table(t, 0, 9)
	var mu sync.Mutex
	var c proc.Cond
	l := lwp(t, init, true)
	mu.Lock()
	defer mu.Unlock()
	if err := c.Wait(l, &mu, 0); err != abi.EWOULDBLOCK {
		t.Errorf("a wait for no time: %v", err)
	}
	l.Interrupt()
	if err := c.Wait(l, &mu, proc.Forever); err != abi.EINTR {
		t.Errorf("an interrupted wait: %v", err)
	}
	l.Leave() // ends the call, and the interruption with it
	go func() {
		for h.Pending() == 0 {
			runtime.Gosched()
		}
		h.Advance(time.Second)
	}()
	for {
		if err := c.Wait(l, &mu, time.Second); err != nil {
			if err != abi.EWOULDBLOCK {
				t.Errorf("a wait that was over: %v", err)
			}
			break
		}
	}
	if c.Sleeping() {
		t.Error("a waiter is left")
	}
	go func() {
		mu.Lock()
		defer mu.Unlock()
		c.Broadcast()
	}()
	if err := c.Wait(l, &mu, proc.Forever); err != nil {
		t.Errorf("a wait that was woken: %v", err)
	}
}

// No more lwps run at once than there are virtual CPUs; one that sleeps or
// waits outside the kernel lets others run.
func TestVirtualCPUs(t *testing.T) {
	_, _, init := table(t, 2, 9)
	var running, most atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		l := lwp(t, init, true)
		wg.Go(func() {
			for range 200 {
				l.Enter(0)
				n := running.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				runtime.Gosched()
				running.Add(-1)
				l.Unblocked(runtime.Gosched)
				l.Leave()
			}
		})
	}
	wg.Wait()
	if n := most.Load(); n > 2 {
		t.Errorf("%d lwps ran at once", n)
	}
	one, two, three := lwp(t, init, true), lwp(t, init, true), lwp(t, init, true)
	one.Enter(0)
	two.Enter(0)
	go func() {
		three.Enter(0)
		one.Wake()
		three.Leave()
	}()
	if err := one.Sleep(proc.Forever); err != nil { // its CPU goes to three
		t.Error(err)
	}
	one.Leave()
	two.Leave()
}

func TestSignals(t *testing.T) {
	_, _, init := table(t, 0, 9)
	init.Signal(1) // nobody hears it
	var got int32
	init.SetRaise(func(sig int32) { got = sig })
	init.Signal(15)
	if got != 15 {
		t.Errorf("signal %d", got)
	}
}

func TestReplied(t *testing.T) {
	_, _, init := table(t, 0, 9)
	l := lwp(t, init, true)
	n := 0
	l.OnReply(func() { n++ })
	l.Replied()
	l.Replied()
	if n != 1 {
		t.Errorf("it ran %d times", n)
	}
}
