package ktrace

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// flatMem is a remote caller's memory: addresses are indexes.
type flatMem []byte

func (m flatMem) CopyIn(dst []byte, addr uint64) error        { copy(dst, m[addr:]); return nil }
func (m flatMem) CopyOut(addr uint64, src []byte) error       { copy(m[addr:], src); return nil }
func (m flatMem) CopyInStr(uint64, int) (string, error)       { return "", abi.EFAULT }
func (m flatMem) Window(n int) []byte                         { return make([]byte, n) }
func (m flatMem) Commit(win []byte, addr uint64, n int) error { return m.CopyOut(addr, win[:n]) }
func (m flatMem) put(addr int, b []byte)                      { copy(m[addr:], b) }
func (m flatMem) iovec(addr int, base, n uint64) {
	v := abi.Iovec{Base: base, Len: n}
	m.put(addr, usermem.BytesOf(&v))
}
func (m flatMem) load(t *testing.T, s usermem.Space, addr, n int) {
	t.Helper()
	if err := s.CopyIn(make([]byte, n), uint64(addr)); err != nil {
		t.Fatal(err)
	}
}

// A message's name and control data are no data, whatever order they are read
// in.
func TestTeeOfMessages(t *testing.T) {
	m := make(flatMem, 1024)
	h := abi.Msghdr{Name: 500, Namelen: 16, Iov: 100, Iovlen: 2, Control: 600, Controllen: 24}
	m.put(0, usermem.BytesOf(&h))
	m.iovec(100, 200, 5)
	m.iovec(116, 300, 3)
	m.put(200, []byte("hello"))
	m.put(300, []byte("you"))
	for _, tc := range []struct {
		num  int
		want string
	}{{sysent.SYS_sendmsg, "helloyou"}, {sysent.SYS_recvmsg, "HELLOYOU"}} {
		f := &sysent.Frame{Space: m}
		mv, ok := moves(tc.num)
		if !ok {
			t.Fatal("it moves nothing")
		}
		tee := newTee(f, mv)
		m.load(t, f.Space, 0, 48)
		m.load(t, f.Space, 100, 32)
		m.load(t, f.Space, 500, 16)
		m.load(t, f.Space, 600, 24)
		if mv.rw == abi.UIO_WRITE {
			m.load(t, f.Space, 200, 5)
			m.load(t, f.Space, 300, 3)
		} else {
			_ = f.Space.CopyOut(200, []byte("HELLO"))
			_ = f.Space.Commit([]byte("YOU"), 300, 3)
			_ = f.Space.CopyOut(500, []byte("somebody's name"))
			_ = f.Space.CopyOut(0, usermem.BytesOf(&h))
		}
		f.Ret[0] = 8
		if got := string(tee.data(f, mv)); got != tc.want {
			t.Errorf("call %d moved %q, not %q", tc.num, got, tc.want)
		}
	}
}

// A caller in this process has its message at hand.
func TestGatherOfMessages(t *testing.T) {
	var f sysent.Frame
	iov := []abi.Iovec{{Base: f.Pin([]byte("hello")), Len: 5}, {Base: f.Pin([]byte("you there")), Len: 3}}
	h := abi.Msghdr{Iov: f.Pin(usermem.BytesOfSlice(iov)), Iovlen: 2}
	f.Mem[1] = usermem.BytesOf(&h)
	f.Ret[0] = 7
	mv, _ := moves(sysent.SYS_sendmsg)
	if got := string((*tee)(nil).data(&f, mv)); got != "helloyo" {
		t.Errorf("it moved %q", got)
	}
	h.Iov = 12345
	if got := (*tee)(nil).data(&f, mv); len(got) != 0 {
		t.Errorf("vectors that are nowhere moved %q", got)
	}
}
