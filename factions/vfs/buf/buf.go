// Package buf is what file systems keep in memory of their device, bounded and
// charged to the kernel: its blocks (Cache), for what has a place of its own
// and an order of writing, and the contents of files by offset (Pages), read
// ahead and written behind in clusters; and who writes in the background
// (Flusher).
//
// The cache locks itself. What is in a Buf is protected by its file system,
// which reads it under a shared lock and changes it under an exclusive one.
package buf

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// Buf is one block in memory.
type Buf struct {
	// Block is its number, Data its bytes; neither is replaced.
	Block uint64
	Data  []byte
	// Pinned keeps it in the cache. State is the file system's own.
	Pinned bool
	State  uint8
	// Checked is what the file system found the contents to be, 0 at first.
	Checked atomic.Uint64

	prev, next *Buf
	charged    bool // to the kernel's memory
}

// Cache is the blocks of one device.
type Cache struct {
	size int
	max  int
	mem  *memlimit.Account
	read func(block uint64, p []byte) error

	mu   sync.Mutex
	bufs map[uint64]*Buf
	used Buf // ring, the longest unused first
	hold bool
}

// New returns an empty cache of blocks of size bytes, at most max of them
// unless more are pinned, which read fills. A nil mem charges nobody.
func New(size, max int, mem *memlimit.Account, read func(block uint64, p []byte) error) *Cache {
	c := &Cache{size: size, max: max, mem: mem, read: read, bufs: map[uint64]*Buf{}}
	c.used.prev, c.used.next = &c.used, &c.used
	return c
}

// Get returns a block, read if it is not there: the error of the read, or
// ENOMEM.
func (c *Cache) Get(block uint64) (*Buf, error) {
	if b := c.Peek(block); b != nil {
		return b, nil
	}
	b, err := c.alloc(block)
	if err != nil {
		return nil, err
	}
	if err := c.read(block, b.Data); err != nil {
		c.release(b)
		return nil, err
	}
	return c.insert(b), nil
}

// Fresh returns a block of zeros without reading it; what was there is
// overwritten.
func (c *Cache) Fresh(block uint64) (*Buf, error) {
	if b := c.Peek(block); b != nil {
		clear(b.Data)
		b.Checked.Store(0)
		return b, nil
	}
	b, err := c.alloc(block)
	if err != nil {
		return nil, err
	}
	return c.insert(b), nil
}

// Peek returns a block if it is there, nil otherwise.
func (c *Cache) Peek(block uint64) *Buf {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.bufs[block]
	if b != nil {
		b.unlink()
		b.link(&c.used)
	}
	return b
}

// DropRange forgets n blocks from block on, pinned or not, after telling fn of
// each that is there.
func (c *Cache) DropRange(block, n uint64, fn func(*Buf)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > uint64(len(c.bufs)) {
		for at, b := range c.bufs {
			if at-block < n {
				fn(b)
				c.remove(b)
			}
		}
		return
	}
	for at := block; at < block+n; at++ {
		if b := c.bufs[at]; b != nil {
			fn(b)
			c.remove(b)
		}
	}
}

// Hold says whether blocks may be thrown out to make room. It is set while
// somebody changes blocks and has not pinned them yet.
func (c *Cache) Hold(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hold = on; !on {
		c.evict(len(c.bufs) - c.max)
	}
}

// Shrink throws out blocks of want bytes together and returns how much that
// was.
func (c *Cache) Shrink(want int64) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(c.evict(int(want/int64(c.size))+1)) * int64(c.size)
}

// Clear empties the cache, pinned blocks among it.
func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.bufs {
		c.remove(b)
	}
}
