package kernel_test

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/usermem"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// fuzzKernel boots a kernel in which nothing takes time.
func fuzzKernel(f *testing.F) *client.Client {
	k, err := base.Boot(kernel.Config{Host: hypercall.NewSim(1), MemLimit: 1 << 20})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { k.Close() })
	c, err := client.New(k, "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// alive fails the test when the kernel has panicked.
func alive(t *testing.T, c *client.Client) {
	t.Helper()
	if _, err := c.Fcntl(0, abi.F_GETFD, client.Arg{}); err != nil {
		t.Fatal("the kernel is gone:", err)
	}
}

// FuzzSysctl gives __sysctl(2) any name and any new value.
func FuzzSysctl(f *testing.F) {
	c := fuzzKernel(f)
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION | abi.CTLTYPE_INT, Num: -3}
	copy(req.Name[:], "x")
	for _, mib := range [][]int32{{1, 1}, {-2}, {11, -3}, {11, -5}, {1, -7}, {1, 47, 0, 0, 600, 9}, {1, 84, 255, 0}, {10, 1, 2, 1, 1}} {
		f.Add(usermem.BytesOfSlice(mib), usermem.BytesOf(&req), uint16(200))
	}
	f.Fuzz(func(t *testing.T, name, newv []byte, room uint16) {
		var mib []int32
		for ; len(name) >= 4; name = name[4:] {
			mib = append(mib, int32(binary.LittleEndian.Uint32(name)))
		}
		n := uint64(room)
		_ = c.Sysctl(mib, make([]byte, room), &n, newv)
		alive(t, c)
	})
}

// FuzzCalls makes calls on descriptors with any arguments.
func FuzzCalls(f *testing.F) {
	c := fuzzKernel(f)
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
	f.Fuzz(func(t *testing.T, prog []byte) {
		next := func() int {
			if len(prog) == 0 {
				return 0
			}
			b := prog[0]
			prog = prog[1:]
			return int(int8(b))
		}
		prog = prog[:min(len(prog), 200)]
		for len(prog) > 0 {
			fuzzCall(c, next)
		}
		_, _ = c.Fcntl(3, abi.F_CLOSEM, client.Arg{})
		_, _ = c.Dup2(1, 0)
		if _, err := c.Fcntl(0, abi.F_GETFD, client.Arg{}); err != nil && err != abi.EBADF {
			t.Fatal("the kernel is gone:", err)
		}
	})
}

func fuzzCall(c *client.Client, next func() int) {
	fd := next()
	buf := make([]byte, 64)
	switch next() % 12 {
	case 0:
		_, _ = c.Pipe2(abi.O_NONBLOCK)
	case 1:
		_, _ = c.Write(fd, buf[:next()&63])
	case 2:
		if fds := []abi.Pollfd{{Fd: int32(fd), Events: abi.POLLIN}}; fd > 2 {
			if n, _ := c.Poll(fds, 0); n == 1 {
				_, _ = c.Read(fd, buf)
			}
		}
	case 3:
		_ = c.Close(fd)
	case 4:
		_, _ = c.Dup2(fd, next())
	case 5:
		_, _ = c.Fcntl(fd, next()&31, client.Val(next()))
	case 6:
		_ = c.Ioctl(fd, uint64(uint32(next()<<24|next()<<8|next())), client.Buf(make([]byte, 8192)))
	case 7:
		_, _ = c.Kqueue()
	case 8:
		ev := abi.Kevent{Ident: uint64(next()), Filter: uint32(next() & 7), Flags: uint32(next()), Fflags: uint32(next()), Data: int64(next())}
		_, _ = c.Kevent(fd, []abi.Kevent{ev}, make([]abi.Kevent, 2), &abi.Timespec{})
	case 9:
		var in, out abi.FdSet
		in.Bits[0], out.Bits[0] = uint32(next()), uint32(next())
		_, _ = c.Select(next(), &in, &out, nil, &abi.Timeval{})
	case 10:
		_ = c.Setitimer(next(), &abi.Itimerval{Value: abi.Timeval{Sec: int64(next()), Usec: int32(next())}}, nil)
	case 11:
		_ = c.Fstat(fd, new(abi.Stat))
	}
}
