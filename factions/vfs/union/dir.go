// Directories: looking up and listing in two at once.
package union

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	whiteout = ".wh."
	// opaque in a directory hides all that the lower tree has there.
	opaque = whiteout + ".opaque"
)

// hidden reports a name that is only for this file system.
func hidden(name string) bool { return strings.HasPrefix(name, whiteout) }

// has reports a name in a directory, which may be nil.
func has(dir *vnode.Vnode, name string) bool {
	if dir == nil {
		return false
	}
	vp, err := layer.Look(dir, name)
	vp.Unref()
	return err == nil
}

// below returns the directory of the lower tree, unless it is hidden.
func (n *node) below() *vnode.Vnode {
	if n.lower == nil || !n.lower.IsDir() || has(n.upper.Load(), opaque) {
		return nil
	}
	return n.lower
}

// find returns what name is in both trees, with references, nil where it is
// not: ENOENT when it is in neither. A file hides what is below it.
// Preconditions: fs.tree is held.
func (n *node) find(name string) (upper, lower *vnode.Vnode, err error) {
	if u := n.upper.Load(); u != nil {
		if upper, err = layer.Look(u, name); err != nil && err != abi.ENOENT {
			return nil, nil, err
		}
		if upper != nil && (!upper.IsDir() || has(upper, opaque)) || upper == nil && has(u, whiteout+name) {
			return upper, nil, nilIs(upper)
		}
	}
	if l := n.below(); l != nil {
		if lower, err = layer.Look(l, name); err != nil && err != abi.ENOENT {
			upper.Unref()
			return nil, nil, err
		}
	}
	if upper != nil && lower != nil && !lower.IsDir() {
		lower.Unref()
		lower = nil
	}
	if upper == nil && lower == nil {
		return nil, nil, abi.ENOENT
	}
	return upper, lower, nil
}

func nilIs(vp *vnode.Vnode) error {
	if vp == nil {
		return abi.ENOENT
	}
	return nil
}

// Lookup returns what name stands for.
func (n *dirNode) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		n.fs.mu.Lock()
		defer n.fs.mu.Unlock()
		switch {
		case n.parent != nil:
			return n.parent.vp.Ref(), nil
		case &n.node == n.fs.root:
			return n.vp.Ref(), nil
		}
		return nil, abi.ENOENT
	}
	if hidden(name) {
		return nil, abi.ENOENT
	}
	n.fs.rlockTree()
	defer n.fs.tree.RUnlock()
	upper, lower, err := n.find(name)
	if err != nil {
		return nil, err
	}
	return &n.fs.wrap(&n.node, name, upper, lower).vp, nil
}

// lowerCookie tells cookies of the lower directory from those of the upper,
// which are listed first.
const lowerCookie = 1 << 62

// ReadDir lists the upper directory, then what only the lower one has.
func (n *dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	n.fs.rlockTree()
	defer n.fs.tree.RUnlock()
	u, l := n.upper.Load(), n.below()
	more := true
	if u != nil && cookie < lowerCookie {
		err := layer.List(u, cookie, func(e vnode.Entry) bool {
			if more = hidden(e.Name) || emit(e); more {
				cookie = e.Next
			}
			return more
		})
		if err != nil || !more {
			return err
		}
		cookie = lowerCookie
	}
	if l == nil {
		return nil
	}
	return n.listLower(u, l, cookie&^lowerCookie, emit)
}

// listLower lists the lower directory from a cookie of its own on.
func (n *dirNode) listLower(u, l *vnode.Vnode, cookie int64, emit func(vnode.Entry) bool) error {
	var list []vnode.Entry
	err := layer.List(l, cookie, func(e vnode.Entry) bool {
		list = append(list, e)
		return len(list) < 4096
	})
	for _, e := range list {
		if u != nil && (e.Name == "." || e.Name == ".." || has(u, e.Name) || has(u, whiteout+e.Name)) || hidden(e.Name) {
			continue
		}
		e.Ino, e.Next = e.Ino|lowerIno, e.Next|lowerCookie
		if !emit(e) {
			return nil
		}
	}
	if err == nil && len(list) == 4096 {
		return n.listLower(u, l, list[len(list)-1].Next, emit)
	}
	return err
}
