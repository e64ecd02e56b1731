// TCP inside a kernel beside TCP over the host's loopback.
package main

import (
	"context"
	"io"
	"net"
	"sync"

	"github.com/rumpkit/rumpkit/client"
)

// chunk is what one write sends.
const chunk = 64 << 10

// tcpRow compares a TCP stream within one kernel with the host's.
func tcpRow(ctx context.Context, c *client.Client) (row, func(), error) {
	ln, err := c.Net().Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return row{}, nil, err
	}
	host, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return row{}, nil, err
	}
	ours, err := newStream(ln, func() (net.Conn, error) { return c.Net().DialContext(ctx, "tcp", ln.Addr().String()) })
	if err != nil {
		return row{}, nil, err
	}
	native, err := newStream(host, func() (net.Conn, error) { return net.Dial("tcp", host.Addr().String()) })
	if err != nil {
		return row{}, nil, err
	}
	r := row{name: "TCP over loopback, 64 KiB writes", goal: 1.0, ours: ours.send, native: native.send}
	return r, func() { ours.close(); native.close() }, nil
}

// stream is a connection whose far end reads everything.
type stream struct {
	ln     net.Listener
	conn   net.Conn
	got    chan int
	buf    []byte
	reader sync.WaitGroup
}

func newStream(ln net.Listener, dial func() (net.Conn, error)) (*stream, error) {
	s := &stream{ln: ln, got: make(chan int, 1), buf: make([]byte, chunk)}
	accepted := make(chan error, 1)
	var far net.Conn
	go func() {
		var err error
		far, err = ln.Accept()
		accepted <- err
	}()
	var err error
	if s.conn, err = dial(); err != nil {
		return nil, err
	}
	if err := <-accepted; err != nil {
		return nil, err
	}
	s.reader.Go(func() {
		defer far.Close()
		s.drain(far)
	})
	return s, nil
}

// drain reads and acknowledges each round with one byte.
func (s *stream) drain(far net.Conn) {
	buf := make([]byte, chunk)
	left := 0
	for {
		if left == 0 {
			n, ok := <-s.got
			if !ok {
				return
			}
			left = n
		}
		n, err := far.Read(buf[:min(left, len(buf))])
		if err != nil {
			return
		}
		if left -= n; left == 0 {
			if _, err := far.Write(buf[:1]); err != nil {
				return
			}
		}
	}
}

// send sends n chunks and returns when the far end has all of them.
func (s *stream) send(n int) error {
	s.got <- n * chunk
	for range n {
		if _, err := s.conn.Write(s.buf); err != nil {
			return err
		}
	}
	_, err := io.ReadFull(s.conn, make([]byte, 1))
	return err
}

func (s *stream) close() {
	close(s.got)
	_ = s.conn.Close()
	_ = s.ln.Close()
	s.reader.Wait()
}
