// What a client does with what servers say.
package wire_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/wire"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// say makes one call, readlink("literal", 4 bytes), to a server that answers
// it with the given frames.
func say(t *testing.T, frames ...[]byte) (n int, buf []byte, err error) {
	t.Helper()
	h := newHostile(t)
	c := dial(t, h.url(), wire.Options{})
	go func() { h.says <- bytes.Join(frames, nil) }()
	buf = []byte("....")
	n, err = c.Readlink("literal", buf)
	return n, buf, err
}

var answer5 = sp.AppendResult(nil, 3, 0, [2]int64{5, 0})

func refusal(code uint32) []byte {
	return sp.Header{Len: sp.HeaderLen, Reqno: 3, Class: sp.Err, U: code}.Append(nil)
}

func TestServersThatMisbehave(t *testing.T) {
	tests := []struct {
		name   string
		frames [][]byte
		n      int
		buf    string
		err    error
	}{
		{"answer", [][]byte{answer5}, 5, "....", nil},
		{"errno", [][]byte{sp.AppendResult(nil, 3, 2, [2]int64{})}, -1, "....", abi.ENOENT},
		{"result", [][]byte{copyout(slot(1), 4, "good"), answer5}, 5, "good", nil},
		{"part of it", [][]byte{copyout(slot(1)+1, 2, "oo"), answer5}, 5, ".oo.", nil},
		{"too long", [][]byte{copyout(slot(1), 5, "worse"), answer5}, -1, "....", abi.EFAULT},
		{"past the end", [][]byte{copyout(slot(1)+4, 1, "x"), answer5}, -1, "....", abi.EFAULT},
		{"into what it may only read", [][]byte{copyout(slot(0), 3, "bad"), answer5}, -1, "....", abi.EFAULT},
		{"into a number", [][]byte{copyout(slot(2), 1, "x"), answer5}, -1, "....", abi.EFAULT},
		{"late, of the call before", [][]byte{copyout(slot(1)-1<<35, 4, "late"), answer5}, 5, "....", nil},
		{"late, to a pin", [][]byte{copyout(1<<48|1<<47, 4, "late"), answer5}, 5, "....", nil},
		{"nowhere", [][]byte{copyout(12345, 1, "x"), answer5}, 5, "....", nil},
		{"a length that is not the frame's", [][]byte{copyout(slot(1), 9, "good"), answer5}, -1, "....", abi.ENOTCONN},
		{"refused", [][]byte{refusal(sp.Malformed)}, -1, "....", abi.EINVAL},
		{"refused, authentication", [][]byte{refusal(sp.NoAuth)}, -1, "....", abi.EPERM},
		{"unknown code", [][]byte{refusal(99)}, -1, "....", abi.EIO},
		{"short answer", [][]byte{sp.AppendFrame(nil, sp.Header{Class: sp.Resp, Reqno: 3}, []byte("ab"))}, -1, "....", abi.EPROTO},
		{"long answer", [][]byte{sp.AppendFrame(nil, sp.Header{Class: sp.Resp, Reqno: 3}, make([]byte, 99))}, -1, "....", abi.ENOTCONN},
		{"answer to another", [][]byte{sp.AppendResult(nil, 99, 0, [2]int64{}), answer5}, 5, "....", nil},
		{"unknown request", [][]byte{sp.AppendFrame(nil, sp.Header{Type: 99}, nil), answer5}, -1, "....", abi.ENOTCONN},
		{"unknown class", [][]byte{sp.AppendFrame(nil, sp.Header{Class: 99}, nil), answer5}, -1, "....", abi.ENOTCONN},
		{"short frame", [][]byte{sp.Header{Len: 5}.Append(nil)}, -1, "....", abi.ENOTCONN},
		{"the end", nil, -1, "....", abi.ENOTCONN},
		{"the end after busy", [][]byte{refusal(sp.TryAgain)}, -1, "....", abi.ENOTCONN},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, buf, err := say(t, tt.frames...)
			if n != tt.n || string(buf) != tt.buf || err != tt.err {
				t.Errorf("%d, %q, %v; want %d, %q, %v", n, buf, err, tt.n, tt.buf, tt.err)
			}
		})
	}
}

func TestServersThatAsk(t *testing.T) {
	tests := []struct {
		name string
		ask  []byte
		want string
	}{
		{"a string", copyin(sp.CopyinStr, slot(0), 1024), "literal\x00"},
		{"a string's beginning", copyin(sp.CopyinStr, slot(0), 4), "lite"},
		{"a string's end", copyin(sp.CopyinStr, slot(0)+7, 10), "\x00"},
		{"a string as bytes", copyin(sp.Copyin, slot(0), 8), "literal\x00"},
		{"bytes", copyin(sp.Copyin, slot(1), 4), "...."},
		{"more bytes than there are", copyin(sp.Copyin, slot(1), 1<<50), "...."},
		{"past the end", copyin(sp.Copyin, slot(1)+5, 1), ""},
		{"a number", copyin(sp.Copyin, slot(2), 8), ""},
		{"another thread", copyin(sp.Copyin, 9<<48, 8), ""},
		{"a pin that is not there", copyin(sp.Copyin, 1<<48|1<<47, 8), ""},
		{"memory", sp.AppendUint64(sp.Header{Len: 32, Type: sp.AnonMmap}.Append(nil), 100), "\x00\x00\x00\x00\x00\x00\xff\x7f"},
		{"too much memory", sp.AppendUint64(sp.Header{Len: 32, Type: sp.AnonMmap}.Append(nil), 1<<40), strings.Repeat("\x00", 8)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHostile(t)
			h.heard = make(chan []byte, 1)
			c := dial(t, h.url(), wire.Options{})
			go func() { h.says <- append(tt.ask[:len(tt.ask):len(tt.ask)], answer5...) }()
			_, _ = c.Readlink("literal", []byte("...."))
			_ = c.Exit()
			got := <-h.heard
			if len(got) < sp.HeaderLen || string(got[sp.HeaderLen:]) != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestSignalsReachTheClient(t *testing.T) {
	c := dial(t, serve(t, ""), wire.Options{})
	got := make(chan abi.Signal, 1)
	c.OnSignal(func(s abi.Signal) { got <- s })
	r, w, err := c.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close(r)
	if _, err := c.Write(w, []byte("x")); err != abi.EPIPE {
		t.Errorf("%v", err)
	}
	if s := <-got; s != abi.SIGPIPE {
		t.Errorf("signal %d", s)
	}
}

func TestVectors(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r, w, err := c.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 { // many calls with pins at a time
			wg.Go(func() {
				for range 50 {
					if n, err := c.Writev(w, [][]byte{[]byte("ab"), nil, []byte("cdef")}); n != 6 || err != nil {
						t.Errorf("writev: %d, %v", n, err)
					}
				}
			})
			wg.Go(func() {
				for range 50 {
					a, b := make([]byte, 2), make([]byte, 4)
					if n, err := c.Readv(r, [][]byte{a, b}); n != 6 || err != nil || string(a)+string(b) != "abcdef" {
						t.Errorf("readv: %d, %v, %q %q", n, err, a, b)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestReconnect(t *testing.T) {
	url := "unix://" + t.TempDir() + "/again.sock"
	k := start(t, url)
	c := dial(t, url, wire.Options{Retry: 5 * time.Second})
	plain := dial(t, url, wire.Options{})
	r, _, err := c.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	k.stop()
	if _, err := plain.Read(r, make([]byte, 1)); err != abi.ENOTCONN {
		t.Errorf("without Retry: %v", err)
	}
	done := make(chan error, 1)
	go func() { _, err := c.Write(1, []byte("console")); done <- err }()
	time.Sleep(20 * time.Millisecond)
	defer start(t, url).stop()
	if err := <-done; err != nil {
		t.Errorf("after the restart: %v", err)
	}
	if _, err := c.Read(r, make([]byte, 1)); err != abi.EBADF {
		t.Errorf("a descriptor of the old process: %v", err)
	}
}

func TestThreadsAfterClose(t *testing.T) {
	k, err := wire.Dial(t.Context(), serve(t, ""), wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.Attach("", nil)
	if err != nil {
		t.Fatal(err)
	}
	th, err := p.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	if p.Pid() < 2 {
		t.Errorf("pid %d", p.Pid())
	}
	_ = p.Close()
	_ = p.Close()
	if err := th.Syscall(sysent.SYS_getpid, new(sysent.Frame)); err != abi.ESRCH {
		t.Errorf("call: %v", err)
	}
	if _, err := p.NewThread(); err != abi.ESRCH {
		t.Errorf("thread: %v", err)
	}
	if _, err := p.Fork(); err != abi.ESRCH {
		t.Errorf("fork: %v", err)
	}
	if err := p.Exec("x"); err != abi.ESRCH {
		t.Errorf("exec: %v", err)
	}
	th.Close()
	th.Close()
}
