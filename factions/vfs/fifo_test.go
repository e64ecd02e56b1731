package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
)

func (g *guest) poll(fd int32) event.Mask {
	g.t.Helper()
	f, err := file.Get(g.l, fd)
	g.do("poll", err)
	defer f.Drop(g.l)
	return f.Ops.Poll(f, abi.POLLIN|abi.POLLOUT|abi.POLLHUP)
}

// The reader waits for a writer, data go through, the end of the writer is the
// end of the data.
func TestFifo(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(0, 0)
	used := a.b.Mem.Used()
	a.do("mkfifo", a.v.SysMkfifo(a.l, str("/f"), 0o600))
	opened := make(chan int32)
	go func() { opened <- b.mustOpen("/f", abi.O_RDONLY, 0) }()
	waitAsleep(t, b)
	w := a.mustOpen("/f", abi.O_WRONLY, 0)
	r := <-opened
	if n, err := a.write(w, []byte("hello")); n != 5 || err != nil {
		t.Errorf("write = %d, %v", n, err)
	}
	buf := make([]byte, 10)
	if n, err := b.read(r, buf); err != nil || string(buf[:n]) != "hello" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if got := b.poll(r); got != 0 {
		t.Errorf("an empty fifo: %#x", got)
	}
	a.close(w)
	if got := b.poll(r); got != abi.POLLIN|abi.POLLHUP {
		t.Errorf("without a writer: %#x", got)
	}
	if n, err := b.read(r, buf); n != 0 || err != nil {
		t.Errorf("at the end: %d, %v", n, err)
	}
	w = a.mustOpen("/f", abi.O_WRONLY, 0)
	b.close(r)
	if _, err := a.write(w, []byte("x")); err != abi.EPIPE {
		t.Errorf("write without a reader: %v", err)
	}
	a.close(w)
	a.do("unlink", a.v.SysUnlink(a.l, str("/f")))
	if a.b.Mem.Used() != used {
		t.Errorf("memory: %d, before %d", a.b.Mem.Used(), used)
	}
}

func TestFifoNonblock(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.do("mkfifo", g.v.SysMkfifo(g.l, str("/f"), 0o600))
	if _, err := g.open("/f", abi.O_WRONLY|abi.O_NONBLOCK, 0); err != abi.ENXIO {
		t.Errorf("nobody reads: %v", err)
	}
	r := g.mustOpen("/f", abi.O_RDONLY|abi.O_NONBLOCK, 0)
	if got := g.poll(r); got != 0 {
		t.Errorf("before the first writer: %#x", got)
	}
	w := g.mustOpen("/f", abi.O_WRONLY|abi.O_NONBLOCK, 0)
	buf := make([]byte, 10)
	if _, err := g.read(r, buf); err != abi.EAGAIN {
		t.Errorf("read: %v", err)
	}
	_, err := g.write(w, []byte("kept"))
	g.do("write", err)
	g.close(r) // the data wait for the next reader while there is a writer
	r = g.mustOpen("/f", abi.O_RDONLY, 0)
	if n, err := g.read(r, buf); err != nil || string(buf[:n]) != "kept" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	g.close(r)
	g.close(w)
	both := g.mustOpen("/f", abi.O_RDWR, 0)
	if got := g.poll(both); got != abi.POLLOUT {
		t.Errorf("both ends: %#x", got)
	}
	_, err = g.write(both, []byte("own"))
	g.do("write", err)
	if n, err := g.read(both, buf); err != nil || string(buf[:n]) != "own" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if st := g.stat("/f"); st.Mode != abi.S_IFIFO|0o600 {
		t.Errorf("mode %o", st.Mode)
	}
	if _, err := g.v.SysLseek(g.l, both, 0, 0); err != abi.ESPIPE {
		t.Errorf("lseek: %v", err)
	}
	g.close(both)
}

// Who waits for the other end is woken when its process is called away.
func TestFifoInterrupted(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(0, 0)
	a.do("mkfifo", a.v.SysMkfifo(a.l, str("/f"), 0o600))
	done := make(chan error)
	go func() {
		_, err := b.open("/f", abi.O_WRONLY, 0)
		done <- err
	}()
	waitAsleep(t, b)
	b.l.Interrupt()
	if err := <-done; err != abi.EINTR {
		t.Errorf("open: %v", err)
	}
	if _, err := a.open("/f", abi.O_WRONLY|abi.O_NONBLOCK, 0); err != abi.ENXIO {
		t.Errorf("the reader it was not: %v", err)
	}
}
