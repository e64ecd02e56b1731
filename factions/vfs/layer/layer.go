// Package layer is operations on vnodes of other file systems, for those that
// lie on top: each takes the locks below itself. Locks above are held while
// those below are taken, never the reverse.
package layer

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Writable is EIO for a vnode of a mount that is gone, EROFS for a read-only
// one.
func Writable(vp *vnode.Vnode) error {
	switch {
	case vp.Mount.Dead():
		return abi.EIO
	case vp.Mount.ReadOnly():
		return abi.EROFS
	}
	return nil
}

// Perm returns owner and mode.
func Perm(vp *vnode.Vnode) vnode.Perm {
	vp.RLock()
	defer vp.RUnlock()
	return vp.Node.Perm()
}

// Attr describes the file.
func Attr(vp *vnode.Vnode) (abi.Stat, error) {
	if vp.Mount.Dead() {
		return abi.Stat{}, abi.EIO
	}
	vp.RLock()
	defer vp.RUnlock()
	return vp.Node.Attr()
}

// SetAttr changes attributes.
func SetAttr(vp *vnode.Vnode, set *vnode.SetAttr) error {
	return changed(vp, abi.NOTE_ATTRIB, func() error { return vp.Node.SetAttr(set) })
}

// changed calls fn, which changes vp, under its lock, and tells of it.
func changed(vp *vnode.Vnode, what uint32, fn func() error) error {
	if err := Writable(vp); err != nil {
		return err
	}
	vp.Lock()
	err := fn()
	vp.Unlock()
	if err == nil {
		vp.Note(noteMask(what))
	}
	return err
}

// Look returns what name stands for in dir, with a reference.
func Look(dir *vnode.Vnode, name string) (*vnode.Vnode, error) {
	if dir.Mount.Dead() {
		return nil, abi.EIO
	}
	dir.RLock()
	defer dir.RUnlock()
	return dir.Lookup(name)
}

// List lists dir from cookie on.
func List(dir *vnode.Vnode, cookie int64, emit func(vnode.Entry) bool) error {
	d, err := dir.Dir()
	if err != nil {
		return err
	}
	if dir.Mount.Dead() {
		return abi.EIO
	}
	dir.RLock()
	defer dir.RUnlock()
	return d.ReadDir(cookie, emit)
}

// Readlink returns the target of a symbolic link.
func Readlink(vp *vnode.Vnode) (string, error) {
	ln, ok := vp.Node.(vnode.Link)
	if !ok {
		return "", abi.EINVAL
	}
	vp.RLock()
	defer vp.RUnlock()
	return ln.Readlink()
}

// Sync writes a file back.
func Sync(vp *vnode.Vnode) error {
	s, ok := vp.Node.(vnode.Syncer)
	if !ok {
		return nil
	}
	vp.Lock()
	defer vp.Unlock()
	return s.Sync()
}
