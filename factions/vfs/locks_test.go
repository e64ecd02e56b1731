package vfs

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (g *guest) fcntl(fd, cmd int32, fl *abi.Flock) error {
	f, err := file.Get(g.l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(g.l)
	arg := usermem.Addr{Mem: usermem.Local(usermem.BytesOf(fl), nil)}
	_, err = f.Ops.(file.Fcntler).Fcntl(g.l, f, cmd, arg)
	return err
}

func (g *guest) flock(fd, how int32) error {
	f, err := file.Get(g.l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(g.l)
	return f.Ops.(file.Locker).Flock(g.l, f, how)
}

func TestRangeLocks(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(100, 100)
	a.put("/tmp/f", "0123456789", 0o666)
	a.do("chmod", a.v.SysChmod(a.l, str("/tmp/f"), 0o666))
	fa, fb := a.mustOpen("/tmp/f", abi.O_RDWR, 0), b.mustOpen("/tmp/f", abi.O_RDWR, 0)
	a.do("lock", a.fcntl(fa, abi.F_SETLK, &abi.Flock{Start: 2, Len: 3, Type: abi.F_WRLCK}))
	fl := abi.Flock{Start: -6, Len: 1, Type: abi.F_RDLCK, Whence: abi.SEEK_END}
	b.do("getlk", b.fcntl(fb, abi.F_GETLK, &fl))
	if want := (abi.Flock{Start: 2, Len: 3, Type: abi.F_WRLCK, Pid: a.l.Proc().Pid}); fl != want {
		t.Errorf("in the way: %+v, want %+v", fl, want)
	}
	if err := b.fcntl(fb, abi.F_SETLK, &abi.Flock{Type: abi.F_RDLCK}); err != abi.EAGAIN {
		t.Errorf("a conflict: %v", err)
	}
	b.do("before it", b.fcntl(fb, abi.F_SETLK, &abi.Flock{Len: 2, Type: abi.F_WRLCK}))
	done := make(chan error)
	go func() { done <- b.fcntl(fb, abi.F_SETLKW, &abi.Flock{Start: 4, Type: abi.F_WRLCK}) }()
	waitAsleep(t, b)
	if err := a.fcntl(fa, abi.F_SETLKW, &abi.Flock{Len: 1, Type: abi.F_WRLCK}); err != abi.EDEADLK {
		t.Errorf("a circle: %v", err)
	}
	a.close(a.mustOpen("/tmp/f", abi.O_RDONLY, 0)) // any close gives locks up
	b.do("after the close", <-done)
	fl = abi.Flock{Type: abi.F_WRLCK}
	a.do("getlk", a.fcntl(fa, abi.F_GETLK, &fl))
	if fl.Pid != b.l.Proc().Pid || fl.Start != 0 || fl.Len != 2 {
		t.Errorf("b holds %+v", fl)
	}
	for name, c := range map[string]struct {
		fl   abi.Flock
		want error
	}{
		"bad type":     {abi.Flock{Type: 9}, abi.EINVAL},
		"bad origin":   {abi.Flock{Type: abi.F_RDLCK, Whence: 9}, abi.EINVAL},
		"before start": {abi.Flock{Type: abi.F_RDLCK, Start: -1}, abi.EINVAL},
		"too far":      {abi.Flock{Type: abi.F_RDLCK, Start: 1<<63 - 1, Len: 5}, abi.EOVERFLOW},
	} {
		if err := a.fcntl(fa, abi.F_SETLK, &c.fl); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	ro := a.mustOpen("/tmp/f", abi.O_RDONLY, 0)
	if err := a.fcntl(ro, abi.F_SETLK, &abi.Flock{Type: abi.F_WRLCK}); err != abi.EBADF {
		t.Errorf("a write lock on a read-only file: %v", err)
	}
}

// waitAsleep waits until the guest's lwp sleeps.
func waitAsleep(t *testing.T, g *guest) {
	t.Helper()
	for range 20_000 {
		if g.l.Asleep() >= 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it does not sleep")
}

func TestFlock(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(0, 0)
	a.put("/tmp/f", "", 0o666)
	fa, fb := a.mustOpen("/tmp/f", abi.O_RDWR|abi.O_SHLOCK, 0), b.mustOpen("/tmp/f", abi.O_RDWR|abi.O_SHLOCK, 0)
	if _, err := a.open("/tmp/f", abi.O_RDWR|abi.O_EXLOCK|abi.O_NONBLOCK, 0); err != abi.EAGAIN {
		t.Errorf("O_EXLOCK over shared locks: %v", err)
	}
	if err := a.flock(fa, abi.LOCK_EX|abi.LOCK_NB); err != abi.EAGAIN {
		t.Errorf("upgrade: %v", err)
	}
	done := make(chan error)
	go func() { done <- b.flock(fb, abi.LOCK_EX) }()
	waitAsleep(t, b)
	a.do("unlock", a.flock(fa, abi.LOCK_UN))
	b.do("upgrade", <-done)
	go func() { done <- a.flock(fa, abi.LOCK_SH) }()
	waitAsleep(t, a)
	a.l.Interrupt()
	if err := <-done; err != abi.EINTR {
		t.Errorf("interrupted: %v", err)
	}
	a.l.Leave()
	b.close(fb)
	a.do("after the close", a.flock(fa, abi.LOCK_EX|abi.LOCK_NB))
	if err := a.flock(fa, 77); err != abi.EINVAL {
		t.Errorf("unknown operation: %v", err)
	}
}

// A process of two lwps waits for nobody in the end: while one sleeps, the other
// may give up what a third waits for. A process of one is found out.
func TestDeadlockOfLwps(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(0, 0)
	a.put("/tmp/f", "", 0o666)
	a.put("/tmp/g", "", 0o666)
	fds := func(g *guest) (f, h int32) {
		return g.mustOpen("/tmp/f", abi.O_RDWR, 0), g.mustOpen("/tmp/g", abi.O_RDWR, 0)
	}
	af, ag := fds(a)
	bf, bg := fds(b)
	all := func() *abi.Flock { return &abi.Flock{Type: abi.F_WRLCK} }
	a.do("a has f", a.fcntl(af, abi.F_SETLK, all()))
	b.do("b has g", b.fcntl(bg, abi.F_SETLK, all()))
	second := *a
	var err error
	second.l, err = a.l.Proc().NewLWP(true)
	a.do("a second lwp", err)

	aGot, bGot := make(chan error), make(chan error)
	go func() { aGot <- a.fcntl(ag, abi.F_SETLKW, all()) }()
	waitAsleep(t, a)
	go func() { bGot <- b.fcntl(bf, abi.F_SETLKW, all()) }()
	waitAsleep(t, b)
	second.do("the other gives f up", second.fcntl(af, abi.F_SETLK, &abi.Flock{Type: abi.F_UNLCK}))
	b.do("b gets f", <-bGot)

	second.l.Release()
	if err := b.fcntl(bg, abi.F_SETLKW, all()); err != nil {
		t.Errorf("what b has already: %v", err)
	}
	b.do("b gives g up", b.fcntl(bg, abi.F_SETLK, &abi.Flock{Type: abi.F_UNLCK}))
	a.do("a gets g", <-aGot)
	go func() { aGot <- a.fcntl(af, abi.F_SETLKW, all()) }()
	waitAsleep(t, a)
	if err := b.fcntl(bg, abi.F_SETLKW, all()); err != abi.EDEADLK {
		t.Errorf("a circle: %v", err)
	}
	b.do("b gives f up", b.fcntl(bf, abi.F_SETLK, &abi.Flock{Type: abi.F_UNLCK}))
	a.do("a gets f", <-aGot)
}
