// Datagrams: each sender gets a socket of its own on the other side, so that
// answers find back.

package relay

import (
	"context"
	"net"
	"sync"
	"time"
)

// Bounds of what is remembered.
const (
	maxSenders  = 1024
	defaultIdle = time.Minute
	maxDatagram = 1 << 16
)

// senders are those who have sent something, by address.
type senders struct {
	*Relay
	pc     net.PacketConn
	mu     sync.Mutex
	byAddr map[string]*sender
	open   sync.WaitGroup
}

// sender is the socket on the other side of one of them.
type sender struct {
	conn net.Conn
	addr net.Addr
	last time.Time
}

// Datagrams passes datagrams on until ctx ends or pc fails. It closes pc and
// returns when all is over.
func (r *Relay) Datagrams(ctx context.Context, pc net.PacketConn) error {
	s := &senders{Relay: r, pc: pc, byAddr: map[string]*sender{}}
	defer s.open.Wait()
	defer s.closeAll()
	defer context.AfterFunc(ctx, func() { _ = pc.Close() })()
	defer func() { _ = pc.Close() }()
	buf := make([]byte, maxDatagram)
	for {
		n, from, err := pc.ReadFrom(buf)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		to, err := s.of(ctx, from)
		if err == nil {
			_, err = to.conn.Write(buf[:n])
		}
		if err != nil {
			s.failed(ctx, err) // lost, as datagrams may be
		}
	}
}

// of returns the socket of a sender, a new one if need be.
func (s *senders) of(ctx context.Context, from net.Addr) (*sender, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := from.String()
	if to := s.byAddr[key]; to != nil {
		to.last = time.Now()
		return to, nil
	}
	if len(s.byAddr) >= maxSenders {
		s.dropOldest()
	}
	conn, err := s.Dial(ctx)
	if err != nil {
		return nil, err
	}
	to := &sender{conn: conn, addr: from, last: time.Now()}
	s.byAddr[key] = to
	s.open.Go(func() { s.answers(key, to) })
	return to, nil
}

// dropOldest closes the socket that was used longest ago. s.mu is held.
func (s *senders) dropOldest() {
	var oldest *sender
	for _, to := range s.byAddr {
		if oldest == nil || to.last.Before(oldest.last) {
			oldest = to
		}
	}
	_ = oldest.conn.Close()
	delete(s.byAddr, oldest.addr.String())
}

// answers sends what comes back to the sender, until nothing has come or gone
// for a while.
func (s *senders) answers(key string, to *sender) {
	defer s.forget(key, to)
	idle := s.Idle
	if idle == 0 {
		idle = defaultIdle
	}
	buf := make([]byte, maxDatagram)
	for {
		_ = to.conn.SetReadDeadline(time.Now().Add(idle))
		n, err := to.conn.Read(buf)
		if err == nil {
			s.used(to)
			_, err = s.pc.WriteTo(buf[:n], to.addr)
		}
		if err == nil {
			continue
		}
		if t, ok := err.(net.Error); !ok || !t.Timeout() || s.unused(to) >= idle {
			return
		}
	}
}

func (s *senders) used(to *sender) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.last = time.Now()
}

func (s *senders) unused(to *sender) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(to.last)
}

func (s *senders) forget(key string, to *sender) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = to.conn.Close()
	if s.byAddr[key] == to {
		delete(s.byAddr, key)
	}
}

func (s *senders) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, to := range s.byAddr {
		_ = to.conn.Close()
	}
}
