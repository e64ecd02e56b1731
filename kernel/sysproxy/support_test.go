// A kernel to serve, and a client that speaks bytes.
package sysproxy_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"github.com/rumpkit/rumpkit/tailored/base"
	"github.com/rumpkit/rumpkit/tailored/vfs"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// world is a kernel and its server.
type world struct {
	t    testing.TB
	k    *kernel.Base
	s    *sysproxy.Server
	path string
	done chan struct{}
}

// boot serves a base kernel on a unix socket until the test ends.
func boot(t testing.TB, opts sysproxy.Options) *world {
	t.Helper()
	k, err := base.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, &k.Base, opts)
}

// bootVFS is boot with file systems.
func bootVFS(t testing.TB) *world {
	t.Helper()
	k, err := vfs.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, &k.Base, sysproxy.Options{})
}

func serve(t testing.TB, k *kernel.Base, opts sysproxy.Options) *world {
	t.Helper()
	w := &world{t: t, k: k, path: filepath.Join(t.TempDir(), "k.sock"), done: make(chan struct{})}
	w.s = sysproxy.New(k, opts)
	if err := w.s.Listen("unix://" + w.path); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.done)
		w.s.Serve()
	}()
	t.Cleanup(w.end)
	return w
}

func (w *world) end() {
	w.s.Close()
	<-w.done
	_ = w.k.Close()
}

// peer is a client that sends what bytes it likes.
type peer struct {
	t testing.TB
	net.Conn
}

// dial connects and takes the banner.
func (w *world) dial() *peer {
	w.t.Helper()
	c, err := net.Dial("unix", w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	p := &peer{w.t, c}
	p.deadline(10 * time.Second)
	if got := string(p.take(len(sysproxy.Banner))); got != sysproxy.Banner {
		w.t.Fatalf("banner %q", got)
	}
	return p
}

// guest connects and introduces itself.
func (w *world) guest() *peer {
	w.t.Helper()
	p := w.dial()
	p.send(frame(sp.Header{Type: sp.Handshake, U: sp.Guest, Reqno: 1}, "demo\x00"))
	p.expect(sp.Header{Class: sp.Resp, Type: sp.Handshake, Reqno: 1}, "\x00\x00\x00\x00")
	return p
}

func (p *peer) deadline(d time.Duration) { _ = p.SetDeadline(time.Now().Add(d)) }

func (p *peer) send(b []byte) {
	p.t.Helper()
	if _, err := p.Write(b); err != nil {
		p.t.Fatalf("send: %v", err)
	}
}

func (p *peer) take(n int) []byte {
	p.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(p, b); err != nil {
		p.t.Fatalf("take %d: %v", n, err)
	}
	return b
}

// next takes one frame.
func (p *peer) next() (sp.Header, []byte) {
	p.t.Helper()
	h := sp.ParseHeader(p.take(sp.HeaderLen))
	return h, p.take(int(h.Payload()))
}

// expect takes one frame and compares it.
func (p *peer) expect(want sp.Header, payload string) {
	p.t.Helper()
	want.Len = sp.HeaderLen + uint64(len(payload))
	h, got := p.next()
	if h != want || string(got) != payload {
		p.t.Fatalf("got  %+v %q\nwant %+v %q", h, got, want, payload)
	}
}

// expectEOF takes the end of the connection.
func (p *peer) expectEOF() {
	p.t.Helper()
	b := make([]byte, 1)
	if n, err := p.Read(b); n != 0 || err == nil || strings.Contains(err.Error(), "timeout") {
		p.t.Fatalf("got %d bytes %x, %v; want the end", n, b[:n], err)
	}
}

// expectHex takes bytes written as a hex dump.
func (p *peer) expectHex(dump string) {
	p.t.Helper()
	want := unhex(p.t, dump)
	if got := p.take(len(want)); !bytes.Equal(got, want) {
		p.t.Fatalf("got\n%swant\n%s", hex.Dump(got), hex.Dump(want))
	}
}

func (p *peer) sendHex(dump string) { p.send(unhex(p.t, dump)) }

func unhex(t testing.TB, dump string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(dump), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// eventually waits until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("never: " + what)
}

// frame is a frame of h, its Len set.
func frame(h sp.Header, payload string) []byte { return sp.AppendFrame(nil, h, []byte(payload)) }

// call is a request for system call num.
func call(reqno uint64, num uint32, slots ...uint64) []byte {
	var blob []byte
	for _, s := range slots {
		blob = sp.AppendUint64(blob, s)
	}
	return sp.AppendFrame(nil, sp.Header{Reqno: reqno, Type: sp.Syscall, U: num}, blob)
}

// result takes the answer to a call.
func (p *peer) result(reqno uint64) (errno int32, r0, r1 int64) {
	p.t.Helper()
	h, b := p.next()
	if h.Class != sp.Resp || h.Type != sp.Syscall || h.Reqno != reqno || len(b) != sp.ResultLen {
		p.t.Fatalf("not an answer to call %d: %+v %x", reqno, h, b)
	}
	return int32(sp.Uint32(b)), int64(sp.Uint64(b[8:])), int64(sp.Uint64(b[16:]))
}
