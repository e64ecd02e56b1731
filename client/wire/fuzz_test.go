// Whatever a server says, a client's calls come to an end, and memory that the
// calls were not given to fill stays as it is.
package wire_test

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/wire"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// hostile is a server that lets clients in and then says what it likes.
type hostile struct {
	l    net.Listener
	says chan []byte
	// heard, if not nil, receives what the client sends afterwards.
	heard chan []byte
}

func newHostile(t testing.TB) *hostile {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "h.sock"))
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{l: l, says: make(chan []byte)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			h.serve(c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return h
}

func (h *hostile) url() string { return "unix://" + h.l.Addr().String() }

// serve does what is proper up to the first getpid, and says one thing when
// the next request has come.
func (h *hostile) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(c, sysproxy.Banner)
	if hd, ok := request(c); ok {
		r := sp.Header{Class: sp.Resp, Type: sp.Handshake, Reqno: hd.Reqno}
		_, _ = c.Write(sp.AppendFrame(nil, r, make([]byte, 4)))
	}
	if hd, ok := request(c); ok {
		_, _ = c.Write(sp.AppendResult(nil, hd.Reqno, 0, [2]int64{2, 1}))
	}
	if _, ok := request(c); ok {
		_, _ = c.Write(<-h.says)
		_ = c.(*net.UnixConn).CloseWrite()
		rest, _ := io.ReadAll(c)
		if h.heard != nil {
			h.heard <- rest
		}
	}
}

// request takes one frame.
func request(c net.Conn) (sp.Header, bool) {
	b := make([]byte, sp.HeaderLen)
	if _, err := io.ReadFull(c, b); err != nil {
		return sp.Header{}, false
	}
	h := sp.ParseHeader(b)
	_, err := io.CopyN(io.Discard, c, int64(h.Payload()))
	return h, err == nil
}

// slot is the address of a slot of the first thread's first call.
func slot(i int) uint64 { return 1<<48 | uint64(i)<<43 | 1<<35 }

func copyout(addr uint64, n int, data string) []byte {
	b := sp.AppendCopy(nil, sp.Copyout, 0, uint64(n), addr, uint64(len(data)))
	return append(b, data...)
}

func copyin(typ uint16, addr, n uint64) []byte { return sp.AppendCopy(nil, typ, 0, n, addr, 0) }

func FuzzClient(f *testing.F) {
	h := newHostile(f)
	done := sp.AppendResult(nil, 3, 0, [2]int64{5, 0})
	for _, b := range [][]byte{
		nil, done, copyin(sp.CopyinStr, slot(0), 1024), copyin(sp.Copyin, slot(0), 1<<40),
		copyin(sp.Copyin, slot(0)+3, 1), copyin(sp.Copyin, slot(8), 8), copyin(sp.Copyin, ^uint64(0), 8),
		copyout(slot(0), 3, "bad"), copyout(slot(1), 8, "overflow"), copyout(slot(1), 4, "good"),
		copyout(slot(1)+4, 1, "x"), copyout(1<<47, 1, "x"), copyout(0, 1, "x"),
		copyout(0x7fff<<48, 4, "anon"), copyout(slot(1), 1<<62, "x"),
		sp.Header{Len: 24, Type: sp.Raise, U: 99}.Append(nil), sp.Header{Len: 3}.Append(nil),
		sp.AppendUint64(sp.Header{Len: 32, Type: sp.AnonMmap}.Append(nil), 1<<60),
		sp.AppendUint64(sp.Header{Len: 32, Type: sp.AnonMmap}.Append(nil), 100),
		sp.Header{Len: 24, Reqno: 3, Class: sp.Err, U: sp.Malformed}.Append(nil),
		sp.AppendFrame(nil, sp.Header{Reqno: 3, Class: sp.Resp}, make([]byte, 100)),
		sp.AppendFrame(nil, sp.Header{Reqno: 3, Class: sp.Resp}, nil),
	} {
		f.Add(append(b[:len(b):len(b)], done...))
	}
	f.Fuzz(func(t *testing.T, says []byte) {
		k, err := wire.Dial(t.Context(), h.url(), wire.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.New(k, "fuzz")
		if err != nil {
			t.Fatal(err)
		}
		memory := []byte("guardXXXXguard")
		go func() { h.says <- says }()
		// The memory is a stat's, and far too small for one.
		_, err = c.Readlink("literal", memory[5:9:9])
		if _, ok := err.(abi.Errno); err != nil && !ok {
			t.Errorf("%T %v", err, err)
		}
		if !bytes.HasPrefix(memory, []byte("guard")) || !bytes.HasSuffix(memory, []byte("guard")) {
			t.Errorf("%q", memory)
		}
		_ = c.Exit()
	})
}
