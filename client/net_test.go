package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// pipe makes two connected sockets.
func pipe(c *client.Client, network, address string) (c1, c2 net.Conn, stop func(), err error) {
	l, err := c.Net().Listen(network, address)
	if err != nil {
		return nil, nil, nil, err
	}
	defer l.Close()
	if c1, err = c.Net().Dial(network, l.Addr().String()); err != nil {
		return nil, nil, nil, err
	}
	if c2, err = l.Accept(); err != nil {
		return nil, nil, nil, errors.Join(err, c1.Close())
	}
	return c1, c2, func() {
		_ = c1.Close()
		_ = c2.Close()
	}, nil
}

func TestConn(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		for network, address := range map[string]string{
			"tcp": "127.0.0.1:0", "tcp6": "[::1]:0", "unix": "/stream", "unixpacket": "/packet",
		} {
			t.Run(network, func(t *testing.T) {
				nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
					_ = c.Remove(address) // that of the test before
					return pipe(c, network, address)
				})
			})
		}
	})
}

// TestManyConnections has both sides close, while descriptors that one has
// closed become the other's: each must be told of its own events.
func TestManyConnections(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		l, err := c.Net().Listen("tcp", "127.0.0.1:0")
		must(t, err)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 1))
				_ = conn.Close()
			}
		}()
		for range 1000 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			conn, err := c.Net().DialContext(ctx, "tcp", l.Addr().String())
			cancel()
			must(t, err)
			must(t, conn.Close())
		}
		must(t, l.Close())
		<-done
	})
}

func TestHTTP(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		l, err := c.Net().Listen("tcp", ":0")
		must(t, err)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		})}
		served := make(chan error)
		go func() { served <- server.Serve(l) }()
		transport := &http.Transport{DialContext: c.Net().DialContext}
		hc := http.Client{Transport: transport, Timeout: 10 * time.Second}
		_, port, err := net.SplitHostPort(l.Addr().String())
		must(t, err)
		for range 20 {
			text := strings.Repeat("echo ", 5000)
			r, err := hc.Post("http://127.0.0.1:"+port+"/", "text/plain", strings.NewReader(text))
			must(t, err)
			body, err := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if string(body) != text || err != nil {
				t.Fatalf("%d bytes, %v", len(body), err)
			}
		}
		transport.CloseIdleConnections()
		must(t, server.Shutdown(t.Context()))
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
}

func TestPacketConn(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		a, err := c.Net().ListenPacket("udp", "127.0.0.1:0")
		must(t, err)
		defer a.Close()
		b, err := c.Net().Dial("udp", a.LocalAddr().String())
		must(t, err)
		defer b.Close()
		_, err = b.Write([]byte("question"))
		must(t, err)
		buf := make([]byte, 100)
		n, from, err := a.ReadFrom(buf)
		must(t, err)
		if string(buf[:n]) != "question" || from.String() != b.LocalAddr().String() {
			t.Errorf("%q from %v", buf[:n], from)
		}
		_, err = a.WriteTo([]byte("answer"), from)
		must(t, err)
		n, err = b.Read(buf)
		must(t, err)
		if string(buf[:n]) != "answer" {
			t.Errorf("%q", buf[:n])
		}
		must(t, a.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		if _, _, err := a.ReadFrom(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
	})
}

// Datagrams between two names, and to one that has none.
func TestUnixgram(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		a, err := c.Net().ListenPacket("unixgram", "/a")
		must(t, err)
		defer a.Close()
		b, err := c.Net().ListenPacket("unixgram", "/b")
		must(t, err)
		defer b.Close()
		conn, err := c.Net().Dial("unixgram", "/a")
		must(t, err)
		defer conn.Close()
		_, err = b.WriteTo([]byte("by name"), a.LocalAddr())
		must(t, err)
		_, err = conn.Write(nil)
		must(t, err)
		for _, want := range []struct{ text, from string }{{"by name", "/b"}, {"", ""}} {
			buf := make([]byte, 100)
			n, from, err := a.ReadFrom(buf)
			must(t, err)
			if string(buf[:n]) != want.text || from.String() != want.from {
				t.Errorf("%q from %v, want %v", buf[:n], from, want)
			}
		}
		if _, err := c.Net().Dial("unix", "/a"); !errors.Is(err, abi.EPROTOTYPE) {
			t.Errorf("a stream to a socket of datagrams: %v", err)
		}
		if _, err := c.Net().Dial("unixgram", "/none"); !errors.Is(err, abi.ENOENT) {
			t.Errorf("a name that is not there: %v", err)
		}
	})
}

// Close ends an Accept that waits, and no goroutine stays behind.
func TestListenerClose(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		l, err := c.Net().Listen("tcp", "127.0.0.1:0")
		must(t, err)
		accepted := make(chan error)
		go func() {
			_, err := l.Accept()
			accepted <- err
		}()
		time.Sleep(10 * time.Millisecond)
		must(t, l.Close())
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
	})
}

// The end of the process ends calls that wait.
func TestExitEndsWaiting(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		l, err := c.Net().Listen("tcp", "127.0.0.1:0")
		must(t, err)
		accepted := make(chan error)
		go func() {
			_, err := l.Accept()
			accepted <- err
		}()
		time.Sleep(10 * time.Millisecond)
		must(t, c.Exit())
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
	})
}

func TestDialErrors(t *testing.T) {
	c := inProcess(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		ctx              context.Context
		network, address string
		want             error
	}{
		{t.Context(), "tcp", "127.0.0.1:1", abi.ECONNREFUSED},
		{t.Context(), "tcp", "localhost:1", abi.ECONNREFUSED},
		{t.Context(), "tcp6", "localhost:1", abi.ECONNREFUSED},
		{gone, "tcp", "127.0.0.1:1", context.Canceled},
		{t.Context(), "tcp", "example.org:1", nil},
		{t.Context(), "tcp", "127.0.0.1:http", nil},
		{t.Context(), "tcp", "127.0.0.1", nil},
		{t.Context(), "tcp4", "[::1]:1", nil},
		{t.Context(), "carrier", "pigeon", nil},
		{t.Context(), "unix", strings.Repeat("x", 200), abi.ENAMETOOLONG},
	} {
		conn, err := c.Net().DialContext(test.ctx, test.network, test.address)
		var op *net.OpError
		if conn != nil || !errors.As(err, &op) || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s %s: %v, want %v", test.network, test.address, err, test.want)
		}
	}
}
