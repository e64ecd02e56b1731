// Attributes and times.
package memfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Perm returns owner, mode and flags.
func (n *node) Perm() vnode.Perm {
	return vnode.Perm{Mode: n.mode, Uid: n.uid, Gid: n.gid, Flags: n.flags}
}

// Attr describes the node.
func (n *node) Attr() (abi.Stat, error) {
	n.settle()
	st := abi.Stat{
		Ino: n.ino, Mode: n.vp.Type | n.mode, Nlink: uint32(n.nlink.Load()),
		Uid: n.uid, Gid: n.gid, Flags: n.flags, Blksize: chunkSize,
		Atim: timespec(n.atime.Load()), Mtim: timespec(n.mtime),
		Ctim: timespec(n.ctime), Birthtim: timespec(n.btime),
	}
	switch {
	case n.dir != nil:
		st.Size = n.dir.size
	case n.vp.Type == abi.S_IFLNK:
		st.Size = int64(len(n.target))
	}
	st.Blocks = (st.Size + abi.S_BLKSIZE - 1) / abi.S_BLKSIZE
	return st, nil
}

// Attr describes the node, with the size of its contents and the space they
// take.
func (n *fileNode) Attr() (abi.Stat, error) {
	st, err := n.node.Attr()
	st.Size, st.Blocks = n.data.size, n.data.space/abi.S_BLKSIZE
	return st, err
}

// SetAttr changes attributes.
func (n *node) SetAttr(set *vnode.SetAttr) error {
	n.settle()
	if set.What&vnode.SetMode != 0 {
		n.mode = set.Mode & abi.ALLPERMS
	}
	if set.What&vnode.SetUid != 0 {
		n.uid = set.Uid
	}
	if set.What&vnode.SetGid != 0 {
		n.gid = set.Gid
	}
	if set.What&vnode.SetFlags != 0 {
		n.flags = set.Flags
	}
	if set.What&vnode.SetAtime != 0 {
		n.atime.Store(set.Atime)
	}
	if set.What&vnode.SetMtime != 0 {
		n.mtime = set.Mtime
	}
	if set.What&vnode.SetBtime != 0 {
		n.btime = set.Btime
	}
	n.ctime = n.fs.now()
	return nil
}

// changed sets the times of a change of contents. Preconditions: locked.
func (n *node) changed() {
	now := n.fs.now()
	n.mtime, n.ctime = now, now
}

// accessed marks a read. Asking the clock would cost more than the read.
func (n *node) accessed() {
	if !n.read.Load() && n.fs.mount.Flags()&(abi.MNT_NOATIME|abi.MNT_RDONLY) == 0 {
		n.read.Store(true)
	}
}

// settle turns a marked read into an access time.
func (n *node) settle() {
	if n.read.Load() && n.read.CompareAndSwap(true, false) {
		n.atime.Store(n.fs.now())
	}
}

// Closed settles the access time: nobody reads through that file any more.
func (n *node) Closed() { n.settle() }

// timespec converts nanoseconds since 1970, which may be before it.
func timespec(ns int64) abi.Timespec {
	sec, nsec := ns/1e9, ns%1e9
	if nsec < 0 {
		sec, nsec = sec-1, nsec+1e9
	}
	return abi.Timespec{Sec: sec, Nsec: nsec}
}
