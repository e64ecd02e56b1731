// Entries of 32 bytes, and what stat(2) shows of them.
package msdos

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Fields of an entry.
const (
	attrByte   = 11
	caseByte   = 12
	birthTicks = 13
	birthClock = 14
	birthDate  = 16
	readDate   = 18
	startHigh  = 20
	writeClock = 22
	writeDate  = 24
	startLow   = 26
	sizeField  = 28
)

// Attributes.
const (
	attrReadOnly = 0x01
	attrLabel    = 0x08
	attrDir      = 0x10
	attrArchive  = 0x20
)

// startOf returns the first cluster an entry tells.
func startOf(raw []byte, k fatKind) uint32 {
	c := uint32(le.Uint16(raw[startLow:]))
	if k == fat32 {
		c |= uint32(le.Uint16(raw[startHigh:])) << 16
	}
	return c
}

// putStart stores the first cluster in an entry.
func putStart(raw []byte, k fatKind, c uint32) {
	le.PutUint16(raw[startLow:], uint16(c))
	if k == fat32 {
		le.PutUint16(raw[startHigh:], uint16(c>>16))
	}
}

// Perm returns owner and mode: the masks of the mount, less the permission to
// write for a file that is read-only. A file that has its archive bit has been
// changed since it was archived.
func (n *node) Perm() vnode.Perm {
	n.fs.mu.Lock()
	defer n.fs.mu.Unlock()
	return n.perm()
}

func (n *node) perm() vnode.Perm {
	fs := n.fs
	p := vnode.Perm{Mode: fs.mask, Uid: fs.uid, Gid: fs.gid}
	if n.vp.IsDir() {
		p.Mode = fs.dirmask
		return p
	}
	if n.raw[attrByte]&attrReadOnly != 0 {
		p.Mode &^= 0o222
	}
	if n.raw[attrByte]&attrArchive == 0 {
		p.Flags = abi.SF_ARCHIVED
	}
	return p
}

// Attr describes the file. The entry has no change time: that of the contents
// stands for it.
func (n *node) Attr() (abi.Stat, error) {
	fs := n.fs
	if err := fs.enter(); err != nil {
		return abi.Stat{}, err
	}
	defer fs.mu.Unlock()
	n.settle()
	p, size := n.perm(), n.size
	space := fs.clusters(size) * fs.cluster
	if n.vp.IsDir() {
		size = fs.dirSize(n)
		space = size
	}
	written := timespec(fromDOS(dosTime{le.Uint16(n.raw[writeDate:]), le.Uint16(n.raw[writeClock:]), 0}, fs.east))
	return abi.Stat{
		Ino: n.ino(), Mode: n.vp.Type | p.Mode, Nlink: n.links(), Uid: p.Uid, Gid: p.Gid, Flags: p.Flags,
		Size: size, Blocks: space / abi.S_BLKSIZE, Blksize: int32(fs.cluster),
		Mtim: written, Ctim: written,
		Atim:     timespec(fromDOS(dosTime{le.Uint16(n.raw[readDate:]), 0, 0}, fs.east)),
		Birthtim: timespec(n.birth()),
	}, nil
}

// dirSize returns how many bytes a directory takes.
func (fs *FS) dirSize(n *node) int64 {
	if n == fs.root && fs.kind != fat32 {
		return fs.rootSize
	}
	count, _ := fs.walk(&n.chain, uint32(maxSlots*dirEntSize/fs.cluster)-1)
	return int64(count) * fs.cluster
}

func (n *node) links() uint32 {
	if n.lost {
		return 0
	}
	return 1
}

// birth returns when the file was made, in nanoseconds since 1970.
func (n *node) birth() int64 {
	return fromDOS(dosTime{le.Uint16(n.raw[birthDate:]), le.Uint16(n.raw[birthClock:]), n.raw[birthTicks]}, n.fs.east)
}

// SetAttr changes attributes. EINVAL for an owner or flags that an entry
// cannot tell; the root has no entry, and takes no notice.
func (n *node) SetAttr(set *vnode.SetAttr) (err error) {
	fs := n.fs
	if set.What&vnode.SetUid != 0 && set.Uid != fs.uid || set.What&vnode.SetGid != 0 && set.Gid != fs.gid ||
		set.What&vnode.SetFlags != 0 && set.Flags&^abi.SF_ARCHIVED != 0 {
		return abi.EINVAL
	}
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.leave(&err)
	if n == fs.root {
		return nil
	}
	n.settle()
	if !n.vp.IsDir() {
		n.setBits(set)
	}
	if set.What&vnode.SetAtime != 0 {
		le.PutUint16(n.raw[readDate:], toDOS(set.Atime, fs.east).date)
	}
	if set.What&vnode.SetMtime != 0 {
		n.setWritten(set.Mtime)
	}
	if set.What&vnode.SetBtime != 0 {
		n.setBirth(set.Btime)
	}
	return n.store()
}

// setBits sets the attributes that mode and flags stand for.
func (n *node) setBits(set *vnode.SetAttr) {
	if set.What&vnode.SetMode != 0 {
		if n.raw[attrByte] &^= attrReadOnly; set.Mode&abi.S_IWUSR == 0 {
			n.raw[attrByte] |= attrReadOnly
		}
	}
	if set.What&vnode.SetFlags != 0 {
		if n.raw[attrByte] &^= attrArchive; set.Flags&abi.SF_ARCHIVED == 0 {
			n.raw[attrByte] |= attrArchive
		}
	}
}

func (n *node) setWritten(ns int64) {
	t := toDOS(ns, n.fs.east)
	le.PutUint16(n.raw[writeDate:], t.date)
	le.PutUint16(n.raw[writeClock:], t.clock)
}

func (n *node) setBirth(ns int64) {
	t := toDOS(ns, n.fs.east)
	le.PutUint16(n.raw[birthDate:], t.date)
	le.PutUint16(n.raw[birthClock:], t.clock)
	n.raw[birthTicks] = t.ticks
}

// store writes the entry, with the first cluster and the size, to where it is.
func (n *node) store() error {
	if n.pos == 0 || n.lost {
		return nil
	}
	if !n.vp.IsDir() {
		putStart(n.raw[:], n.fs.kind, n.chain.start)
		le.PutUint32(n.raw[sizeField:], uint32(n.size))
	}
	return n.fs.dev.WriteAt(n.raw[:], n.pos)
}

// modified notes a change of contents.
func (n *node) modified() error {
	n.setWritten(n.fs.now())
	if !n.vp.IsDir() {
		n.raw[attrByte] |= attrArchive
	}
	return n.store()
}

// accessed marks a read; the date is set when somebody looks.
func (n *node) accessed() {
	if !n.read.Load() && n.fs.mount.Flags()&(abi.MNT_NOATIME|abi.MNT_RDONLY) == 0 {
		n.read.Store(true)
	}
}

// settle turns a marked read into an access date. Preconditions: fs.mu is held.
func (n *node) settle() {
	if !n.read.Load() || !n.read.CompareAndSwap(true, false) || n.lost {
		return
	}
	today := toDOS(n.fs.now(), n.fs.east).date
	if le.Uint16(n.raw[readDate:]) == today || n.fs.markInUse() != nil {
		return
	}
	le.PutUint16(n.raw[readDate:], today)
	_ = n.store()
}

// Sync writes the volume back: a file is nothing without table and directory.
func (n *node) Sync() error {
	if err := n.fs.enter(); err != nil {
		return err
	}
	defer n.fs.mu.Unlock()
	return n.fs.sync()
}

// timespec converts nanoseconds since 1970, which are not before it.
func timespec(ns int64) abi.Timespec { return abi.Timespec{Sec: ns / 1e9, Nsec: ns % 1e9} }
