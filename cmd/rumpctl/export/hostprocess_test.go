package export

// The suite of file systems makes its calls through the host: a process of it
// is a thread here, with an identity, a umask and a working directory of its own.

import (
	"errors"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/factions/vfs/posixtest"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// hostProcess is a thread that makes calls, and the files it has open. One
// goroutine at a time uses it.
type hostProcess struct {
	calls   chan func() error
	results chan error
	ended   chan struct{}
	files   map[int]struct{}
}

var _ posixtest.Process = (*hostProcess)(nil)

// newHostProcess starts a thread with the rights of this process and umask 022.
func newHostProcess(t *testing.T) posixtest.Process {
	t.Helper()
	p := &hostProcess{
		calls: make(chan func() error), results: make(chan error), ended: make(chan struct{}), files: map[int]struct{}{},
	}
	go p.serve()
	must(t, p.call(func() error {
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return err
		}
		unix.Umask(0o022)
		return nil
	}))
	return p
}

// serve makes the calls. The thread ends with it, for it is not let go: the first
// one of the program would stay, with its working directory and its identity, so
// that is kept from the work while another does it.
func (p *hostProcess) serve() {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		go p.serve()
		<-p.ended
		runtime.UnlockOSThread()
		return
	}
	defer close(p.ended)
	for f := range p.calls {
		p.results <- f()
	}
}

// call makes a call and returns its error as NetBSD numbers it.
func (p *hostProcess) call(f func() error) error {
	p.calls <- f
	err := <-p.results
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[unix.Errno](err); ok {
		return hypercall.FromHost(e)
	}
	return err
}

// transfer makes a call that moves bytes.
func (p *hostProcess) transfer(f func() (int, error)) (n int, err error) {
	err = p.call(func() (err error) { n, err = f(); return err })
	return max(n, 0), err
}

// identify makes a call that changes the identity of this thread alone, which
// package unix would do to all.
func (p *hostProcess) identify(trap uintptr, a, b, c uintptr) error {
	return p.call(func() error {
		if _, _, e := unix.RawSyscall(trap, a, b, c); e != 0 {
			return e
		}
		return nil
	})
}

// Setgroups takes all groups away; no others can be given.
func (p *hostProcess) Setgroups(groups []uint32) error {
	if len(groups) > 0 {
		return abi.EINVAL
	}
	return p.identify(unix.SYS_SETGROUPS, 0, 0, 0)
}

func (p *hostProcess) Setgid(gid int) error {
	return p.identify(unix.SYS_SETRESGID, uintptr(gid), uintptr(gid), uintptr(gid))
}

func (p *hostProcess) Setuid(uid int) error {
	return p.identify(unix.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid))
}

func (p *hostProcess) Exit() error {
	for fd := range p.files {
		_ = p.Close(fd)
	}
	close(p.calls)
	<-p.ended
	return nil
}

func (p *hostProcess) Open(path string, flags int, mode uint32) (fd int, err error) {
	how := flags&abi.O_ACCMODE | unix.O_CLOEXEC // the same numbers
	for _, b := range []struct{ kernel, host int }{
		{abi.O_CREAT, unix.O_CREAT}, {abi.O_EXCL, unix.O_EXCL}, {abi.O_TRUNC, unix.O_TRUNC}, {abi.O_APPEND, unix.O_APPEND},
		{abi.O_NONBLOCK, unix.O_NONBLOCK}, {abi.O_NOFOLLOW, unix.O_NOFOLLOW}, {abi.O_DIRECTORY, unix.O_DIRECTORY},
		{abi.O_DIRECT, unix.O_DIRECT},
	} {
		if flags&b.kernel != 0 {
			how |= b.host
		}
	}
	err = p.call(func() (err error) { fd, err = unix.Open(path, how, mode); return err })
	if err == nil {
		p.files[fd] = struct{}{}
	}
	return fd, err
}

func (p *hostProcess) Close(fd int) error {
	delete(p.files, fd)
	return p.call(func() error { return unix.Close(fd) })
}

func (p *hostProcess) Read(fd int, buf []byte) (int, error) {
	return p.transfer(func() (int, error) { return unix.Read(fd, buf) })
}

func (p *hostProcess) Write(fd int, buf []byte) (int, error) {
	return p.transfer(func() (int, error) { return unix.Write(fd, buf) })
}

func (p *hostProcess) Pread(fd int, buf []byte, off int64) (int, error) {
	return p.transfer(func() (int, error) { return unix.Pread(fd, buf, off) })
}

func (p *hostProcess) Pwrite(fd int, buf []byte, off int64) (int, error) {
	return p.transfer(func() (int, error) { return unix.Pwrite(fd, buf, off) })
}

// stat makes a call of the stat family.
func (p *hostProcess) stat(out *abi.Stat, f func(st *unix.Stat_t) error) error {
	var st unix.Stat_t
	err := p.call(func() error { return f(&st) })
	if err != nil {
		return err
	}
	at := func(t unix.Timespec) abi.Timespec { return abi.Timespec{Sec: int64(t.Sec), Nsec: int64(t.Nsec)} }
	*out = abi.Stat{
		Dev: uint64(st.Dev), Ino: st.Ino, Mode: st.Mode, Nlink: uint32(st.Nlink), Uid: st.Uid, Gid: st.Gid,
		Atim: at(st.Atim), Mtim: at(st.Mtim), Ctim: at(st.Ctim), Size: st.Size, Blocks: st.Blocks,
	}
	return nil
}

func (p *hostProcess) Fstat(fd int, out *abi.Stat) error {
	return p.stat(out, func(st *unix.Stat_t) error { return unix.Fstat(fd, st) })
}

func (p *hostProcess) Stat(path string, out *abi.Stat) error {
	return p.stat(out, func(st *unix.Stat_t) error { return unix.Stat(path, st) })
}

func (p *hostProcess) Lstat(path string, out *abi.Stat) error {
	return p.stat(out, func(st *unix.Stat_t) error { return unix.Lstat(path, st) })
}

func (p *hostProcess) Utimensat(dir int, path string, times *[2]abi.Timespec, flag int) error {
	if dir != abi.AT_FDCWD || flag != 0 {
		return abi.EINVAL
	}
	var ts []unix.Timespec // none is now; UTIME_OMIT has the same number
	if times != nil {
		for _, t := range times {
			ts = append(ts, unix.Timespec{Sec: t.Sec, Nsec: t.Nsec})
		}
	}
	return p.call(func() error { return unix.UtimesNanoAt(unix.AT_FDCWD, path, ts, 0) })
}

func (p *hostProcess) Chdir(path string) error {
	return p.call(func() error { return unix.Chdir(path) })
}

func (p *hostProcess) Mkdir(path string, mode uint32) error {
	return p.call(func() error { return unix.Mkdir(path, mode) })
}

func (p *hostProcess) Rmdir(path string) error {
	return p.call(func() error { return unix.Rmdir(path) })
}

func (p *hostProcess) Mkfifo(path string, mode uint32) error {
	return p.call(func() error { return unix.Mkfifo(path, mode) })
}

func (p *hostProcess) Symlink(target, path string) error {
	return p.call(func() error { return unix.Symlink(target, path) })
}

func (p *hostProcess) Link(path, link string) error {
	return p.call(func() error { return unix.Link(path, link) })
}

func (p *hostProcess) Rename(from, to string) error {
	return p.call(func() error { return unix.Rename(from, to) })
}

func (p *hostProcess) Unlink(path string) error {
	return p.call(func() error { return unix.Unlink(path) })
}

func (p *hostProcess) RemoveAll(path string) error {
	return p.call(func() error { return os.RemoveAll(path) })
}

func (p *hostProcess) Access(path string, how int) error {
	return p.call(func() error { return unix.Access(path, uint32(how)) })
}

func (p *hostProcess) Chmod(path string, mode uint32) error {
	return p.call(func() error { return unix.Chmod(path, mode) })
}

func (p *hostProcess) Chown(path string, uid, gid int) error {
	return p.call(func() error { return unix.Chown(path, uid, gid) })
}

func (p *hostProcess) Truncate(path string, length int64) error {
	return p.call(func() error { return unix.Truncate(path, length) })
}
