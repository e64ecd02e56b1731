package local_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/factions/net/local"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins net and local.
type parts struct {
	net   *net.Net
	local *local.Local
}

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.net, err = net.Attach(b); err != nil {
		return err
	}
	p.local, err = local.Attach(p.net)
	return err
}

func (p *parts) Detach() {
	local.Detach(p.local)
	net.Detach(p.net)
}

func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }

func (p *parts) Describe() kernel.Description {
	return kernel.Description{Selection: "net/local", Provider: func(int) string { return "" }}
}

// box is a kernel and a process in it.
type box struct {
	t *testing.T
	*net.Net
	p *proc.Proc
	l *proc.LWP
}

func newBox(t *testing.T) *box {
	t.Helper()
	p := &parts{}
	b := &kernel.Base{}
	if err := b.Boot(kernel.Config{Host: hypercall.NewSim(1)}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	pr, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	return &box{t: t, Net: p.net, p: pr, l: l}
}

func (x *box) pair(typ int32) (a, b int32) {
	x.t.Helper()
	rsv := make([]int32, 2)
	mem := usermem.Local(usermem.BytesOfSlice(rsv), nil)
	if err := x.SysSocketpair(x.l, abi.AF_LOCAL, typ, 0, usermem.OutSlice[int32]{Mem: mem, N: 2}); err != nil {
		x.t.Fatal(err)
	}
	return rsv[0], rsv[1]
}

func (x *box) send(fd int32, s string) (int, error) {
	buf := usermem.InBuf{Mem: usermem.Local([]byte(s), nil)}
	return x.SysSendto(x.l, fd, buf, abi.MSG_DONTWAIT|abi.MSG_NOSIGNAL, usermem.InBuf{})
}

func (x *box) recv(l *proc.LWP, fd int32, size int, flags int32) (string, error) {
	b := make([]byte, size)
	n, err := x.SysRecvfrom(l, fd, usermem.OutBuf{Mem: usermem.Local(b, nil)}, flags, usermem.OutSized32{})
	return string(b[:n]), err
}

func (x *box) close(fd int32) { _ = file.Of(x.l).Close(x.l, fd) }

// TestFull sends more than a stream holds, and then reads it all.
func TestFull(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.SOCK_STREAM)
	sent, err := 0, error(nil)
	for err == nil {
		var n int
		n, err = x.send(a, string(make([]byte, 1000)))
		sent += n
	}
	if err != abi.EAGAIN || sent != 4000 {
		t.Errorf("sent %d, %v", sent, err)
	}
	const more = 100000
	l, _ := x.p.NewLWP(true)
	got := make(chan int)
	go func() {
		n := 0
		for n < sent+more {
			s, err := x.recv(l, b, 4096, 0)
			if err != nil {
				break
			}
			n += len(s)
		}
		got <- n
	}()
	buf := usermem.InBuf{Mem: usermem.Local(make([]byte, more), nil)}
	if n, err := x.SysSendto(x.l, a, buf, 0, usermem.InBuf{}); n != more || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	if n := <-got; n != sent+more {
		t.Errorf("received %d of %d", n, sent+more)
	}
}

func TestUnnamed(t *testing.T) {
	x := newBox(t)
	fd, err := x.SysSocket30(x.l, abi.AF_LOCAL, abi.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	name := usermem.InBuf{Mem: usermem.Local([]byte{5, abi.AF_LOCAL, '/', 'x', 0}, nil)}
	for call, c := range map[string][2]error{
		"connect": {x.SysConnect(x.l, fd, name), abi.ENOENT},
		"bind":    {x.SysBind(x.l, fd, name), abi.EOPNOTSUPP},
		"listen":  {x.SysListen(x.l, fd, 1), abi.EINVAL},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %v, want %v", call, c[0], c[1])
		}
	}
}
