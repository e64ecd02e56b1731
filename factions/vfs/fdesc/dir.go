// The directories and the links.
package fdesc

import (
	"strconv"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// node is what all nodes share. Nothing of it changes.
type node struct {
	vp   vnode.Vnode
	fs   *FS
	ino  uint64
	mode uint32
}

// Perm returns root's, and the mode.
func (n *node) Perm() vnode.Perm { return vnode.Perm{Mode: n.mode} }

// Attr describes the node.
func (n *node) Attr() (abi.Stat, error) {
	t := abi.Timespec{Sec: n.fs.made / 1e9, Nsec: n.fs.made % 1e9}
	return abi.Stat{
		Ino: n.ino, Mode: n.vp.Type | n.mode, Nlink: 2, Size: blockSize, Blksize: blockSize,
		Atim: t, Mtim: t, Ctim: t, Birthtim: t,
	}, nil
}

// SetAttr is not for us.
func (n *node) SetAttr(*vnode.SetAttr) error { return abi.EOPNOTSUPP }

// Inactive has nothing to do.
func (n *node) Inactive() {}

// link is a symbolic link to a descriptor.
type link struct {
	node
	name, target string
}

// Attr describes the link.
func (n *link) Attr() (abi.Stat, error) {
	st, err := n.node.Attr()
	st.Nlink, st.Size = 1, int64(len(n.target))
	return st, err
}

// Readlink returns the target.
func (n *link) Readlink() (string, error) { return n.target, nil }

// rootDir is the root.
type rootDir struct{ node }

// Lookup returns what name stands for.
func (n *rootDir) Lookup(name string) (*vnode.Vnode, error) {
	switch name {
	case "..":
		return n.vp.Ref(), nil
	case "fd":
		return n.fs.fd.vp.Ref(), nil
	}
	for _, ln := range n.fs.links {
		if ln.name == name {
			return ln.vp.Ref(), nil
		}
	}
	return nil, abi.ENOENT
}

// ReadDir lists the root; cookies count entries.
func (n *rootDir) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	list := []vnode.Entry{
		{Name: ".", Ino: inoRoot, Type: abi.S_IFDIR}, {Name: "..", Ino: inoRoot, Type: abi.S_IFDIR},
		{Name: "fd", Ino: inoFd, Type: abi.S_IFDIR},
	}
	for _, ln := range n.fs.links {
		list = append(list, vnode.Entry{Name: ln.name, Ino: ln.ino, Type: abi.S_IFLNK})
	}
	for ; cookie < int64(len(list)); cookie++ {
		e := list[cookie]
		if e.Next = cookie + 1; !emit(e) {
			return nil
		}
	}
	return nil
}

// fdDir is the directory of descriptors: another one for each process.
type fdDir struct{ node }

// Lookup knows no process, and so no descriptor.
func (n *fdDir) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		return n.fs.root.vp.Ref(), nil
	}
	return nil, abi.ENOENT
}

// ReadDir lists what every process has.
func (n *fdDir) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	for ; cookie < firstFd; cookie++ {
		e := vnode.Entry{Name: "..."[:cookie+1], Ino: inoFd - uint64(cookie), Type: abi.S_IFDIR, Next: cookie + 1}
		if !emit(e) {
			return nil
		}
	}
	return nil
}

// firstFd is the cookie of descriptor 0, after "." and "..".
const firstFd = 2

// LookupFor returns the descriptor that name stands for: EBADF when it is not
// open.
func (n *fdDir) LookupFor(l *proc.LWP, name string) (*vnode.Vnode, error) {
	fd, err := strconv.ParseUint(name, 10, 31)
	if err != nil || strconv.FormatUint(fd, 10) != name {
		return n.Lookup(name)
	}
	return n.fs.open(l, int32(fd))
}

// ReadDirFor lists the open descriptors.
func (n *fdDir) ReadDirFor(l *proc.LWP, cookie int64, emit func(vnode.Entry) bool) error {
	more := true
	err := n.ReadDir(cookie, func(e vnode.Entry) bool {
		more = emit(e)
		return more
	})
	if !more || err != nil {
		return err
	}
	last := int64(min(l.Proc().Limit(abi.RLIMIT_NOFILE).Cur, file.MaxFiles))
	for fd := max(cookie, firstFd) - firstFd; fd < last; fd++ {
		f, err := file.Get(l, int32(fd))
		if err != nil {
			continue
		}
		_ = f.Drop(l)
		e := vnode.Entry{Name: strconv.FormatInt(fd, 10), Ino: inoFirst + uint64(fd), Type: abi.S_IFCHR, Next: fd + firstFd + 1}
		if !emit(e) {
			return nil
		}
	}
	return nil
}
