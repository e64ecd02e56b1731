// Processes of the kernel that hold locks for processes of the host.
package export

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// lockKey is who has locks, and on what: owner is the host's number for a table
// of descriptors, or for an open file (F_OFD_SETLK).
type lockKey struct {
	n     *node
	owner uint64
}

// locker is a process of the kernel whose locks are those of key. The file is its
// descriptor 0.
type locker struct {
	key lockKey
	*sleeper
	// made is the open file it was made through. It closes after all who know it
	// have: locks that are left then belong to itself.
	made *handle
	// hostPid is the process of the host that asked last.
	hostPid atomic.Uint32
	// users are the calls under way, and one for being known.
	users int
}

// lockers are all there are.
type lockers struct {
	mu     sync.Mutex
	known  map[lockKey]*locker
	closed bool
	count  atomic.Int32
}

// any reports whether there are some.
func (t *lockers) any() bool { return t.count.Load() > 0 }

// hold returns the locker of key, which is in use until release. When there is
// none it is nil, or made through h.
func (t *lockers) hold(h *handle, key lockKey, make bool) (*locker, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.known[key]
	if l == nil {
		if !make {
			return nil, nil
		}
		if t.closed {
			return nil, abi.EIO
		}
		c, err := h.lockProcess()
		if err != nil {
			return nil, err
		}
		l = &locker{key: key, sleeper: &sleeper{c: c}, made: h, users: 1}
		if t.known == nil {
			t.known = map[lockKey]*locker{}
		}
		t.known[key] = l
		t.count.Add(1)
	}
	l.users++
	return l, nil
}

// release ends a use.
func (t *lockers) release(l *locker) {
	t.mu.Lock()
	l.users--
	over := l.users == 0
	t.mu.Unlock()
	if over {
		_ = l.c.Exit()
	}
}

// end takes all locks of key away.
func (t *lockers) end(key lockKey) {
	t.endAll(func(l *locker) bool { return l.key == key })
}

// endAll ends those that which agrees to. Who of them waits for a lock has none
// but that when it comes, as in the host.
func (t *lockers) endAll(which func(l *locker) bool) {
	var gone []*locker
	t.mu.Lock()
	for key, l := range t.known {
		if which(l) {
			delete(t.known, key)
			t.count.Add(-1)
			gone = append(gone, l)
		}
	}
	t.mu.Unlock()
	for _, l := range gone {
		all := abi.Flock{Type: abi.F_UNLCK, Whence: abi.SEEK_SET}
		_ = l.call(func() error { return fcntl(l.c, 0, abi.F_SETLK, &all) })
		t.release(l)
	}
}

// close ends all.
func (t *lockers) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.endAll(func(*locker) bool { return true })
}

// hostPid is the process of the host behind one of the kernel; 0 where there is
// none, as for locks of other machines.
func (t *lockers) hostPid(pid int32) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.known {
		if l.c.Getpid() == int(pid) {
			return l.hostPid.Load()
		}
	}
	return 0
}

// lockProcess makes a process that has the file open, to read and write if that
// can be: its owner may have it open in several ways, and the host has checked
// that.
func (h *handle) lockProcess() (*client.Client, error) {
	n := h.n
	both := n.anyOpen(func(h *handle) bool { return h.flags&unix.O_ACCMODE == unix.O_RDWR })
	if both != nil {
		defer both.done()
		return n.x.child(both.fd)
	}
	fd, err := n.openAt(abi.O_RDWR | abi.O_NOFOLLOW | abi.O_NONBLOCK)
	if err != nil {
		return n.x.child(h.fd)
	}
	defer func() { _ = n.x.c.Close(fd) }()
	return n.x.child(fd)
}

// child makes a process of the kernel that has nothing open but the file of fd,
// as its descriptor 0.
func (x *export) child(fd int) (*client.Client, error) {
	c, err := x.c.Fork()
	if err != nil {
		return nil, err
	}
	if _, err = c.Dup2(fd, 0); err == nil {
		_, err = c.Fcntl(1, abi.F_CLOSEM, client.Val(0))
	}
	if err != nil {
		_ = c.Exit()
		return nil, err
	}
	return c, nil
}
