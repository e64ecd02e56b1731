// Changes of directories: create, link, remove, rename.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// linkMax bounds the links of a file, and of a directory where the file system
// does not give up counting.
func (fs *FS) linkMax() uint32 {
	if fs.sb.hasRo(featDirNlink) {
		return 65000
	}
	return 32000
}

// addLink counts a link more, or less if d is -1. The caller saves the inode.
// A directory with more subdirectories than can be counted has one link.
func (n *node) addLink(d int32) {
	links := n.raw.links()
	switch {
	case n.isDir() && links == 1 && n.links.Load() > 0 && d > 0:
	case n.isDir() && d < 0 && links <= 2:
	case n.isDir() && d > 0 && links+1 > n.fs.linkMax():
		links = 1
	default:
		links = uint32(max(int32(links)+d, 0))
	}
	n.raw.set16(inLinks, uint16(links))
	n.links.Store(int32(links))
}

// fullOfDirs reports a directory that can have no further subdirectory.
func (n *node) fullOfDirs() bool {
	return n.raw.links() >= n.fs.linkMax() && !n.fs.sb.hasRo(featDirNlink)
}

// Create makes a node and enters it as name.
func (n dirNode) Create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	if err := n.fs.begin(); err != nil {
		return nil, err
	}
	c, err := n.create(name, nn)
	if err = n.fs.end(err); err != nil {
		return nil, err
	}
	return &c.vp, nil
}

func (n dirNode) create(name string, nn vnode.NewNode) (*node, error) {
	isDir := nn.Mode&abi.S_IFMT == abi.S_IFDIR
	switch {
	case n.links.Load() <= 0:
		return nil, abi.ENOENT
	case isDir && n.fullOfDirs():
		return nil, abi.EMLINK
	case len(nn.Target) >= n.fs.sb.bsize:
		return nil, abi.ENAMETOOLONG
	}
	c, err := n.fs.newNode(n.ino, nn)
	if err != nil {
		return nil, err
	}
	if err = c.fillNew(n.ino, nn); err == nil {
		err = n.enterName(name, c.ino, entryType(nn.Mode))
	}
	if err != nil {
		if uerr := n.undoCreate(c); uerr != nil {
			err = uerr
		}
		return nil, err
	}
	c.raw.set16(inLinks, 1)
	if isDir {
		c.raw.set16(inLinks, 2)
		n.addLink(1)
	}
	c.links.Store(int32(c.raw.links()))
	if err := c.save(); err != nil {
		return nil, err
	}
	n.modified()
	if err := n.save(); err != nil {
		return nil, err
	}
	c.publish()
	return c, nil
}

// fillNew gives a new node what it begins with.
func (n *node) fillNew(parent uint32, nn vnode.NewNode) error {
	switch nn.Mode & abi.S_IFMT {
	case abi.S_IFDIR:
		return n.makeDirBlock(parent)
	case abi.S_IFLNK:
		return n.setTarget(nn.Target)
	}
	return nil
}

// setTarget stores what a symbolic link says: in the inode if it fits.
func (n *node) setTarget(target string) error {
	n.raw.setSize(int64(len(target)))
	if len(target) < inBlockSize {
		copy(n.raw[inBlock:], target)
		return nil
	}
	if len(target) <= n.inlineRoom() {
		return n.putInline([]byte(target))
	}
	n.fs.initMap(n.raw)
	x, _, err := n.ensure(0, 1)
	if err != nil {
		return err
	}
	b, err := n.fs.cache.Fresh(x.pblk)
	if err != nil {
		return err
	}
	copy(b.Data, target)
	return n.fs.writeBlocks(x.pblk, b.Data) // before the commit, as all contents
}

// undoCreate takes back a node that could not be entered. What the directory
// has grown by stays.
func (n dirNode) undoCreate(c *node) error {
	if err := c.destroy(); err != nil {
		return err
	}
	return n.save()
}

// Link enters a further name of vp.
func (n dirNode) Link(name string, vp *vnode.Vnode) error {
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.link(name, of(vp)))
}

func (n dirNode) link(name string, c *node) error {
	switch {
	case c.raw.links() >= n.fs.linkMax():
		return abi.EMLINK
	case c.raw.links() == 0 || n.links.Load() <= 0:
		return abi.ENOENT
	}
	err := n.enterName(name, c.ino, entryType(c.raw.mode()))
	if err == nil {
		c.addLink(1)
		c.changed()
		n.modified()
		err = c.save()
	}
	if serr := n.save(); serr != nil {
		err = serr
	}
	return err
}

// Remove takes out name, which is vp.
func (n dirNode) Remove(name string, vp *vnode.Vnode) error {
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.remove(name, of(vp)))
}

func (n dirNode) remove(name string, c *node) error {
	f, err := n.find(name)
	if err != nil {
		return err
	}
	if f.d.ino != c.ino {
		return abi.ENOENT
	}
	if err := c.checkEmpty(); err != nil {
		return err
	}
	if err := n.removeEntry(f); err != nil {
		return err
	}
	n.modified()
	return n.unlinked(c)
}

// checkEmpty returns ENOTEMPTY for a directory with entries.
func (n *node) checkEmpty() error {
	if !n.isDir() {
		return nil
	}
	empty, err := n.isEmpty()
	if err == nil && !empty {
		err = abi.ENOTEMPTY
	}
	return err
}

// unlinked counts down the links of c, whose name in n went, and saves both.
func (n dirNode) unlinked(c *node) error {
	if c.isDir() {
		c.raw.set16(inLinks, 0)
		c.links.Store(0)
		n.addLink(-1)
	} else {
		c.addLink(-1)
	}
	c.changed()
	if c.raw.links() == 0 {
		if err := c.addOrphan(); err != nil {
			return err
		}
	}
	if err := c.save(); err != nil {
		return err
	}
	return n.save()
}

// Rename moves vp from name to toName in to, in the place of over.
func (n dirNode) Rename(name string, vp, to *vnode.Vnode, toName string, over *vnode.Vnode) error {
	dst, ok := to.Node.(dirNode)
	if !ok {
		return abi.ENOTDIR
	}
	if err := n.fs.begin(); err != nil {
		return err
	}
	var o *node
	if over != nil {
		o = of(over)
	}
	return n.fs.end(n.rename(name, of(vp), dst, toName, o))
}

func (n dirNode) rename(name string, c *node, dst dirNode, toName string, over *node) error {
	f, err := n.find(name)
	if err != nil {
		return err
	}
	moved := c.isDir() && dst.ino != n.ino
	switch {
	case f.d.ino != c.ino || dst.links.Load() <= 0:
		return abi.ENOENT
	case moved && over == nil && dst.fullOfDirs():
		return abi.EMLINK
	}
	if err := dst.replace(toName, c, over); err != nil {
		return err
	}
	if f, err = n.find(name); err != nil || f.d.ino != c.ino {
		return abi.EIO
	}
	if err := n.removeEntry(f); err != nil {
		return err
	}
	if moved {
		if err := c.setParent(dst.ino); err != nil {
			return err
		}
		n.addLink(-1)
		dst.addLink(1)
	}
	n.modified()
	c.changed()
	for _, x := range [...]*node{c, n.node, dst.node} {
		if err := x.save(); err != nil {
			return err
		}
	}
	return nil
}

// replace makes name stand for c: a new entry, or that of over.
func (n dirNode) replace(name string, c, over *node) error {
	typ := entryType(c.raw.mode())
	n.modified()
	if over == nil {
		err := n.enterName(name, c.ino, typ)
		if serr := n.save(); serr != nil {
			return serr
		}
		return err
	}
	f, err := n.find(name)
	if err != nil || f.d.ino != over.ino {
		return abi.ENOENT
	}
	if err := over.checkEmpty(); err != nil {
		return err
	}
	n.setEntry(f, c.ino, typ)
	return n.unlinked(over)
}
