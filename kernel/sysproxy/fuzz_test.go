// Whatever bytes a client sends, its connection comes to an end when the
// client does, its process too, and other clients are served.
package sysproxy_test

import (
	"io"
	"net"
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

// lasting is a kernel that clients can't reboot.
type lasting struct{ *kernel.Base }

func (k lasting) Syscall(l *proc.LWP, num int, f *sysent.Frame) error {
	if num == sysent.SYS_reboot {
		return abi.EPERM
	}
	return k.Base.Syscall(l, num, f)
}

func FuzzServer(f *testing.F) {
	k, err := base.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		f.Fatal(err)
	}
	w := &world{t: f, k: &k.Base, path: f.TempDir() + "/k.sock", done: make(chan struct{})}
	w.s = sysproxy.New(lasting{&k.Base}, sysproxy.Options{ParkTime: time.Second, HandshakeTime: time.Second})
	if err := w.s.Listen("unix://" + w.path); err != nil {
		f.Fatal(err)
	}
	go func() {
		defer close(w.done)
		w.s.Serve()
	}()
	f.Cleanup(w.end)
	other := w.guest()
	for _, seed := range seeds() {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	n := uint64(0)
	f.Fuzz(func(t *testing.T, introduced bool, data []byte) {
		c, err := net.Dial("unix", w.path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		p := &peer{t, c}
		p.deadline(10 * time.Second)
		p.take(len(sysproxy.Banner))
		if introduced {
			introduce(p)
		}
		p.send0(data)
		_ = c.(*net.UnixConn).CloseWrite()
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Fatal("the connection did not end")
		}
		n++
		other.t = t
		other.deadline(10 * time.Second)
		other.send(call(n, 20))
		other.resultAfterSignals(n)
	})
}

// resultAfterSignals takes the answer to a call: what comes before it are
// signals, which clients may send each other.
func (p *peer) resultAfterSignals(reqno uint64) {
	p.t.Helper()
	h, b := p.next()
	for h.Class == sp.Req && h.Type == sp.Raise {
		h, b = p.next()
	}
	if h.Class != sp.Resp || h.Type != sp.Syscall || h.Reqno != reqno {
		p.t.Fatalf("not an answer to call %d: %+v %x", reqno, h, b)
	}
}

// send0 sends what the server takes.
func (p *peer) send0(b []byte) { _, _ = p.Write(b) }

// seeds are streams of frames that a server knows.
func seeds() []string {
	guest := string(frame(sp.Header{U: sp.Guest}, "fuzz\x00"))
	answer := func(reqno uint64, b string) string {
		return string(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: reqno}, b))
	}
	var all []string
	for num := range uint32(484) {
		switch num {
		case 3, 4, 6, 20, 42, 54, 92, 120, 121, 209, 202, 430, 440, 453, 470:
			s := string(call(1, num, 3, 0x1000, 8, 0x2000, 16, 0x3000))
			all = append(all, guest+s, s+answer(0, "12345678")+answer(1, "abc"))
		}
	}
	return append(all,
		"", guest, guest+guest, string(call(1, 20)),
		guest+string(frame(sp.Header{Type: sp.Prefork}, "")),
		string(frame(sp.Header{U: sp.Fork}, strings.Repeat("c", 20))),
		guest+string(call(1, 42))+string(call(2, 3, 3, 0x1000, 1))+string(frame(sp.Header{U: sp.Exec}, "x\x00")),
		guest+string(sp.Header{Len: 1 << 50}.Append(nil)),
		guest+string(call(1, 1<<31)),
		guest+string(call(1, 37, 2, 1)), string(call(1, 37, ^uint64(0), 1)),
		strings.Repeat(string(call(1, 4, 1, 0x1000, 3)), 20)+answer(3, "abc")+answer(7, "abc"),
	)
}
