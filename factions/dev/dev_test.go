package dev_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/dev"
	"github.com/rumpkit/rumpkit/factions/dev/rnd"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// parts is the dev faction and its components, joined by hand.
type parts struct{ d *dev.Dev }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.d, err = dev.Attach(b); err != nil {
		return err
	}
	return rnd.Attach(p.d)
}

func (p *parts) Detach() { dev.Detach(p.d) }

func (*parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }

func (*parts) Describe() kernel.Description { return kernel.Description{Selection: "dev"} }

// boot returns a kernel with the faction and the numbers of its nodes.
func boot(t *testing.T) (*kernel.Base, map[string]uint64) {
	t.Helper()
	b := new(kernel.Base)
	if err := b.Boot(kernel.Config{}, new(parts)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	nodes := map[string]uint64{}
	b.Devsw.Watch(func(e devsw.NodeEvent) { nodes[e.Path] = e.Dev })
	return b, nodes
}

func open(t *testing.T, b *kernel.Base, dev uint64) devsw.Device {
	t.Helper()
	d, err := b.Devsw.Open(b.BootLWP(), dev, false, file.FREAD|file.FWRITE)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFullIsFull(t *testing.T) {
	b, nodes := boot(t)
	d := open(t, b, nodes["full"])
	buf := []byte("not zero")
	if n, err := d.Read(b.BootLWP(), buf, 0, false); n != len(buf) || err != nil || string(buf) != string(make([]byte, 8)) {
		t.Errorf("read %d %q, %v", n, buf, err)
	}
	if _, err := d.Write(b.BootLWP(), buf, 0, false); err != abi.ENOSPC {
		t.Errorf("write: %v, want ENOSPC", err)
	}
}

func TestRandomBytesDiffer(t *testing.T) {
	b, nodes := boot(t)
	for _, name := range []string{"random", "urandom"} {
		d := open(t, b, nodes[name])
		var a, c [32]byte
		for _, buf := range [][]byte{a[:], c[:]} {
			if n, err := d.Read(b.BootLWP(), buf, 0, false); n != len(buf) || err != nil {
				t.Fatalf("%s: read %d, %v", name, n, err)
			}
		}
		if a == c {
			t.Errorf("%s gave the same 32 bytes twice", name)
		}
		if n, err := d.Read(b.BootLWP(), make([]byte, 1<<20), 0, false); err != nil || n <= 0 {
			t.Errorf("%s: a megabyte: %d, %v", name, n, err)
		}
	}
}

func TestRandomIoctls(t *testing.T) {
	b, nodes := boot(t)
	d := open(t, b, nodes["random"])
	var bits uint32
	if err := d.Ioctl(b.BootLWP(), abi.RNDGETENTCNT, &file.Arg{Data: usermem.BytesOf(&bits)}); err != nil || bits == 0 {
		t.Errorf("entropy: %d bits, %v", bits, err)
	}
	var st abi.RndstatEst
	for _, want := range []uint32{1, 0} {
		if err := d.Ioctl(b.BootLWP(), abi.RNDGETESTNUM, &file.Arg{Data: usermem.BytesOf(&st)}); err != nil || st.Count != want {
			t.Errorf("sources from %d: %d, %v; want %d", st.Start, st.Count, err, want)
		}
		st.Start += st.Count
	}
	if err := d.Ioctl(b.BootLWP(), abi.TIOCGETA, &file.Arg{Data: make([]byte, 44)}); err != abi.ENOTTY {
		t.Errorf("a terminal's ioctl: %v, want ENOTTY", err)
	}
}

func TestUnitsThatAreNotThere(t *testing.T) {
	b, nodes := boot(t)
	for name, dev := range nodes {
		if _, err := b.Devsw.Open(b.BootLWP(), dev+17, false, file.FREAD); err != abi.ENXIO {
			t.Errorf("unit 17 beyond %s: %v, want ENXIO", name, err)
		}
	}
}
