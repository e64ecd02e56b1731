// Names: making, linking, removing.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// make makes the node nn at path and returns it with a reference: EEXIST when
// the name is there, ENOENT for a trailing slash on what is no directory.
func (v *VFS) make(l *proc.LWP, fd int32, path string, nn vnode.NewNode) (*vnode.Vnode, error) {
	w, err := v.start(l, fd, path)
	if err != nil {
		return nil, err
	}
	defer w.done()
	n, err := w.parent()
	if err != nil {
		return nil, err
	}
	if n.slash && nn.Mode&abi.S_IFMT != abi.S_IFDIR {
		if vp, err := w.step(n.name); err != nil {
			return nil, err
		} else {
			vp.Unref()
		}
		return nil, abi.EEXIST
	}
	if n.name == ".." {
		return nil, abi.EEXIST
	}
	return w.create(n.name, nn)
}

// link makes path, from fd, a further name of vp: EPERM for a directory, EXDEV
// across mounts.
func (v *VFS) link(l *proc.LWP, vp *vnode.Vnode, fd int32, path string) error {
	if vp.IsDir() {
		return abi.EPERM
	}
	w, err := v.start(l, fd, path)
	if err != nil {
		return err
	}
	defer w.done()
	n, err := w.parent()
	if err != nil {
		return err
	}
	if n.isDot() {
		return abi.EEXIST
	}
	w.dir.Mount.LockEntries()
	w.dir.Lock()
	old, err := w.linkLocked(n, vp)
	w.dir.Unlock()
	w.dir.Mount.UnlockEntries()
	old.Unref()
	if err == nil {
		vp.Note(abi.NOTE_LINK)
		w.dir.Note(abi.NOTE_WRITE)
	}
	return err
}

// linkLocked enters vp as n in the present directory, which is locked. With
// EEXIST it returns what is there.
func (w *walk) linkLocked(n last, vp *vnode.Vnode) (*vnode.Vnode, error) {
	if old, err := w.look(n.name); err == nil {
		return old, abi.EEXIST
	} else if err != abi.ENOENT {
		return nil, err
	}
	if n.slash {
		return nil, abi.ENOENT
	}
	if w.dir.Mount != vp.Mount {
		return nil, abi.EXDEV
	}
	ed, err := w.dir.Editor()
	if err != nil {
		return nil, err
	}
	if err := w.dir.Access(w.cred, vnode.Write|vnode.Exec); err != nil {
		return nil, err
	}
	if _, host := vp.Node.(etfsNode); host {
		return nil, abi.EOPNOTSUPP
	}
	vp.Lock()
	defer vp.Unlock()
	if vp.Node.Perm().Frozen() {
		return nil, abi.EPERM
	}
	return nil, ed.Link(n.name, vp)
}

// unlinkPath removes a name of what is no directory (EPERM).
func (v *VFS) unlinkPath(l *proc.LWP, fd int32, path string) error {
	return v.remove(l, fd, path, false)
}

// rmdirPath removes an empty directory.
func (v *VFS) rmdirPath(l *proc.LWP, fd int32, path string) error {
	return v.remove(l, fd, path, true)
}

// remove takes the name path out: a directory if dir, else anything but.
func (v *VFS) remove(l *proc.LWP, fd int32, path string, dir bool) error {
	w, err := v.start(l, fd, path)
	if err != nil {
		return err
	}
	defer w.done()
	n, err := w.parent()
	if err != nil {
		return err
	}
	if n.isDot() {
		return w.removeDot(n, dir)
	}
	w.dir.Mount.LockEntries()
	w.dir.Lock()
	vp, err := w.look(n.name)
	if err == nil {
		err = w.removeLocked(n, vp, dir)
	}
	w.dir.Unlock()
	w.dir.Mount.UnlockEntries()
	if err == nil {
		vp.Note(abi.NOTE_DELETE)
		w.dir.Note(noteEntry(vp))
	}
	vp.Unref()
	return err
}

// removeDot answers the removal of "/", "." and "..".
func (w *walk) removeDot(n last, dir bool) error {
	switch {
	case !dir && n.name == "":
		return abi.EBUSY
	case !dir:
		return abi.EPERM
	case n.name == "":
		return abi.EBUSY
	case n.name == ".":
		return abi.EINVAL
	}
	return abi.ENOTEMPTY
}

// removeLocked takes out vp, which n names in the present directory.
// Preconditions: that is locked.
func (w *walk) removeLocked(n last, vp *vnode.Vnode, dir bool) error {
	if _, host := vp.Node.(etfsNode); host {
		return abi.EOPNOTSUPP
	}
	if vp.Covered() != nil {
		return abi.EBUSY
	}
	if vp.IsDir() != dir || n.slash && !vp.IsDir() {
		if vp.IsDir() {
			return abi.EPERM
		}
		return abi.ENOTDIR
	}
	ed, err := w.dir.Editor()
	if err != nil {
		return err
	}
	vp.Lock()
	defer vp.Unlock()
	if err := vnode.CanRemove(w.cred, w.dir, vp); err != nil {
		return err
	}
	if vp.Covered() != nil {
		return abi.EBUSY
	}
	return ed.Remove(n.name, vp)
}
