// Changes of directories: create and remove.
package msdos

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Create makes a file or a directory. EOPNOTSUPP for symbolic links, EINVAL
// for devices, and for names that a volume cannot hold.
func (n *dirNode) Create(name string, nn vnode.NewNode) (vp *vnode.Vnode, err error) {
	fs := n.fs
	switch nn.Mode & abi.S_IFMT {
	case abi.S_IFREG, abi.S_IFDIR:
	case abi.S_IFLNK:
		return nil, abi.EOPNOTSUPP
	default:
		return nil, abi.EINVAL
	}
	if name, err = cleanName(name); err != nil {
		return nil, err
	}
	if err := fs.change(); err != nil {
		return nil, err
	}
	defer fs.leave(&err)
	if err := fs.needIndex(&n.node); err != nil {
		return nil, err
	}
	if n.index.find(name) != nil {
		return nil, abi.EEXIST
	}
	child, err := fs.create(&n.node, name, nn)
	if err != nil {
		return nil, err
	}
	return child.vp.Ref(), nil
}

// create makes what an entry needs, and the entry.
func (fs *FS) create(dir *node, name string, nn vnode.NewNode) (*node, error) {
	child := fs.newNode(nn.Mode&abi.S_IFMT == abi.S_IFDIR)
	now := fs.now()
	child.setBirth(now)
	child.setWritten(now)
	copy(child.raw[readDate:], child.raw[writeDate:writeDate+2])
	if child.raw[attrByte] = attrArchive; nn.Mode&abi.S_IWUSR == 0 {
		child.raw[attrByte] |= attrReadOnly
	}
	if child.vp.IsDir() {
		child.raw[attrByte] = attrDir
		if err := fs.makeDir(dir, child); err != nil {
			return nil, err
		}
	}
	e, err := fs.insert(dir, name, &child.raw)
	if err != nil {
		_ = fs.cut(&child.chain, 0)
		return nil, err
	}
	pos, key, err := fs.keyOf(dir, e)
	if err != nil {
		return nil, err
	}
	child.pos = pos
	fs.enterNode(child, dir, key)
	return child, dir.modified()
}

// makeDir gives a new directory its first cluster, with "." and ".." in it.
func (fs *FS) makeDir(dir, child *node) error {
	c, err := fs.takeBlank(fs.space.hint)
	if err != nil {
		return err
	}
	child.chain.start = c
	putStart(child.raw[:], fs.kind, c)
	dot, dotdot := child.raw, child.raw
	copy(dot[:11], ".          ")
	copy(dotdot[:11], "..         ")
	putStart(dotdot[:], fs.kind, fs.upStart(dir))
	if err = fs.dev.WriteAt(append(dot[:], dotdot[:]...), fs.at(c)); err != nil {
		_ = fs.cut(&child.chain, 0)
	}
	return err
}

// upStart returns what ".." says of a parent: the root is 0.
func (fs *FS) upStart(dir *node) uint32 {
	if dir == fs.root {
		return 0
	}
	return dir.chain.start
}

// Link is not for us: a file has one name.
func (n *dirNode) Link(string, *vnode.Vnode) error { return abi.EOPNOTSUPP }

// Remove takes out name, which is vp.
func (n *dirNode) Remove(name string, vp *vnode.Vnode) (err error) {
	fs := n.fs
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.leave(&err)
	if err := fs.checkEmpty(of(vp)); err != nil {
		return err
	}
	e, err := fs.entryOf(&n.node, name, of(vp))
	if err != nil {
		return err
	}
	if err := fs.erase(&n.node, e); err != nil {
		return err
	}
	fs.orphan(of(vp))
	return n.modified()
}

// entryOf returns the entry of name in dir, which is child's: ENOENT when it
// is not.
func (fs *FS) entryOf(dir *node, name string, child *node) (*entry, error) {
	n, e, err := fs.lookup(dir, name)
	if err == nil && n != child {
		fs.rest(n)
		err = abi.ENOENT
	}
	return e, err
}

// checkEmpty is ENOTEMPTY for a directory that is not empty.
func (fs *FS) checkEmpty(n *node) error {
	if !n.vp.IsDir() {
		return nil
	}
	if err := fs.needIndex(n); err != nil {
		return err
	}
	if n.index.count > 0 {
		return abi.ENOTEMPTY
	}
	return nil
}

// orphan makes n a node without a name. Its clusters stay until nobody uses
// it.
func (fs *FS) orphan(n *node) {
	n.lost = true
	fs.dropIndex(n)
	fs.takeOut(n)
	fs.orphans[n] = true
}
