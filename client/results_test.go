package client

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Results that registers carry, that the kernel stores in memory, and errors
// that stand in a register.
func TestResults(t *testing.T) {
	k, c := newFake(t)
	k.answer = func(num int, f *sysent.Frame) error {
		f.Ret = [2]int64{5, 6}
		switch num {
		case sysent.SYS_pipe2:
			copy(f.Mem[0], []byte{8, 0, 0, 0, 9, 0, 0, 0})
		case sysent.SYS_timer_create:
			copy(f.Mem[2], []byte{7, 0, 0, 0})
		case sysent.SYS__ksem_init:
			copy(f.Mem[1], []byte{1, 2, 0, 0, 0, 0, 0, 0})
		case sysent.SYS___posix_fadvise50:
			f.Ret[0] = int64(abi.ESPIPE)
		case sysent.SYS_posix_fallocate:
			f.Ret[0] = 0
		}
		return nil
	}
	if r, w, err := c.Pipe(); r != 5 || w != 6 || err != nil {
		t.Errorf("Pipe = %d, %d, %v", r, w, err)
	}
	if fds, err := c.Pipe2(0); fds != [2]int{8, 9} || err != nil {
		t.Errorf("Pipe2 = %v, %v", fds, err)
	}
	if id, err := c.TimerCreate(0, nil); id != 7 || err != nil {
		t.Errorf("TimerCreate = %d, %v", id, err)
	}
	if id, err := c.KsemInit(0); id != 0x201 || err != nil {
		t.Errorf("KsemInit = %#x, %v", id, err)
	}
	if err := c.PosixFadvise(0, 0, 0, 0); err != abi.ESPIPE {
		t.Errorf("PosixFadvise = %v", err)
	}
	if err := c.PosixFallocate(0, 0, 0); err != nil {
		t.Errorf("PosixFallocate = %v", err)
	}
	if pid := c.Getpid(); pid != 5 {
		t.Errorf("Getpid = %d", pid)
	}
	if off, err := c.Lseek(3, -1, abi.SEEK_CUR); off != 5 || err != nil {
		t.Errorf("Lseek = %d, %v", off, err)
	}
}

// loadAt reads a T at an address that a structure of the caller's holds.
func loadAt[T any](t *testing.T, f *sysent.Frame, addr uint64) T {
	t.Helper()
	var v T
	if err := f.CopyIn(usermem.BytesOf(&v), addr); err != nil {
		t.Fatalf("copyin at %#x: %v", addr, err)
	}
	return v
}

func TestVectors(t *testing.T) {
	k, c := newFake(t)
	k.answer = func(num int, f *sysent.Frame) error {
		var got []byte
		for b := f.Mem[1]; len(b) > 0; b = b[16:] {
			base, n := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
			part := make([]byte, n)
			if err := f.CopyIn(part, base); err != nil {
				return err
			}
			got = append(got, part...)
		}
		if string(got) != "hello, world" {
			t.Errorf("vector holds %q", got)
		}
		f.Ret[0] = int64(len(got))
		return nil
	}
	n, err := c.Writev(1, [][]byte{[]byte("hello"), nil, []byte(", "), []byte("world")})
	if n != 12 || err != nil {
		t.Errorf("Writev = %d, %v", n, err)
	}
}

func TestMsghdr(t *testing.T) {
	k, c := newFake(t)
	k.answer = func(num int, f *sysent.Frame) error {
		h := (*abi.Msghdr)(nil)
		hdr := loadMsghdr(f.Mem[1])
		h = &hdr
		iov := loadAt[abi.Iovec](t, f, h.Iov)
		_ = f.CopyOut(iov.Base, []byte("data"))
		_ = f.CopyOut(h.Name, []byte{16, 2})
		h.Namelen, h.Controllen, h.Flags = 2, 0, abi.MSG_TRUNC
		copy(f.Mem[1], usermem.BytesOf(h))
		f.Ret[0] = 4
		return nil
	}
	buf := make([]byte, 8)
	m := &Msghdr{Name: make([]byte, 16), Iov: [][]byte{buf}, Control: make([]byte, 32)}
	n, err := c.Recvmsg(3, m, 0)
	if n != 4 || err != nil || !bytes.Equal(buf[:n], []byte("data")) {
		t.Fatalf("Recvmsg = %d, %v, %q", n, err, buf)
	}
	if !bytes.Equal(m.Name, []byte{16, 2}) || len(m.Control) != 0 || m.Flags != abi.MSG_TRUNC {
		t.Errorf("message is %+v", m)
	}
}

func loadMsghdr(b []byte) abi.Msghdr {
	var h abi.Msghdr
	copy(usermem.BytesOf(&h), b)
	return h
}

func TestMmsghdr(t *testing.T) {
	k, c := newFake(t)
	k.answer = func(num int, f *sysent.Frame) error {
		const size = 56
		if f.Slot[2] != 2 || len(f.Mem[1]) != 2*size {
			t.Fatalf("%d messages in %d bytes", f.Slot[2], len(f.Mem[1]))
		}
		for i := range 2 {
			h := loadMsghdr(f.Mem[1][i*size:])
			iov := loadAt[abi.Iovec](t, f, h.Iov)
			_ = f.CopyOut(iov.Base, []byte{byte('a' + i)})
			binary.LittleEndian.PutUint32(f.Mem[1][i*size+48:], uint32(10+i))
		}
		f.Ret[0] = 2
		return nil
	}
	a, b := make([]byte, 1), make([]byte, 1)
	msgs := []Mmsghdr{{Msghdr: Msghdr{Iov: [][]byte{a}}}, {Msghdr: Msghdr{Iov: [][]byte{b}}}}
	n, err := c.Recvmmsg(3, msgs, 0, nil)
	if n != 2 || err != nil || msgs[0].Len != 10 || msgs[1].Len != 11 || a[0] != 'a' || b[0] != 'b' {
		t.Errorf("Recvmmsg = %d, %v: %+v, %q %q", n, err, msgs, a, b)
	}
}

// Pointers inside an Arg are addresses during the call, and only then.
func TestArg(t *testing.T) {
	k, c := newFake(t)
	var addr uint64
	k.answer = func(num int, f *sysent.Frame) error {
		if num == sysent.SYS_fcntl {
			f.Ret[0] = f.Int64(2)
			return nil
		}
		addr = binary.LittleEndian.Uint64(f.Mem[2][8:])
		s, err := f.CopyInStr(addr, 100)
		if s != "/dev/vnd0" || err != nil {
			t.Errorf("string at the pointer is %q, %v", s, err)
		}
		return nil
	}
	data := make([]byte, 16)
	if err := c.Ioctl(3, 1, Buf(data).WithString(8, "/dev/vnd0").With(12, nil)); err != nil {
		t.Error(err)
	}
	if _, err := c.enter().CopyInStr(addr, 100); err != abi.EFAULT {
		t.Errorf("the address is good after the call: %v", err)
	}
	if n, err := c.Fcntl(3, abi.F_SETFL, Val(abi.O_NONBLOCK)); n != abi.O_NONBLOCK || err != nil {
		t.Errorf("Fcntl = %d, %v", n, err)
	}
}

// Calls on a warm client allocate nothing.
func TestNoAllocation(t *testing.T) {
	_, c := newFake(t)
	b, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	var (
		buf  = make([]byte, 64)
		st   = new(abi.Stat)
		iov  = [][]byte{buf[:8], buf[8:]}
		msg  = &Msghdr{Iov: iov, Name: buf[:16]}
		ts   = new(abi.Timespec)
		evs  = make([]abi.Kevent, 4)
		n    = uint32(16)
		mib  = []int32{1, 2}
		size = uint64(8)
	)
	for name, call := range map[string]func(c *Client){
		"getpid":     func(c *Client) { c.Getpid() },
		"open":       func(c *Client) { _, _ = c.Open("/file", 0, 0) },
		"pread":      func(c *Client) { _, _ = c.Pread(3, buf, 0) },
		"stat":       func(c *Client) { _ = c.Stat("/", st) },
		"readv":      func(c *Client) { _, _ = c.Readv(3, iov) },
		"recvmsg":    func(c *Client) { _, _ = c.Recvmsg(3, msg, 0) },
		"kevent":     func(c *Client) { _, _ = c.Kevent(3, evs, evs, ts) },
		"accept":     func(c *Client) { _, _ = c.Accept(3, buf[:16], &n) },
		"sysctl":     func(c *Client) { _ = c.Sysctl(mib, buf, &size, nil) },
		"ioctl":      func(c *Client) { _ = c.Ioctl(3, 1, Struct(ts)) },
		"fcntl":      func(c *Client) { _, _ = c.Fcntl(3, 1, Val(1)) },
		"pipe2":      func(c *Client) { _, _ = c.Pipe2(0) },
		"socketpair": func(c *Client) { _, _ = c.Socketpair(1, 1, 0) },
	} {
		for kind, c := range map[string]*Client{"borrowed": c, "own": b} {
			if n := testing.AllocsPerRun(100, func() { call(c) }); n != 0 {
				t.Errorf("%s on a %s lwp allocates %v times", name, kind, n)
			}
		}
	}
}

func BenchmarkGetpid(b *testing.B) {
	c, err := New(new(fakeKernel), "bench")
	if err != nil {
		b.Fatal(err)
	}
	own, err := c.NewThread()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("borrowed", func(b *testing.B) {
		for b.Loop() {
			c.Getpid()
		}
	})
	b.Run("own", func(b *testing.B) {
		for b.Loop() {
			own.Getpid()
		}
	})
}
