// Handles of files: their numbers, which are never used again.
package memfs

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Handle returns the number of a node.
func (fs *FS) Handle(vp *vnode.Vnode) ([]byte, error) {
	n := of(vp)
	if n == nil {
		return nil, abi.EOPNOTSUPP
	}
	return binary.LittleEndian.AppendUint64(nil, n.ino), nil
}

// FromHandle finds a node by its number. Few ask, so there is no table: it
// goes through all directories.
func (fs *FS) FromHandle(h []byte) (*vnode.Vnode, error) {
	if len(h) != 8 {
		return nil, abi.EINVAL
	}
	ino := binary.LittleEndian.Uint64(h)
	if ino == fs.root.ino {
		return fs.root.vp.Ref(), nil
	}
	dirs := []*vnode.Vnode{fs.root.vp.Ref()}
	defer func() {
		for _, vp := range dirs {
			vp.Unref()
		}
	}()
	for len(dirs) > 0 {
		vp := dirs[len(dirs)-1]
		dirs = dirs[:len(dirs)-1]
		found, kids := scan(vp, ino)
		vp.Unref()
		dirs = append(dirs, kids...)
		if found != nil {
			return found, nil
		}
	}
	return nil, abi.ESTALE
}

// scan looks for a number in one directory. It returns what has it, and the
// directories there are, all with references.
func scan(dir *vnode.Vnode, ino uint64) (found *vnode.Vnode, dirs []*vnode.Vnode) {
	dir.RLock()
	defer dir.RUnlock()
	for _, e := range of(dir).dir.names {
		switch {
		case e.child.ino == ino:
			return e.child.vp.Ref(), dirs
		case e.child.dir != nil:
			dirs = append(dirs, e.child.vp.Ref())
		}
	}
	return nil, dirs
}
