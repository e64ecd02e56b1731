package vfs

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// far is the memory of a client behind a socket: one block at farBase.
type far []byte

const farBase = 0x10000

func (s far) at(addr uint64, n int) ([]byte, error) {
	if addr < farBase || addr-farBase > uint64(len(s)) || uint64(n) > uint64(len(s))-(addr-farBase) {
		return nil, abi.EFAULT
	}
	return s[addr-farBase:][:n], nil
}

func (s far) CopyIn(dst []byte, addr uint64) error {
	b, err := s.at(addr, len(dst))
	copy(dst, b)
	return err
}

func (s far) CopyOut(addr uint64, src []byte) error {
	b, err := s.at(addr, len(src))
	copy(b, src)
	return err
}

func (s far) CopyInStr(addr uint64, max int) (string, error) {
	if _, err := s.at(addr, 1); err != nil {
		return "", err
	}
	b := s[addr-farBase:][:min(max, len(s)-int(addr-farBase))]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return string(b[:i]), nil
	}
	return "", abi.ENAMETOOLONG
}

func (s far) Window(n int) []byte                         { return make([]byte, n) }
func (s far) Commit(win []byte, addr uint64, n int) error { return s.CopyOut(addr, win[:n]) }

func (s far) str(off int, text string) usermem.String {
	copy(s[off:], text+"\x00")
	return usermem.String{Mem: usermem.At(s, uint64(farBase+off), -1)}
}

func (s far) mem(off, n int) usermem.Mem { return usermem.At(s, uint64(farBase+off), n) }

// TestRemote makes the calls of a client whose memory is elsewhere.
func TestRemote(t *testing.T) {
	g := boot(t, kernel.Config{})
	s := make(far, 8<<20)
	fd, err := g.v.SysOpen(g.l, s.str(0, "/tmp/f"), abi.O_CREAT|abi.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	const size = 3<<20 + 5 // more than one transfer takes
	want := bytes.Repeat([]byte("0123456789a"), size/11+1)[:size]
	copy(s[100:], want)
	if n, err := g.v.SysPwrite(g.l, fd, usermem.InBuf{Mem: s.mem(100, size)}, 7); n != size || err != nil {
		t.Fatalf("pwrite: %d, %v", n, err)
	}
	if n, err := g.v.SysPread(g.l, fd, usermem.OutBuf{Mem: s.mem(4<<20, size+100)}, 7); n != size || err != nil {
		t.Fatalf("pread: %d, %v", n, err)
	}
	if !bytes.Equal(s[4<<20:][:size], want) {
		t.Error("other bytes came back")
	}
	if n, err := g.v.SysPread(g.l, fd, usermem.OutBuf{Mem: usermem.At(s, 0x10, 100)}, 0); n != 0 || err != abi.EFAULT {
		t.Errorf("pread to nowhere: %d, %v", n, err)
	}
	if n, err := g.v.SysPwrite(g.l, fd, usermem.InBuf{Mem: usermem.At(s, 0, 100)}, 0); n != 0 || err != abi.EFAULT {
		t.Errorf("pwrite from NULL: %d, %v", n, err)
	}
	var st abi.Stat
	g.do("stat", g.v.SysStat50(g.l, s.str(0, "/tmp/f"), usermem.Out[abi.Stat]{Mem: s.mem(200, -1)}))
	copy(usermem.BytesOf(&st), s[200:])
	if st.Size != size+7 {
		t.Errorf("size %d", st.Size)
	}
	g.do("symlink", g.v.SysSymlink(g.l, s.str(0, "target"), s.str(50, "/tmp/ln")))
	if n, err := g.v.SysReadlink(g.l, s.str(0, "/tmp/ln"), usermem.OutBuf{Mem: s.mem(300, 4)}); n != 4 || err != nil || string(s[300:304]) != "targ" {
		t.Errorf("readlink: %d, %v", n, err)
	}
	dir := g.mustOpen("/tmp", abi.O_RDONLY, 0)
	if n, err := g.v.SysGetdents30(g.l, dir, usermem.OutBuf{Mem: s.mem(400, 1<<20)}); err != nil || len(dirNames(s[400:][:n])) != 4 {
		t.Errorf("getdents: %d, %v", n, err)
	}
	if n, err := g.v.SysGetvfsstat(g.l, usermem.OutBuf{Mem: s.mem(0, 1<<20)}, 0); n != 1 || err != nil {
		t.Errorf("getvfsstat: %d, %v", n, err)
	}
	if err := g.v.SysChdir(g.l, s.str(0, strings.Repeat("/", 2000))); err != abi.ENAMETOOLONG {
		t.Errorf("a long path: %v", err)
	}
	if err := g.v.SysChdir(g.l, usermem.String{Mem: usermem.At(s, 1, -1)}); err != abi.EFAULT {
		t.Errorf("a bad path: %v", err)
	}
	if n, err := g.v.SysGetcwd(g.l, usermem.OutBuf{Mem: s.mem(0, 100)}); n != 2 || err != nil || string(s[:2]) != "/\x00" {
		t.Errorf("getcwd: %d, %v", n, err)
	}
}
