// What is done over each way: streams, datagrams, round trips, connections.
package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// closers undo in reverse order what a measurement set up.
type closers []func()

func (c *closers) add(fn func()) { *c = append(*c, fn) }

func (c closers) close() {
	for i := len(c) - 1; i >= 0; i-- {
		c[i]()
	}
}

// streams returns a body that sends a chunk on each of several connections.
func (p path) streams(count int) (body, func(), error) {
	var cl closers
	var all []*stream
	for range count {
		ln, err := p.listen()
		if err != nil {
			return nil, cl.close, err
		}
		s, err := newStream(ln, func() (net.Conn, error) { return p.dial("tcp", port(ln.Addr())) })
		if err != nil {
			return nil, cl.close, err
		}
		cl.add(s.close)
		all = append(all, s)
	}
	return func(n int) error {
		var wg sync.WaitGroup
		errs := make([]error, len(all))
		for i, s := range all {
			wg.Go(func() { errs[i] = s.send(n) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}, cl.close, nil
}

// connections returns a body that connects and closes.
func (p path) connections() (body, func(), error) {
	ln, err := p.listen()
	if err != nil {
		return nil, func() {}, err
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1)) // the end: it closes second
			_ = c.Close()
		}
	})
	return func(n int) error {
			for range n {
				c, err := p.dial("tcp", port(ln.Addr()))
				if err != nil {
					return err
				}
				if err := c.Close(); err != nil {
					return err
				}
			}
			return nil
		}, func() {
			_ = ln.Close()
			wg.Wait()
		}, nil
}

// echoes returns a body that sends a little over a connection and waits for it
// to come back.
func (p path) echoes() (body, func(), error) {
	ln, err := p.listen()
	if err != nil {
		return nil, func() {}, err
	}
	defer ln.Close()
	c, err := p.dial("tcp", port(ln.Addr()))
	if err != nil {
		return nil, func() {}, err
	}
	far, err := ln.Accept()
	if err != nil {
		_ = c.Close()
		return nil, func() {}, err
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer far.Close()
		buf := make([]byte, small)
		for {
			if _, err := io.ReadFull(far, buf); err != nil {
				return
			}
			if _, err := far.Write(buf); err != nil {
				return
			}
		}
	})
	buf := make([]byte, small)
	return func(n int) error {
			for range n {
				if _, err := c.Write(buf); err != nil {
					return err
				}
				if _, err := io.ReadFull(c, buf); err != nil {
					return err
				}
			}
			return nil
		}, func() {
			_ = c.Close()
			wg.Wait()
		}, nil
}

const (
	// small is the length of what makes a round trip, burst how many
	// datagrams are on their way at a time.
	small = 64
	burst = 32
	// patience is how long an answer may take before the question is asked
	// again.
	patience = 200 * time.Millisecond
)

// datagrams returns two bodies: one sends a datagram and waits for it to come
// back, the other sends datagrams of which every burst's last is answered.
func (p path) datagrams() (trip, flood body, done func(), err error) {
	far, err := p.listenPacket()
	if err != nil {
		return nil, nil, func() {}, err
	}
	var wg sync.WaitGroup
	wg.Go(func() { answer(far) })
	near, err := p.dial("udp", port(far.LocalAddr()))
	if err != nil {
		_ = far.Close()
		return nil, nil, wg.Wait, err
	}
	buf, back := make([]byte, small), make([]byte, small)
	ask := func() error {
		for range 50 {
			buf[0] = 1
			if _, err := near.Write(buf); err != nil {
				return err
			}
			_ = near.SetReadDeadline(time.Now().Add(patience))
			if _, err := near.Read(back); err == nil {
				return nil
			}
		}
		return errors.New("no datagram comes back")
	}
	trip = func(n int) error {
		for range n {
			if err := ask(); err != nil {
				return err
			}
		}
		return nil
	}
	flood = func(n int) error {
		for range n {
			buf[0] = 0
			for range burst - 1 {
				if _, err := near.Write(buf); err != nil {
					return err
				}
			}
			if err := ask(); err != nil {
				return err
			}
		}
		return nil
	}
	return trip, flood, func() {
		_ = near.Close()
		_ = far.Close()
		wg.Wait()
	}, nil
}

// answer sends those datagrams back that ask for it.
func answer(c net.PacketConn) {
	buf := make([]byte, small)
	for {
		n, from, err := c.ReadFrom(buf)
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, io.EOF):
			return
		case err != nil:
			continue
		}
		if n > 0 && buf[0] == 1 {
			_, _ = c.WriteTo(buf[:n], from)
		}
	}
}
