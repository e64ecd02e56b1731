// Package box is for tests: kernels of the network faction and inet, with a
// process in each, driven by calls of the handlers.
package box

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Box is a kernel and a process in it.
type Box struct {
	*net.Net
	T    testing.TB
	Inet *inet.Inet
	Base *kernel.Base
	P    *proc.Proc
	L    *proc.LWP
}

// Part attaches a component to a kernel that boots and returns what detaches it.
type Part func(*inet.Inet) (detach func(), err error)

// parts joins net, inet and what a test adds.
type parts struct {
	net    *net.Net
	inet   *inet.Inet
	more   []Part
	detach []func()
}

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.net, err = net.Attach(b); err != nil {
		return err
	}
	if p.inet, err = inet.Attach(p.net); err != nil {
		return err
	}
	for _, part := range p.more {
		detach, err := part(p.inet)
		if err != nil {
			return err
		}
		p.detach = append(p.detach, detach)
	}
	return nil
}

func (p *parts) Detach() {
	for _, fn := range p.detach {
		fn()
	}
	inet.Detach(p.inet)
	net.Detach(p.net)
}

func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }

func (p *parts) Describe() kernel.Description {
	return kernel.Description{Selection: "net/inet", Provider: func(int) string { return "" }}
}

// quiet is a host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// Unwrap implements hypercall.Wrapper.
func (q quiet) Unwrap() hypercall.Host { return q.Host }

// New boots a kernel on the real host; it is halted when the test ends.
func New(t testing.TB, more ...Part) *Box { return On(t, quiet{hypercall.Real()}, more...) }

// On boots a kernel on a host; it is halted when the test ends.
func On(t testing.TB, host hypercall.Host, more ...Part) *Box {
	t.Helper()
	p := &parts{more: more}
	b := &kernel.Base{}
	if err := b.Boot(kernel.Config{Host: host}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	x := &Box{T: t, Net: p.net, Inet: p.inet, Base: b}
	var err error
	x.P, x.L, err = b.NewGuest("test")
	x.OK(err)
	return x
}

// OK ends the test on an error.
func (x *Box) OK(err error) {
	x.T.Helper()
	if err != nil {
		x.T.Fatal(err)
	}
}

// Want ends the test unless err is want.
func (x *Box) Want(err, want error) {
	x.T.Helper()
	if err != want {
		x.T.Fatalf("got %v, want %v", err, want)
	}
}

// Thread returns a further lwp of the process.
func (x *Box) Thread() *proc.LWP {
	l, err := x.P.NewLWP(true)
	if err != nil {
		x.T.Error(err)
	}
	return l
}
