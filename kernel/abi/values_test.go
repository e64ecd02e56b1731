package abi

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestErrnoIs(t *testing.T) {
	for _, tt := range []struct {
		errno  Errno
		target error
		want   bool
	}{
		{ENOENT, fs.ErrNotExist, true},
		{EEXIST, fs.ErrExist, true},
		{ENOTEMPTY, fs.ErrExist, true},
		{EACCES, fs.ErrPermission, true},
		{EPERM, fs.ErrPermission, true},
		{EBADF, fs.ErrClosed, false},
		{EINVAL, fs.ErrInvalid, false},
		{ENOSYS, errors.ErrUnsupported, true},
		{EOPNOTSUPP, errors.ErrUnsupported, true},
		{ENOENT, ENOENT, true},
		{ENOENT, EIO, false},
	} {
		err := error(&fs.PathError{Op: "open", Path: "/x", Err: tt.errno})
		if got := errors.Is(err, tt.target); got != tt.want {
			t.Errorf("errors.Is(%s, %v) = %v", tt.errno.Name(), tt.target, got)
		}
	}
	if !os.IsTimeout(ETIMEDOUT) || !os.IsTimeout(EAGAIN) || os.IsTimeout(EIO) {
		t.Error("timeouts")
	}
	if !EINTR.Temporary() || !EMFILE.Temporary() || EIO.Temporary() {
		t.Error("temporary errors")
	}
}

func TestErrnoText(t *testing.T) {
	for _, tt := range []struct {
		errno      Errno
		name, text string
	}{
		{ENOENT, "ENOENT", "no such file or directory"},
		{EPROTO, "EPROTO", "protocol error"},
		{EWOULDBLOCK, "EAGAIN", "resource temporarily unavailable"},
		{0, "errno 0", "no error"},
		{97, "errno 97", "unknown error: 97"},
		{-1, "errno -1", "unknown error: -1"},
		{ERESTART, "ERESTART", "kernel-internal error ERESTART"},
		{EMOVEFD, "EMOVEFD", "kernel-internal error EMOVEFD"},
	} {
		if tt.errno.Name() != tt.name || tt.errno.Error() != tt.text {
			t.Errorf("%d: %q, %q", int32(tt.errno), tt.errno.Name(), tt.errno.Error())
		}
	}
	for e := Errno(1); e <= ELAST; e++ {
		if e.Error() == "" || e.Name() == "" {
			t.Errorf("errno %d has no name or text", int32(e))
		}
	}
}

func TestErrnoDoesNotAllocate(t *testing.T) {
	var sink error
	e := Errno(0)
	n := testing.AllocsPerRun(100, func() {
		e = e%ELAST + 1
		sink = e
	})
	if n != 0 || sink == nil {
		t.Errorf("%v allocations", n)
	}
}

func TestSignals(t *testing.T) {
	for s, want := range map[Signal]string{SIGHUP: "SIGHUP", SIGPWR: "SIGPWR", 0: "signal 0", 40: "signal 40", -1: "signal -1"} {
		if s.Name() != want {
			t.Errorf("signal %d: %q, want %q", int32(s), s.Name(), want)
		}
	}
	for s := Signal(1); s <= SIGPWR; s++ {
		if s.Name() == "" {
			t.Errorf("signal %d has no name", int32(s))
		}
	}
	var set Sigset
	for _, s := range []Signal{-1, 0, 1, 32, 33, 63, 64} {
		set.Add(s)
		if set.Has(s) != s.Valid() {
			t.Errorf("signal %d: Has = %v", int32(s), set.Has(s))
		}
	}
	if set.Bits != [4]uint32{0x80000001, 0x40000001} {
		t.Errorf("bits %#x", set.Bits)
	}
	set.Del(33)
	set.Del(0)
	if set.Has(33) || !set.Has(63) {
		t.Error("Del")
	}
}

func TestDev(t *testing.T) {
	for _, tt := range []struct {
		major, minor uint32
		dev          uint64
	}{
		{0, 0, 0}, {2, 3, 0x203}, {0xfff, 0xfffff, 0xffffffff},
		{180, 256, 0x0010b400}, {1, 0x12345, 0x12300145},
	} {
		dev := Makedev(tt.major, tt.minor)
		if dev != tt.dev || Major(dev) != tt.major || Minor(dev) != tt.minor {
			t.Errorf("Makedev(%d, %d) = %#x = %d, %d", tt.major, tt.minor, dev, Major(dev), Minor(dev))
		}
	}
}

func TestLengths(t *testing.T) {
	for _, tt := range []struct{ got, want int }{
		{DirentReclen(1), 16}, {DirentReclen(2), 16}, {DirentReclen(3), 24}, {DirentReclen(255), 272},
		{CmsgLen(4), 20}, {CmsgSpace(4), 24}, {CmsgSpace(8), 24}, {CmsgAlign(0), 0},
		{RtaRoundup(0), 8}, {RtaRoundup(16), 16}, {RtaRoundup(28), 32},
		{int(sysctlnodeWithChildren(3, 2).Un[0]), 2<<32 | 3},
		{int(Sigval{Ptr: 0xfffffffe}.Int()), -2},
	} {
		if tt.got != tt.want {
			t.Errorf("got %d, want %d", tt.got, tt.want)
		}
	}
}

func sysctlnodeWithChildren(room, count uint32) *Sysctlnode {
	n := new(Sysctlnode)
	n.SetChildren(room, count)
	return n
}
