package vfs

import (
	"bytes"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestPositions(t *testing.T) {
	g := boot(t, kernel.Config{})
	fd := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	if n, err := g.write(fd, []byte("hello world")); n != 11 || err != nil {
		t.Fatal(n, err)
	}
	buf := make([]byte, 5)
	if n, err := g.v.SysPread(g.l, fd, out(buf), 6); n != 5 || err != nil || string(buf) != "world" {
		t.Errorf("pread: %d, %v, %q", n, err, buf)
	}
	if n, err := g.v.SysPwrite(g.l, fd, in([]byte("W")), 6); n != 1 || err != nil {
		t.Errorf("pwrite: %d, %v", n, err)
	}
	for _, c := range []struct {
		off    int64
		whence int32
		want   int64
		err    error
	}{
		{0, abi.SEEK_CUR, 11, nil}, {-5, abi.SEEK_END, 6, nil}, {-7, abi.SEEK_CUR, 0, abi.EINVAL},
		{-1, abi.SEEK_SET, 0, abi.EINVAL}, {0, 7, 0, abi.EINVAL}, {1<<63 - 1, abi.SEEK_END, 0, abi.EINVAL},
		{2, abi.SEEK_SET, 2, nil}, {1, abi.SEEK_CUR, 3, nil},
	} {
		if got, err := g.v.SysLseek(g.l, fd, c.off, c.whence); got != c.want || err != c.err {
			t.Errorf("lseek %d from %d: %d, %v", c.off, c.whence, got, err)
		}
	}
	if n, err := g.read(fd, buf); n != 5 || err != nil || string(buf) != "lo Wo" {
		t.Errorf("read: %d, %v, %q", n, err, buf)
	}
	if n, err := g.v.SysPread(g.l, fd, out(buf), 11); n != 0 || err != nil {
		t.Errorf("pread at the end: %d, %v", n, err)
	}
	if _, err := g.v.SysPread(g.l, fd, out(buf), -1); err != abi.EINVAL {
		t.Errorf("pread before the start: %v", err)
	}
	if _, err := g.v.SysPread(g.l, 77, out(buf), 0); err != abi.EBADF {
		t.Errorf("pread from nothing: %v", err)
	}
	wr := g.mustOpen("/tmp/f", abi.O_WRONLY, 0)
	if _, err := g.v.SysPread(g.l, wr, out(buf), 0); err != abi.EBADF {
		t.Errorf("pread from a write-only file: %v", err)
	}
	dir := g.mustOpen("/tmp", abi.O_RDONLY, 0)
	if _, err := g.v.SysPread(g.l, dir, out(buf), 0); err != abi.EISDIR {
		t.Errorf("pread from a directory: %v", err)
	}
}

func TestVectors(t *testing.T) {
	g := boot(t, kernel.Config{})
	fd := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	var f sysent.Frame
	vec := func(parts ...[]byte) usermem.InSlice[abi.Iovec] {
		var iov []abi.Iovec
		for _, p := range parts {
			iov = append(iov, abi.Iovec{Base: f.Pin(p), Len: uint64(len(p))})
		}
		return usermem.InSlice[abi.Iovec]{Mem: usermem.Local(usermem.BytesOfSlice(iov), &f), N: uint64(len(iov))}
	}
	if n, err := g.v.SysPwritev(g.l, fd, vec([]byte("abc"), nil, []byte("defgh")), 2); n != 8 || err != nil {
		t.Fatalf("pwritev: %d, %v", n, err)
	}
	a, b := make([]byte, 4), make([]byte, 20)
	if n, err := g.v.SysPreadv(g.l, fd, vec(a, b), 0); n != 10 || err != nil {
		t.Fatalf("preadv: %d, %v", n, err)
	}
	if got := string(a) + string(b[:6]); got != "\x00\x00abcdefgh" {
		t.Errorf("read %q", got)
	}
	bad := []abi.Iovec{{Base: 12345, Len: 4}}
	m := usermem.InSlice[abi.Iovec]{Mem: usermem.Local(usermem.BytesOfSlice(bad), &f), N: 1}
	if _, err := g.v.SysPwritev(g.l, fd, m, 0); err != abi.EFAULT {
		t.Errorf("a bad pointer: %v", err)
	}
	bad[0].Len = 1 << 63
	if _, err := g.v.SysPwritev(g.l, fd, m, 0); err != abi.EINVAL {
		t.Errorf("a bad length: %v", err)
	}
	m.N = 1 << 40
	if _, err := g.v.SysPwritev(g.l, fd, m, 0); err != abi.EINVAL {
		t.Errorf("too long a vector: %v", err)
	}
}

func TestAppend(t *testing.T) {
	g := boot(t, kernel.Config{})
	a := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_WRONLY|abi.O_APPEND, 0o644)
	b := g.mustOpen("/tmp/f", abi.O_WRONLY|abi.O_APPEND, 0o644)
	for i, fd := range []int32{a, b, a, b} {
		if n, err := g.write(fd, []byte{byte('0' + i)}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := g.take("/tmp/f"); got != "0123" {
		t.Errorf("appended %q", got)
	}
}

func TestSparse(t *testing.T) {
	g := boot(t, kernel.Config{})
	used := g.b.Mem.Used()
	fd := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	for _, off := range []int64{0, 5 << 20, 1 << 30, 1 << 40, 1 << 60} {
		if n, err := g.v.SysPwrite(g.l, fd, in([]byte("x")), off); n != 1 || err != nil {
			t.Fatalf("at %d: %d, %v", off, n, err)
		}
	}
	if st := g.stat("/tmp/f"); st.Size != 1<<60+1 || st.Blocks > 1024 {
		t.Errorf("size %d, blocks %d", st.Size, st.Blocks)
	}
	if now := g.b.Mem.Used(); now-used > 200<<10 {
		t.Errorf("five bytes take %d", now-used)
	}
	buf := make([]byte, 100)
	if n, err := g.v.SysPread(g.l, fd, out(buf), 1<<40-10); n != 100 || err != nil || buf[10] != 'x' || buf[9] != 0 {
		t.Errorf("%d, %v, % x", n, err, buf)
	}
	g.do("ftruncate", g.v.SysFtruncate(g.l, fd, 100))
	g.do("ftruncate", g.v.SysFtruncate(g.l, fd, 2<<30))
	if n, _ := g.v.SysPread(g.l, fd, out(buf), 1<<30); n != 100 || !bytes.Equal(buf, make([]byte, 100)) {
		t.Errorf("after truncation: % x", buf)
	}
	g.close(fd)
	g.do("unlink", g.v.SysUnlink(g.l, str("/tmp/f")))
	if now := g.b.Mem.Used(); now != used {
		t.Errorf("%d bytes in use, %d before", now, used)
	}
}

func TestUnlinkOpen(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/f", "still here", 0o644)
	fd := g.mustOpen("/tmp/f", abi.O_RDWR, 0)
	g.do("unlink", g.v.SysUnlink(g.l, str("/tmp/f")))
	buf := make([]byte, 20)
	if n, err := g.read(fd, buf); string(buf[:n]) != "still here" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
	f, _ := file.Get(g.l, fd)
	var st abi.Stat
	g.do("fstat", f.Ops.Stat(g.l, f, &st))
	_ = f.Drop(g.l)
	if st.Nlink != 0 {
		t.Errorf("nlink %d", st.Nlink)
	}
}

func TestFallocateDiscard(t *testing.T) {
	g := boot(t, kernel.Config{})
	fd := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	if e, err := g.v.SysPosixFallocate(g.l, fd, 100, 50000); e != 0 || err != nil {
		t.Errorf("fallocate: %d, %v", e, err)
	}
	if st := g.stat("/tmp/f"); st.Size != 50100 || st.Blocks < 50000/512 {
		t.Errorf("size %d, blocks %d", st.Size, st.Blocks)
	}
	if e, err := g.v.SysPosixFallocate(g.l, fd, -1, 5); e != int32(abi.EINVAL) || err != nil {
		t.Errorf("fallocate before the start: %d, %v", e, err)
	}
	if e, err := g.v.SysPosixFallocate(g.l, fd, 1<<62, 1<<62); e != int32(abi.EINVAL) || err != nil {
		t.Errorf("fallocate too much: %d, %v", e, err)
	}
	if n, err := g.v.SysPwrite(g.l, fd, in([]byte("0123456789")), 0); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	g.do("fdiscard", g.v.SysFdiscard(g.l, fd, 2, 5))
	buf := make([]byte, 10)
	if _, err := g.v.SysPread(g.l, fd, out(buf), 0); err != nil || string(buf) != "01\x00\x00\x00\x00\x00789" {
		t.Errorf("%q, %v", buf, err)
	}
	g.do("fdiscard", g.v.SysFdiscard(g.l, fd, 0, 1<<40))
	if st := g.stat("/tmp/f"); st.Size != 50100 || st.Blocks > 32 {
		t.Errorf("after fdiscard: size %d, blocks %d", st.Size, st.Blocks)
	}
}

func TestFileSizeLimit(t *testing.T) {
	g := boot(t, kernel.Config{})
	var got []int32
	g.l.Proc().SetRaise(func(sig int32) { got = append(got, sig) })
	lim := g.l.Proc().Limit(abi.RLIMIT_FSIZE)
	lim.Cur = 10
	g.do("setrlimit", g.l.Proc().SetLimit(abi.RLIMIT_FSIZE, lim))
	fd := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	if n, err := g.write(fd, make([]byte, 10)); n != 10 || err != nil {
		t.Errorf("write to the limit: %d, %v", n, err)
	}
	if n, err := g.write(fd, make([]byte, 1)); n != 0 || err != abi.EFBIG {
		t.Errorf("write at the limit: %d, %v", n, err)
	}
	if err := g.v.SysFtruncate(g.l, fd, 11); err != abi.EFBIG {
		t.Errorf("ftruncate beyond: %v", err)
	}
	if len(got) != 2 || got[0] != int32(abi.SIGXFSZ) {
		t.Errorf("signals %v", got)
	}
}
