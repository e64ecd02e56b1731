// Package fuzzcalls makes every call of the table, in every standard kernel,
// with arguments of the types and directions that the table gives them.
package fuzzcalls

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
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

// maxCalls bounds the calls of one input.
const maxCalls = 32

// booted is what all kernels have.
type booted interface {
	BaseKernel() *kernel.Base
	Close() error
}

func boot[K booted](b func(kernel.Config) (K, error)) func(kernel.Config) (booted, error) {
	return func(cfg kernel.Config) (booted, error) { return b(cfg) }
}

// kernels boots each selection on a host in which nothing takes time.
func kernels(f *testing.F) (list []*kernel.Base) {
	for _, b := range []func(kernel.Config) (booted, error){
		boot(base.Boot), boot(vfs.Boot), boot(net.Boot), boot(dev.Boot),
		boot(vfsnet.Boot), boot(vfsdev.Boot), boot(netdev.Boot), boot(all.Boot),
	} {
		k, err := b(kernel.Config{Host: hypercall.NewSim(1), MemLimit: 32 << 20})
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { _ = k.Close() })
		list = append(list, k.BaseKernel())
	}
	return list
}

// rows returns the rows with a client's stub, less reboot, after which there
// would be nothing left to call.
func rows(f *testing.F) (list []master.Entry) {
	table, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range table.Entries {
		if e.Rump && e.Number != sysent.SYS_reboot {
			list = append(list, e)
		}
	}
	return list
}

// FuzzCalls makes the calls that an input describes, as one process of one
// kernel. No call may end the kernel, and none may take its process along.
func FuzzCalls(f *testing.F) {
	ks, table := kernels(f), rows(f)
	for k := range ks {
		for first := 0; first < len(table); first += maxCalls {
			f.Add(seed(byte(k), first, len(table)))
		}
	}
	f.Fuzz(func(t *testing.T, prog []byte) {
		in := &input{rest: prog}
		how := in.byte()
		b := ks[int(how&7)]
		p, l, err := b.NewGuest("fuzz")
		if err != nil {
			t.Fatal("no process can be made: ", err, b.PanicReport())
		}
		g := &caller{b: b, l: l, in: in, remote: how&8 != 0}
		for range maxCalls {
			if len(in.rest) == 0 {
				break
			}
			g.call(&table[int(in.uint16())%len(table)])
		}
		b.Procs.Exit(l)
		if b.Procs.Find(p.Pid) == p {
			t.Fatal("the process has not ended")
		}
		select {
		case <-b.Done():
			t.Fatal("the kernel has ended: ", b.PanicReport())
		default:
		}
	})
}

// seed returns an input that makes maxCalls calls from row first on, with
// small numbers and short buffers.
func seed(k byte, first, n int) []byte {
	prog := []byte{k | byte(first)&8}
	for i := range maxCalls {
		row := (first + i) % n
		prog = append(prog, byte(row), byte(row>>8))
		for a := range 12 {
			prog = append(prog, byte(a*7+i))
		}
	}
	return prog
}

// caller makes calls as one lwp.
type caller struct {
	b      *kernel.Base
	l      *proc.LWP
	in     *input
	remote bool
}

// call makes one call. Sleeps in it are interrupted.
func (g *caller) call(e *master.Entry) {
	var f sysent.Frame
	if g.remote {
		f.Space = &space{in: g.in}
	}
	slot := 0
	for i := range e.Args {
		a := &e.Args[i]
		if slot >= len(f.Slot) {
			break
		}
		switch {
		case a.Pad:
		case a.Direction == master.Value:
			f.Slot[slot] = g.in.number()
		case g.remote:
			f.Slot[slot] = g.in.address()
		default:
			g.pointer(&f, slot, a)
		}
		slot += max(a.Slots, 1)
	}
	g.l.Interrupt()
	_ = g.b.SyscallLocal(g.l, e.Number, &f)
}

// pointer fills slot i of a caller in this process: a string, or bytes of some
// length, of which pointers in structures find others.
func (g *caller) pointer(f *sysent.Frame, i int, a *master.Arg) {
	if g.in.byte()&15 == 0 {
		return // NULL
	}
	if a.Shape == master.String {
		f.SetString(i, g.in.str())
		return
	}
	f.Mem[i] = g.in.bytes(f.Pin(g.in.bytes(0)))
}
