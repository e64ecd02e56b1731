// Tests that boot each standard kernel in process and call it.
package tailored

import (
	"errors"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/all"
	"github.com/rumpkit/rumpkit/tailored/base"
	"github.com/rumpkit/rumpkit/tailored/dev"
	"github.com/rumpkit/rumpkit/tailored/net"
	"github.com/rumpkit/rumpkit/tailored/netdev"
	"github.com/rumpkit/rumpkit/tailored/vfs"
	"github.com/rumpkit/rumpkit/tailored/vfsdev"
	"github.com/rumpkit/rumpkit/tailored/vfsnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// booted is what all kernels have.
type booted interface {
	sysent.Kernel
	BaseKernel() *kernel.Base
	Close() error
}

// boot makes a Boot that returns the interface.
func boot[K booted](b func(kernel.Config) (K, error)) func(kernel.Config) (booted, error) {
	return func(cfg kernel.Config) (booted, error) { return b(cfg) }
}

// boots are the standard kernels by their selection.
func boots() map[string]func(kernel.Config) (booted, error) {
	return map[string]func(kernel.Config) (booted, error){
		"base": boot(base.Boot), "vfs": boot(vfs.Boot), "net": boot(net.Boot), "dev": boot(dev.Boot),
		"vfs,net": boot(vfsnet.Boot), "vfs,dev": boot(vfsdev.Boot), "net,dev": boot(netdev.Boot), "all": boot(all.Boot),
	}
}

// start boots a kernel and attaches a thread; both end with the test.
func start(t testing.TB, selection string, raise func(int32)) (booted, sysent.Thread) {
	t.Helper()
	k, err := boots()[selection](kernel.Config{})
	if err != nil {
		t.Fatalf("%s: %v", selection, err)
	}
	p, err := k.Attach("test", raise)
	if err != nil {
		t.Fatalf("%s: %v", selection, err)
	}
	th, err := p.NewThread()
	if err != nil {
		t.Fatalf("%s: %v", selection, err)
	}
	t.Cleanup(func() {
		th.Close()
		if err := errors.Join(p.Close(), k.Close()); err != nil {
			t.Error(err)
		}
	})
	return k, th
}

func TestBoot(t *testing.T) {
	for selection := range boots() {
		t.Run(selection, func(t *testing.T) {
			k, th := start(t, selection, nil)
			desc := k.BaseKernel().Description()
			if desc.Selection != selection || desc.Rows < 1 || len(desc.Parts) < 1 {
				t.Errorf("description %+v", desc)
			}
			var f sysent.Frame
			if err := th.Syscall(sysent.SYS_getpid, &f); err != nil || f.Ret[0] < 2 || f.Ret[1] != 1 {
				t.Errorf("getpid: %v, %v", f.Ret, err)
			}
		})
	}
}

// TestReboot checks that a kernel boots again in place.
func TestReboot(t *testing.T) {
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := k.Reboot(); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestServed checks, row by row, that a kernel says of a row what is true:
// that it serves it, or which part would.
func TestServed(t *testing.T) {
	for selection := range boots() {
		k, _ := start(t, selection, nil)
		desc := k.BaseKernel().Description()
		full, _ := start(t, "all", nil)
		unserved := 0
		for num := range sysent.Rows {
			if desc.Provider(num) != "" {
				unserved++
			}
		}
		if selection == "all" && unserved != 0 {
			t.Errorf("all: %d rows are served by a part that it lacks", unserved)
		}
		if want := full.BaseKernel().Description().Rows - desc.Rows; selection != "all" && unserved < want {
			t.Errorf("%s: %d rows have a provider, want at least %d", selection, unserved, want)
		}
	}
}

func TestUnserved(t *testing.T) {
	var signals []int32
	_, th := start(t, "base", func(sig int32) { signals = append(signals, sig) })
	var f sysent.Frame
	for _, num := range []int{-1, sysent.SYS_open, sysent.SYS_MAXSYSCALL, sysent.SYS_NSYSENT, 1 << 40, sysent.SYS_fork} {
		if err := th.Syscall(num, &f); err != abi.ENOSYS {
			t.Errorf("call %d: %v, want ENOSYS", num, err)
		}
	}
	if len(signals) != 0 {
		t.Errorf("signals %v for rows that are no module's", signals)
	}
	if err := th.Syscall(sysent.SYS_semget, &f); err != abi.ENOSYS || fmt.Sprint(signals) != fmt.Sprint([]int32{int32(abi.SIGSYS)}) {
		t.Errorf("a module's row: %v and signals %v, want ENOSYS and SIGSYS", err, signals)
	}
}

// TestNoAllocs checks that the way to a handler and back allocates nothing.
func TestNoAllocs(t *testing.T) {
	_, th := start(t, "all", nil)
	var f sysent.Frame
	n := testing.AllocsPerRun(100, func() {
		if err := th.Syscall(sysent.SYS_getpid, &f); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("getpid allocates %v times", n)
	}
}

func TestAccessors(t *testing.T) {
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if k.VFS() == nil || k.Net() == nil || k.Dev() == nil || k.BaseKernel() != &k.Base {
		t.Error("a part is missing")
	}
}

func BenchmarkGetpid(b *testing.B) {
	_, th := start(b, "base", nil)
	var f sysent.Frame
	for b.Loop() {
		if err := th.Syscall(sysent.SYS_getpid, &f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBoot(b *testing.B) {
	for _, selection := range []string{"base", "all"} {
		b.Run(selection, func(b *testing.B) {
			for b.Loop() {
				k, err := boots()[selection](kernel.Config{})
				if err != nil {
					b.Fatal(err)
				}
				if err := k.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
