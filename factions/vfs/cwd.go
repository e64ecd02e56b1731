// What a process has of the file system: its directory, its root, its umask.
package vfs

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// cwd is a process's directories and umask. It implements proc.Data.
type cwd struct {
	umask atomic.Uint32

	mu   sync.RWMutex
	dir  *vnode.Vnode // nil once the process has ended
	root *vnode.Vnode
}

func newCwd(root *vnode.Vnode) *cwd {
	c := &cwd{dir: root.Ref(), root: root.Ref()}
	c.umask.Store(abi.CMASK)
	return c
}

// cwdOf returns p's directories, nil when it has none.
func cwdOf(p *proc.Proc) *cwd {
	c, _ := p.Data(proc.SlotCwd).(*cwd)
	return c
}

// Fork returns a copy for a child.
func (c *cwd) Fork(*proc.Proc) proc.Data {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := &cwd{}
	n.umask.Store(c.umask.Load())
	if c.dir != nil {
		n.dir, n.root = c.dir.Ref(), c.root.Ref()
	}
	return n
}

// Free gives the directories up.
func (c *cwd) Free(*proc.LWP) {
	c.mu.Lock()
	dir, root := c.dir, c.root
	c.dir, c.root = nil, nil
	c.mu.Unlock()
	dir.Unref()
	root.Unref()
}

// get returns directory and root, each with a reference. ESRCH when the
// process has ended.
func (c *cwd) get() (dir, root *vnode.Vnode, err error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.dir == nil {
		return nil, nil, abi.ESRCH
	}
	return c.dir.Ref(), c.root.Ref(), nil
}

// setDir makes dir, a reference of which it takes over, the directory.
func (c *cwd) setDir(dir *vnode.Vnode) {
	c.mu.Lock()
	old := dir
	if c.dir != nil { // the process has not ended
		old, c.dir = c.dir, dir
	}
	c.mu.Unlock()
	old.Unref()
}

// setRoot makes root, a reference of which it takes over, the root.
func (c *cwd) setRoot(root *vnode.Vnode) {
	c.mu.Lock()
	old := root
	if c.root != nil {
		old, c.root = c.root, root
	}
	c.mu.Unlock()
	old.Unref()
}

// replace puts directory to in the place of from, on which it was mounted.
func (c *cwd) replace(from, to *vnode.Vnode) {
	c.mu.Lock()
	drop := 0
	if c.dir == from {
		c.dir, drop = to.Ref(), drop+1
	}
	if c.root == from {
		c.root, drop = to.Ref(), drop+1
	}
	c.mu.Unlock()
	for range drop {
		from.Unref()
	}
}

// umaskOf returns the umask of l's process.
func umaskOf(l *proc.LWP) uint32 {
	if c := cwdOf(l.Proc()); c != nil {
		return c.umask.Load()
	}
	return abi.CMASK
}
