// Package sysproxy lets clients in other processes use a kernel: the server
// side of NetBSD's sysproxy protocol 0.4, over unix and tcp sockets.
//
// Peers are not trusted with the server's life. Whatever they send is answered
// or ends their own connection, in bounded memory and time.
package sysproxy

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"golang.org/x/sys/unix"
)

// Kernel is what a server needs of a kernel; *kernel.Base is one.
type Kernel interface {
	// NewGuest makes the process of a new client, and an lwp for it.
	NewGuest(name string) (*proc.Proc, *proc.LWP, error)
	// Fork makes a child of parent, and an lwp for it.
	Fork(parent *proc.Proc, mode proc.FDMode, name string) (*proc.Proc, *proc.LWP, error)
	// Syscall performs a call.
	Syscall(l *proc.LWP, num int, f *sysent.Frame) error
	// Done is closed when the kernel has halted.
	Done() <-chan struct{}
}

// Server serves one kernel to clients.
type Server struct {
	k    Kernel
	opts Options

	blocked atomic.Int64 // calls that hold a goroutine besides the reader's
	buffers buffers
	closing atomic.Bool

	parked parking
	watch  watcher

	mu        sync.Mutex
	listeners []*sp.Listener
	conns     map[*conn]struct{}
	over      chan struct{} // closed by Close
	wg        sync.WaitGroup
}

// New returns a server of k that listens nowhere yet. Its Close must be called.
func New(k Kernel, opts Options) *Server {
	opts.setDefaults()
	s := &Server{k: k, opts: opts, conns: map[*conn]struct{}{}, over: make(chan struct{})}
	s.parked.init(&s.opts)
	return s
}

// Listen makes the server listen at url: EINVAL for a url that makes no sense,
// EOPNOTSUPP for tcp6, ENAMETOOLONG, EADDRINUSE, EACCES for a tcp address that
// other hosts can reach unless Options.AllowRemote. Clients are served from
// Serve on.
func (s *Server) Listen(url string) error {
	a, err := sp.ParseURL(url, true)
	if err != nil {
		return err
	}
	if a.Path == "" && !a.IP.IsLoopback() && !s.opts.AllowRemote {
		return abi.EACCES
	}
	l, err := sp.Listen(a)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		l.Close()
		return abi.ENXIO
	}
	s.listeners = append(s.listeners, l)
	return nil
}

// URLs returns where the server listens, relative paths made absolute and
// ports filled in.
func (s *Server) URLs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	urls := make([]string, len(s.listeners))
	for i, l := range s.listeners {
		urls[i] = l.Addr.String()
	}
	return urls
}

// Serve serves clients until the kernel has halted or Close is called. It
// returns when all is gone that it began.
func (s *Server) Serve() {
	s.mu.Lock()
	listeners := s.listeners
	s.mu.Unlock()
	var accepting sync.WaitGroup
	for _, l := range listeners {
		accepting.Go(func() { s.accept(l) })
	}
	select {
	case <-s.k.Done():
	case <-s.over:
	}
	s.Close()
	accepting.Wait()
	s.wg.Wait()
}

// accept takes in clients of l until it is closed.
func (s *Server) accept(l *sp.Listener) {
	for {
		fd, err := l.Accept()
		switch {
		case err == nil:
			s.admit(fd)
		case s.closing.Load() || err == abi.EBADF:
			return
		default: // out of descriptors or memory: some will be free soon
			time.Sleep(acceptPause)
		}
	}
}

const acceptPause = 20 * time.Millisecond

// admit begins to serve a connected socket, or closes it when there are too
// many.
func (s *Server) admit(fd int) {
	st, err := sp.NewStream(fd, s.opts.StallTime)
	if err != nil {
		unix.Close(fd)
		return
	}
	c := newConn(s, st)
	s.mu.Lock()
	full := s.closing.Load() || len(s.conns) >= s.opts.MaxConns
	if !full {
		s.conns[c] = struct{}{}
		s.wg.Add(1)
	}
	s.mu.Unlock()
	if full {
		st.Close()
		return
	}
	go c.serve()
}

// forget ends the server's knowledge of c. Preconditions: nothing of c runs.
func (s *Server) forget(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	s.wg.Done()
}

// Clients returns the number of connections.
func (s *Server) Clients() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Close ends the server: it listens no more, calls in progress are interrupted
// and answered, clients see the end of their connections and their processes
// end. It returns when that is done, or after Options.CloseTime.
func (s *Server) Close() {
	s.mu.Lock()
	first := s.closing.CompareAndSwap(false, true)
	if first {
		close(s.over)
		for _, l := range s.listeners {
			l.Close()
		}
	}
	for c := range s.conns {
		c.st.Hurry(s.opts.CloseTime)
	}
	s.mu.Unlock()
	s.parked.close()
	s.watch.close()
	if first {
		s.drain()
	}
}

// drain waits for the connections to end, for a time.
func (s *Server) drain() {
	deadline := time.Now().Add(s.opts.CloseTime)
	for step := drainStep; s.Clients() > 0 && time.Now().Before(deadline); step *= 2 {
		time.Sleep(min(step, acceptPause))
	}
}

const drainStep = 50 * time.Microsecond
