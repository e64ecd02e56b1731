// A mounted volume.
package msdos

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// options is what the arguments of mount(2) say.
type options struct {
	uid, gid      uint32
	mask, dirmask uint32
	east          int32 // seconds that the volume's times are ahead of UTC
}

// FS is a volume.
type FS struct {
	geometry
	options
	mount *vnode.Mount
	now   func() int64
	mem   *memlimit.Account
	dev   *buf.Store
	disk  Disk
	// flusher writes what is dirty when there is much of it or it is old.
	flusher buf.Flusher

	// mu protects everything below, and in nodes all but the contents of
	// files. It is taken after the locks of vnodes.
	mu      sync.Mutex
	space   space
	nodes   map[int64]*node  // those in memory, by key
	numbers map[uint64]*node // the same and those without a name, by number
	spares  uint64           // numbers given out from firstSpare on
	idle    []*node          // of these, some that nobody uses
	indexed []*node          // directories that have an index
	entries int              // in all indexes
	orphans map[*node]bool   // without a name, but in use
	root    *node
	dirty   bool // the volume is marked as in use
	clean   bool // it was not when it was mounted
	gone    bool
}

// Disk is the device a volume lies on.
type Disk interface {
	buf.Disk
	Close()
}

// open reads the volume on disk: EINVAL when there is none.
func open(disk Disk, m *vnode.Mount, o options, now func() int64, mem *memlimit.Account) (*FS, error) {
	fs := &FS{mount: m, options: o, now: now, mem: mem, disk: disk, dev: buf.NewStore(disk, mem),
		nodes: map[int64]*node{}, numbers: map[uint64]*node{}, orphans: map[*node]bool{}}
	if err := fs.readBoot(); err != nil {
		fs.dev.Close()
		return nil, err
	}
	fs.makeRoot()
	return fs, nil
}

// readBoot reads the boot sector and what lies around it.
func (fs *FS) readBoot() (err error) {
	var b [bootSize]byte
	if fs.dev.ReadAt(b[:], 0) != nil {
		return abi.EINVAL
	}
	if fs.geometry, err = readGeometry(b[:], fs.dev.Size()); err != nil {
		return err
	}
	if fs.space.hint, err = fs.readInfo(); err != nil {
		return err
	}
	fs.clean, err = fs.isClean()
	return err
}

// Root returns the root directory.
func (fs *FS) Root() (*vnode.Vnode, error) { return fs.root.vp.Ref(), nil }

// Statvfs fills sizes and counts. Files are not limited in number, but for
// those in the root of FAT12 and FAT16, whose entries are told.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if err := fs.loadSpace(); err != nil {
		return err
	}
	st.Bsize, st.Frsize, st.Iosize = uint64(fs.cluster), uint64(fs.cluster), uint64(fs.cluster)
	st.Blocks = uint64(fs.end - firstCluster)
	st.Bfree = uint64(fs.space.free) + uint64(len(fs.space.blank))
	st.Bavail = st.Bfree
	st.Files = uint64(fs.rootSize / dirEntSize)
	st.Namemax = vnode.NameMax
	return nil
}

// enter takes the lock for an operation: EIO when the volume is no longer
// mounted.
func (fs *FS) enter() error {
	fs.mu.Lock()
	if fs.gone {
		fs.mu.Unlock()
		return abi.EIO
	}
	return nil
}

// change takes the lock for an operation that changes the volume.
func (fs *FS) change() error {
	if err := fs.enter(); err != nil {
		return err
	}
	if err := fs.markInUse(); err != nil {
		fs.mu.Unlock()
		return err
	}
	fs.flushLater()
	return nil
}

// leave ends an operation that was begun with change.
func (fs *FS) leave(err *error) {
	if *err == nil && fs.mount.Flags()&abi.MNT_SYNCHRONOUS != 0 {
		*err = fs.dev.Flush()
	}
	fs.mu.Unlock()
}

// Sync writes back what is not yet written.
func (fs *FS) Sync() error {
	if err := fs.enter(); err != nil {
		return nil
	}
	defer fs.mu.Unlock()
	return fs.sync()
}

func (fs *FS) sync() error {
	if !fs.dirty {
		return nil
	}
	for _, n := range fs.nodes {
		n.settle()
	}
	if err := fs.writeInfo(); err != nil {
		return err
	}
	return fs.dev.Sync()
}

// Unmount writes everything back and closes the device. Without force, what
// cannot be written keeps the volume mounted.
func (fs *FS) Unmount(force bool) error {
	fs.flusher.Stop()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.gone {
		return nil
	}
	for n := range fs.orphans {
		_ = fs.cut(&n.chain, 0)
	}
	err := fs.markClean()
	if err != nil && !force {
		fs.flusher.Resume()
		return err
	}
	fs.gone = true
	fs.dev.Close()
	fs.mem.Release(int64(len(fs.space.used)) * 8)
	fs.space = space{}
	fs.nodes, fs.numbers, fs.idle, fs.indexed, fs.orphans = nil, nil, nil, nil, nil
	fs.disk.Close()
	return nil
}
