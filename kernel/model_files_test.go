package kernel_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// openModel is an open file: what its descriptors share, whoever has them. end
// says which end of a pipe it is, kq a kqueue.
type openModel struct {
	nonblock bool
	end      int // O_RDONLY or O_WRONLY
	kq       bool
}

// fdModel is a descriptor.
type fdModel struct {
	f       *openModel
	cloexec bool
}

// procModel is a process: its descriptors, and how many it may have.
type procModel struct {
	c     *client.Client
	fds   map[int]fdModel
	limit int
}

func (p *procModel) lowest(least int) int {
	for {
		if _, open := p.fds[least]; !open {
			return least
		}
		least++
	}
}

// take returns the descriptor that the next open file gets, EMFILE when the
// limit forbids it.
func (p *procModel) take(least int) (int, abi.Errno) {
	fd := p.lowest(least)
	if fd >= p.limit {
		return -1, abi.EMFILE
	}
	return fd, 0
}

// isErr fails the test when a call did not end as the model says.
func isErr(t *rapid.T, what string, err error, want abi.Errno) {
	t.Helper()
	if want == 0 && err != nil || want != 0 && err != want {
		t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

// Several processes open, dup, close, fork and exec: each descriptor stands for
// the file that the model says, which shows by the flags that all descriptors
// of one file share.
func TestFilesModel(t *testing.T) {
	k, _ := boot(t, kernel.Config{})
	rapid.Check(t, func(t *rapid.T) {
		m := &filesModel{procs: []*procModel{{fds: map[int]fdModel{}, limit: 1024}}}
		c, err := client.New(k, "model")
		isErr(t, "attach", err, 0)
		m.procs[0].c = c
		defer func() {
			for _, p := range m.procs {
				_ = p.c.Exit()
			}
		}()
		for fd := range 3 { // the console can't be told apart from others
			isErr(t, "close", c.Close(fd), 0)
		}
		t.Repeat(map[string]func(*rapid.T){
			"pipe": m.pipe, "kqueue": m.kqueue, "dup": m.dup, "dup3": m.dup3, "close": m.close, "closem": m.closem,
			"setfd": m.setfd, "setfl": m.setfl, "limit": m.limit, "fork": m.fork, "exec": m.exec, "exit": m.exit,
			"": m.check,
		})
	})
}

// filesModel is all processes.
type filesModel struct{ procs []*procModel }

const modelFds = 14 // numbers that calls are made with

func (m *filesModel) any(t *rapid.T) *procModel {
	return m.procs[rapid.IntRange(0, len(m.procs)-1).Draw(t, "proc")]
}

// fd draws a descriptor, open or not.
func (p *procModel) fd(t *rapid.T) (int, fdModel, abi.Errno) {
	fd := rapid.IntRange(0, modelFds-1).Draw(t, "fd")
	d, open := p.fds[fd]
	if !open {
		return fd, d, abi.EBADF
	}
	return fd, d, 0
}

func (m *filesModel) pipe(t *rapid.T) {
	p := m.any(t)
	cloexec := rapid.Bool().Draw(t, "cloexec")
	flags := 0
	if cloexec {
		flags = abi.O_CLOEXEC
	}
	got, err := p.c.Pipe2(flags)
	r, errno := p.take(0)
	if errno == 0 {
		p.fds[r] = fdModel{&openModel{end: abi.O_RDONLY}, cloexec}
		var w int
		if w, errno = p.take(0); errno != 0 {
			delete(p.fds, r)
		} else {
			p.fds[w] = fdModel{&openModel{end: abi.O_WRONLY}, cloexec}
			if err == nil && got != [2]int{r, w} {
				t.Fatalf("pipe2 = %v, want %d and %d", got, r, w)
			}
		}
	}
	isErr(t, "pipe2", err, errno)
}

func (m *filesModel) kqueue(t *rapid.T) {
	p := m.any(t)
	n, err := p.c.Kqueue()
	fd, errno := p.take(0)
	isErr(t, "kqueue", err, errno)
	if errno == 0 {
		p.fds[fd] = fdModel{&openModel{kq: true, end: abi.O_RDWR}, false}
		p.is(t, "kqueue", n, fd)
	}
}

func (p *procModel) is(t *rapid.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Fatalf("%s = %d, want %d", what, got, want)
	}
}

func (m *filesModel) dup(t *rapid.T) {
	p := m.any(t)
	old, d, errno := p.fd(t)
	least := rapid.IntRange(0, modelFds+2).Draw(t, "least")
	cmd := rapid.SampledFrom([]int{abi.F_DUPFD, abi.F_DUPFD_CLOEXEC}).Draw(t, "cmd")
	fd := -1
	if errno == 0 && least >= p.limit {
		errno = abi.EINVAL
	}
	if errno == 0 {
		fd, errno = p.take(least)
	}
	n, err := p.c.Fcntl(old, cmd, client.Val(least))
	isErr(t, "F_DUPFD", err, errno)
	if errno == 0 {
		p.fds[fd] = fdModel{d.f, cmd == abi.F_DUPFD_CLOEXEC}
		p.is(t, "F_DUPFD", n, fd)
	}
}

func (m *filesModel) dup3(t *rapid.T) {
	p := m.any(t)
	old, d, errno := p.fd(t)
	to := rapid.IntRange(0, modelFds-1).Draw(t, "to")
	cloexec := rapid.Bool().Draw(t, "cloexec")
	flags := 0
	if cloexec {
		flags = abi.O_CLOEXEC
	}
	if errno == 0 && to >= p.limit {
		errno = abi.EBADF
	}
	_, err := p.c.Dup3(old, to, flags)
	isErr(t, "dup3", err, errno)
	if errno == 0 && old != to {
		p.fds[to] = fdModel{d.f, cloexec}
	}
}

func (m *filesModel) close(t *rapid.T) {
	p := m.any(t)
	fd, _, errno := p.fd(t)
	isErr(t, "close", p.c.Close(fd), errno)
	delete(p.fds, fd)
}

func (m *filesModel) closem(t *rapid.T) {
	p := m.any(t)
	fd, _, _ := p.fd(t)
	_, err := p.c.Fcntl(fd, abi.F_CLOSEM, client.Arg{})
	isErr(t, "F_CLOSEM", err, 0)
	maps.DeleteFunc(p.fds, func(n int, _ fdModel) bool { return n >= fd })
}

func (m *filesModel) setfd(t *rapid.T) {
	p := m.any(t)
	fd, d, errno := p.fd(t)
	d.cloexec = rapid.Bool().Draw(t, "on")
	_, err := p.c.Fcntl(fd, abi.F_SETFD, client.Val(map[bool]int{true: abi.FD_CLOEXEC}[d.cloexec]))
	isErr(t, "F_SETFD", err, errno)
	if errno == 0 {
		p.fds[fd] = d
	}
}

func (m *filesModel) setfl(t *rapid.T) {
	p := m.any(t)
	fd, d, errno := p.fd(t)
	if errno == 0 && d.f.kq {
		return
	}
	on := rapid.Bool().Draw(t, "on")
	_, err := p.c.Fcntl(fd, abi.F_SETFL, client.Val(map[bool]int{true: abi.O_NONBLOCK}[on]))
	isErr(t, "F_SETFL", err, errno)
	if errno == 0 {
		d.f.nonblock = on
	}
}

func (m *filesModel) limit(t *rapid.T) {
	p := m.any(t)
	p.limit = rapid.IntRange(1, modelFds+4).Draw(t, "limit")
	isErr(t, "setrlimit", p.c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: uint64(p.limit), Max: 1 << 17}), 0)
}

// fork gives a child what its parent has, but for kqueues.
func (m *filesModel) fork(t *rapid.T) {
	if len(m.procs) == 4 {
		return
	}
	p := m.any(t)
	c, err := p.c.Fork()
	isErr(t, "fork", err, 0)
	kid := &procModel{c: c, fds: maps.Clone(p.fds), limit: p.limit}
	maps.DeleteFunc(kid.fds, func(_ int, d fdModel) bool { return d.f.kq })
	m.procs = append(m.procs, kid)
}

func (m *filesModel) exec(t *rapid.T) {
	p := m.any(t)
	isErr(t, "exec", p.c.Exec("model"), 0)
	maps.DeleteFunc(p.fds, func(_ int, d fdModel) bool { return d.cloexec })
}

func (m *filesModel) exit(t *rapid.T) {
	if len(m.procs) == 1 {
		return
	}
	p := m.any(t)
	isErr(t, "exit", p.c.Exit(), 0)
	m.procs = slices.DeleteFunc(m.procs, func(o *procModel) bool { return o == p })
}

// check compares every descriptor of every process.
func (m *filesModel) check(t *rapid.T) {
	for _, p := range m.procs {
		last := -1
		for fd := range modelFds + 8 {
			d, open := p.fds[fd]
			errno := abi.EBADF
			if open {
				errno, last = 0, fd
			}
			n, err := p.c.Fcntl(fd, abi.F_GETFD, client.Arg{})
			isErr(t, "F_GETFD", err, errno)
			if !open {
				continue
			}
			p.is(t, "F_GETFD", n, map[bool]int{true: abi.FD_CLOEXEC}[d.cloexec])
			if d.f.kq {
				continue
			}
			n, err = p.c.Fcntl(fd, abi.F_GETFL, client.Arg{})
			isErr(t, "F_GETFL", err, 0)
			p.is(t, "F_GETFL", n, d.f.end|map[bool]int{true: abi.O_NONBLOCK}[d.f.nonblock])
		}
		n, err := p.c.Fcntl(0, abi.F_MAXFD, client.Arg{})
		isErr(t, "F_MAXFD", err, 0)
		p.is(t, "F_MAXFD", n, last)
	}
}
