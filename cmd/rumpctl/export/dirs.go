// Directories of the kernel that are held open, so that they are found however
// they are moved; those that are not used for some time are closed.
package export

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	openDir = abi.O_RDONLY | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_CLOEXEC
	// maxDirs is how many are held that nobody uses; idleTime is for how long:
	// a file system of the kernel cannot be unmounted meanwhile.
	maxDirs  = 256
	idleTime = 2 * time.Second
)

// dirCache are the open directories.
type dirCache struct {
	mu     sync.Mutex
	open   map[*node]*openedDir
	sweeps *time.Timer
	closed bool
}

// openedDir is one of them.
type openedDir struct {
	fd, users int
	used      time.Time
	// root stays open; dropped is closed when the last user is done.
	root, dropped bool
}

// open opens the root and makes its node.
func (x *export) open() (*node, error) {
	fd, err := x.c.Open(x.o.Root, abi.O_RDONLY|abi.O_DIRECTORY|abi.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var st abi.Stat
	if err := x.c.Fstat(fd, &st); err != nil {
		return nil, err
	}
	n := &node{x: x, id: x.identity(&st)}
	x.dirs.open = map[*node]*openedDir{n: {fd: fd, root: true}}
	return n, nil
}

// inDir calls f with a descriptor of the directory.
func (n *node) inDir(f func(dir int) error) error {
	d := n.x.dirs.hold(n)
	if d == nil {
		fd, err := n.openDir()
		if err != nil {
			return err
		}
		if d = n.x.dirs.add(n.x.c, n, fd); d == nil {
			return abi.EIO
		}
	}
	defer n.x.dirs.release(n.x.c, d)
	return f(d.fd)
}

// openDir opens the directory by its name, and checks that it is that one.
func (n *node) openDir() (fd int, err error) {
	err = n.byName(func(dir int, name string) error {
		fd, err = n.x.c.Openat(dir, name, openDir, 0)
		return err
	})
	if err != nil {
		return -1, err
	}
	var st abi.Stat
	if err = n.x.c.Fstat(fd, &st); err == nil && n.x.identity(&st) != n.id {
		err = abi.ESTALE
	}
	if err != nil {
		_ = n.x.c.Close(fd)
		return -1, err
	}
	return fd, nil
}

// hold returns the open directory of a node, nil if there is none.
func (c *dirCache) hold(n *node) *openedDir {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.open[n]
	if d != nil {
		d.users++
	}
	return d
}

// add keeps an open directory, and holds it. Nil when all is closed.
func (c *dirCache) add(cl *client.Client, n *node, fd int) *openedDir {
	c.mu.Lock()
	old := c.open[n]
	if old == nil && !c.closed {
		old = &openedDir{fd: fd}
		c.open[n] = old
		if c.sweeps == nil {
			c.sweeps = time.AfterFunc(idleTime, func() { c.sweep(cl) })
		}
		fd = -1
	}
	if old != nil {
		old.users++
	}
	surplus := c.surplus()
	c.mu.Unlock()
	closeAll(cl, append(surplus, fd))
	return old
}

// surplus takes out a directory that nobody uses if there are too many. c.mu is
// held.
func (c *dirCache) surplus() []int {
	if len(c.open) <= maxDirs {
		return nil
	}
	for n, d := range c.open {
		if d.users == 0 && !d.root {
			delete(c.open, n)
			return []int{d.fd}
		}
	}
	return nil
}

// sweep closes what was not used for some time.
func (c *dirCache) sweep(cl *client.Client) {
	var idle []int
	c.mu.Lock()
	for n, d := range c.open {
		if d.users == 0 && !d.root && time.Since(d.used) >= idleTime {
			delete(c.open, n)
			idle = append(idle, d.fd)
		}
	}
	if c.sweeps = nil; len(c.open) > 1 && !c.closed {
		c.sweeps = time.AfterFunc(idleTime, func() { c.sweep(cl) })
	}
	c.mu.Unlock()
	closeAll(cl, idle)
}

// release ends a use.
func (c *dirCache) release(cl *client.Client, d *openedDir) {
	c.mu.Lock()
	d.users--
	d.used = time.Now()
	over := d.dropped && d.users == 0
	c.mu.Unlock()
	if over {
		_ = cl.Close(d.fd)
	}
}

// drop closes the directory of a node that is forgotten.
func (c *dirCache) drop(cl *client.Client, n *node) {
	c.mu.Lock()
	d := c.open[n]
	if d != nil && !d.root {
		delete(c.open, n)
		d.dropped = true
	}
	over := d != nil && d.dropped && d.users == 0
	c.mu.Unlock()
	if over {
		_ = cl.Close(d.fd)
	}
}

// close closes all.
func (c *dirCache) close(cl *client.Client) {
	c.mu.Lock()
	c.closed = true
	if c.sweeps != nil {
		c.sweeps.Stop()
	}
	var fds []int
	for n, d := range c.open {
		delete(c.open, n)
		if d.dropped = true; d.users == 0 {
			fds = append(fds, d.fd)
		}
	}
	c.mu.Unlock()
	closeAll(cl, fds)
}

func closeAll(cl *client.Client, fds []int) {
	for _, fd := range fds {
		if fd >= 0 {
			_ = cl.Close(fd)
		}
	}
}
