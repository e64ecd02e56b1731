// Attributes and times.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Perm returns owner, mode and flags.
func (n *node) Perm() vnode.Perm {
	return vnode.Perm{Mode: n.raw.mode() & abi.ALLPERMS, Uid: n.raw.uid(), Gid: n.raw.gid(), Flags: n.bsdFlags()}
}

func (n *node) bsdFlags() (f uint32) {
	x := n.raw.flags()
	if x&flImmutable != 0 {
		f |= abi.SF_IMMUTABLE
	}
	if x&flAppend != 0 {
		f |= abi.SF_APPEND
	}
	if x&flNodump != 0 {
		f |= abi.UF_NODUMP
	}
	return f
}

// setFlags sets the flags that ext has; the others are dropped.
func (r rawInode) setFlags(f uint32) {
	x := r.flags() &^ (flImmutable | flAppend | flNodump)
	if f&abi.SF_IMMUTABLE != 0 {
		x |= flImmutable
	}
	if f&abi.SF_APPEND != 0 {
		x |= flAppend
	}
	if f&abi.UF_NODUMP != 0 {
		x |= flNodump
	}
	r.set32(inFlags, x)
}

// Attr describes the node.
func (n *node) Attr() (abi.Stat, error) {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	r := n.raw
	st := abi.Stat{
		Ino: uint64(n.ino), Mode: r.mode(), Nlink: r.links(), Uid: r.uid(), Gid: r.gid(),
		Size: int64(r.size()), Blocks: int64(n.fs.sectors(r)), Blksize: int32(n.fs.sb.bsize),
		Flags: n.bsdFlags(), Gen: r.u32(inGeneration),
		Atim: timespec(n.lastAccess()), Mtim: timespec(r.time(inMtime, inMtimeExtra)),
		Ctim: timespec(r.time(inCtime, inCtimeExtra)),
	}
	st.Birthtim = st.Ctim
	if r.fits(inCrtime, 4) {
		st.Birthtim = timespec(r.time(inCrtime, inCrtimeExtra))
	}
	return st, nil
}

func (n *node) lastAccess() int64 {
	if t := n.atime.Load(); t != 0 {
		return t
	}
	return n.raw.time(inAtime, inAtimeExtra)
}

// accessed notes a read; Inactive and the next change write it down.
func (n *node) accessed() {
	if n.fs.mount.Flags()&(abi.MNT_NOATIME|abi.MNT_RDONLY) == 0 {
		n.atime.Store(n.fs.now())
	}
}

// timespec converts nanoseconds since 1970, which may be before it.
func timespec(ns int64) abi.Timespec {
	sec, nsec := ns/1e9, ns%1e9
	if nsec < 0 {
		sec, nsec = sec-1, nsec+1e9
	}
	return abi.Timespec{Sec: sec, Nsec: nsec}
}
