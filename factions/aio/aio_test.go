package aio

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins the faction and this component to a kernel.
type parts struct {
	v *vfs.VFS
	a *AIO
}

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err == nil {
		p.a, err = Attach(p.v)
	}
	return err
}

func (p *parts) Detach()                                     { Detach(p.a); vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }

// guest is a process with memory: control blocks and buffers that pointers in
// arguments lead to, by their numbers.
type guest struct {
	t    *testing.T
	b    *kernel.Base
	v    *vfs.VFS
	a    *AIO
	l    *proc.LWP
	mem  [][]byte
	sigs chan int32
}

func boot(t *testing.T) *guest {
	t.Helper()
	g := &guest{t: t, b: new(kernel.Base), sigs: make(chan int32, 100)}
	p := new(parts)
	if err := g.b.Boot(kernel.Config{}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.b.Close() })
	pr, l, err := g.b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	pr.SetRaise(func(sig int32) { g.sigs <- sig })
	g.v, g.a, g.l = p.v, p.a, l
	return g
}

// pin returns a pointer to b.
func (g *guest) pin(b []byte) uint64 {
	g.mem = append(g.mem, b)
	return uint64(len(g.mem)) << 32
}

// Resolve implements usermem.Resolver.
func (g *guest) Resolve(ptr uint64, n int) usermem.Mem {
	i := int(ptr >> 32)
	if i == 0 || i > len(g.mem) {
		return usermem.Local(nil, g)
	}
	return usermem.Local(g.mem[i-1], g)
}

func (g *guest) CopyIn([]byte, uint64) error              { return abi.EFAULT }
func (g *guest) CopyInStr(uint64, int) (string, error)    { return "", abi.EFAULT }
func (g *guest) CopyOut(uint64, []byte) error             { return abi.EFAULT }
func (g *guest) Window(n int) []byte                      { return make([]byte, n) }
func (g *guest) Commit(win []byte, a uint64, n int) error { return abi.EFAULT }

func (g *guest) block(cb *abi.Aiocb) usermem.InOut[abi.Aiocb] {
	return usermem.InOut[abi.Aiocb]{Mem: usermem.Local(usermem.BytesOf(cb), g)}
}

func (g *guest) list(cbs ...*abi.Aiocb) usermem.InSlice[uint64] {
	var ptrs []uint64
	for _, cb := range cbs {
		if cb == nil {
			ptrs = append(ptrs, 0)
			continue
		}
		ptrs = append(ptrs, g.pin(usermem.BytesOf(cb)))
	}
	return usermem.InSlice[uint64]{Mem: usermem.Local(usermem.BytesOfSlice(ptrs), g), N: uint64(len(ptrs))}
}

func (g *guest) open(path string) int32 {
	g.t.Helper()
	s := usermem.String{Mem: usermem.Local(usermem.BytesOfString(path), nil)}
	fd, err := g.v.SysOpen(g.l, s, abi.O_RDWR|abi.O_CREAT, 0o600)
	if err != nil {
		g.t.Fatal(err)
	}
	return fd
}

// want fails the test when a call did not end as it should.
func (g *guest) want(what string, err, want error) {
	g.t.Helper()
	if err != want {
		g.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// result waits for an operation and returns its errno and result.
func (g *guest) result(cb *abi.Aiocb) (abi.Errno, int32) {
	g.t.Helper()
	g.want("suspend", g.a.SysAioSuspend50(g.l, g.list(cb), usermem.In[abi.Timespec]{}), nil)
	e, err := g.a.SysAioError(g.l, usermem.In[abi.Aiocb]{Mem: g.block(cb).Mem})
	g.want("error", err, nil)
	n, err := g.a.SysAioReturn(g.l, g.block(cb))
	g.want("return", err, nil)
	return abi.Errno(e), n
}

func TestReadWriteSync(t *testing.T) {
	g := boot(t)
	fd := g.open("/tmp/f")
	data := []byte("hello, world")
	w := abi.Aiocb{Fildes: fd, Buf: g.pin(data), Nbytes: uint64(len(data)), Offset: 5,
		Sigevent: abi.Sigevent{Notify: abi.SIGEV_SIGNAL, Signo: int32(abi.SIGUSR1)}}
	g.want("write", g.a.SysAioWrite(g.l, g.block(&w)), nil)
	if e, n := g.result(&w); e != 0 || n != 12 {
		t.Errorf("write: %v, %d", e, n)
	}
	if sig := <-g.sigs; sig != int32(abi.SIGUSR1) {
		t.Errorf("signal %d", sig)
	}
	s := abi.Aiocb{Fildes: fd}
	g.want("fsync", g.a.SysAioFsync(g.l, abi.O_SYNC, g.block(&s)), nil)
	if e, n := g.result(&s); e != 0 || n != 0 {
		t.Errorf("fsync: %v, %d", e, n)
	}
	buf := make([]byte, 100)
	r := abi.Aiocb{Fildes: fd, Buf: g.pin(buf), Nbytes: 100}
	g.want("read", g.a.SysAioRead(g.l, g.block(&r)), nil)
	if e, n := g.result(&r); e != 0 || n != 17 || string(buf[5:17]) != "hello, world" {
		t.Errorf("read: %v, %d, %q", e, n, buf)
	}
	_, err := g.a.SysAioReturn(g.l, g.block(&r))
	g.want("a second return", err, abi.EINVAL)
}

func TestErrors(t *testing.T) {
	g := boot(t)
	fd := g.open("/tmp/f")
	buf := g.pin(make([]byte, 8))
	var cb abi.Aiocb
	_, err := g.a.SysAioError(g.l, usermem.In[abi.Aiocb]{Mem: g.block(&cb).Mem})
	g.want("error before anything", err, abi.EINVAL)
	_, err = g.a.SysAioReturn(g.l, g.block(&cb))
	g.want("return before anything", err, abi.EINVAL)
	g.want("suspend before anything", g.a.SysAioSuspend50(g.l, g.list(&cb), usermem.In[abi.Timespec]{}), abi.EAGAIN)
	n, err := g.a.SysAioCancel(g.l, fd, usermem.InOut[abi.Aiocb]{})
	if n != abi.AIO_NOTCANCELED || err != nil {
		t.Errorf("cancel before anything: %d, %v", n, err)
	}
	_, err = g.a.SysAioCancel(g.l, 77, usermem.InOut[abi.Aiocb]{})
	g.want("cancel on no descriptor", err, abi.EBADF)
	g.want("fsync of another kind", g.a.SysAioFsync(g.l, 99, g.block(&cb)), abi.EINVAL)
	for what, cb := range map[string]abi.Aiocb{
		"no buffer":       {Fildes: fd, Nbytes: 8},
		"too long":        {Fildes: fd, Buf: buf, Nbytes: 1 << 63},
		"no signal":       {Fildes: fd, Buf: buf, Sigevent: abi.Sigevent{Signo: 64}},
		"no notification": {Fildes: fd, Buf: buf, Sigevent: abi.Sigevent{Notify: 4}},
	} {
		g.want(what, g.a.SysAioRead(g.l, g.block(&cb)), abi.EINVAL)
	}
	bad := abi.Aiocb{Fildes: 77, Buf: buf, Nbytes: 8}
	g.want("a bad descriptor starts", g.a.SysAioRead(g.l, g.block(&bad)), nil)
	if e, n := g.result(&bad); e != abi.EBADF || n != -1 {
		t.Errorf("a bad descriptor: %v, %d", e, n)
	}
	g.want("no list", g.a.SysLioListio(g.l, abi.LIO_WAIT, g.list(), usermem.In[abi.Sigevent]{}), abi.EINVAL)
	g.want("another mode", g.a.SysLioListio(g.l, 7, g.list(&bad), usermem.In[abi.Sigevent]{}), abi.EINVAL)
	g.want("a NULL entry", g.a.SysLioListio(g.l, abi.LIO_WAIT, g.list(nil), usermem.In[abi.Sigevent]{}), abi.EIO)
}

func TestList(t *testing.T) {
	g := boot(t)
	fd := g.open("/tmp/f")
	var cbs [20]abi.Aiocb
	var refs []*abi.Aiocb
	for i := range cbs {
		data := []byte{byte('a' + i)}
		cbs[i] = abi.Aiocb{Fildes: fd, Buf: g.pin(data), Nbytes: 1, Offset: int64(i), LioOpcode: abi.LIO_WRITE}
		refs = append(refs, &cbs[i])
	}
	cbs[7].LioOpcode = abi.LIO_NOP
	g.want("listio", g.a.SysLioListio(g.l, abi.LIO_WAIT, g.list(refs...), usermem.In[abi.Sigevent]{}), nil)
	buf := make([]byte, 30)
	n, err := g.v.SysPread(g.l, fd, usermem.OutBuf{Mem: usermem.Local(buf, nil)}, 0)
	if err != nil || string(buf[:n]) != "abcdefg\x00ijklmnopqrst" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	sig := abi.Sigevent{Notify: abi.SIGEV_SIGNAL, Signo: int32(abi.SIGUSR2)}
	g.want("listio", g.a.SysLioListio(g.l, abi.LIO_NOWAIT, g.list(refs[:3]...),
		usermem.In[abi.Sigevent]{Mem: usermem.Local(usermem.BytesOf(&sig), nil)}), nil)
	if s := <-g.sigs; s != int32(abi.SIGUSR2) {
		t.Errorf("signal %d", s)
	}
}

// TestCancel cancels reads behind one that waits for a pipe, and then ends the
// process while it waits.
func TestCancel(t *testing.T) {
	g := boot(t)
	rd, wr, err := g.b.SysPipe(g.l)
	if err != nil {
		t.Fatal(err)
	}
	var cbs [4]abi.Aiocb
	var bufs [4][8]byte
	for i := range cbs {
		cbs[i] = abi.Aiocb{Fildes: rd, Buf: g.pin(bufs[i][:]), Nbytes: 8}
		g.want("read", g.a.SysAioRead(g.l, g.block(&cbs[i])), nil)
	}
	g.want("the same again", g.a.SysAioRead(g.l, g.block(&cbs[3])), abi.EINVAL)
	short := abi.Timespec{Nsec: 5e6}
	g.want("suspend", g.a.SysAioSuspend50(g.l, g.list(&cbs[0], nil),
		usermem.In[abi.Timespec]{Mem: usermem.Local(usermem.BytesOf(&short), nil)}), abi.EAGAIN)
	_, err = g.a.SysAioCancel(g.l, wr, g.block(&cbs[2]))
	g.want("cancel by another descriptor", err, abi.EBADF)
	if n, err := g.a.SysAioCancel(g.l, rd, g.block(&cbs[0])); n != abi.AIO_NOTCANCELED || err != nil {
		t.Errorf("cancel what is being done: %d, %v", n, err)
	}
	if n, err := g.a.SysAioCancel(g.l, wr, usermem.InOut[abi.Aiocb]{}); n != abi.AIO_ALLDONE || err != nil {
		t.Errorf("cancel nothing: %d, %v", n, err)
	}
	_, err = g.b.SysWrite(g.l, wr, usermem.InBuf{Mem: usermem.Local([]byte("data"), nil)})
	g.want("write", err, nil)
	if e, n := g.result(&cbs[0]); e != 0 || n != 4 || string(bufs[0][:4]) != "data" {
		t.Errorf("the pipe: %v, %d, %q", e, n, bufs[0])
	}
	for g.a.jobs.Load() > 2 {
		_ = g.l.Sleep(1e5)
	}
	n, err := g.a.SysAioCancel(g.l, rd, g.block(&cbs[3]))
	if n != abi.AIO_NOTCANCELED || err != nil { // cbs[1] is being done on it
		t.Errorf("cancel: %d, %v", n, err)
	}
	if e, n := g.result(&cbs[3]); e != abi.ECANCELED || n != -1 {
		t.Errorf("cancelled: %v, %d", e, n)
	}
	g.b.Procs.Kill(g.b.BootLWP(), g.l.Proc())
	if n := g.a.jobs.Load(); n != 0 || len(g.a.queues) != 0 {
		t.Errorf("%d jobs, %d queues of nobody", n, len(g.a.queues))
	}
}

func TestLimits(t *testing.T) {
	g := boot(t)
	rd, _, err := g.b.SysPipe(g.l)
	if err != nil {
		t.Fatal(err)
	}
	g.want("listio_max above max", g.a.checkListMax(9000), abi.EINVAL)
	g.want("max below listio_max", g.a.checkMax(10), abi.EINVAL)
	g.a.listMax.Store(3)
	var cbs [6]abi.Aiocb
	started := 0
	for i := range cbs {
		cbs[i] = abi.Aiocb{Fildes: rd, Buf: g.pin(make([]byte, 1)), Nbytes: 1}
		switch err := g.a.SysAioRead(g.l, g.block(&cbs[i])); err {
		case nil:
			started++
		case abi.EAGAIN:
		default:
			t.Errorf("read %d: %v", i, err)
		}
	}
	if started < 3 || started > 4 { // one may be being done
		t.Errorf("%d started", started)
	}
	g.want("a list too long", g.a.SysLioListio(g.l, abi.LIO_NOWAIT, g.list(&cbs[0], &cbs[1], &cbs[2], &cbs[3]),
		usermem.In[abi.Sigevent]{}), abi.EINVAL)
}
