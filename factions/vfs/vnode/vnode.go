// Package vnode is what lies between the calls of the vfs faction and the file
// systems: vnodes, the interfaces a file system implements, mounts, and the
// permission checks all file systems share.
//
// Locks. A vnode is locked by the vnode layer, never by its file system: each
// method of Node, Dir and File says which lock its caller holds. Locks are
// taken from a directory to what is in it; two directories that neither holds
// the other are locked together only by rename, under Mount.LockTree. No lock is
// held while a user's memory is touched or a device is read.
//
// References. Who holds a vnode beyond a lock has a reference (Ref), and gives
// it back (Unref) after unlocking. Vnodes of a file system in use keep it from
// being unmounted.
package vnode

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Vnode is one file, as the kernel sees it. A file system keeps one in each of
// its own nodes that is in use, set up with Init.
type Vnode struct {
	base   *Vnode // what it was put over (Over), nil for most
	pinned bool   // set before anybody else sees it: the root of all

	// These 64 bytes every lookup of the file needs: in a directory of many
	// files, each line of memory costs as much as all the rest.

	// Mount, Type (S_IFREG, S_IFDIR, …), Rdev (of devices) and Node never
	// change.
	Mount   *Mount
	Node    Node
	Type    uint32
	refs    atomic.Int32
	mu      sync.RWMutex
	covered atomic.Pointer[Mount]

	Rdev    uint64
	dir     Dir  // Node, if it is one
	file    File // Node, if it is one
	extra   atomic.Pointer[Extra]
	names   *nameEntry // those in the cache, of a directory; under NameCache.mu
	nameDir uint64     // its number there, 0 before its first name; under NameCache.mu
}

// Init sets up the vnode of n, of type typ, one of the S_IF values. Every file
// system calls it in several places: it is too long for a copy in each.
//
//go:noinline
func (v *Vnode) Init(m *Mount, typ uint32, rdev uint64, n Node) {
	v.Mount, v.Type, v.Rdev, v.Node = m, typ, rdev, n
	if typ == abi.S_IFDIR {
		v.dir, _ = n.(Dir)
	}
	v.file, _ = n.(File)
}

// Over makes v another name of lower in a file system that lies on lower's: both
// have one lock, and one Extra. The mount of v says so (Mount.Over).
// Preconditions: nobody else has seen v yet.
func (v *Vnode) Over(lower *Vnode) {
	if v.base = lower.base; v.base == nil {
		v.base = lower
	}
}

// lock returns the vnode's lock.
func (v *Vnode) lock() *sync.RWMutex {
	if v.base != nil {
		return &v.base.mu
	}
	return &v.mu
}

// Lock locks the vnode exclusively, RLock for readers.
func (v *Vnode) Lock() {
	mu := v.lock()
	if v.Mount.Lend == nil {
		mu.Lock()
	} else if !mu.TryLock() {
		v.Mount.Lend(mu.Lock)
	}
}

// Unlock ends Lock.
func (v *Vnode) Unlock() { v.lock().Unlock() }

// RLock locks the vnode for reading.
func (v *Vnode) RLock() {
	mu := v.lock()
	if v.Mount.Lend == nil {
		mu.RLock()
	} else if !mu.TryRLock() {
		v.Mount.Lend(mu.RLock)
	}
}

// RUnlock ends RLock.
func (v *Vnode) RUnlock() { v.lock().RUnlock() }

// Locked says how v is locked, "" when it is not.
func (v *Vnode) Locked() string {
	mu := v.lock()
	if mu.TryLock() {
		mu.Unlock()
		return ""
	}
	if mu.TryRLock() {
		mu.RUnlock()
		return "shared"
	}
	return "exclusively"
}

// Ref takes a reference and returns v. Preconditions: the caller has one, or
// is the file system and holds what keeps the node from going away.
func (v *Vnode) Ref() *Vnode {
	if !v.pinned && v.refs.Add(1) == 1 && !v.Mount.Fixed {
		v.Mount.users.Add(1)
	}
	return v
}

// Unref gives a reference back; the file system is told of the last one.
// Preconditions: the caller holds no lock on v. A nil v is ignored.
func (v *Vnode) Unref() {
	if v == nil || v.pinned || v.refs.Add(-1) != 0 {
		return
	}
	v.Node.Inactive()
	if !v.Mount.Fixed {
		v.Mount.users.Add(-1)
	}
}

// Pin makes a vnode stay for good: its references are no longer counted, which
// spares every lookup from the root two atomic operations on one counter.
// Preconditions: nobody else has seen it yet.
func (v *Vnode) Pin() { v.pinned = true }

// Refs returns the number of references.
func (v *Vnode) Refs() int { return int(v.refs.Load()) }

// IsDir reports a directory.
func (v *Vnode) IsDir() bool { return v.Type == abi.S_IFDIR }

// IsDevice reports a block or character device.
func (v *Vnode) IsDevice() bool { return v.Type == abi.S_IFBLK || v.Type == abi.S_IFCHR }

// IsRoot reports the root of a mount.
func (v *Vnode) IsRoot() bool { return v.Mount.Root == v }

// Dir returns the node as a directory: ENOTDIR when it is none.
func (v *Vnode) Dir() (Dir, error) {
	if v.dir == nil {
		return nil, abi.ENOTDIR
	}
	return v.dir, nil
}

// Editor returns the node as a directory that can be changed: ENOTDIR,
// EOPNOTSUPP when the file system cannot, EROFS when its mount is read-only.
func (v *Vnode) Editor() (Editor, error) {
	if v.dir == nil {
		return nil, abi.ENOTDIR
	}
	if v.Mount.ReadOnly() {
		return nil, abi.EROFS
	}
	e, ok := v.dir.(Editor)
	switch {
	case ok && v.Mount.Names != nil:
		return nameEditor{e, v, v.Mount.Names}, nil
	case ok:
		return e, nil
	}
	return nil, abi.EOPNOTSUPP
}

// File returns the node as one with contents: EISDIR for a directory,
// EOPNOTSUPP for others without.
func (v *Vnode) File() (File, error) {
	if v.file == nil {
		if v.IsDir() {
			return nil, abi.EISDIR
		}
		return nil, abi.EOPNOTSUPP
	}
	return v.file, nil
}

// Covered returns what is mounted on v, nil for nothing.
func (v *Vnode) Covered() *Mount { return v.covered.Load() }

// SetCovered says what is mounted on v.
func (v *Vnode) SetCovered(m *Mount) { v.covered.Store(m) }

// Stat describes the file. Preconditions: locked, at least for reading.
func (v *Vnode) Stat() (abi.Stat, error) {
	st, err := v.Node.Attr()
	st.Dev, st.Rdev = v.Mount.Dev, v.Rdev
	if !v.IsDevice() {
		st.Rdev = ^uint64(0)
	}
	return st, err
}
