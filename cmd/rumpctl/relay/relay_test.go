package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upper is a server that answers what it has read once the other side has
// closed its half.
func upper(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				b, err := io.ReadAll(c)
				if err == nil {
					_, _ = c.Write(append([]byte("got "), b...))
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		serving.Wait()
	})
	return ln
}

// start relays connections to an address, and returns where.
func start(t *testing.T, to string) (addr string, failures chan error, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	failures = make(chan error, 100)
	r := &Relay{
		Dial:   func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", to) },
		Failed: func(err error) { failures <- err },
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := r.Connections(ctx, ln); err != nil {
			t.Errorf("relay: %v", err)
		}
	})
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return ln.Addr().String(), failures, stop
}

func TestHalfClose(t *testing.T) {
	addr, _, _ := start(t, upper(t).Addr().String())
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_, _ = c.Write([]byte("hello"))
			_ = c.(*net.TCPConn).CloseWrite()
			if b, err := io.ReadAll(c); err != nil || string(b) != "got hello" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
	all.Wait()
}

// TestStop ends a relay whose connections are open and idle.
func TestStop(t *testing.T) {
	addr, _, stop := start(t, upper(t).Addr().String())
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("x"))
	time.Sleep(20 * time.Millisecond)
	stop()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if b, err := io.ReadAll(c); len(b) > 0 || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%q, %v", b, err)
	}
}

func TestRefused(t *testing.T) {
	gone := upper(t)
	_ = gone.Close()
	addr, failures, _ := start(t, gone.Addr().String())
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if b, _ := io.ReadAll(c); len(b) > 0 {
		t.Errorf("%q", b)
	}
	select {
	case <-failures:
	case <-time.After(5 * time.Second):
		t.Error("nobody was told")
	}
}

// TestDatagrams has two senders, whose answers must not be mixed up, and be
// forgotten when they are silent.
func TestDatagrams(t *testing.T) {
	echo, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		b := make([]byte, 100)
		for {
			n, from, err := echo.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = echo.WriteTo(b[:n], from)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	r := &Relay{Idle: 30 * time.Millisecond, Dial: func(context.Context) (net.Conn, error) {
		return net.Dial("udp", echo.LocalAddr().String())
	}}
	running.Go(func() { _ = r.Datagrams(ctx, pc) })
	defer running.Wait()
	defer echo.Close()
	defer cancel()
	for range 2 { // the second time, they have been forgotten
		for _, text := range []string{"one", "two"} {
			c, err := net.Dial("udp", pc.LocalAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = c.Write([]byte(text))
			b := make([]byte, 100)
			if n, err := c.Read(b); err != nil || string(b[:n]) != text {
				t.Errorf("%q, %v", b[:n], err)
			}
			_ = c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
}
