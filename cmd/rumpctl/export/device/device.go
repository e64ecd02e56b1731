// Package device serves a FUSE mount whose requests are answered at once: by
// calls into a kernel in the same process, which wait for nobody but the disk.
//
// What such a request costs is not the call, it is who wakes whom. So there is
// one leader: a goroutine that reads a request, answers it and reads the next
// one, without handing anything to another thread. Two things make up for it:
//
//   - When requests come faster than the leader answers them, and a processor does
//     nothing, helpers answer some, as long as there are any (help).
//   - When the leader is held up by one, a deputy becomes the leader (watch).
//
// It waits in the device itself, and where a processor is free it looks for the
// next request for some time before it does (pace). Much data is taken through a
// pipe (tube).
//
// The library's own server (fuse.Server) is the better one where calls wait.
package device

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// Server serves one mount.
type Server struct {
	requests *fuse.ProtocolServer
	raw      fuse.RawFileSystem
	dir      string
	tool     string

	// fd is the device, by which the leader waits. eager is another descriptor of
	// it, by which nobody waits: -1 if there is none.
	fd, eager int

	// state is the number of the leader's request, and whether it is being
	// answered (bit 0). Only who is the leader changes it, or takes its place.
	state atomic.Uint64
	// watched says that the deputy looks at state from time to time.
	watched atomic.Bool
	watcher *time.Timer
	// seen is the state it saw last, idle how often it was that already.
	seen uint64
	idle int

	// helpers is how many there are.
	helpers    atomic.Int32
	maxHelpers int32

	// running are leader, deputies and helpers.
	running sync.WaitGroup
	// over says that no more requests come, ended that the last one is answered.
	over, ended atomic.Bool

	// spare are the workers that nobody uses.
	mu    sync.Mutex
	spare []*worker
}

// Mount mounts what files returns on dir, an absolute path, and serves it until it
// is unmounted. o.MaxWrite becomes MaxData. tool is the program that mounts without
// root, "" to do without.
func Mount(dir, tool string, o *fuse.MountOptions, files func(*Server) fuse.RawFileSystem) (*Server, error) {
	o.MaxWrite = MaxData
	fd, err := mount(dir, tool, o)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, tool: tool, fd: fd, maxHelpers: int32(max(runtime.GOMAXPROCS(0)-1, 1))}
	s.watcher = time.AfterFunc(math.MaxInt64, s.watch)
	s.raw = files(s)
	s.requests = fuse.NewProtocolServer(s.raw, o)
	if err := s.begin(); err != nil {
		return nil, errors.Join(err, s.unmount())
	}
	s.running.Go(s.lead)
	return s, nil
}

// begin answers the host's first request, which says what both can do.
func (s *Server) begin() error {
	w := s.worker(s.fd)
	defer s.done(w)
	if err := w.receive(); err != nil {
		return fmt.Errorf("/dev/fuse: %w", err)
	}
	w.answer()
	tune(s.dir)
	if s.eager = another(s.fd); s.eager < 0 {
		s.maxHelpers = 0
	}
	return nil
}

// another returns a descriptor of the same mount by which nobody waits: -1 if it
// cannot be had.
func another(device int) int {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1
	}
	if clone(fd, device) != nil {
		_ = unix.Close(fd)
		return -1
	}
	return fd
}

// close closes the descriptors. No worker is in use.
func (s *Server) close() {
	for _, w := range s.spare {
		if w.tube != nil {
			w.tube.close()
		}
	}
	_ = unix.Close(s.fd)
	if s.eager >= 0 {
		_ = unix.Close(s.eager)
	}
}

// worker takes one for a descriptor.
func (s *Server) worker(fd int) *worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := (*worker)(nil)
	if last := len(s.spare) - 1; last >= 0 {
		w, s.spare = s.spare[last], s.spare[:last]
	} else {
		w = newWorker(s)
	}
	w.fd = fd
	return w
}

// done gives it back.
func (s *Server) done(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.n = 0
	s.spare = append(s.spare, w)
}

// Wait returns when the mount has ended.
func (s *Server) Wait() {
	s.running.Wait()
	if s.ended.CompareAndSwap(false, true) {
		s.watcher.Stop()
		s.raw.OnUnmount()
		s.close()
	}
}

// Unmount ends the mount: EBUSY while it is in use.
func (s *Server) Unmount() error {
	err := s.unmount()
	for try := time.Duration(1); try <= 4 && err != nil; try++ {
		time.Sleep(try * 5 * time.Millisecond) // what was closed just now may count yet
		err = s.unmount()
	}
	if err == nil {
		s.running.Wait()
	}
	return err
}

// InodeNotify tells the host that the attributes it knows of a node are old ones,
// and what is in it from byte off on, unless that is negative.
func (s *Server) InodeNotify(node uint64, off, length int64) fuse.Status {
	return s.notify(invalInode, node, uint64(off), uint64(length))
}
