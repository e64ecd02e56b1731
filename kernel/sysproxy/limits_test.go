// Peers that take and give nothing, or too much of it.
package sysproxy_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

func TestListen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	busy := filepath.Join(dir, "busy")
	if err := os.WriteFile(busy, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		url  string
		want error
	}{
		{"unix://" + busy, abi.EADDRINUSE},
		{"unix://" + dir + "/no/such/dir", abi.ENOENT},
		{"unix://" + strings.Repeat("x", 108), abi.ENAMETOOLONG},
		{"unix:///" + strings.Repeat("x", 107), abi.ENAMETOOLONG},
		{"unix://", abi.EINVAL},
		{"tcp://1.2.3.4:80", abi.EACCES},
		{"tcp://0:0", abi.EACCES},
		{"tcp://*:0", abi.EACCES},
		{"tcp://127.0.0.1:65536", abi.ERANGE},
		{"tcp://127.0.0.1", abi.EINVAL},
		{"tcp://127.0.0.1:", abi.EINVAL},
		{"tcp://127.0.0.1:80x", abi.EINVAL},
		{"tcp://localhost:80", abi.EINVAL},
		{"tcp://" + strings.Repeat("1", 64) + ":1", abi.EINVAL},
		{"tcp6://::1:1", abi.EOPNOTSUPP},
		{"http://x", abi.EINVAL},
		{"averylongschemename://x", abi.EINVAL},
		{"nothing", abi.EINVAL},
		{"unix://relative", nil},
		{"tcp://127.0.0.1:0/whatever", nil},
	}
	w := boot(t, sysproxy.Options{})
	for _, tt := range tests {
		if err := w.s.Listen(tt.url); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.url, err, tt.want)
		}
	}
	st, err := os.Stat(filepath.Join(dir, "relative"))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", st, err)
	}
	if urls := w.s.URLs(); urls[1] != "unix://"+dir+"/relative" {
		t.Errorf("%v", urls)
	}
	w.s.Close()
	if _, err := os.Stat(filepath.Join(dir, "relative")); !os.IsNotExist(err) {
		t.Errorf("after Close: %v", err)
	}
}

func TestTooManyClients(t *testing.T) {
	w := boot(t, sysproxy.Options{MaxConns: 3})
	first := w.guest()
	w.guest()
	w.guest()
	c, err := net.Dial("unix", w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	(&peer{t, c}).expectEOF()
	first.Close()
	eventually(t, "there is room again", func() bool { return w.s.Clients() == 2 })
	w.guest()
}

func TestHalfOpen(t *testing.T) {
	w := boot(t, sysproxy.Options{HandshakeTime: 30 * time.Millisecond})
	silent, slow := w.dial(), w.dial()
	guest := w.guest()
	slow.send(make([]byte, 5))
	silent.expectEOF()
	slow.expectEOF()
	time.Sleep(40 * time.Millisecond)
	pidOf(guest)
}

// A client that reads nothing is cut off; others do not notice.
func TestPeerThatNeverReads(t *testing.T) {
	w := boot(t, sysproxy.Options{StallTime: 50 * time.Millisecond, MaxBlocked: 8})
	p, other := w.guest(), w.guest()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		req := strings.Repeat(string(call(1, 20)), 100)
		for {
			if _, err := p.Write([]byte(req)); err != nil {
				return
			}
		}
	}()
	for {
		pidOf(other)
		select {
		case <-gone:
			eventually(t, "the process is gone", func() bool { return w.s.Clients() == 1 })
			pidOf(other)
			return
		default:
		}
	}
}

// A client may write without reading for as long as its calls do not answer:
// here an answer is large, and so is what the server has to be sent first.
func TestBothSidesWriteMuch(t *testing.T) {
	w := bootVFS(t)
	p := w.guest()
	open := func(reqno uint64, path string, flags uint64) {
		p.send(call(reqno, 5, 0x1000, flags, 0o644))
		h, _ := p.next()
		p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: h.Reqno}, path+"\x00"))
		if e, _, _ := p.result(reqno); e != 0 {
			t.Fatalf("open %s: errno %d", path, e)
		}
	}
	open(1, "/dev/zero", 0)
	open(2, "/dev/null", 1)
	const n = 1 << 20
	const calls = 8
	for i := range uint64(calls) { // nothing of the answers is read yet
		p.send(call(100+i, 3, 3, 0x100000, n))
	}
	p.send(call(200, 4, 4, 0x100000, n))
	for i := range uint64(1000) { // more than fits the socket's buffers
		p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: 1 << 40}, strings.Repeat("x", 4096)))
		if i < 100 {
			p.send(call(1000+i, 20))
		}
	}
	pending := calls + 1 + 100
	for pending > 0 {
		h, _ := p.next()
		switch {
		case h.Class == sp.Resp:
			pending--
		case h.Type == sp.Copyin:
			p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: h.Reqno}, strings.Repeat("d", n)))
		}
	}
}

func TestTooManyBlockedCalls(t *testing.T) {
	w := boot(t, sysproxy.Options{MaxBlocked: 4})
	p := w.guest()
	p.send(call(1, 42))
	p.result(1)
	for i := range uint64(4) {
		p.send(call(10+i, 3, 3, 0x1000, 1))
	}
	p.send(call(20, 20))
	p.expect(sp.Header{Class: sp.Err, U: sp.TryAgain, Reqno: 20}, "")
}

func TestThousandConnections(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			var all []*peer
			for range 100 {
				all = append(all, w.guest())
			}
			for _, p := range all {
				pidOf(p)
			}
			for _, p := range all {
				p.Close()
			}
		})
	}
	wg.Wait()
	eventually(t, "all are gone", func() bool { return w.s.Clients() == 0 && w.k.Procs.Len() == 2 })
}
