// The cache of names: what was looked up, or not found, in directories of file
// systems whose own lookup costs more.
package vnode

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// NameCache remembers what names stand for. An entry holds no reference: a
// file nobody uses is taken back into use by its file system (Reviver).
//
// Entries of a directory are made while it is locked for reading, and taken
// out while it is locked by who changes it, so that they always agree with it.
type NameCache struct {
	mem *memlimit.Account
	max int64

	mu    sync.RWMutex // taken before the locks of file systems
	names nameTable
	ring  nameEntry // the oldest first; those used since go round again
}

// cost is what an entry is charged, in bytes.
func (e *nameEntry) cost() int64 { return nameCost + int64(len(e.long)) }

// Reviver is a FileSystem with a cache of names.
type Reviver interface {
	// Revive takes a reference on a file that may have none, and reports
	// whether the file is still known.
	Revive(vp *Vnode) bool
}

// nameCost is what an entry takes, in bytes, besides a name that is long.
const nameCost = 144

// NewNameCache returns an empty cache of at most max names, charged to mem.
// seed is one nobody can guess.
func NewNameCache(max int64, mem *memlimit.Account, seed uint64) *NameCache {
	c := &NameCache{mem: mem, max: max, names: nameTable{seed: seed}}
	c.ring.prev, c.ring.next = &c.ring, &c.ring
	return c
}

// Lookup is Dir.Lookup, from the mount's cache of names where it has one.
// Preconditions: v is locked for reading.
func (v *Vnode) Lookup(name string) (*Vnode, error) {
	if v.dir == nil {
		return nil, abi.ENOTDIR
	}
	c := v.Mount.Names
	if c == nil || name == "." || name == ".." {
		return v.dir.Lookup(name)
	}
	if vp, ok := c.find(v, name); ok {
		if vp == nil {
			return nil, abi.ENOENT
		}
		return vp, nil
	}
	vp, err := v.dir.Lookup(name)
	if err == nil || err == abi.ENOENT {
		c.enter(v, name, vp)
	}
	return vp, err
}

// find returns what name stands for in dir, with a reference, nil for nothing.
// ok is false when that is not known.
func (c *NameCache) find(dir *Vnode, name string) (vp *Vnode, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.names.find(dir, name)
	if e == nil {
		return nil, false
	}
	if !e.used.Load() {
		e.used.Store(true)
	}
	if e.vp == nil {
		return nil, true
	}
	if e.vp.tryRef() {
		return e.vp, true
	}
	r, ok := dir.Mount.FS.(Reviver)
	return e.vp, ok && r.Revive(e.vp)
}

// tryRef takes a reference on a vnode that has some already.
func (v *Vnode) tryRef() bool {
	for {
		n := v.refs.Load()
		if n <= 0 {
			return false
		}
		if v.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// enter remembers that name in dir is vp, nil for nothing. What there is no
// memory for is not remembered.
func (c *NameCache) enter(dir *Vnode, name string, vp *Vnode) {
	e := newNameEntry(dir, name, vp)
	if c.mem.Reserve(e.cost()) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.names.find(dir, name); old != nil {
		c.remove(old)
	}
	c.trim(c.max - 1)
	c.names.add(e, name)
	e.prev, e.next = c.ring.prev, &c.ring
	e.prev.next, c.ring.prev = e, e
	if e.on = dir.names; e.on != nil {
		e.on.back = e
	}
	dir.names = e
}

// trim leaves max names at most, and returns how many bytes it gave back.
// Preconditions: c.mu is held.
func (c *NameCache) trim(max int64) (freed int64) {
	for int64(c.names.count) > max && c.names.count > 0 {
		e := c.ring.next
		if e.used.Swap(false) {
			e.prev.next, e.next.prev = e.next, e.prev
			e.prev, e.next = c.ring.prev, &c.ring
			e.prev.next, c.ring.prev = e, e
			continue
		}
		freed += e.cost()
		c.remove(e)
	}
	return freed
}

// remove takes an entry out. Preconditions: c.mu is held.
func (c *NameCache) remove(e *nameEntry) {
	c.names.remove(e)
	e.prev.next, e.next.prev = e.next, e.prev
	if e.on != nil {
		e.on.back = e.back
	}
	if e.back != nil {
		e.back.on = e.on
	} else {
		e.dir.names = e.on
	}
	c.mem.Release(e.cost())
}

// purge forgets what name was in dir.
func (c *NameCache) purge(dir *Vnode, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.names.find(dir, name); e != nil {
		c.remove(e)
	}
}

// purgeDir forgets all names in dir.
func (c *NameCache) purgeDir(dir *Vnode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for dir.names != nil {
		c.remove(dir.names)
	}
}

// Purge forgets all names of a mount.
func (c *NameCache) Purge(m *Mount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.ring.next; e != &c.ring; {
		next := e.next
		if e.dir.Mount == m {
			c.remove(e)
		}
		e = next
	}
}

// Len returns how many names there are.
func (c *NameCache) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.names.count
}

// Shrink gives memory back: want bytes, or all there is. It returns how much
// that was: nothing when the cache is busy.
func (c *NameCache) Shrink(want int64) (freed int64) {
	if !c.mu.TryLock() {
		return 0
	}
	defer c.mu.Unlock()
	return c.trim(int64(c.names.count) - want/nameCost - 1)
}
