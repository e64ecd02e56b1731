// A kernel with just the network faction and this component, driven by calls
// of the handlers.
package inet_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins net and inet.
type parts struct {
	net  *net.Net
	inet *inet.Inet
}

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.net, err = net.Attach(b); err != nil {
		return err
	}
	p.inet, err = inet.Attach(p.net)
	return err
}

func (p *parts) Detach() {
	inet.Detach(p.inet)
	net.Detach(p.net)
}

func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }

func (p *parts) Describe() kernel.Description {
	return kernel.Description{Selection: "net/inet", Provider: func(int) string { return "" }}
}

// quietHost is the real host without its console.
type quietHost struct{ hypercall.Host }

func (quietHost) ConsoleWrite([]byte) {}

// box is a kernel and a process in it.
type box struct {
	t testing.TB
	*net.Net
	inet *inet.Inet
	b    *kernel.Base
	p    *proc.Proc
	l    *proc.LWP
}

func newBox(t testing.TB) *box {
	t.Helper()
	x := bootBox(t)
	t.Cleanup(func() { _ = x.b.Close() })
	return x
}

// bootBox boots a kernel that the caller halts.
func bootBox(t testing.TB) *box {
	t.Helper()
	p := &parts{}
	b := &kernel.Base{}
	if err := b.Boot(kernel.Config{Host: quietHost{hypercall.Real()}}, p); err != nil {
		t.Fatal(err)
	}
	x := &box{t: t, Net: p.net, inet: p.inet, b: b}
	var err error
	if x.p, x.l, err = b.NewGuest("test"); err != nil {
		t.Fatal(err)
	}
	return x
}

// thread returns a further lwp of the process.
func (x *box) thread() *proc.LWP {
	l, err := x.p.NewLWP(true)
	if err != nil {
		x.t.Error(err)
	}
	return l
}

func (x *box) ok(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *box) want(err, want error) {
	x.t.Helper()
	if err != want {
		x.t.Fatalf("got %v, want %v", err, want)
	}
}

func in(b []byte) usermem.InBuf   { return usermem.InBuf{Mem: usermem.Local(b, nil)} }
func out(b []byte) usermem.OutBuf { return usermem.OutBuf{Mem: usermem.Local(b, nil)} }

// sized is a result buffer of room bytes.
type sized struct {
	b []byte
	n uint32
}

func newSized(room int) *sized { return &sized{make([]byte, room), uint32(room)} }

func (s *sized) mem() usermem.OutSized32 {
	return usermem.OutSized32{
		Buf:    usermem.Local(s.b, nil),
		Length: usermem.InOut[uint32]{Mem: usermem.Local(usermem.BytesOf(&s.n), nil)},
	}
}

func (s *sized) bytes() []byte { return s.b[:s.n] }

var nobody usermem.OutSized32

// addr4 and addr6 are loopback addresses.
func addr4(port uint16) []byte {
	return []byte{16, abi.AF_INET, byte(port >> 8), byte(port), 127, 0, 0, 1, 15: 0}
}

func addr6(port uint16) []byte {
	return []byte{28, abi.AF_INET6, byte(port >> 8), byte(port), 23: 1, 27: 0}
}

func loopback(af int32, port uint16) []byte {
	if af == abi.AF_INET6 {
		return addr6(port)
	}
	return addr4(port)
}

// port returns the port of a socket's own address.
func (x *box) port(fd int32) uint16 {
	x.t.Helper()
	s := newSized(128)
	x.ok(x.SysGetsockname(x.l, fd, s.mem()))
	return uint16(s.b[2])<<8 | uint16(s.b[3])
}

func (x *box) socket(af, typ, number int32) int32 {
	x.t.Helper()
	fd, err := x.SysSocket30(x.l, af, typ, number)
	x.ok(err)
	return fd
}

// listener returns a listening TCP socket and its port.
func (x *box) listener(af int32) (int32, uint16) {
	x.t.Helper()
	fd := x.socket(af, abi.SOCK_STREAM, 0)
	x.ok(x.SysBind(x.l, fd, in(loopback(af, 0))))
	x.ok(x.SysListen(x.l, fd, 128))
	return fd, x.port(fd)
}

// pair returns a TCP connection: the end that connected and the other.
func (x *box) pair(af int32) (a, b int32) {
	x.t.Helper()
	lfd, port := x.listener(af)
	a = x.socket(af, abi.SOCK_STREAM, 0)
	x.ok(x.SysConnect(x.l, a, in(loopback(af, port))))
	b, err := x.SysAccept(x.l, lfd, nobody)
	x.ok(err)
	x.close(lfd)
	return a, b
}

func (x *box) close(fd int32) {
	x.t.Helper()
	x.ok(file.Of(x.l).Close(x.l, fd))
}

func (x *box) send(fd int32, b string) {
	x.t.Helper()
	n, err := x.SysSendto(x.l, fd, in([]byte(b)), 0, usermem.InBuf{})
	x.ok(err)
	if n != len(b) {
		x.t.Fatalf("sent %d of %d", n, len(b))
	}
}

func (x *box) recv(fd int32, flags int32) string {
	x.t.Helper()
	b := make([]byte, 4096)
	n, err := x.SysRecvfrom(x.l, fd, out(b), flags, nobody)
	x.ok(err)
	return string(b[:n])
}

func (x *box) file(fd int32) *file.File {
	x.t.Helper()
	f, err := file.Get(x.l, fd)
	x.ok(err)
	x.ok(f.Drop(x.l))
	return f
}

func (x *box) poll(fd int32) int16 {
	x.t.Helper()
	f := x.file(fd)
	return f.Ops.Poll(f, abi.POLLIN|abi.POLLOUT)
}

func both(t *testing.T, fn func(t *testing.T, af int32)) {
	for name, af := range map[string]int32{"inet": abi.AF_INET, "inet6": abi.AF_INET6} {
		t.Run(name, func(t *testing.T) { fn(t, af) })
	}
}
