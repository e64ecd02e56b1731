package export

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// lockEnv has the file that a process of these tests locks, and the byte.
const lockEnv = "RUMPKIT_EXPORT_LOCK"

// takeLock locks what how says, tells so, and keeps it until its input ends.
func takeLock(how string) error {
	name, start, _ := strings.Cut(how, " ")
	n, err := strconv.Atoi(start)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	fmt.Println("waiting")
	lk := unix.Flock_t{Type: unix.F_WRLCK, Start: int64(n), Len: 1}
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLKW, &lk); err != nil {
		return err
	}
	fmt.Println("locked")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// lockProcess is another process of the host that locks.
type lockProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startLock starts one, which waits for its lock from then on.
func startLock(t *testing.T, name string, start int) *lockProcess {
	t.Helper()
	p := &lockProcess{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), lockEnv+"="+name+" "+strconv.Itoa(start), "GORACE=atexit_sleep_ms=0")
	p.cmd.Stderr = os.Stderr
	var err error
	p.in, err = p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	p.out = bufio.NewReader(out)
	must(t, p.cmd.Start())
	p.says("waiting")
	return p
}

func (p *lockProcess) says(want string) {
	p.t.Helper()
	if line, err := p.out.ReadString('\n'); line != want+"\n" {
		p.t.Fatalf("%q, %v, want %q", line, err, want)
	}
}

// kill ends it without a chance to give anything back.
func (p *lockProcess) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.in.Close()
}

// locker of these tests is who takes a lock: this process of the host, an open
// file of the host, or another client of the kernel.
type testLocker func(cmd int, lk *unix.Flock_t) error

// hostLocker takes locks of a process, or with ofd of an open file.
func hostLocker(f *os.File, ofd bool) testLocker {
	return func(cmd int, lk *unix.Flock_t) error {
		if ofd {
			cmd += unix.F_OFD_SETLK - unix.F_SETLK
		}
		err := unix.FcntlFlock(f.Fd(), cmd, lk)
		if e, ok := errors.AsType[unix.Errno](err); ok {
			return hypercall.FromHost(e)
		}
		return err
	}
}

// kernelLocker takes locks of a process of the kernel.
func kernelLocker(c *client.Client, fd int) testLocker {
	types := map[int16]int16{unix.F_RDLCK: abi.F_RDLCK, unix.F_WRLCK: abi.F_WRLCK, unix.F_UNLCK: abi.F_UNLCK}
	return func(cmd int, lk *unix.Flock_t) error {
		fl := abi.Flock{Type: types[lk.Type], Start: lk.Start, Len: lk.Len, Whence: abi.SEEK_SET}
		kernelCmd := map[int]int{unix.F_SETLK: abi.F_SETLK, unix.F_SETLKW: abi.F_SETLKW}[cmd]
		return fcntl(c, fd, kernelCmd, &fl)
	}
}

// TestRangeLocks: those who lock bytes exclude each other, on whichever side they
// are.
func TestRangeLocks(t *testing.T) {
	const (
		r, w, un = unix.F_RDLCK, unix.F_WRLCK, unix.F_UNLCK
		taken    = abi.EAGAIN
	)
	dir := mount(t, "shared")
	name := dir + "/tmp/f"
	must(t, os.WriteFile(name, make([]byte, 100), 0o644))
	c := other(t, dir)
	fd, err := c.Open("/tmp/f", abi.O_RDWR, 0)
	must(t, err)
	var files [3]*os.File
	for i := range files {
		files[i], err = os.OpenFile(name, os.O_RDWR, 0)
		must(t, err)
		defer files[i].Close()
	}
	process, a, b := hostLocker(files[0], false), hostLocker(files[1], true), hostLocker(files[2], true)
	kernel := kernelLocker(c, fd)
	for i, s := range []struct {
		who        testLocker
		typ        int16
		start, len int64
		want       error
	}{
		{a, w, 0, 10, nil},
		{b, w, 5, 1, taken}, {process, r, 9, 0, taken}, {kernel, w, 0, 0, taken}, {kernel, r, 0, 1, taken},
		{b, w, 10, 10, nil}, {kernel, w, 20, 0, nil}, {a, w, 1 << 40, 1, taken},
		{a, r, 0, 10, nil}, // instead of what it had
		{kernel, r, 0, 5, nil}, {process, r, 3, 3, nil}, {a, w, 5, 5, taken}, {a, w, 6, 4, nil},
		{process, un, 4, 2, nil}, {kernel, w, 5, 1, taken}, {a, un, 5, 1, nil}, {kernel, w, 5, 1, nil},
		{process, r, 5, 1, taken}, {kernel, un, 0, 0, nil}, {process, w, 20, 0, nil}, {process, w, 5, 1, nil},
		{a, w, 7, -2, taken}, {a, w, 7, -1, nil}, {b, w, 7, 3, taken}, {a, un, 0, 0, nil}, {b, w, 7, 3, nil},
	} {
		lk := unix.Flock_t{Type: s.typ, Start: s.start, Len: s.len}
		if err := s.who(unix.F_SETLK, &lk); err != s.want {
			t.Errorf("step %d: %v, want %v", i, err, s.want)
		}
	}
	must(t, process(unix.F_SETLK, &unix.Flock_t{Type: un, Start: 100}))
	p := startLock(t, name, 100)
	p.says("locked")
	defer p.kill()
	for _, want := range []unix.Flock_t{{Type: w, Start: 7, Len: 13}, {Type: w, Start: 100, Len: 1, Pid: int32(p.cmd.Process.Pid)}} {
		got := unix.Flock_t{Type: r, Start: want.Start + want.Len - 1, Len: 2}
		must(t, process(unix.F_GETLK, &got))
		if want.Pid == 0 {
			want.Pid = got.Pid // whose it is the host does not say
		}
		if got != want {
			t.Errorf("in the way: %+v, want %+v", got, want)
		}
	}
	who := unix.Flock_t{Type: w, Start: 20, Len: 10}
	must(t, process(unix.F_GETLK, &who))
	if who.Type != un {
		t.Errorf("its own lock is in its way: %+v", who)
	}
}

// TestLocksEnd: a lock ends with who had it: the process, one of its descriptors
// of the file, or the open file.
func TestLocksEnd(t *testing.T) {
	dir := mount(t, "shared")
	name := dir + "/tmp/f"
	must(t, os.WriteFile(name, nil, 0o644))
	c := other(t, dir)
	fd, err := c.Open("/tmp/f", abi.O_RDWR, 0)
	must(t, err)
	take := kernelLocker(c, fd)
	byte0 := func(typ int16) *unix.Flock_t { return &unix.Flock_t{Type: typ, Len: 1} }
	// comes waits for what is not told of when it ends.
	comes := func(what string) {
		t.Helper()
		if err := take(unix.F_SETLKW, byte0(unix.F_WRLCK)); err != nil {
			t.Errorf("after %s: %v", what, err)
		}
		must(t, take(unix.F_SETLK, byte0(unix.F_UNLCK)))
	}
	open := func() *os.File {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		must(t, err)
		return f
	}
	refused := func() {
		t.Helper()
		if err := take(unix.F_SETLK, byte0(unix.F_RDLCK)); err != abi.EAGAIN {
			t.Errorf("what the host has: %v", err)
		}
	}

	p := startLock(t, name, 0)
	p.says("locked")
	refused()
	p.kill()
	comes("the end of the process")

	f := open()
	must(t, hostLocker(f, false)(unix.F_SETLK, byte0(unix.F_WRLCK)))
	refused()
	must(t, open().Close())
	comes("the closing of another descriptor")

	must(t, hostLocker(f, true)(unix.F_SETLK, byte0(unix.F_WRLCK)))
	must(t, open().Close())
	refused() // this one is the open file's
	must(t, f.Close())
	comes("the closing of the open file")

	f = open()
	must(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	must(t, f.Close())
	comes("the closing of a file that flock had")
}

// TestLockWaits: who waits for a lock gets it, from either side, or is called
// away by a signal and has nothing then.
func TestLockWaits(t *testing.T) {
	dir := mount(t, "shared")
	name := dir + "/tmp/f"
	must(t, os.WriteFile(name, nil, 0o644))
	c := other(t, dir)
	fd, err := c.Open("/tmp/f", abi.O_RDWR, 0)
	must(t, err)
	take := kernelLocker(c, fd)
	byte0 := func(typ int16) *unix.Flock_t { return &unix.Flock_t{Type: typ, Len: 1} }
	must(t, take(unix.F_SETLK, byte0(unix.F_WRLCK)))

	p := startLock(t, name, 0)
	gone := startLock(t, name, 0)
	gone.kill() // which ends only when its call has
	must(t, take(unix.F_SETLK, byte0(unix.F_UNLCK)))
	p.says("locked")
	if err := take(unix.F_SETLK, byte0(unix.F_WRLCK)); err != abi.EAGAIN {
		t.Errorf("while another has it: %v", err)
	}
	must(t, p.in.Close())
	must(t, p.cmd.Wait())
	must(t, take(unix.F_SETLKW, byte0(unix.F_WRLCK)))

	circle(t, take, name)
}

// circle: the kernel's process has byte 0, the host's byte 1, and each wants what
// the other has. Who asks last is refused.
func circle(t *testing.T, kernel testLocker, name string) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	host := hostLocker(f, true)
	must(t, host(unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: 1, Len: 1}))
	ends := make(chan error)
	wants := func(who testLocker, start int64) {
		err := who(unix.F_SETLKW, &unix.Flock_t{Type: unix.F_WRLCK, Start: start, Len: 1})
		_ = who(unix.F_SETLK, &unix.Flock_t{Type: unix.F_UNLCK})
		ends <- err
	}
	go wants(host, 0)
	go wants(kernel, 1)
	one, two := <-ends, <-ends
	if (one == abi.EDEADLK) == (two == abi.EDEADLK) || (one == nil) == (two == nil) {
		t.Errorf("a circle: %v, %v", one, two)
	}
}
