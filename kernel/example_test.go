package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/base"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

// mustBoot brings up a base kernel on a simulated host.
func mustBoot() *base.Kernel {
	k, err := base.Boot(kernel.Config{Host: hypercall.NewSim(1)})
	if err != nil {
		panic(err)
	}
	return k
}

// Boot flags are set before the kernel boots.
func ExampleConfig_howto() {
	h := hypercall.NewSim(1)
	k, err := base.Boot(kernel.Config{Host: h, Howto: abi.AB_VERBOSE, Hostname: "loud"})
	if err != nil {
		panic(err)
	}
	defer k.Close()
	fmt.Println(k.Hostname(), k.Config.Verbose, len(h.Console()) > 0)
	// Output: loud true true
}

// The signal model is set before the kernel boots. Under SigRecord signals
// stay pending, and interrupt sleeps, until the program takes them.
func ExampleConfig_sigModel() {
	k, err := base.Boot(kernel.Config{SigModel: proc.SigRecord})
	if err != nil {
		panic(err)
	}
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	_ = t.Rfork(proc.FDFresh)
	p := t.CurLWP().Proc()
	p.Signal(int32(abi.SIGUSR1))
	c, _ := client.New(t, "")
	_, err = c.Poll(nil, -1)
	fmt.Println(err == abi.EINTR, abi.Signal(p.TakeSignal()) == abi.SIGUSR1)
	_, err = c.Poll(nil, 1)
	fmt.Println(err)
	// Output:
	// true true
	// <nil>
}

// A new process, a second lwp in it, and back to none: rfork, newlwp, switch
// and releaselwp.
func ExampleHostThread() {
	k := mustBoot()
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	c, _ := client.New(t, "") // calls as whoever is current in t

	fmt.Println("implicit:", t.CurLWP() == nil, c.Getpid())
	_ = t.Rfork(proc.FDFresh)
	first := t.CurLWP()
	fmt.Println("forked:", c.Getpid(), first.ID())
	_ = t.NewLWP(first.Proc().Pid)
	fmt.Println("second:", c.Getpid(), t.CurLWP().ID())
	_ = t.ReleaseLWP()
	_ = t.Switch(first)
	_ = t.ReleaseLWP() // the last one: the process ends
	fmt.Println("gone:", t.NewLWP(2) == abi.ESRCH, c.Getpid())
	// Output:
	// implicit: true 1
	// forked: 2 1
	// second: 2 2
	// gone: true 1
}

// The three ways a child gets descriptors: shared, copied, fresh.
func ExampleHostThread_Rfork() {
	k := mustBoot()
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	c, _ := client.New(t, "")
	_ = t.Rfork(proc.FDFresh)
	parent := t.CurLWP()
	for _, mode := range []proc.FDMode{proc.FDShare, proc.FDCopy, proc.FDFresh} {
		_ = t.Switch(parent)
		r, w, _ := c.Pipe()
		_ = t.Rfork(mode)
		_, err := c.Fcntl(r, abi.F_GETFD, client.Arg{})
		_ = c.Close(w)
		_ = t.Switch(parent)
		_, gone := c.Fcntl(w, abi.F_GETFD, client.Arg{})
		fmt.Println(mode, "child has it:", err == nil, "parent still:", gone == nil)
	}
	fmt.Println(t.Rfork(3) == abi.EINVAL)
	// Output:
	// 0 child has it: true parent still: false
	// 1 child has it: true parent still: true
	// 2 child has it: false parent still: true
	// true
}

// Credentials are made, given to a process, and forgotten.
func ExampleProc_credentials() {
	k := mustBoot()
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	_ = t.Rfork(proc.FDFresh)
	t.CurLWP().Proc().SetCred(cred.New(100, 10, 10, 20), false)
	c, _ := client.New(t, "")
	groups := make([]uint32, 4)
	n, _ := c.Getgroups(groups)
	fmt.Println(c.Getuid(), c.Getgid(), groups[:n], c.Setuid(0) == abi.EPERM)
	// Output: 100 10 [10 20] true
}

// The kernel reads and writes an open file from memory of its own.
func ExampleHostThread_File() {
	k, err := vfs.Boot(kernel.Config{Host: hypercall.NewSim(1)})
	if err != nil {
		panic(err)
	}
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	c, _ := client.New(t, "")
	fd, _ := c.Open("/f", abi.O_CREAT|abi.O_RDWR, 0o600)
	f, err := t.File(int32(fd))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	_, _ = f.WriteAt([]byte("rump kernel"), 0)
	p := make([]byte, 6)
	n, err := f.ReadAt(p, 5)
	fmt.Printf("%q %v\n", p[:n], err)
	n, err = f.ReadAt(p, 9)
	fmt.Printf("%q %v\n", p[:n], err)
	// Output:
	// "kernel" <nil>
	// "el" EOF
}

// Event counters, printed.
func ExampleBase_PrintEvcnts() {
	k := mustBoot()
	defer k.Close()
	k.Evcnt.Attach(evcnt.Misc, "example", "calls").Add(3)
	_ = k.PrintEvcnts(os.Stdout)
	fmt.Println(kernel.VersionNumber)
	// Output:
	// example / calls: 3
	// 799003400
}

// The ids of the current lwp are overwritten, to mirror those of elsewhere.
func ExampleLWP_setID() {
	k := mustBoot()
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	_ = t.Rfork(proc.FDFresh)
	t.CurLWP().SetID(4711, 3)
	c, _ := client.New(t, "")
	fmt.Println(c.Getpid(), t.CurLWP().ID())
	_ = t.ReleaseLWP()
	fmt.Println(k.Procs.Len())
	// Output:
	// 4711 3
	// 2
}

// A server for other processes is started and stopped.
func ExampleBase_server() {
	k := mustBoot()
	defer k.Close()
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	url := "unix://" + filepath.Join(dir, "sock")

	s := sysproxy.New(k, sysproxy.Options{})
	if err := s.Listen(url); err != nil {
		panic(err)
	}
	done := make(chan struct{})
	go func() {
		s.Serve()
		close(done)
	}()
	c, err := client.Dial(context.Background(), url, "guest")
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Getpid() > 1)
	_ = c.Exit()
	s.Close()
	<-done
	_, err = client.Dial(context.Background(), url, "late")
	fmt.Println(err != nil)
	// Output:
	// true
	// true
}

// Modules are added and removed while the kernel runs. modctl(2) lists them.
func ExampleBase_AddModules() {
	k := mustBoot()
	defer k.Close()
	mod := func(name string, requires ...string) kernel.Module {
		return kernel.Module{
			Name: name, Class: abi.MODULE_CLASS_MISC, Required: requires,
			Init: func() error { fmt.Println("init", name); return nil },
			Fini: func() error { fmt.Println("fini", name); return nil },
		}
	}
	fmt.Println(k.AddModules(mod("driver", "library"), mod("library")))
	fmt.Println(k.AddModules(kernel.Module{Name: "bad", Init: func() error { return errors.New("no luck") }}))
	fmt.Println(k.RemoveModule("library") == abi.EBUSY)
	fmt.Println(k.RemoveModule("driver"), k.RemoveModule("library"))
	// Output:
	// init library
	// init driver
	// <nil>
	// no luck
	// true
	// fini driver
	// fini library
	// <nil> <nil>
}

// A process's calls are handed to somebody else, once.
func ExampleProc_setProxy() {
	k := mustBoot()
	defer k.Close()
	t := k.HostThread()
	defer t.Close()
	_ = t.Rfork(proc.FDFresh)
	p := t.CurLWP().Proc()
	proxy := func(_ *proc.LWP, num int, f *sysent.Frame) error {
		f.Ret[0] = 42
		return nil
	}
	fmt.Println(p.SetProxy(proxy), p.SetProxy(proxy) == abi.EBUSY)
	c, _ := client.New(t, "")
	fmt.Println(c.Getpid())
	_ = p.SetProxy(nil) // back to the kernel's own table
	fmt.Println(c.Getpid())
	// Output:
	// <nil> true
	// 42
	// 2
}
