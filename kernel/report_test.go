package kernel_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
)

// fragile is a kernel whose dup panics.
type fragile struct{ broken }

func (fragile) Syscall(l *proc.LWP, num int, _ *sysent.Frame) error {
	switch num {
	case sysent.SYS_dup:
		panic("boom")
	case sysent.SYS_read:
		return l.Sleep(proc.Forever)
	}
	return nil
}

// The report of a panic names what happened, what was printed before, and who
// was in which call. Clients in other processes see their connection close.
func TestPanicReport(t *testing.T) {
	var b kernel.Base
	if err := b.Boot(kernel.Config{Host: hypercall.NewSim(1)}, fragile{}); err != nil {
		t.Fatal(err)
	}
	if b.PanicReport() != "" {
		t.Error("there is a report before the panic")
	}
	s := sysproxy.New(&b, sysproxy.Options{})
	url := "unix://" + filepath.Join(t.TempDir(), "sock")
	if err := s.Listen(url); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		s.Serve()
		close(served)
	}()
	guest, err := client.Dial(context.Background(), url, "guest")
	if err != nil {
		t.Fatal(err)
	}
	slept := make(chan error)
	go func() {
		_, err := guest.Read(0, make([]byte, 1))
		slept <- err
	}()
	for asleep := false; !asleep; {
		for _, p := range b.Procs.All() {
			for _, l := range p.LWPs() {
				asleep = asleep || l.Asleep() >= 0
			}
		}
	}
	b.Printf("a word before the end\n")
	victim, err := b.Attach("victim", nil)
	if err != nil {
		t.Fatal(err)
	}
	th, _ := victim.NewThread()
	b.OnReport(func() string { return " the door is locked\n" })
	b.OnReport(func() string { panic("that, too") })
	for range 2 {
		_ = th.Syscall(sysent.SYS_getpid, new(sysent.Frame))
	}
	_ = th.Syscall(sysent.SYS_dup, new(sysent.Frame))
	<-b.Done()
	for _, line := range []string{
		"panic: boom\n", "fragile.Syscall", "log:\n", "a word before the end\n", "last calls:\n",
		" 1 rumplocal\n", " guest\n  lwp 2 sleeps in read; last calls: getpid\n",
		" victim\n  lwp 2 runs dup; last calls: getpid, getpid\n",
		"locks:\n the door is locked\n not known\n",
	} {
		if !strings.Contains(b.PanicReport(), line) {
			t.Errorf("the report does not tell %q:\n%s", line, b.PanicReport())
		}
	}
	if err := <-slept; err == nil {
		t.Error("the guest's call has succeeded")
	}
	<-served
	if _, err := guest.Read(0, nil); err == nil {
		t.Error("the guest is connected still")
	}
	_ = guest.Exit()
}
