// What a file system implements for its files: a small interface for all, and
// one for each thing a file may be able to do.
package vnode

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Perm is what permission checks look at.
type Perm struct {
	// Mode is the permission bits, Flags those of chflags(2).
	Mode, Uid, Gid, Flags uint32
}

// Node is what every file has.
type Node interface {
	// Perm returns owner, mode and flags. Preconditions: locked for reading.
	Perm() Perm
	// Attr returns all but Dev and Rdev. Preconditions: locked for reading.
	Attr() (abi.Stat, error)
	// SetAttr changes what set names; the file system sets the change time.
	// Permissions have been checked. Preconditions: locked.
	SetAttr(set *SetAttr) error
	// Inactive is called, without the lock, when the last reference has gone.
	// Another may have been taken since: a file system that frees something
	// checks Refs under the lock under which it takes references.
	Inactive()
}

// File is a Node with contents.
type File interface {
	// ReadAt reads at byte off, which is not negative: fewer bytes than asked
	// come only at the end, 0 from there on. Preconditions: locked for
	// reading.
	ReadAt(p []byte, off int64) (int, error)
	// WriteAt writes at byte off: all of p, or nothing with an error, except
	// that a device may be full half way. Preconditions: locked.
	WriteAt(p []byte, off int64) (int, error)
	// Truncate sets the size, which is not negative. Preconditions: locked.
	Truncate(size int64) error
	// Size returns the size in bytes. Preconditions: locked for reading.
	Size() int64
}

// Link is a symbolic link.
type Link interface {
	// Readlink returns the target. Preconditions: locked for reading.
	Readlink() (string, error)
}

// Dir is a directory.
type Dir interface {
	// Lookup returns what name stands for, with a reference: ENOENT when there
	// is nothing. name is at most NameMax bytes and may be "..", which the
	// root of a file system answers with itself. Preconditions: locked for
	// reading.
	Lookup(name string) (*Vnode, error)
	// ReadDir calls emit with the entries from cookie on (0: from the start),
	// "." and ".." among them, until it returns false. Each entry comes with
	// the cookie that follows it; one that is there from start to end of a
	// listing is told once, whatever else comes and goes. Preconditions:
	// locked for reading.
	ReadDir(cookie int64, emit func(e Entry) bool) error
}

// ProcDir is a Dir that shows each process other entries: its methods are asked
// in the place of Lookup and ReadDir.
type ProcDir interface {
	LookupFor(l *proc.LWP, name string) (*Vnode, error)
	ReadDirFor(l *proc.LWP, cookie int64, emit func(e Entry) bool) error
}

// Entry is one entry of a directory.
type Entry struct {
	Name string
	Ino  uint64
	// Type is an S_IF value.
	Type uint32
	// Next is the cookie from which the listing goes on.
	Next int64
}

// Editor is a directory that can be changed. The names are not "", "." or
// "..", the permissions have been checked, dir is locked. Names and targets may
// lie in the caller's memory: an implementation clones what it keeps.
type Editor interface {
	// Create makes a node and enters it as name, which is not there.
	Create(name string, n NewNode) (*Vnode, error)
	// Link enters a further name of vp, a locked node of this file system
	// that is no directory: EMLINK when it has too many.
	Link(name string, vp *Vnode) error
	// Remove takes out name, which is vp, locked: a directory only when it is
	// empty (ENOTEMPTY).
	Remove(name string, vp *Vnode) error
	// Rename moves vp from name here to toName in to, in the place of over
	// if that is not nil: of the same kind, and empty if a directory. All
	// four are locked.
	Rename(name string, vp *Vnode, to *Vnode, toName string, over *Vnode) error
}

// NewNode is a node to be made.
type NewNode struct {
	// Mode is the type (S_IF) and the permission bits.
	Mode     uint32
	Uid, Gid uint32
	// Rdev is the number of a device, Target what a symbolic link says.
	Rdev   uint64
	Target string
}

// SetAttr is a change of attributes. Fields named by What count.
type SetAttr struct {
	What     What
	Mode     uint32
	Uid, Gid uint32
	Flags    uint32
	// Atime, Mtime and Btime are nanoseconds since 1970.
	Atime, Mtime, Btime int64
}

// What names fields of SetAttr.
type What uint32

// The fields.
const (
	SetMode What = 1 << iota
	SetUid
	SetGid
	SetFlags
	SetAtime
	SetMtime
	SetBtime
)

// Syncer is a Node that has something to write back (fsync(2)).
type Syncer interface {
	// Sync returns when it is written. Preconditions: locked.
	Sync() error
}

// Allocator is a File whose space can be reserved and given back
// (posix_fallocate(2), fdiscard(2)). Preconditions: locked.
type Allocator interface {
	Allocate(off, n int64) error
	Discard(off, n int64) error
}

// Uncacher is a File whose contents need not stay in memory once they were read
// or written (O_DIRECT).
type Uncacher interface {
	// Uncache has what was written of the file on its device, and forgets n
	// bytes from off on. Preconditions: locked for reading.
	Uncache(off, n int64) error
}

// Closer is a Node that is told when an open file of it is closed.
type Closer interface{ Closed() }

// OneName is a Node that has one name, however many spellings that has: what is
// found by two names in one directory was found by one.
type OneName interface{ OneName() }
