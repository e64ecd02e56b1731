// Urgent data that is received. Who reads a stream is stopped before the urgent
// byte, and gets it with MSG_OOB, or with SO_OOBINLINE as the next of the
// stream.
package inet

import (
	"io"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var _ net.Urgent = (*endpoint)(nil)

// announced enters an announcement that came for the socket, and tells it of
// new data.
func (e *endpoint) announced(a *announcement) {
	a.inline = e.sock.Has(abi.SO_OOBINLINE)
	if e.flow.data().announce(a, e.flow.recv.Load()) {
		e.sock.NotifyUrgent()
	}
}

// RecvUrgent implements net.Urgent.
func (e *endpoint) RecvUrgent(m *net.Message) (int, error) {
	if e.kind != kindTCP {
		return 0, abi.EOPNOTSUPP
	}
	u := e.flow.urgent.Load()
	if u == nil || !e.connected() || e.sock.Has(abi.SO_OOBINLINE) {
		return 0, abi.EINVAL
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.ahead && !u.at || u.had {
		return 0, abi.EINVAL
	}
	if !u.has {
		return 0, abi.EWOULDBLOCK
	}
	if m.Flags&abi.MSG_PEEK == 0 {
		u.has, u.had = false, true
	}
	return copy(m.Data, []byte{u.last}), nil
}

// AtMark implements net.Urgent.
func (e *endpoint) AtMark() bool {
	u := e.flow.urgent.Load()
	if u == nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.settle(e.flow.recv.Load())
	return u.at
}

// readStream reads from the stack into dst. Preconditions: rmu is held.
func (e *endpoint) readStream(opts tcpip.ReadOptions) (tcpip.ReadResult, tcpip.Error) {
	want := e.dst
	for {
		e.passOver()
		e.dst, e.peek, e.flow.seen = want, opts.Peek, 0
		res, err := e.ep.Read((*stream)(e), opts)
		if err != nil || e.dst.n > 0 || res.Count == 0 {
			return res, err
		}
	}
}

// skim takes bytes that are not part of the stream off the head of the stack's
// queue, which does not count them then.
func (e *endpoint) skim() {
	e.rmu.Lock()
	defer e.rmu.Unlock()
	e.passOver()
}

// passOver is skim. Preconditions: rmu is held.
func (e *endpoint) passOver() {
	u := e.flow.urgent.Load()
	if u == nil {
		return
	}
	u.mu.Lock()
	skips := u.skips(e.flow.recv.Load())
	u.mu.Unlock()
	if skips {
		e.dst, e.peek, e.flow.seen = sink{}, false, 0
		_, _ = e.ep.Read((*stream)(e), tcpip.ReadOptions{})
	}
}

// stream is an endpoint that the stack fills dst of with a stream. All data
// that the stack has was announced before, if it was.
type stream endpoint

// Write implements io.Writer.
func (s *stream) Write(p []byte) (n int, err error) {
	if u := s.flow.urgent.Load(); u != nil {
		return s.writeUrgent(u, p)
	}
	n, err = s.dst.Write(p)
	s.moved(n)
	return n, err
}

// moved counts n bytes that the stack gave.
func (s *stream) moved(n int) {
	if s.peek {
		s.flow.seen += uint32(n)
	} else {
		s.flow.recv.Add(uint32(n))
	}
}

// writeUrgent leaves out what is not part of the stream, and stops before the
// urgent byte.
func (s *stream) writeUrgent(u *urgent, p []byte) (done int, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	next := s.flow.recv.Load()
	u.settle(next)
	next += s.flow.seen
	for done < len(p) {
		at := next + uint32(done)
		if u.skips(at) {
			done++
			continue
		}
		n := copy(s.dst.b[s.dst.n:], p[done:done+u.run(at, len(p)-done)])
		if n == 0 {
			err = io.ErrShortWrite
			break
		}
		s.dst.n += n
		done += n
		u.at = false
		if u.reached(at+uint32(n), s.peek) {
			err = io.ErrShortWrite
			break
		}
	}
	if !s.peek {
		u.forget(next + uint32(done))
	}
	s.moved(done)
	return done, err
}

// run returns how many of n bytes can be copied at once. Preconditions: u.mu is
// held.
func (u *urgent) run(at uint32, n int) int {
	if k, _ := u.find(at); k < len(u.pulled) {
		n = min(n, int(u.pulled[k]-at))
	}
	if d := int(int32(u.up - 1 - at)); u.ahead && d > 0 {
		n = min(n, d)
	}
	return n
}

// reached reports whether who reads stands before the urgent byte, and enters
// that unless he only looks. Preconditions: u.mu is held.
func (u *urgent) reached(next uint32, peek bool) bool {
	if !u.ahead || u.span(next, u.up-1) > 0 {
		return false
	}
	if !peek {
		u.ahead, u.at = false, true
	}
	return true
}

// settle enters that who reads next stands before the urgent byte, or is past
// it: the announcement may have come while he read. Preconditions: u.mu is held.
func (u *urgent) settle(next uint32) {
	if u.ahead && int32(u.up-1-next) < 0 {
		u.ahead = false
	}
	u.reached(next, false)
}

// forget forgets the pulled bytes before next. Preconditions: u.mu is held.
func (u *urgent) forget(next uint32) {
	if k, _ := u.find(next); k == len(u.pulled) {
		u.pulled = nil
	} else {
		u.pulled = u.pulled[k:]
	}
}
