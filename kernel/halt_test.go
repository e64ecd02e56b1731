package kernel_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/base"
)

func TestReboot(t *testing.T) {
	h, k, c := bootSim(t)
	var order []string
	k.OnShutdown(func(int32) { order = append(order, "first") })
	k.OnShutdown(func(howto int32) {
		if howto&abi.RB_HALT == 0 {
			t.Errorf("howto is %#x", howto)
		}
		order = append(order, "second")
	})
	r, _ := pipe(t, c)
	th, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	blocked := make(chan error)
	go func() {
		_, err := th.Read(r, make([]byte, 1))
		blocked <- err
	}()
	want(t, "reboot", c.Reboot(abi.RB_HALT, ""), 0)
	<-k.Done()
	if err := <-blocked; err != abi.EINTR && err != abi.ESRCH {
		t.Errorf("a blocked read ended with %v", err)
	}
	if strings.Join(order, " ") != "second first" {
		t.Errorf("hooks ran as %v", order)
	}
	if got := h.Console(); !strings.Contains(got, "rump kernel halting") || !strings.Contains(got, "halted") {
		t.Errorf("the console has %q", got)
	}
	_, err = c.Read(0, nil)
	want(t, "a call afterwards", err, abi.ESRCH)
	if _, err := client.New(k, "late"); err != abi.ENXIO {
		t.Errorf("attaching afterwards: %v", err)
	}
	k.Shutdown(0)
}

func TestRebootInPlace(t *testing.T) {
	_, k, c := bootSim(t)
	if err := k.Boot(kernel.Config{}, nil); err != abi.EBUSY {
		t.Errorf("booting a running kernel: %v", err)
	}
	want(t, "a host name", c.Sysctl([]int32{1, 10}, nil, nil, []byte("x")), 0)
	if err := k.Reboot(); err != nil {
		t.Fatal(err)
	}
	c = attach(t, k)
	if got := string(read(t, c, 1, 10)); got != "rump-00001.sim\x00" {
		t.Errorf("after the reboot the host name is %q", got)
	}
	if c.Getpid() != 2 {
		t.Errorf("after the reboot the first guest is %d", c.Getpid())
	}
}

// broken is a kernel whose getpid panics.
type broken struct{ kernel.Parts }

func (broken) Attach(*kernel.Base) error    { return nil }
func (broken) Detach()                      {}
func (broken) Describe() kernel.Description { return kernel.Description{Selection: "broken"} }
func (broken) Syscall(l *proc.LWP, num int, _ *sysent.Frame) error {
	if num == sysent.SYS_getpid {
		panic("boom")
	}
	return l.Sleep(proc.Forever)
}

// A kernel that panics ends alone, and says why.
func TestPanic(t *testing.T) {
	_, healthy := boot(t, kernel.Config{})
	h := hypercall.NewSim(1)
	var b kernel.Base
	if err := b.Boot(kernel.Config{Host: h}, broken{}); err != nil {
		t.Fatal(err)
	}
	p, err := b.Attach("victim", nil)
	if err != nil {
		t.Fatal(err)
	}
	sleeper, _ := p.NewThread()
	caller, _ := p.NewThread()
	slept := make(chan error)
	go func() { slept <- sleeper.Syscall(sysent.SYS_read, new(sysent.Frame)) }()
	want(t, "the call that panics", caller.Syscall(sysent.SYS_getpid, new(sysent.Frame)), abi.EIO)
	<-b.Done()
	if err := <-slept; err != abi.EINTR && err != abi.ESRCH {
		t.Errorf("the sleeper got %v", err)
	}
	want(t, "a call afterwards", caller.Syscall(sysent.SYS_getpid, new(sysent.Frame)), abi.ESRCH)
	if got := h.Console(); !strings.Contains(got, "panic: boom") || !strings.Contains(got, "broken.Syscall") {
		t.Errorf("the report is %q", got)
	}
	if healthy.Getpid() != 2 {
		t.Error("another kernel is broken, too")
	}
	if b.Close() != nil {
		t.Error("it can't be closed")
	}
}

// A thousand kernels share nothing.
func TestManyKernels(t *testing.T) {
	const n = 1000
	kernels := make([]*base.Kernel, n)
	var wg sync.WaitGroup
	for i := range kernels {
		wg.Go(func() {
			k, err := base.Boot(kernel.Config{})
			if err != nil {
				t.Error(err)
				return
			}
			kernels[i] = k
			c, err := client.New(k, "one")
			if err != nil || c.Getpid() != 2 {
				t.Error(err, c.Getpid())
			}
		})
	}
	wg.Wait()
	for _, k := range kernels {
		k.Close()
	}
}

// A verbose kernel says what it is, on the console and in its log.
func TestVerbose(t *testing.T) {
	h := hypercall.NewSim(1)
	k, _ := boot(t, kernel.Config{Host: h, Verbose: true, NCPU: 2, MemLimit: 1 << 20})
	for _, line := range []string{kernel.Version, "total memory = 1024 KB", "cpu1 at thinair0"} {
		if !strings.Contains(h.Console(), line+"\n") && !strings.Contains(h.Console(), line+":") {
			t.Errorf("the console does not tell %q", line)
		}
	}
	if string(k.Msgbuf.Bytes()) != h.Console() {
		t.Error("console and log differ")
	}
	if d := k.Description(); d.Selection != "base" || d.Rows < 60 {
		t.Errorf("the kernel says it is %+v", d)
	}
}

// A part's goroutine that panics ends its kernel, not the program.
func TestPanicInThread(t *testing.T) {
	_, k, c := bootSim(t)
	k.Go(func() { panic("thread") })
	<-k.Done()
	for c.Getpid() > 0 { // until its lwps are told
	}
}
