package netlab_test

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/netlab"
)

// poor is a wire that loses, doubles and rearranges.
var poor = netlab.Faults{Delay: 5 * time.Millisecond, Loss: 0.03, Duplicate: 0.02, Reorder: 0.02}

// talk returns the ends of a connection over a poor wire. Options are set on
// the listening socket.
func talk(t *testing.T, options ...int) (a, b *client.Client, afd, bfd int) {
	t.Helper()
	lab := netlab.New(t)
	x, y := lab.Host("a"), lab.Host("b")
	lab.Wire(poor, x, y)
	a, b = x.Client(), y.Client()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	l, err := b.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	ok(err)
	for _, o := range options {
		ok(b.Setsockopt(l, abi.SOL_SOCKET, o, []byte{1, 0, 0, 0}))
	}
	ok(b.Bind(l, sockaddr(y.Addr())))
	ok(b.Listen(l, 1))
	afd, err = a.Socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	ok(err)
	ok(a.Connect(afd, sockaddr(y.Addr())))
	bfd, err = b.Accept(l, nil, nil)
	ok(err)
	return a, b, afd, bfd
}

func sockaddr(a netip.Addr) []byte {
	return append(append([]byte{16, abi.AF_INET, 0, 77}, a.AsSlice()...), make([]byte, 8)...)
}

// send sends all of p.
func send(t *testing.T, c *client.Client, fd int, p []byte, flags int) {
	for len(p) > 0 {
		n, err := c.Sendto(fd, p, flags, nil)
		if err != nil {
			t.Error(err)
			return
		}
		p = p[n:]
	}
}

// atMark reports what sockatmark(3) would.
func atMark(t *testing.T, c *client.Client, fd int) bool {
	var v int32
	if err := c.Ioctl(fd, abi.SIOCATMARK, client.Struct(&v)); err != nil {
		t.Error(err)
	}
	return v != 0
}

// TestUrgent sends one urgent byte at a time behind other data: each comes out
// of the stream once, and the rest is as it was.
func TestUrgent(t *testing.T) {
	a, b, afd, bfd := talk(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range byte(40) {
		body := bytes.Repeat([]byte{'a' + round%26}, rng.IntN(20000))
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			send(t, a, afd, body, 0)
			send(t, a, afd, []byte{round}, abi.MSG_OOB)
		}()
		buf := make([]byte, 30000)
		for left := body; len(left) > 0; {
			n, err := b.Recvfrom(bfd, buf, 0, nil, nil)
			if err != nil || n == 0 || n > len(left) || !bytes.Equal(buf[:n], left[:n]) {
				t.Fatalf("round %d: %d bytes with %d to come, %v", round, n, len(left), err)
			}
			left = left[n:]
		}
		p := []abi.Pollfd{{Fd: int32(bfd), Events: abi.POLLPRI}}
		if n, err := b.Poll(p, 600000); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		n, err := 0, error(abi.EWOULDBLOCK)
		for range 10000 {
			if n, err = b.Recvfrom(bfd, buf, abi.MSG_OOB, nil, nil); err == nil {
				break
			}
			_ = b.Nanosleep(&abi.Timespec{Nsec: 1e6}, nil)
		}
		if n != 1 || err != nil || buf[0] != round || !atMark(t, b, bfd) {
			t.Fatalf("round %d: %d bytes, %d, %v", round, n, buf[0], err)
		}
		<-sent
		send(t, b, bfd, []byte("!"), 0)
		if n, err := a.Recvfrom(afd, buf, 0, nil, nil); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		send(t, a, afd, []byte("."), 0)
		if n, err := b.Recvfrom(bfd, buf, 0, nil, nil); n != 1 || err != nil || buf[0] != '.' || atMark(t, b, bfd) {
			t.Fatal(n, err, buf[0])
		}
	}
}

// TestUrgentInline sends urgent data as it likes to a socket that wants it in
// the stream: none is lost, and whoever is at a mark is before an urgent byte.
func TestUrgentInline(t *testing.T) {
	a, b, afd, bfd := talk(t, abi.SO_OOBINLINE)
	// No segment is too far from the end of urgent data to point at it.
	if err := a.Setsockopt(afd, abi.SOL_SOCKET, abi.SO_SNDBUF, []byte{0, 0x80, 0, 0}); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 300000)
	urgent := map[int]bool{}
	var ends []int
	for at := 0; at < len(data); {
		at = min(at+1+rng.IntN(5000), len(data))
		urgent[at-1] = rng.IntN(3) == 0
		ends = append(ends, at)
		data[at-1] = byte(at)
	}
	go func() {
		at := 0
		for _, end := range ends {
			send(t, a, afd, data[at:end-1], 0)
			flags := 0
			if urgent[end-1] {
				flags = abi.MSG_OOB
			}
			send(t, a, afd, data[end-1:end], flags)
			at = end
		}
		_ = a.Shutdown(afd, abi.SHUT_WR)
	}()
	buf, got, marks := make([]byte, 6000), 0, 0
	for {
		if atMark(t, b, bfd) {
			if marks++; !urgent[got] {
				t.Errorf("a mark before byte %d", got)
			}
		}
		n, err := b.Recvfrom(bfd, buf[:1+rng.IntN(6000)], 0, nil, nil)
		if err != nil || n == 0 {
			break
		}
		if !bytes.Equal(buf[:n], data[got:min(got+n, len(data))]) {
			t.Fatalf("other bytes from %d on", got)
		}
		got += n
	}
	if got != len(data) || marks == 0 {
		t.Errorf("%d bytes of %d, %d marks", got, len(data), marks)
	}
}
