// From the lower tree to the upper: files are copied before they are changed,
// directories are made when something is put into them.
package union

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// raise returns what the node is in the upper tree, made if it was not there.
func (n *node) raise() (*vnode.Vnode, error) {
	if u := n.upper.Load(); u != nil {
		return u, nil
	}
	n.fs.lockTree()
	defer n.fs.tree.Unlock()
	return n.raiseLocked()
}

// raiseLocked is raise. Preconditions: fs.tree is held.
func (n *node) raiseLocked() (*vnode.Vnode, error) {
	if u := n.upper.Load(); u != nil {
		return u, nil
	}
	n.fs.mu.Lock()
	parent, name := n.parent, n.name
	n.fs.mu.Unlock()
	if parent == nil || name == "" { // it was removed
		return nil, abi.ENOENT
	}
	dir, err := parent.raiseLocked()
	if err != nil {
		return nil, err
	}
	u, err := n.copyTo(dir, name)
	if err != nil {
		return nil, err
	}
	n.fs.mu.Lock()
	n.upper.Store(u)
	n.fs.uppers[u] = n
	n.fs.mu.Unlock()
	return u, nil
}

// copying is the name of a file while it is copied.
const copying = whiteout + ".copy"

// copyTo copies what is below into dir: a file comes under its name when it is
// whole.
func (n *node) copyTo(dir *vnode.Vnode, name string) (*vnode.Vnode, error) {
	st, err := layer.Attr(n.lower)
	if err != nil {
		return nil, err
	}
	nn := vnode.NewNode{Mode: st.Mode, Uid: st.Uid, Gid: st.Gid, Rdev: n.lower.Rdev}
	if n.lower.Type == abi.S_IFLNK {
		if nn.Target, err = layer.Readlink(n.lower); err != nil {
			return nil, err
		}
	}
	discard(dir, copying)
	u, err := layer.Create(dir, copying, nn)
	if err != nil {
		return nil, err
	}
	if err = n.copyData(u); err == nil {
		_ = layer.SetAttr(u, &vnode.SetAttr{What: vnode.SetAtime | vnode.SetMtime,
			Atime: st.Atim.Sec*1e9 + st.Atim.Nsec, Mtime: st.Mtim.Sec*1e9 + st.Mtim.Nsec})
		err = n.fs.v.RenameIn(dir, copying, dir, name)
	}
	if err != nil {
		_ = layer.Remove(dir, copying, u)
		u.Unref()
		return nil, err
	}
	return u, nil
}

// discard removes a name, if it is there.
func discard(dir *vnode.Vnode, name string) {
	if old, err := layer.Look(dir, name); err == nil {
		_ = layer.Remove(dir, name, old)
		old.Unref()
	}
}

// copyData copies the contents of a file to u.
func (n *node) copyData(u *vnode.Vnode) error {
	if n.lower.Type != abi.S_IFREG {
		return nil
	}
	buf := make([]byte, 64<<10)
	for off := int64(0); ; {
		k, err := layer.ReadAt(n.lower, buf, off)
		if k == 0 || err != nil {
			return err
		}
		if _, err := layer.WriteAt(u, buf[:k], off); err != nil {
			return err
		}
		off += int64(k)
	}
}
