// What a server does with frames that make no sense: each is answered or ends
// its connection, and the server serves on.
package sysproxy_test

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

func TestRefusals(t *testing.T) {
	const noReply = 0
	tests := []struct {
		name  string
		guest bool // after the handshake
		send  []byte
		code  uint32 // of the error frame; noReply for none
		cut   bool   // the connection ends
	}{
		{"call before the handshake", false, call(9, 20), sp.NoAuth, true},
		{"prefork before the handshake", false, frame(sp.Header{Type: sp.Prefork, Reqno: 9}, ""), sp.NoAuth, true},
		{"authentication", false, frame(sp.Header{U: sp.Auth, Reqno: 9}, ""), sp.NoAuth, true},
		{"exec before the handshake", false, frame(sp.Header{U: sp.Exec, Reqno: 9}, "x\x00"), sp.NoAuth, true},
		{"unknown handshake", false, frame(sp.Header{U: 77, Reqno: 9}, ""), sp.NoAuth, true},
		{"short cookie", false, frame(sp.Header{U: sp.Fork, Reqno: 9}, "short"), sp.Malformed, true},
		{"unknown cookie", false, frame(sp.Header{U: sp.Fork, Reqno: 9}, strings.Repeat("c", 20)), sp.BadCookie, true},
		{"error frame before the handshake", false, frame(sp.Header{Class: sp.Err, Reqno: 9}, ""), sp.Malformed, false},
		{"second guest", true, frame(sp.Header{U: sp.Guest, Reqno: 9}, "x\x00"), sp.Malformed, true},
		{"fork on an old connection", true, frame(sp.Header{U: sp.Fork, Reqno: 9}, strings.Repeat("c", 20)), sp.Malformed, true},
		{"copyin of a client", true, frame(sp.Header{Type: sp.Copyin, Reqno: 9}, ""), sp.Malformed, false},
		{"copyinstr of a client", true, frame(sp.Header{Type: sp.CopyinStr, Reqno: 9}, ""), sp.Malformed, false},
		{"copyout of a client", true, frame(sp.Header{Type: sp.Copyout, Reqno: 9}, "data"), sp.Malformed, false},
		{"anonmmap of a client", true, frame(sp.Header{Type: sp.AnonMmap, Reqno: 9}, ""), sp.Malformed, false},
		{"raise of a client", true, frame(sp.Header{Type: sp.Raise, Reqno: 9}, ""), sp.Malformed, false},
		{"unknown type", true, frame(sp.Header{Type: 99, Reqno: 9}, ""), sp.Malformed, false},
		{"error frame", true, frame(sp.Header{Class: sp.Err, Reqno: 9}, ""), sp.Malformed, false},
		{"unknown class", true, frame(sp.Header{Class: 9, Reqno: 9}, ""), sp.Malformed, false},
		{"answer to nothing", true, frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: 9}, "data"), noReply, false},
		{"frame of 23 bytes", true, sp.Header{Len: 23}.Append(nil), noReply, true},
		{"frame of 0 bytes", true, sp.Header{}.Append(nil), noReply, true},
		{"frame of 2^50 bytes", true, sp.Header{Len: 1 << 50, Type: sp.Syscall}.Append(nil), noReply, true},
		{"frame of 2^64-1 bytes", true, sp.Header{Len: 1<<64 - 1, Type: sp.Syscall}.Append(nil), noReply, true},
	}
	w := boot(t, sysproxy.Options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := w.dial()
			p.t = t
			if tt.guest {
				introduce(p)
			}
			p.send(tt.send)
			if tt.code != noReply {
				p.expect(sp.Header{Class: sp.Err, U: tt.code, Reqno: 9}, "")
			}
			if tt.cut {
				p.expectEOF()
				return
			}
			if !tt.guest {
				introduce(p)
			}
			p.send(call(10, 20))
			p.result(10)
		})
	}
}

func TestCallNumbers(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	for i, num := range []uint32{483, 511, 512, 1 << 20, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
		p.send(call(uint64(i), num))
		if e, r0, _ := p.result(uint64(i)); e != 78 || r0 != 0 {
			t.Errorf("call %d: errno %d, %d", num, e, r0)
		}
	}
}

func TestBlobsOfOddLengths(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	for i, blob := range []string{"", "\x01", "\x01\x00\x00", strings.Repeat("\x00", 24), strings.Repeat("\x07", 4000)} {
		p.send(frame(sp.Header{Type: sp.Syscall, U: 6, Reqno: uint64(i)}, blob)) // close
		p.result(uint64(i))
	}
	p.send(frame(sp.Header{Type: sp.Syscall, U: 4, Reqno: 50}, "\x02")) // write(2, NULL, 0)
	if e, n, _ := p.result(50); e != 0 || n != 0 {
		t.Errorf("short blob: errno %d, %d", e, n)
	}
	p.send(frame(sp.Header{Type: sp.Syscall, U: 20, Reqno: 51}, strings.Repeat("x", 1<<20)))
	if e, _, _ := p.result(51); e != 0 {
		t.Errorf("long blob: errno %d", e)
	}
}

func TestGuestNames(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	tests := []struct{ sent, want string }{
		{"", "???"},
		{"\x00", "???"},
		{"unterminated", "unterminated"},
		{"prog\x00rest", "prog"},
		{"a-very-long-program-name\x00", "a-very-long-pro"},
		{strings.Repeat("n", 100000), strings.Repeat("n", 15)},
	}
	for _, tt := range tests {
		p := w.dial()
		p.send(frame(sp.Header{U: sp.Guest, Reqno: 1}, tt.sent))
		p.expect(sp.Header{Class: sp.Resp, Reqno: 1}, "\x00\x00\x00\x00")
		p.send(call(2, 20))
		_, pid, _ := p.result(2)
		if got := w.k.Procs.Find(int32(pid)).Name(); got != tt.want {
			t.Errorf("%.30q: the process is called %q, want %q", tt.sent, got, tt.want)
		}
	}
}

// A copyin's answer has to be as long as was asked for.
func TestAnswersOfWrongLength(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	for i, data := range []string{"", "ab", "abcd", strings.Repeat("x", 100000)} {
		p.send(call(uint64(i), 4, 1, 0x1000, 3))
		h, _ := p.next()
		p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: h.Reqno}, data))
		if e, _, _ := p.result(uint64(i)); e != 14 {
			t.Errorf("%d bytes for 3: errno %d", len(data), e)
		}
	}
}

// An error frame of a client wakes nobody, as in NetBSD.
func TestErrorFrameDoesNotAnswer(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.send(call(1, 4, 1, 0x1000, 2))
	h, _ := p.next()
	p.send(frame(sp.Header{Class: sp.Err, Type: sp.Copyin, Reqno: h.Reqno}, ""))
	p.expect(sp.Header{Class: sp.Err, U: sp.Malformed, Reqno: h.Reqno}, "")
	p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: h.Reqno}, "ok"))
	if e, n, _ := p.result(1); e != 0 || n != 2 {
		t.Errorf("errno %d, %d", e, n)
	}
}
