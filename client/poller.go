// Waiting for sockets. One goroutine of a process waits in kevent(2) for all
// its sockets, and tells those that wait for one. It begins with the first
// socket and ends with the process. A kernel in this program tells them itself,
// on the goroutine that changed the socket; then the goroutine waits for
// nothing but the end of the process.

package client

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// poller waits for the sockets of a process.
type poller struct {
	c  *Client
	kq int

	mu    sync.Mutex
	socks map[uint64]*sock // by descriptor
	err   error            // why it ended, set before done is closed

	done chan struct{} // closed when it has ended: there will be no more events
}

// poller returns the poller of the process, and starts it if there is none.
func (p *process) poller() (*poller, error) {
	p.pollMu.Lock()
	defer p.pollMu.Unlock()
	if p.poll != nil {
		return p.poll, nil
	}
	c := &Client{p: p}
	kq, err := c.Kqueue1(abi.O_CLOEXEC)
	if err != nil {
		return nil, err
	}
	p.poll = &poller{c: c, kq: kq, socks: make(map[uint64]*sock), done: make(chan struct{})}
	go p.poll.run()
	return p.poll, nil
}

// endPoller waits for the poller to end, when the process has.
func (p *process) endPoller() {
	p.pollMu.Lock()
	defer p.pollMu.Unlock()
	if p.poll != nil {
		<-p.poll.done
	}
}

// run waits and tells, until the process has ended.
func (l *poller) run() {
	defer l.end()
	events := make([]abi.Kevent, 64)
	for {
		n, err := l.c.Kevent(l.kq, nil, events, nil)
		if err != nil {
			if err == abi.EINTR && !l.c.p.lwps.isClosed() {
				continue
			}
			l.err = err
			return
		}
		l.tell(events[:n])
	}
}

// end tells all that wait that nothing more will happen.
func (l *poller) end() {
	close(l.done)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.socks {
		if s.unwatch != nil {
			s.unwatch()
		}
		s.r.wake()
		s.w.wake()
	}
}

// tell wakes who waits for the events.
func (l *poller) tell(events []abi.Kevent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range events {
		ev := &events[i]
		s := l.socks[ev.Ident]
		switch {
		case s == nil:
		case ev.Flags&abi.EV_EOF != 0:
			s.r.wake()
			s.w.wake()
		case ev.Filter == abi.EVFILT_READ:
			s.r.wake()
		default:
			s.w.wake()
		}
	}
}

// failed is why there are no more events, nil as long as there are.
func (l *poller) failed() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// add begins to tell s of its events. The kernel forgets it when the
// descriptor is closed.
func (l *poller) add(s *sock) error {
	w, here := l.c.p.Process.(sysent.Watcher)
	if here {
		stop, err := w.Watch(int32(s.n), s.told)
		if err != nil {
			return err
		}
		s.unwatch = stop
		// A stream's data is its connection's as long as that is busy with it:
		// who is there too early waits for that.
		s.r.spin.on = s.typ != abi.SOCK_STREAM || s.family == abi.AF_LOCAL
		s.w.spin.on = true
	}
	l.mu.Lock()
	l.socks[uint64(s.n)] = s
	l.mu.Unlock()
	if err := l.failed(); err != nil || here {
		return err
	}
	return l.change([]abi.Kevent{
		{Ident: uint64(s.n), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD | abi.EV_CLEAR},
		{Ident: uint64(s.n), Filter: abi.EVFILT_WRITE, Flags: abi.EV_ADD | abi.EV_CLEAR},
	})
}

func (l *poller) change(changes []abi.Kevent) error {
	_, err := l.c.Kevent(l.kq, changes, nil, nil)
	return err
}

// listens begins anew to tell s that it can be read: NetBSD decides when it is
// asked whether that is data or a connection.
func (l *poller) listens(s *sock) error {
	if s.unwatch != nil {
		return nil
	}
	return l.change([]abi.Kevent{
		{Ident: uint64(s.n), Filter: abi.EVFILT_READ, Flags: abi.EV_DELETE},
		{Ident: uint64(s.n), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD | abi.EV_CLEAR},
	})
}

// remove stops telling s. Its descriptor must still be open, so that no other
// socket has it.
func (l *poller) remove(s *sock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.unwatch != nil {
		s.unwatch()
	}
	if l.socks[uint64(s.n)] == s {
		delete(l.socks, uint64(s.n))
	}
}
