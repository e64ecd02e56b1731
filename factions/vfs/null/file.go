// Contents of files.
package null

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ReadAt is that below, as are the others of a file.
func (n *fileNode) ReadAt(p []byte, off int64) (int, error) {
	f, err := n.lower.File()
	if err != nil {
		return 0, err
	}
	if n.lower.Mount.Dead() {
		return 0, abi.EIO
	}
	return f.ReadAt(p, off)
}

// writable returns the file below for a change.
func (n *fileNode) writable() (vnode.File, error) {
	if err := layer.Writable(n.lower); err != nil {
		return nil, err
	}
	return n.lower.File()
}

// WriteAt is that below.
func (n *fileNode) WriteAt(p []byte, off int64) (int, error) {
	f, err := n.writable()
	if err != nil {
		return 0, err
	}
	return f.WriteAt(p, off)
}

// Truncate is that below.
func (n *fileNode) Truncate(size int64) error {
	f, err := n.writable()
	if err != nil {
		return err
	}
	return f.Truncate(size)
}

// Size is that below.
func (n *fileNode) Size() int64 {
	f, err := n.lower.File()
	if err != nil {
		return 0
	}
	return f.Size()
}

// Uncache is that below, where there is a cache.
func (n *fileNode) Uncache(off, k int64) error {
	if u, ok := n.lower.Node.(vnode.Uncacher); ok {
		return u.Uncache(off, k)
	}
	return nil
}

// allocator returns the file below for a change of the space it takes:
// EOPNOTSUPP for one that cannot.
func (n *fileNode) allocator() (vnode.Allocator, error) {
	if err := layer.Writable(n.lower); err != nil {
		return nil, err
	}
	if a, ok := n.lower.Node.(vnode.Allocator); ok {
		return a, nil
	}
	return nil, abi.EOPNOTSUPP
}

// Allocate is that below.
func (n *fileNode) Allocate(off, k int64) error {
	a, err := n.allocator()
	if err != nil {
		return err
	}
	return a.Allocate(off, k)
}

// Discard is that below.
func (n *fileNode) Discard(off, k int64) error {
	a, err := n.allocator()
	if err != nil {
		return err
	}
	return a.Discard(off, k)
}
