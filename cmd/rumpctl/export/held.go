// Descriptors of the kernel that are held for the files and directories in use,
// so that they are found however they are moved; those that are not used for
// some time are closed.
package export

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/client"
)

const (
	// maxHeld is how many are held that nobody uses; idleTime is for how long:
	// a file system of the kernel cannot be unmounted meanwhile.
	maxHeld  = 256
	idleTime = 2 * time.Second
)

// heldCache are the descriptors, by node.
type heldCache struct {
	mu     sync.Mutex
	open   map[*node]*held
	sweeps *time.Timer
	closed bool
	// root is never forgotten.
	root *node
}

// held is one of them.
type held struct {
	fd, users int
	used      time.Time
	// writable says that a file can be written by it.
	writable bool
	// pinned stays open until the host forgets the node: the root, and what
	// cannot be found again, for it has lost its name.
	pinned bool
	// dropped is closed when the last user is done.
	dropped bool
}

// begin holds the root.
func (c *heldCache) begin(root *node, fd int) {
	c.root, c.open = root, map[*node]*held{root: {fd: fd, pinned: true}}
}

// hold returns what is held for a node, and begins a use: nil if there is none.
func (c *heldCache) hold(n *node) *held {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.open[n]
	if d != nil {
		d.users++
	}
	return d
}

// add keeps an open file or directory, unless there is one already, and begins
// a use of what is held. Nil when all is closed.
func (c *heldCache) add(cl *client.Client, n *node, fd int, writable bool) *held {
	c.mu.Lock()
	old := c.open[n]
	if old == nil && !c.closed {
		old = &held{fd: fd, writable: writable}
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

// surplus takes out one that nobody uses if there are too many. c.mu is
// held.
func (c *heldCache) surplus() []int {
	if len(c.open) <= maxHeld {
		return nil
	}
	for n, d := range c.open {
		if d.users == 0 && !d.pinned {
			delete(c.open, n)
			return []int{d.fd}
		}
	}
	return nil
}

// sweep closes what was not used for some time.
func (c *heldCache) sweep(cl *client.Client) {
	var idle []int
	c.mu.Lock()
	for n, d := range c.open {
		if d.users == 0 && !d.pinned && time.Since(d.used) >= idleTime {
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

// pin has a descriptor stay until the node is forgotten. Preconditions: it is in
// use.
func (c *heldCache) pin(d *held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.pinned = true
}

// release ends a use.
func (c *heldCache) release(cl *client.Client, d *held) {
	c.mu.Lock()
	d.users--
	d.used = time.Now()
	over := d.dropped && d.users == 0
	c.mu.Unlock()
	if over {
		_ = cl.Close(d.fd)
	}
}

// drop closes what is held for a node that is forgotten.
func (c *heldCache) drop(cl *client.Client, n *node) {
	c.mu.Lock()
	d := c.open[n]
	if d != nil && n != c.root {
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
func (c *heldCache) close(cl *client.Client) {
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
