// A mounted file system: coming up, counts, going down.
package ext2fs

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// FS is a mounted file system.
type FS struct {
	v     *vfs.VFS
	mount *vnode.Mount
	path  string
	mem   *memlimit.Account
	now   func() int64
	say   func(string)

	mu       sync.RWMutex
	dev      *device
	sb       *super
	cache    *buf.Cache // of metadata
	files    *buf.Pages // of contents
	unit     int        // bytes of a block in files
	flusher  buf.Flusher
	mmp      mmp
	overlay  map[uint64]logged // journaled blocks not yet in their places
	ro       bool              // nothing may be written
	wasClean bool              // when writing began
	closed   bool
	gone     atomic.Bool // closed, for who has no lock
	broken   atomic.Bool // a change failed halfway: no more of them
	unsynced atomic.Bool // written to the device since its last flush

	// Bounds of what a transaction, the journal and contents that are not
	// written keep in memory.
	txBytes, loggedBytes int
	dirtyBytes           int64

	tx      tx
	log     journal
	orphans []uint32 // the first of the list on disk first

	nodesMu sync.Mutex
	nodes   map[uint32]*node
	idle    idleList
}

// cacheBytes bounds the cache of blocks, what is pinned aside, and pageBytes
// that of contents.
const (
	cacheBytes = 64 << 20
	pageBytes  = 32 << 20
)

// bringUp reads the superblock, replays the journal and makes the file system
// ready for l. Preconditions: nobody else has seen it.
func (fs *FS) bringUp(l *proc.LWP) error {
	fs.nodes = map[uint32]*node{}
	if err := fs.load(); err != nil {
		return err
	}
	if err := fs.checkFeatures(); err != nil {
		return err
	}
	if err := fs.checkMMP(l); err != nil {
		return err
	}
	if err := fs.openJournal(); err != nil {
		return err
	}
	if err := fs.checkGroups(); err != nil {
		return err
	}
	if fs.ro {
		return nil
	}
	return fs.beginWriting()
}

// load reads the superblock and starts an empty cache.
func (fs *FS) load() error {
	p := make([]byte, superSize)
	if err := fs.dev.read(p, superOffset); err != nil {
		return abi.EINVAL // too small to hold one
	}
	sb, err := parseSuper(p, fs.dev.size)
	if err != nil {
		return err
	}
	fs.sb = sb
	most, pages := int64(cacheBytes), int64(pageBytes)
	fs.txBytes, fs.loggedBytes, fs.dirtyBytes = maxTxBytes, maxLoggedBytes, maxDirtyBytes
	if limit := fs.mem.Limit(); limit > 0 {
		most, pages = min(most, limit/4), min(pages, limit/4)
		fs.dirtyBytes = min(maxDirtyBytes, limit/16)
		fs.txBytes, fs.loggedBytes = int(min(maxTxBytes, limit/16)), int(min(maxLoggedBytes, limit/8))
	}
	if fs.cache != nil {
		fs.cache.Clear()
	}
	fs.cache = buf.New(sb.bsize, max(int(most)/sb.bsize, 64), fs.mem, fs.readBlock)
	if fs.files == nil {
		fs.files, fs.unit = buf.NewPages(sb.bsize, pages, fs.mem), sb.bsize
	}
	if fs.unit != sb.bsize {
		return abi.EINVAL // it was another one when it was mounted
	}
	return nil
}

// readBlock fills p with a block, from the journal when its latest contents
// are there.
func (fs *FS) readBlock(block uint64, p []byte) error {
	if block >= fs.sb.blocks {
		return abi.EIO
	}
	if len(fs.overlay) > 0 {
		if at, ok := fs.overlay[block]; ok {
			return at.read(fs, p)
		}
	}
	return fs.dev.read(p, int64(block)<<fs.sb.bshift)
}

// writeBlocks writes whole blocks from block on.
func (fs *FS) writeBlocks(block uint64, p []byte) error {
	fs.unsynced.Store(true)
	return fs.dev.write(p, int64(block)<<fs.sb.bshift)
}

// checkFeatures refuses what cannot be read, and makes read-only what cannot
// be written.
func (fs *FS) checkFeatures() error {
	if bad := fs.sb.incompat &^ knownIncompat; bad != 0 {
		fs.say(name + ": " + fs.path + ": features not supported:" + featureNames(bad, incompatName) + "\n")
		return abi.EINVAL
	}
	bad := fs.sb.roCompat &^ knownRoCompat
	if fs.sb.blocks%fs.sb.cluster() != 0 {
		bad |= featBigalloc // its last cluster is not whole
	}
	if bad != 0 && !fs.ro {
		fs.say(name + ": " + fs.path + ": read-only for its features:" + featureNames(bad, roCompatName) + "\n")
		fs.ro = true
	}
	return nil
}

// checkGroups verifies the group descriptors.
func (fs *FS) checkGroups() error {
	for g := range fs.sb.groups {
		d, err := fs.group(g)
		if err == nil {
			err = d.check()
		}
		if err != nil {
			return abi.EINVAL
		}
	}
	return nil
}

// Root returns the root directory.
func (fs *FS) Root() (*vnode.Vnode, error) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	n, err := fs.get(rootIno)
	if err != nil {
		return nil, abi.EINVAL
	}
	if !n.isDir() {
		return nil, abi.EINVAL
	}
	return &n.vp, nil
}

// superBuf returns the block of the superblock, and the superblock in it.
func (fs *FS) superBuf() (*buf.Buf, []byte, error) {
	block := uint64(superOffset >> fs.sb.bshift)
	b, err := fs.cache.Get(block)
	if err != nil {
		return nil, nil, err
	}
	off := superOffset & (fs.sb.bsize - 1)
	return b, b.Data[off : off+superSize], nil
}

// Statvfs fills sizes and counts.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	_, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	free, inodes := lo64(p, sbFreeBlocksLo, sbFreeBlocksHi), uint64(le.Uint32(p[sbFreeInodes:]))
	reserved := lo64(p, sbReservedLo, sbReservedHi)
	if !fs.sb.has(feat64bit) {
		free, reserved = free&(1<<32-1), reserved&(1<<32-1)
	}
	if !fs.ro {
		free, inodes = fs.tx.freeBlocks, fs.tx.freeInodes
	}
	st.Bsize, st.Frsize, st.Iosize = uint64(fs.sb.bsize), uint64(fs.sb.bsize), uint64(fs.sb.bsize)
	st.Blocks, st.Bfree, st.Bresvd = fs.sb.blocks, free, reserved
	if free > reserved {
		st.Bavail = free - reserved
	}
	st.Files, st.Ffree, st.Favail = uint64(fs.sb.inodes), inodes, inodes
	st.Namemax = vnode.NameMax
	return nil
}

// shut gives up the device and all memory. Preconditions: nothing is done in
// the background.
func (fs *FS) shut() {
	fs.closed = true
	fs.gone.Store(true)
	if fs.cache != nil {
		fs.cache.Clear()
	}
	if fs.files != nil {
		fs.files.Clear()
	}
	if fs.dev != nil {
		fs.releaseMMP()
		fs.dev.close()
		fs.dev = nil
	}
	fs.mem.Release(fs.overlayCost())
	fs.overlay = nil
}

// Args returns the arguments (MNT_GETARGS): the path cannot be told.
func (fs *FS) Args() []byte { return make([]byte, 8) }
