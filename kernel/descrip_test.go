package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestConsole(t *testing.T) {
	h, _, c := bootSim(t)
	for fd := range 3 {
		if n, err := c.Write(fd, []byte("x")); n != 1 || err != nil {
			t.Errorf("write(%d) = %d, %v", fd, n, err)
		}
		_, err := c.Read(fd, make([]byte, 1))
		want(t, "read from the console", err, abi.EBADF)
	}
	if got := h.Console(); got != "xxx" {
		t.Errorf("console has %q", got)
	}
	var st abi.Stat
	want(t, "fstat", c.Fstat(0, &st), 0)
	if st.Mode != abi.S_IFCHR|0o600 || st.Atim.Sec != 946684799 {
		t.Errorf("console's stat: %+v", st)
	}
	var tio abi.Termios
	want(t, "TIOCGETA", c.Ioctl(1, abi.TIOCGETA, client.Struct(&tio)), 0)
	var n int32
	want(t, "FIONREAD", c.Ioctl(1, abi.FIONREAD, client.Struct(&n)), abi.ENOTTY)
	fds := []abi.Pollfd{{Fd: 0, Events: abi.POLLIN | abi.POLLOUT}}
	if n, err := c.Poll(fds, 0); n != 1 || err != nil || fds[0].Revents != abi.POLLOUT {
		t.Errorf("poll = %d, %v, %#x", n, err, fds[0].Revents)
	}
}

func TestDup(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	if r != 3 || w != 4 {
		t.Fatalf("pipe's descriptors are %d and %d", r, w)
	}
	for _, tc := range []struct {
		name string
		dup  func() (int, error)
		fd   int
		err  abi.Errno
	}{
		{"dup", func() (int, error) { return c.Dup(r) }, 5, 0},
		{"dup of nothing", func() (int, error) { return c.Dup(77) }, -1, abi.EBADF},
		{"dup of -1", func() (int, error) { return c.Dup(-1) }, -1, abi.EBADF},
		{"dup2", func() (int, error) { return c.Dup2(w, 9) }, 9, 0},
		{"dup2 over itself", func() (int, error) { return c.Dup2(w, w) }, 4, 0},
		{"dup2 to -1", func() (int, error) { return c.Dup2(w, -1) }, -1, abi.EBADF},
		{"dup2 beyond the limit", func() (int, error) { return c.Dup2(w, 1<<20) }, -1, abi.EBADF},
		{"dup2 from nothing", func() (int, error) { return c.Dup2(55, 3) }, -1, abi.EBADF},
		{"dup3 with a wrong flag", func() (int, error) { return c.Dup3(w, 10, 1) }, -1, abi.EINVAL},
		{"dup3", func() (int, error) { return c.Dup3(w, 10, abi.O_CLOEXEC) }, 10, 0},
		{"F_DUPFD", func() (int, error) { return c.Fcntl(r, abi.F_DUPFD, client.Val(9)) }, 11, 0},
		{"F_DUPFD from -1", func() (int, error) { return c.Fcntl(r, abi.F_DUPFD, client.Val(-1)) }, -1, abi.EINVAL},
		{"F_GETFD", func() (int, error) { return c.Fcntl(10, abi.F_GETFD, client.Arg{}) }, 1, 0},
		{"F_MAXFD", func() (int, error) { return c.Fcntl(0, abi.F_MAXFD, client.Arg{}) }, 11, 0},
		{"F_CLOSEM", func() (int, error) { return c.Fcntl(5, abi.F_CLOSEM, client.Arg{}) }, 0, 0},
		{"F_MAXFD after F_CLOSEM", func() (int, error) { return c.Fcntl(0, abi.F_MAXFD, client.Arg{}) }, 4, 0},
	} {
		fd, err := tc.dup()
		want(t, tc.name, err, tc.err)
		if err == nil && fd != tc.fd {
			t.Errorf("%s = %d, want %d", tc.name, fd, tc.fd)
		}
	}
}

func TestFcntlFlags(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	get := func(fd, cmd int) int {
		n, err := c.Fcntl(fd, cmd, client.Arg{})
		want(t, "fcntl", err, 0)
		return n
	}
	if got := get(r, abi.F_GETFL); got != abi.O_RDONLY {
		t.Errorf("F_GETFL of the reading end: %#x", got)
	}
	if got := get(w, abi.F_GETFL); got != abi.O_WRONLY {
		t.Errorf("F_GETFL of the writing end: %#x", got)
	}
	_, err := c.Fcntl(r, abi.F_SETFL, client.Val(abi.O_NONBLOCK|abi.O_RDWR))
	want(t, "F_SETFL", err, 0)
	if got := get(r, abi.F_GETFL); got != abi.O_NONBLOCK {
		t.Errorf("F_GETFL after F_SETFL: %#x", got)
	}
	_, err = c.Read(r, make([]byte, 1))
	want(t, "read from an empty pipe", err, abi.EAGAIN)
	off := int32(0)
	want(t, "FIONBIO", c.Ioctl(r, abi.FIONBIO, client.Struct(&off)), 0)
	if got := get(r, abi.F_GETFL); got != 0 {
		t.Errorf("F_GETFL after FIONBIO 0: %#x", got)
	}
	want(t, "FIOCLEX", c.Ioctl(r, abi.FIOCLEX, client.Arg{}), 0)
	if get(r, abi.F_GETFD) != abi.FD_CLOEXEC {
		t.Error("FIOCLEX did not set close-on-exec")
	}
	_, err = c.Fcntl(r, abi.F_GETLK, client.Arg{})
	want(t, "F_GETLK on a pipe", err, abi.EINVAL)
	_, err = c.Fcntl(99, abi.F_GETFL, client.Arg{})
	want(t, "F_GETFL of nothing", err, abi.EBADF)
	_, err = c.Fpathconf(r, abi.PC_NAME_MAX)
	want(t, "fpathconf", err, abi.EINVAL)
	if n, err := c.Fpathconf(r, abi.PC_PIPE_BUF); n != abi.PIPE_BUF || err != nil {
		t.Errorf("fpathconf(_PC_PIPE_BUF) = %d, %v", n, err)
	}
	want(t, "flock on a pipe", c.Flock(r, abi.LOCK_EX), abi.EOPNOTSUPP)
	want(t, "posix_fadvise on a pipe", c.PosixFadvise(r, 0, 0, 0), abi.ESPIPE)
	want(t, "ioctl too large", c.Ioctl(r, 0x9fff6600, client.Buf(make([]byte, 8192))), abi.ENOTTY)
	want(t, "unknown ioctl", c.Ioctl(r, 0x20001234, client.Arg{}), abi.ENOTTY)
}

func TestForkExec(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	if _, err := c.Fcntl(w, abi.F_SETFD, client.Val(abi.FD_CLOEXEC)); err != nil {
		t.Fatal(err)
	}
	kid, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if got := kid.Getppid(); got != c.Getpid() {
		t.Errorf("the child's parent is %d, not %d", got, c.Getpid())
	}
	if n, err := kid.Write(w, []byte("hi")); n != 2 || err != nil {
		t.Errorf("the child's write = %d, %v", n, err)
	}
	buf := make([]byte, 8)
	if n, _ := c.Read(r, buf); string(buf[:n]) != "hi" {
		t.Errorf("read %q", buf[:n])
	}
	pid := kid.Getpid()
	want(t, "exec", kid.Exec("other"), 0)
	_, err = kid.Write(w, buf)
	want(t, "write to what exec closed", err, abi.EBADF)
	if kid.Getpid() != pid {
		t.Error("exec changed the pid")
	}
	want(t, "exit", kid.Exit(), 0)
	want(t, "close", c.Close(w), 0)
	if n, err := c.Read(r, buf); n != 0 || err != nil {
		t.Errorf("read without writers = %d, %v", n, err)
	}
}

func TestDescriptorLimit(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	lim := abi.Rlimit{Cur: 10, Max: 20}
	want(t, "setrlimit", c.Setrlimit(abi.RLIMIT_NOFILE, &lim), 0)
	for {
		if _, err := c.Dup(0); err != nil {
			want(t, "dup", err, abi.EMFILE)
			break
		}
	}
	if n, _ := c.Fcntl(0, abi.F_MAXFD, client.Arg{}); n != 9 {
		t.Errorf("highest descriptor is %d", n)
	}
	_, _, err := c.Pipe()
	want(t, "pipe", err, abi.EMFILE)
	want(t, "close", c.Close(9), 0)
	_, _, err = c.Pipe()
	want(t, "pipe with one descriptor left", err, abi.EMFILE)
	if fd, err := c.Dup(0); fd != 9 || err != nil {
		t.Errorf("dup = %d, %v: the failed pipe kept a descriptor", fd, err)
	}
}
