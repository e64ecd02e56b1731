// The client's memory as a handler sees it, by handlers made for the purpose.
package sysproxy_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// special is a kernel in which one call does what a test wants.
type special struct {
	*kernel.Base
	handler func(l *proc.LWP, f *sysent.Frame) error
}

const specialCall = 300

func (k special) Syscall(l *proc.LWP, num int, f *sysent.Frame) error {
	if num == specialCall {
		l.Enter(num)
		defer l.Leave()
		f.Ret = [2]int64{}
		return k.handler(l, f)
	}
	return k.Base.Syscall(l, num, f)
}

// bootSpecial serves a kernel with one virtual CPU and the handler.
func bootSpecial(t *testing.T, handler func(l *proc.LWP, f *sysent.Frame) error) *peer {
	t.Helper()
	k, err := base.Boot(kernel.Config{Host: quiet{hypercall.Real()}, NCPU: 1})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, k: &k.Base, path: t.TempDir() + "/k.sock", done: make(chan struct{})}
	w.s = sysproxy.New(special{&k.Base, handler}, sysproxy.Options{})
	if err := w.s.Listen("unix://" + w.path); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.done)
		w.s.Serve()
	}()
	t.Cleanup(w.end)
	return w.guest()
}

// script is what a client answers, by type of request, until the call's
// answer comes.
func (p *peer) script(reqno uint64, answers map[uint16][]string) (errno int32, r0 int64, stored map[uint64]string) {
	p.t.Helper()
	stored = map[uint64]string{}
	p.send(call(reqno, specialCall, 0x1000, 0x2000))
	for {
		h, b := p.next()
		switch {
		case h.Class == sp.Resp && h.Reqno == reqno:
			return int32(sp.Uint32(b)), int64(sp.Uint64(b[8:])), stored
		case h.Type == sp.Copyout:
			stored[sp.Uint64(b[8:])] += string(b[16:])
		default:
			a := answers[h.Type]
			answers[h.Type] = a[1:]
			typ := h.Type
			if typ == sp.CopyinStr {
				typ = sp.Copyin
			}
			p.send(frame(sp.Header{Class: sp.Resp, Type: typ, Reqno: h.Reqno}, a[0]))
		}
	}
}

func TestStrings(t *testing.T) {
	tests := []struct {
		answer string
		want   string
		err    abi.Errno
	}{
		{"name\x00", "name", 0},
		{"\x00", "", 0},
		{"a\x00junk", "a", 0},
		{"", "", abi.ENAMETOOLONG},
		{"12345678", "", abi.ENAMETOOLONG},
		{"1234567\x00", "1234567", 0},
		{"123456789", "", abi.EFAULT},
	}
	for _, tt := range tests {
		got := make(chan string, 1)
		p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
			s, err := f.Space.CopyInStr(0x1000, 8)
			got <- s
			return err
		})
		e, _, _ := p.script(1, map[uint16][]string{sp.CopyinStr: {tt.answer}})
		if s := <-got; s != tt.want || abi.Errno(e) != tt.err {
			t.Errorf("%q: %q, errno %d; want %q, %v", tt.answer, s, e, tt.want, tt.err)
		}
	}
}

func TestLongString(t *testing.T) {
	long := strings.Repeat("p", 1000)
	p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
		s, err := f.Space.CopyInStr(0x1000, 1024)
		if s != long {
			return abi.EDOM
		}
		return err
	})
	if e, _, _ := p.script(1, map[uint16][]string{sp.CopyinStr: {long + "\x00"}}); e != 0 {
		t.Errorf("errno %d", e)
	}
}

func TestNullAddresses(t *testing.T) {
	p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
		s := f.Space
		_, err := s.CopyInStr(0, 10)
		if err != abi.EFAULT || s.CopyIn(make([]byte, 1), 0) != abi.EFAULT || s.CopyOut(0, []byte("x")) != abi.EFAULT {
			return abi.EDOM
		}
		if s.Commit(s.Window(10), 0, 5) != abi.EFAULT {
			return abi.EDOM
		}
		if s.CopyIn(nil, 0) != nil || s.CopyOut(0, nil) != nil {
			return abi.EDOM
		}
		return nil
	})
	if e, _, _ := p.script(1, nil); e != 0 {
		t.Errorf("errno %d", e)
	}
}

func TestAnonymousMemory(t *testing.T) {
	p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
		addr, err := f.Space.(interface {
			AnonMmap(n uint64) (uint64, error)
		}).AnonMmap(4096)
		f.Ret[0] = int64(addr)
		return err
	})
	e, addr, _ := p.script(1, map[uint16][]string{sp.AnonMmap: {"\x00\x00\x07\x00\x00\x00\x00\x00"}})
	if e != 0 || addr != 0x70000 {
		t.Errorf("errno %d, %#x", e, addr)
	}
	if e, _, _ := p.script(2, map[uint16][]string{sp.AnonMmap: {strings.Repeat("\x00", 8)}}); abi.Errno(e) != abi.ENOMEM {
		t.Errorf("no memory: errno %d", e)
	}
	if e, _, _ := p.script(3, map[uint16][]string{sp.AnonMmap: {"short"}}); abi.Errno(e) != abi.EFAULT {
		t.Errorf("short answer: errno %d", e)
	}
}

// What is stored while a window is open, and what is asked for meanwhile,
// must not disturb the window.
func TestOpenWindows(t *testing.T) {
	p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
		s := f.Space
		_ = s.CopyOut(0x9000, []byte("first"))
		one, two := s.Window(10), s.Window(5)
		copy(one, "window-one")
		copy(two, "other")
		_ = s.CopyOut(0xa000, []byte("beside"))
		in := make([]byte, 3)
		if err := s.CopyIn(in, 0x1000); err != nil {
			return err
		}
		_ = s.CopyOut(0xb000, in)
		if err := s.Commit(two, 0x3000, 5); err != nil {
			return err
		}
		return s.Commit(one, 0x2000, 10)
	})
	e, _, stored := p.script(1, map[uint16][]string{sp.Copyin: {"abc"}})
	want := map[uint64]string{0x9000: "first", 0xa000: "beside", 0xb000: "abc", 0x2000: "window-one", 0x3000: "other"}
	if e != 0 || len(stored) != len(want) {
		t.Fatalf("errno %d, %v", e, stored)
	}
	for addr, s := range want {
		if stored[addr] != s {
			t.Errorf("at %#x %q, want %q", addr, stored[addr], s)
		}
	}
}

func TestMuchOutput(t *testing.T) {
	const n = 5 << 20
	p := bootSpecial(t, func(_ *proc.LWP, f *sysent.Frame) error {
		s := f.Space
		if err := s.CopyOut(0x1000_0000, bytes.Repeat([]byte("L"), n)); err != nil {
			return err
		}
		for i := range uint64(3000) {
			if err := s.CopyOut(0x2000_0000+100*i, bytes.Repeat([]byte("s"), 100)); err != nil {
				return err
			}
		}
		win := s.Window(1 << 20)
		copy(win, bytes.Repeat([]byte("w"), len(win)))
		return s.Commit(win, 0x3000_0000, len(win))
	})
	e, _, stored := p.script(1, nil)
	total := 0
	for _, s := range stored {
		total += len(s)
	}
	if want := n + 3000*100 + 1<<20; e != 0 || total != want {
		t.Errorf("errno %d, %d bytes, want %d", e, total, want)
	}
}

// A call that computes for long does not keep the client's others waiting,
// even though it never sleeps.
func TestBusyCallDoesNotKeepTheReader(t *testing.T) {
	var release = make(chan struct{})
	p := bootSpecial(t, func(l *proc.LWP, _ *sysent.Frame) error {
		select {
		case <-release:
		case <-time.After(5 * time.Second):
			return abi.ETIMEDOUT
		}
		return nil
	})
	p.send(call(1, specialCall))
	p.send(frame(sp.Header{Type: sp.Copyin, Reqno: 2}, "")) // needs no CPU of the kernel
	p.expect(sp.Header{Class: sp.Err, U: sp.Malformed, Reqno: 2}, "")
	close(release)
	if e, _, _ := p.result(1); e != 0 {
		t.Errorf("errno %d", e)
	}
}

// Frames may arrive a byte at a time.
func TestDribble(t *testing.T) {
	p := boot(t, sysproxy.Options{}).dial()
	all := append(frame(sp.Header{U: sp.Guest, Reqno: 1}, "demo\x00"), call(2, 20, 1, 2, 3)...)
	for _, c := range append(all, call(3, 20)...) {
		p.send([]byte{c})
	}
	p.expect(sp.Header{Class: sp.Resp, Reqno: 1}, "\x00\x00\x00\x00")
	p.result(2)
	p.result(3)
}
