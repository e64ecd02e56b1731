// Many clients that do all at once and go away in the middle of it.
package sysproxy_test

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

func TestStress(t *testing.T) {
	w := boot(t, sysproxy.Options{MaxBlocked: 16})
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			for i := range 40 {
				w.tumult(rand.New(rand.NewPCG(seed, uint64(i))))
			}
		})
	}
	wg.Wait()
	eventually(t, "all are gone", func() bool { return w.s.Clients() == 0 })
	pidOf(w.guest())
}

// tumult is one client: it sends requests of all kinds, answers some of what
// the server asks, and is gone at some moment.
func (w *world) tumult(r *rand.Rand) {
	c, err := net.Dial("unix", w.path)
	if err != nil {
		w.t.Error(err)
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() { answerSome(c) })
	send := func(b []byte) { _, _ = c.Write(b) }
	send(frame(sp.Header{U: sp.Guest}, "stress\x00"))
	send(call(1, 42))
	for i := range uint64(r.IntN(200)) {
		switch r.IntN(12) {
		case 0:
			send(call(i, 3, 3, 0x1000, 100)) // may block
		case 1, 2:
			send(call(i, 4, 4, 0x1000, r.Uint64N(5000)))
		case 3:
			send(frame(sp.Header{Type: sp.Prefork, Reqno: i}, ""))
		case 4:
			send(frame(sp.Header{U: sp.Exec, Reqno: i}, "other\x00"))
		case 5:
			send(call(i, 14)) // a signal
		default:
			send(call(i, 20))
		}
	}
	if r.IntN(2) == 0 {
		_ = c.(*net.UnixConn).CloseWrite()
	} else {
		c.Close()
	}
	wg.Wait()
	c.Close()
}

// answerSome answers copyins until the connection ends.
func answerSome(c net.Conn) {
	_, err := io.CopyN(io.Discard, c, int64(len(sysproxy.Banner)))
	head := make([]byte, sp.HeaderLen)
	for err == nil {
		if _, err = io.ReadFull(c, head); err != nil {
			return
		}
		h := sp.ParseHeader(head)
		b := make([]byte, h.Payload())
		if _, err = io.ReadFull(c, b); err == nil && h.Class == sp.Req && h.Type == sp.Copyin {
			data := make([]byte, sp.Uint64(b))
			_, _ = c.Write(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: h.Reqno}, string(data)))
		}
	}
}
