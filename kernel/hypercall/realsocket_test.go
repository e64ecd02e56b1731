package hypercall

import (
	"bytes"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func loopback(v6 bool, port uint16) SocketAddr {
	if v6 {
		return SocketAddr{IP: [16]byte{15: 1}, V6: true, Port: port}
	}
	return SocketAddr{IP: [16]byte{127, 0, 0, 1}, Port: port}
}

// TestStreams sends bytes both ways, with half close, then a reset.
func TestStreams(t *testing.T) {
	h := Real().(Network)
	for _, v6 := range []bool{false, true} {
		l, err := h.Listen(loopback(v6, 0))
		if v6 && err != nil {
			t.Skip("no IPv6 here: ", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		a, b := streams(t, h, l)
		big := bytes.Repeat([]byte("rump"), 1<<18)
		go func() {
			_ = a.Write(big)
			_ = a.CloseWrite()
		}()
		var got []byte
		for buf := make([]byte, 9000); ; {
			n, err := b.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			got = append(got, buf[:n]...)
		}
		if !bytes.Equal(got, big) {
			t.Errorf("%d bytes came of %d", len(got), len(big))
		}
		_ = b.Reset()
		if _, err := a.Read(make([]byte, 1)); err != abi.ECONNRESET {
			t.Errorf("read after a reset: %v", err)
		}
		_ = a.Close()
	}
}

func streams(t *testing.T, h Network, l Listener) (a, b Socket) {
	t.Helper()
	a, err := h.Dial(Stream, l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connected(); err != nil {
		t.Fatal(err)
	}
	b, from, err := l.Accept()
	if err != nil || from.Port == 0 {
		t.Fatal(err, from)
	}
	return a, b
}

// TestRefused dials a port where nobody listens.
func TestRefused(t *testing.T) {
	h := Real().(Network)
	l, err := h.Listen(loopback(false, 0))
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr()
	_ = l.Close()
	s, err := h.Dial(Stream, at)
	if err == nil {
		err = s.Connected()
		defer s.Close()
	}
	if err != abi.ECONNREFUSED {
		t.Errorf("connect: %v", err)
	}
}

// TestDatagrams asks and answers, and ends who waits.
func TestDatagrams(t *testing.T) {
	h := Real().(Network)
	p, err := h.ListenPacket(loopback(false, 0))
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Dial(Datagram, p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write([]byte("ask")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 10)
	n, from, err := p.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "ask" {
		t.Fatal(n, err)
	}
	if err := p.WriteTo([]byte("answer"), from); err != nil {
		t.Fatal(err)
	}
	if n, err = s.Read(buf); err != nil || string(buf[:n]) != "answer" {
		t.Fatal(n, err)
	}
	done := make(chan error)
	go func() {
		_, _, err := p.ReadFrom(buf)
		done <- err
	}()
	time.Sleep(time.Millisecond)
	_ = p.Close()
	if err := <-done; err != abi.EBADF {
		t.Errorf("a closed socket gave %v", err)
	}
}

// around wraps a host.
type around struct{ Host }

func (a around) Unwrap() Host { return a.Host }

func TestAs(t *testing.T) {
	if _, ok := As[Network](around{around{Real()}}); !ok {
		t.Error("the real host's network is not found behind two others")
	}
	if _, ok := As[Network](around{NewSim(1)}); ok {
		t.Error("a simulated host lends a network")
	}
}
