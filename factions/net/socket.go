// Sockets: the part that is the same for all protocols.
package net

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Socket is an open socket.
type Socket struct {
	net    *Net
	family *Family
	proto  *Protocol
	number int32
	ep     Endpoint

	// file is the socket's, once it has one.
	file  atomic.Pointer[file.File]
	queue event.Queue
	mu    sync.Mutex
	// in and out are where lwps wait to receive and to send. mu protects both.
	in, out side

	opts options
	// closes counts descriptors of the socket closed while others used it.
	closes atomic.Uint32
	// listening is set by listen(2); noRecv and noSend by shutdown(2).
	listening, noRecv, noSend atomic.Bool
	// failed is an error that was found while looking at the socket, 0 for
	// none: it waits for the call that returns it.
	failed atomic.Int32
	// uid made the socket, and is charged for that many bytes of buffers. mu
	// protects charged.
	uid     uint32
	charged int64
}

// side is one direction of a socket.
type side struct {
	// events counts notifications, so that none is lost between a try and
	// the sleep after it.
	events uint32
	cond   proc.Cond
}

// cost is what a socket without data is reckoned to take, in bytes.
const cost = 4096

// newSocket joins a protocol's endpoint to a socket that l makes, with the
// options from, if not nil. ENOBUFS when the memory limit is reached, or that of
// its user's buffers: the endpoint is closed then.
func newSocket(l *proc.LWP, n *Net, f *Family, p *Protocol, number int32, ep Endpoint, from *options) (*Socket, error) {
	if n.Base.Mem.Reserve(cost) != nil {
		ep.Close()
		return nil, abi.ENOBUFS
	}
	s := &Socket{net: n, family: f, proto: p, number: number, ep: ep, uid: l.Cred().Euid}
	s.opts.init()
	if from != nil {
		s.opts.inherit(from)
	}
	ep.Attach(s)
	recv, send := ep.Buffers()
	if err := s.charge(l.Proc(), recv, send); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// release ends a socket.
func (s *Socket) release() {
	s.ep.Close()
	s.discharge()
	s.net.Base.Mem.Release(cost)
}

// open puts s behind a new descriptor of l. flags are SOCK_ flags; more are
// O_ flags that the file has too.
func (s *Socket) open(l *proc.LWP, flags int32, more uint32) (int32, error) {
	s.opts.set(abi.SO_NOSIGPIPE, flags&abi.SOCK_NOSIGPIPE != 0)
	f := s.newFile(more | fileFlags(flags))
	fd, err := file.Alloc(l, f, flags&abi.SOCK_CLOEXEC != 0)
	if err != nil {
		_ = f.Drop(l)
		return -1, err
	}
	return fd, nil
}

// newFile returns the socket's file; flags are O_ flags.
func (s *Socket) newFile(flags uint32) *file.File {
	f := file.New(s, file.KindSocket, nil, file.FREAD|file.FWRITE|flags)
	s.file.Store(f)
	return f
}

func fileFlags(flags int32) (o uint32) {
	if flags&abi.SOCK_NONBLOCK != 0 {
		o |= abi.O_NONBLOCK
	}
	if flags&abi.SOCK_NOSIGPIPE != 0 {
		o |= abi.O_NOSIGPIPE
	}
	return o
}

// Get returns the socket behind descriptor fd of l, and its file with a
// reference that the caller drops: EBADF, or ENOTSOCK for another kind.
func Get(l *proc.LWP, fd int32) (*Socket, *file.File, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return nil, nil, err
	}
	s, ok := f.Ops.(*Socket)
	if !ok {
		_ = f.Drop(l)
		return nil, nil, abi.ENOTSOCK
	}
	return s, f, nil
}

// Endpoint returns the protocol's side.
func (s *Socket) Endpoint() Endpoint { return s.ep }

// Notify tells who waits for the socket that mask (POLLIN, POLLOUT, …) may
// have become true. Protocols call it; it does not call them back.
func (s *Socket) Notify(mask event.Mask) {
	s.wake(mask)
	s.queue.Notify(mask)
}

// wake has calls that sleep for what mask says look again.
func (s *Socket) wake(mask event.Mask) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mask&^abi.POLLOUT != 0 {
		s.in.events++
		s.in.cond.Broadcast()
	}
	if mask&^abi.POLLIN != 0 {
		s.out.events++
		s.out.cond.Broadcast()
	}
}

// NotifyUrgent tells of new urgent data: who polls, and by SIGURG the owner.
func (s *Socket) NotifyUrgent() {
	s.Notify(abi.POLLPRI | abi.POLLRDBAND)
	if f := s.file.Load(); f != nil {
		f.SignalOwner(s.net.Base.Procs, abi.SIGURG)
	}
}

// block calls try until it says something else than EWOULDBLOCK, sleeping on
// side d between calls. now makes EWOULDBLOCK final. The sleep ends with
// EWOULDBLOCK after timeout (0: never), with EINTR when it is interrupted.
func (s *Socket) block(l *proc.LWP, d *side, now bool, timeout time.Duration, try func() error) error {
	err := try()
	if err != abi.EWOULDBLOCK || now {
		return err
	}
	until := proc.Forever
	if timeout > 0 {
		until = time.Duration(s.net.host.Mono()) + timeout
	}
	closes := s.closes.Load()
	for {
		seen := s.events(d)
		if err := try(); err != abi.EWOULDBLOCK {
			return err
		}
		if err := s.sleep(l, d, seen, until); err != nil {
			return err
		}
		if now := s.closes.Load(); now != closes {
			closes = now
			if err := l.Interrupted(); err != nil {
				return err
			}
			if !s.openIn(l) {
				return abi.EBADF
			}
		}
	}
}

// takeError returns the pending error and clears it.
func (s *Socket) takeError() error {
	if e := s.failed.Swap(0); e != 0 {
		return abi.Errno(e)
	}
	return s.ep.TakeError()
}

// pendingError returns the pending error, which stays.
func (s *Socket) pendingError() int32 {
	if e := s.failed.Load(); e != 0 {
		return e
	}
	e := errnoOf(s.ep.TakeError())
	if e != 0 {
		s.failed.Store(e)
	}
	return e
}

// found returns the error that waits in failed and clears it.
func (s *Socket) found() error {
	if s.failed.Load() == 0 {
		return nil
	}
	if e := s.failed.Swap(0); e != 0 {
		return abi.Errno(e)
	}
	return nil
}

func (s *Socket) events(d *side) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return d.events
}

// openIn reports whether l's process still has a descriptor of the socket.
func (s *Socket) openIn(l *proc.LWP) bool {
	t := file.Of(l)
	for _, fd := range t.Open() {
		f, err := t.Get(fd)
		if err != nil {
			continue
		}
		found := f.Ops == file.Ops(s)
		_ = f.Drop(l)
		if found {
			return true
		}
	}
	return false
}

// sleep waits for a notification later than seen, until the monotonic clock
// says until.
func (s *Socket) sleep(l *proc.LWP, d *side, seen uint32, until time.Duration) error {
	left := proc.Forever
	if until != proc.Forever {
		left = max(until-time.Duration(s.net.host.Mono()), 0)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.events != seen {
		return nil
	}
	return d.cond.Wait(l, &s.mu, left)
}
