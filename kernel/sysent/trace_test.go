package sysent

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// slots makes a frame of a caller in this process: numbers, strings, memory.
func slots(args ...any) *Frame {
	f := new(Frame)
	for i, a := range args {
		switch a := a.(type) {
		case int:
			f.Slot[i] = uint64(a)
		case string:
			f.SetString(i, a)
		case []byte:
			f.Mem[i] = a
		}
	}
	return f
}

// line is the line of a call that answers ret, or err.
func line(num int, f *Frame, err error, ret ...int64) string {
	b := AppendCall(nil, num, f)
	copy(f.Ret[:], ret)
	return string(AppendResult(b, num, f, err))
}

func bytesOf[T any](v T) []byte { return usermem.BytesOf(&v) }

func TestTrace(t *testing.T) {
	in := []byte{16, abi.AF_INET, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	in6 := append([]byte{28, abi.AF_INET6, 0, 80, 0, 0, 0, 0}, make([]byte, 20)...)
	in6[23] = 1
	local := append([]byte{0, abi.AF_LOCAL}, "/tmp/s\x00junk"...)
	long := strings.Repeat("x", 100)
	for _, test := range []struct {
		num  int
		f    *Frame
		err  error
		ret  []int64
		want string
	}{
		{SYS_open, slots("/x", abi.O_RDWR|abi.O_CREAT, 0o644), nil, []int64{3}, `open("/x", O_RDWR|O_CREAT, 0644) = 3`},
		{SYS_open, slots("/x", 0, 0), abi.ENOENT, nil, `open("/x", O_RDONLY, 0) = -1 ENOENT (no such file or directory)`},
		{SYS_open, slots("/x", 0x40000001), nil, nil, `open("/x", O_WRONLY|0x40000000, 0) = 0`},
		{SYS_read, slots(3, []byte("abcdef"), 4096), nil, []int64{3}, `read(3, "abc", 4096) = 3`},
		{SYS_read, slots(3, []byte("abcdef"), 6), abi.EIO, nil, `read(3, …, 6) = -1 EIO (input/output error)`},
		{SYS_write, slots(1, []byte("a\n\x00"), 3), nil, []int64{3}, `write(1, "a\n\x00", 3) = 3`},
		{SYS_write, slots(1, []byte(long), 100), nil, []int64{100}, `write(1, "` + long[:64] + `"..., 100) = 100`},
		{SYS_open, slots(long), nil, nil, `open("` + long[:64] + `"..., O_RDONLY, 0) = 0`},
		{SYS_open, slots(), abi.EFAULT, nil, `open(NULL, O_RDONLY, 0) = -1 EFAULT (bad address)`},
		{SYS_close, slots(-1), abi.EBADF, nil, `close(-1) = -1 EBADF (bad file descriptor)`},
		{SYS_getpid, slots(), nil, []int64{5, 1}, `getpid() = 5, 1`},
		{SYS_pipe, slots(), nil, []int64{3, 4}, `pipe() = 3, 4`},
		{SYS_sync, slots(), nil, nil, `sync() = 0`},
		{SYS_umask, slots(0o22), nil, []int64{0o77}, `umask(022) = 077`},
		{SYS_lseek, slots(3, 0, -5, abi.SEEK_END), nil, []int64{7}, `lseek(3, -5, SEEK_END) = 7`},
		{SYS_kill, slots(4, int(abi.SIGTERM)), nil, nil, `kill(4, SIGTERM) = 0`},
		{SYS_openat, slots(abi.AT_FDCWD, "d", abi.O_DIRECTORY, 0), nil, []int64{4}, `openat(AT_FDCWD, "d", O_RDONLY|O_DIRECTORY, 0) = 4`},
		{SYS___socket30, slots(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 6), nil, []int64{3}, `__socket30(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3`},
		{SYS_bind, slots(3, in, 16), nil, nil, `bind(3, {AF_INET 127.0.0.1:80}, 16) = 0`},
		{SYS_connect, slots(3, in6, 28), nil, nil, `connect(3, {AF_INET6 [::1]:80}, 28) = 0`},
		{SYS_connect, slots(3, local, len(local)), nil, nil, `connect(3, {AF_LOCAL "/tmp/s"}, 13) = 0`},
		{SYS_bind, slots(3, []byte{1}, 1), nil, nil, `bind(3, …, 1) = 0`},
		{SYS_accept, slots(3, in, []byte{16, 0, 0, 0}), nil, []int64{4}, `accept(3, {AF_INET 127.0.0.1:80}, [16]) = 4`},
		{SYS_setsockopt, slots(3, abi.SOL_SOCKET, abi.SO_REUSEADDR, []byte{1, 0, 0, 0}, 4), nil, nil, `setsockopt(3, SOL_SOCKET, SO_REUSEADDR, "\x01\x00\x00\x00", 4) = 0`},
		{SYS_setsockopt, slots(3, abi.IPPROTO_TCP, abi.TCP_NODELAY, []byte{}, 0), nil, nil, `setsockopt(3, IPPROTO_TCP, TCP_NODELAY, "", 0) = 0`},
		{SYS_setsockopt, slots(3, 41, 27, []byte{}, 0), nil, nil, `setsockopt(3, IPPROTO_IPV6, 27, "", 0) = 0`},
		{SYS_poll, slots(bytesOf(abi.Pollfd{Fd: 3, Events: abi.POLLIN, Revents: abi.POLLHUP}), 1, -1), nil, []int64{1}, `poll([{fd=3, POLLIN → POLLHUP}], 1, -1) = 1`},
		{SYS___stat50, slots("/f", bytesOf(abi.Stat{Mode: abi.S_IFREG | 0o644, Ino: 7, Size: 12})), nil, nil, `__stat50("/f", {S_IFREG|0644, ino=7, size=12}) = 0`},
		{SYS___nanosleep50, slots(bytesOf(abi.Timespec{Sec: 1, Nsec: 5000}), nil), nil, nil, `__nanosleep50({1.000005000}, NULL) = 0`},
		{SYS_pipe2, slots([]byte{3, 0, 0, 0, 4, 0, 0, 0}, abi.O_CLOEXEC), nil, nil, `pipe2([3 4], O_CLOEXEC) = 0`},
		{SYS___kevent50, slots(3, bytesOf(abi.Kevent{Ident: 4, Flags: abi.EV_ADD}), 1, nil, 0, nil), nil, nil, `__kevent50(3, [{4, EVFILT_READ, EV_ADD, 0x0, 0}], 1, NULL, 0, NULL) = 0`},
		{SYS___sysctl, slots([]byte{1, 0, 0, 0, 10, 0, 0, 0}, 2, []byte("host\x00"), []byte{5, 0, 0, 0, 0, 0, 0, 0}, nil, 0), nil, nil, `__sysctl([1 10], 2, "host\x00", [5], NULL, 0) = 0`},
		{SYS_ioctl, slots(1, abi.FIONREAD, []byte{9, 0, 0, 0}), nil, nil, `ioctl(1, FIONREAD, [9]) = 0`},
		{SYS_ioctl, slots(1, abi.TIOCGETA, make([]byte, 44)), abi.ENOTTY, nil, `ioctl(1, TIOCGETA, …) = -1 ENOTTY (inappropriate ioctl for device)`},
		{SYS_ioctl, slots(1, 0xc0905801), nil, nil, `ioctl(1, _IOWR('X', 1, 144), NULL) = 0`},
		{SYS_fcntl, slots(3, abi.F_SETFL, abi.O_NONBLOCK), nil, nil, `fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0`},
		{SYS_fcntl, slots(3, abi.F_SETLK, bytesOf(abi.Flock{Type: 1, Len: 5})), nil, nil, `fcntl(3, F_SETLK, {type=1, whence=SEEK_SET, start=0, len=5}) = 0`},
		{SYS_writev, slots(1, bytesOf([2]abi.Iovec{{Len: 3}, {Len: 4}}), 2), nil, []int64{7}, `writev(1, [{3 bytes} {4 bytes}], 2) = 7`},
		{SYS_setgroups, slots(10, make([]byte, 40)), nil, nil, `setgroups(10, [0 0 0 0 0 0 0 0 ...]) = 0`},
		{600, slots(), abi.ENOSYS, nil, `#600() = -1 ENOSYS (function not implemented)`},
		{11, slots(), abi.ENOSYS, nil, `#11 (obsolete execv)() = -1 ENOSYS (function not implemented)`},
	} {
		if got := line(test.num, test.f, test.err, test.ret...); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// What the kernel reads is printed as the call begins, the rest as it ends.
func TestTraceHalves(t *testing.T) {
	f := slots("/f", make([]byte, 152))
	if got := string(AppendCall(nil, SYS___stat50, f)); got != `__stat50("/f"` {
		t.Errorf("at entry %s", got)
	}
	if got := string(AppendResult(nil, SYS___stat50, f, abi.ENOENT)); !strings.HasPrefix(got, ", …) = -1 ENOENT") {
		t.Errorf("at exit %s", got)
	}
}

// clientSpace is a caller behind a socket whose memory reads as x without end.
type clientSpace struct{ asked int }

func (s *clientSpace) CopyIn(dst []byte, addr uint64) error {
	s.asked += len(dst)
	for i := range dst {
		dst[i] = 'x'
	}
	return nil
}

func (s *clientSpace) CopyInStr(addr uint64, max int) (string, error) {
	s.asked += max
	return "", abi.ENAMETOOLONG
}

func (s *clientSpace) CopyOut(uint64, []byte) error     { return abi.EFAULT }
func (s *clientSpace) Window(n int) []byte              { return make([]byte, n) }
func (s *clientSpace) Commit([]byte, uint64, int) error { return abi.EFAULT }

// A line asks a caller behind a socket for little, whatever it says, and
// numbers that make no sense do no harm.
func TestTraceRemote(t *testing.T) {
	for _, v := range []uint64{0, 1, 4096, 1 << 31, 1<<63 - 1, 1<<64 - 1} {
		for num := range Rows {
			s := new(clientSpace)
			f := &Frame{Space: s}
			for i := range f.Slot {
				f.Slot[i] = v
			}
			got := line(num, f, nil, int64(v), int64(v))
			if s.asked > 2048 {
				t.Errorf("%s asks for %d bytes", got, s.asked)
			}
			line(num, f, abi.EFAULT)
		}
	}
}

func FuzzTrace(f *testing.F) {
	f.Add(5, uint64(3), uint64(4), uint64(5), []byte("text"))
	f.Fuzz(func(t *testing.T, num int, a, b, c uint64, mem []byte) {
		frame := &Frame{Slot: [MaxSlots]uint64{a, b, c, a, b, c}, Ret: [2]int64{int64(a), int64(b)}}
		frame.Mem[num&3] = mem
		frame.Mem[num>>2&3] = mem
		line(num%len(Rows), frame, nil)
		frame.Space = new(clientSpace)
		line(num%len(Rows), frame, nil)
	})
}
