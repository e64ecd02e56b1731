// Mounts: a file system, where it is, and who uses it.
package vnode

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// NameMax is the longest name of a directory entry in bytes.
const NameMax = abi.KERNEL_NAME_MAX

// FileSystem is a file system that is mounted.
type FileSystem interface {
	// Root returns the root directory, with a reference.
	Root() (*Vnode, error)
	// Statvfs fills sizes and counts of st; names and flags are the mount's.
	Statvfs(st *abi.Statvfs) error
	// Sync writes back what is not yet written.
	Sync() error
	// Unmount ends the file system, of which nobody uses a file. With force,
	// which may come after an error without, it ends whoever uses it and
	// whatever fails, and writes nothing back that Sync did not.
	Unmount(force bool) error
}

// Type is a type of file system, as mount(2) names it.
type Type struct {
	// Name is at most 31 bytes: "tmpfs".
	Name string
	// ArgSize is the size of the argument structure; shorter data is EINVAL.
	ArgSize int
	// Mount makes the file system of m, whose flags are set. args are the
	// caller's arguments: NULL, or ArgSize bytes at least.
	Mount func(l *proc.LWP, m *Mount, args usermem.InOutBuf) (FileSystem, error)
}

// Updater is a FileSystem whose arguments can be changed (MNT_UPDATE). flags
// are the mount's new ones; args as in Type.Mount.
type Updater interface {
	Update(l *proc.LWP, flags uint64, args usermem.InOutBuf) error
}

// ArgGetter is a FileSystem that can tell its arguments (MNT_GETARGS): it
// returns the bytes of its argument structure.
type ArgGetter interface {
	Args() []byte
}

// Handles is a FileSystem whose files have handles (getfh(2)): bytes, MaxHandle
// at most, that name a file for as long as it has a name.
type Handles interface {
	// Handle returns the handle of a file.
	Handle(vp *Vnode) ([]byte, error)
	// FromHandle returns a file, with a reference: ESTALE when there is none.
	FromHandle(h []byte) (*Vnode, error)
}

// MaxHandle is the longest handle of a file in bytes.
const MaxHandle = 16

// Mount is a mounted file system.
type Mount struct {
	// Type, Dev (st_dev of its files), ID, Root and Owner never change once
	// it is mounted. Covered is the directory it lies on, nil for /.
	Type    *Type
	FS      FileSystem
	Dev     uint64
	ID      abi.Fsid
	Root    *Vnode
	Covered *Vnode
	Owner   uint32
	// Fixed is set, before there are users, for a mount that stays until the
	// kernel halts: its users are not counted.
	Fixed bool
	// From is what is mounted, On where, as statvfs(2) shows them.
	From, On string
	// Names is the cache of its names, which its FileSystem sets when it wants
	// one and is a Reviver.
	Names *NameCache
	// Lend, when virtual CPUs are bounded, runs what may wait long for a lock
	// (proc.Table.Lend); nil otherwise.
	Lend func(fn func())
	// Over is the mount on whose vnodes those of this one were put (Vnode.Over),
	// nil for most.
	Over *Mount
	// Layered is set by a FileSystem whose vnodes have locks of their own while
	// its tree also changes by other names, those of the file systems below.
	Layered bool

	tree  sync.Mutex // see LockTree
	flags atomic.Uint64
	users atomic.Int64
	dead  atomic.Bool
	gate  sync.Mutex // held while the mount is being taken off
}

// Wait runs lock, which waits for a lock whose holder may wait for the host. As
// Lend it lets others go on meanwhile.
func (m *Mount) Wait(lock func()) {
	if m.Lend == nil {
		lock()
	} else {
		m.Lend(lock)
	}
}

// base returns the mount whose vnodes have the locks.
func (m *Mount) base() *Mount {
	for m.Over != nil {
		m = m.Over
	}
	return m
}

// LockTree keeps other renames from the mount: who renames holds it while two
// directories are locked, before either.
func (m *Mount) LockTree() {
	if tree := &m.base().tree; !tree.TryLock() {
		m.Wait(tree.Lock)
	}
}

// UnlockTree ends LockTree.
func (m *Mount) UnlockTree() { m.base().tree.Unlock() }

// LockEntries is held, before the directory's lock, by who locks a file with its
// directory locked. It is LockTree for what has locks of its own and lies on
// other file systems: there the file may have become the directory's parent
// since it was found, and two that lock them in either order would wait for each
// other.
func (m *Mount) LockEntries() {
	if m.base().Layered {
		m.LockTree()
	}
}

// UnlockEntries ends LockEntries.
func (m *Mount) UnlockEntries() {
	if m.base().Layered {
		m.UnlockTree()
	}
}

// Flags returns the MNT_ flags.
func (m *Mount) Flags() uint64 { return m.flags.Load() }

// SetFlags sets the MNT_ flags.
func (m *Mount) SetFlags(f uint64) { m.flags.Store(f) }

// ReadOnly reports MNT_RDONLY.
func (m *Mount) ReadOnly() bool { return m.flags.Load()&abi.MNT_RDONLY != 0 }

// Dead reports a mount that was forced off: calls on its files are EIO.
func (m *Mount) Dead() bool { return m.dead.Load() }

// Users returns how many vnodes are in use, the root's own reference included.
func (m *Mount) Users() int { return int(m.users.Load()) }

// closed is added to users of a mount that nobody may enter any more.
const closed = -1 << 40

// Enter returns the root with a reference. While the mount is being taken off
// it waits, and is nil when that is done or was given up: look again.
func (m *Mount) Enter() *Vnode {
	for {
		n := m.users.Load()
		if n < 0 {
			m.Wait(m.gate.Lock)
			m.gate.Unlock()
			return nil
		}
		if m.users.CompareAndSwap(n, n+1) {
			root := m.Root.Ref()
			m.users.Add(-1)
			return root
		}
	}
}

// Close keeps everybody from entering: EBUSY when a file but the root is in
// use, or the root by others than the mount. Reopen or Gone must follow, soon
// and by the same goroutine.
func (m *Mount) Close() error {
	m.gate.Lock()
	if m.Root.refs.Load() > 1 || !m.users.CompareAndSwap(1, 1+closed) {
		m.gate.Unlock()
		return abi.EBUSY
	}
	if m.Root.refs.Load() > 1 {
		m.Reopen()
		return abi.EBUSY
	}
	return nil
}

// Reopen undoes Close.
func (m *Mount) Reopen() {
	m.users.Add(-closed)
	m.gate.Unlock()
}

// Kill closes the mount whoever uses it; it may be closed already. Gone must
// follow.
func (m *Mount) Kill() {
	m.dead.Store(true)
	if m.users.Load() >= 0 {
		m.gate.Lock()
		m.users.Add(closed)
	}
}

// Gone lets those go on who wait to enter: the mount no longer covers
// anything.
func (m *Mount) Gone() { m.gate.Unlock() }
