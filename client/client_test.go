package client

import (
	"errors"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

func newFake(t *testing.T) (*fakeKernel, *Client) {
	t.Helper()
	k := new(fakeKernel)
	c, err := New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	return k, c
}

// Calls one after another use one lwp; calls at the same time use one each.
func TestLwps(t *testing.T) {
	k, c := newFake(t)
	for range 10 {
		c.Getpid()
	}
	if k.threads != 1 {
		t.Errorf("%d lwps for calls in a row, want 1", k.threads)
	}
	const n = maxFree + 8
	var inside, all sync.WaitGroup
	inside.Add(n)
	release := make(chan struct{})
	k.answer = func(int, *sysent.Frame) error {
		inside.Done()
		<-release
		return nil
	}
	for range n {
		all.Go(func() { c.Getpid() })
	}
	inside.Wait()
	close(release)
	all.Wait()
	if k.threads != n {
		t.Errorf("%d lwps for %d calls at once", k.threads, n)
	}
	if k.open > maxFree+1 {
		t.Errorf("%d lwps are kept, want at most %d", k.open, maxFree+1)
	}
}

func TestNewThread(t *testing.T) {
	k, c := newFake(t)
	b, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	b.Getpid()
	b.Getpid()
	if k.threads != 1 || k.open != 1 {
		t.Errorf("%d lwps made, %d there; want 1 and 1", k.threads, k.open)
	}
	b.Release()
	b.Release()
	if k.open != 0 {
		t.Errorf("%d lwps after Release", k.open)
	}
	if b.Getpid(); k.threads != 2 {
		t.Errorf("a released client does not borrow")
	}
}

// A process that can have no more lwps fails calls and nothing else.
func TestNoThread(t *testing.T) {
	k, c := newFake(t)
	k.fail = abi.EBUSY
	if _, err := c.Open("/", 0, 0); err != abi.EBUSY {
		t.Errorf("Open = %v, want EBUSY", err)
	}
	if pid := c.Getpid(); pid != -1 {
		t.Errorf("Getpid = %d, want -1", pid)
	}
	if _, err := c.NewThread(); err != abi.EBUSY {
		t.Errorf("NewThread = %v, want EBUSY", err)
	}
}

func TestExit(t *testing.T) {
	_, c := newFake(t)
	c.Getpid()
	if err := c.Exit(); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(3); err != abi.ESRCH {
		t.Errorf("Close after Exit = %v, want ESRCH", err)
	}
	if _, err := c.NewThread(); !errors.Is(err, abi.ESRCH) {
		t.Errorf("NewThread after Exit = %v, want ESRCH", err)
	}
}

func TestForkExecSignal(t *testing.T) {
	k, c := newFake(t)
	child, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Exec("other"); err != nil {
		t.Fatal(err)
	}
	if name := child.p.Process.(*fakeProcess).name; name != "other" {
		t.Errorf("name is %q", name)
	}
	k.raise(int32(abi.SIGPIPE))
	var got abi.Signal
	c.OnSignal(func(sig abi.Signal) { got = sig })
	k.raise(int32(abi.SIGPIPE))
	if got != abi.SIGPIPE {
		t.Errorf("signal %v, want SIGPIPE", got)
	}
	c.OnSignal(nil)
	k.raise(int32(abi.SIGALRM))
	if got != abi.SIGPIPE {
		t.Errorf("a signal after OnSignal(nil)")
	}
}
