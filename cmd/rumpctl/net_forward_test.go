package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	tailorednet "github.com/rumpkit/rumpkit/tailored/net"
)

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

func (q quiet) Unwrap() hypercall.Host { return q.Host }

// screen keeps what is printed.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// find waits for a text and returns the first group of it.
func (s *screen) find(t *testing.T, pattern string) string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		m := regexp.MustCompile(pattern).FindStringSubmatch(s.b.String())
		s.mu.Unlock()
		if m != nil {
			return m[1]
		}
	}
	t.Fatalf("%s was not printed", pattern)
	return ""
}

// onKernel makes a run with a kernel of its own.
func onKernel(t *testing.T) (*ctl, *screen) {
	t.Helper()
	k, err := tailorednet.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	c, err := client.New(k, "rumpctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	s := &screen{}
	return &ctl{getenv: func(string) string { return "" }, c: c, out: bufio.NewWriter(s), errw: s}, s
}

// echoes answers one connection after the other: what it has read, once the
// other side has closed its half.
func echoes(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		b, _ := io.ReadAll(c)
		_, _ = c.Write(b)
		_ = c.Close()
	}
}

func TestForward(t *testing.T) {
	for _, reverse := range []bool{false, true} {
		k, s := onKernel(t)
		listen, dial := k.c.Net().Listen, net.Dial
		if reverse {
			listen, dial = net.Listen, k.c.Net().Dial
		}
		ln, err := listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var running sync.WaitGroup
		running.Go(func() { echoes(ln) })
		f := &forwarding{ctl: k, reverse: reverse, network: "tcp"}
		if err := f.addresses("127.0.0.1:0", ln.Addr().String()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		running.Go(func() {
			if err := f.run(ctx); err != nil {
				t.Error(err)
			}
		})
		conn, err := dial("tcp", s.find(t, `forwarding (\S+) to `))
		if err != nil {
			t.Fatal(err)
		}
		sent := bytes.Repeat([]byte("0123456789"), 100_000)
		go func() {
			_, _ = conn.Write(sent)
			_ = conn.(interface{ CloseWrite() error }).CloseWrite()
		}()
		if got, err := io.ReadAll(conn); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("reverse %t: %d bytes came back, %v", reverse, len(got), err)
		}
		_ = conn.Close()
		cancel()
		_ = ln.Close()
		running.Wait()
	}
}

func TestForwardAddresses(t *testing.T) {
	k, _ := onKernel(t)
	for _, tt := range []struct {
		from, to string
		reverse  bool
		want     string
	}{
		{":80", ":81", false, "127.0.0.1:80 127.0.0.1:81"}, {":80", "localhost:81", false, "127.0.0.1:80 127.0.0.1:81"},
		{":80", "example.org:81", true, "0.0.0.0:80 example.org:81"}, {"[::1]:80", "[fd00::1]:81", false, "[::1]:80 [fd00::1]:81"},
		{"80", ":81", false, ""}, {":x", ":81", false, ""}, {":80", "example.org:81", false, ""},
	} {
		f := &forwarding{ctl: k, reverse: tt.reverse}
		err := f.addresses(tt.from, tt.to)
		if got := f.from + " " + f.to; (err == nil) != (tt.want != "") || err == nil && got != tt.want {
			t.Errorf("%s %s: %s, %v", tt.from, tt.to, got, err)
		}
	}
}
