// Package memfs is a file system in memory: the store behind the root rumpfs
// and behind tmpfs.
package memfs

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// Config says what a file system may use and where its time comes from.
type Config struct {
	// Now returns the wall clock in nanoseconds since 1970.
	Now func() int64
	// Mem is charged for everything stored.
	Mem *memlimit.Account
	// MaxBytes bounds what files and names take, MaxNodes how many nodes
	// there are; 0 is no bound.
	MaxBytes int64
	MaxNodes int64
	// RootMode, RootUid and RootGid are the root directory's. A RootMode of 0
	// is 0755.
	RootMode         uint32
	RootUid, RootGid uint32
}

// FS is a file system in memory.
type FS struct {
	mount *vnode.Mount
	now   func() int64
	mem   *memlimit.Account
	root  *node

	maxBytes, maxNodes atomic.Int64
	bytes, nodes       atomic.Int64
	lastIno            atomic.Uint64
	gone               atomic.Bool
}

// firstIno is the number of the root; NetBSD's rumpfs begins there too.
const firstIno = 2

// New returns an empty file system for m.
func New(m *vnode.Mount, c Config) (*FS, error) {
	fs := &FS{mount: m, now: c.Now, mem: c.Mem}
	fs.maxBytes.Store(c.MaxBytes)
	fs.maxNodes.Store(c.MaxNodes)
	fs.lastIno.Store(firstIno)
	mode := c.RootMode & abi.ALLPERMS
	if mode == 0 {
		mode = 0o755
	}
	root, err := fs.newNode(vnode.NewNode{Mode: abi.S_IFDIR | mode, Uid: c.RootUid, Gid: c.RootGid})
	if err != nil {
		return nil, err
	}
	root.nlink.Store(2)
	root.dir.parent = root
	fs.root = root
	return fs, nil
}

// Root returns the root directory.
func (fs *FS) Root() (*vnode.Vnode, error) { return fs.root.vp.Ref(), nil }

// SetLimits changes what may be used: EBUSY when more is in use already.
func (fs *FS) SetLimits(maxBytes, maxNodes int64) error {
	if maxBytes != 0 && fs.bytes.Load() > maxBytes || maxNodes != 0 && fs.nodes.Load() > maxNodes {
		return abi.EBUSY
	}
	fs.maxBytes.Store(maxBytes)
	fs.maxNodes.Store(maxNodes)
	return nil
}

// Limits returns what may be used, 0 for no bound.
func (fs *FS) Limits() (maxBytes, maxNodes int64) {
	return fs.maxBytes.Load(), fs.maxNodes.Load()
}

// Sync has nothing to write back.
func (fs *FS) Sync() error { return nil }

// Unmount gives the memory back.
func (fs *FS) Unmount(bool) error {
	fs.gone.Store(true)
	fs.mem.Release(fs.bytes.Swap(0))
	return nil
}

// blockSize is the unit in which statvfs and stat count.
const blockSize = 4096

// Statvfs fills sizes and counts. Without a bound the file system looks as
// large as the memory it may charge, or 1 TiB.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	used := fs.bytes.Load()
	total := fs.maxBytes.Load()
	if total == 0 {
		if total = unbounded; fs.mem.Limit() > 0 {
			total = max(fs.mem.Limit()-fs.mem.Used()+used, used)
		}
	}
	nodes, maxNodes := fs.nodes.Load(), fs.maxNodes.Load()
	if maxNodes == 0 {
		maxNodes = total / blockSize
	}
	st.Bsize, st.Frsize, st.Iosize = blockSize, blockSize, chunkSize
	st.Blocks = uint64((total + blockSize - 1) / blockSize)
	st.Bfree = uint64(max(total-used, 0) / blockSize)
	st.Bavail = st.Bfree
	st.Files, st.Ffree = uint64(maxNodes), uint64(max(maxNodes-nodes, 0))
	st.Favail = st.Ffree
	st.Namemax = vnode.NameMax
	return nil
}

const unbounded = 1 << 40

// charge reserves n bytes: ENOSPC when there are no more.
func (fs *FS) charge(n int64) error {
	used := fs.bytes.Add(n)
	if limit := fs.maxBytes.Load(); limit != 0 && used > limit {
		fs.bytes.Add(-n)
		return abi.ENOSPC
	}
	if fs.mem.Reserve(n) != nil {
		fs.bytes.Add(-n)
		return abi.ENOSPC
	}
	return nil
}

// credit gives n bytes back.
func (fs *FS) credit(n int64) {
	if fs.gone.Load() {
		return
	}
	fs.bytes.Add(-n)
	fs.mem.Release(n)
}
