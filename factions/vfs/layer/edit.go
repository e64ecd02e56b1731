// Changes of directories and contents.
package layer

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
)

func noteMask(what uint32) event.Mask { return event.Mask(what) }

// edit calls fn with dir locked and what can change it.
func edit(dir *vnode.Vnode, fn func(vnode.Editor) error) error {
	ed, err := dir.Editor()
	if err != nil {
		return err
	}
	return changed(dir, abi.NOTE_WRITE, func() error { return fn(ed) })
}

// absent is EEXIST when name is in dir, which is locked.
func absent(dir *vnode.Vnode, name string) error {
	old, err := dir.Lookup(name)
	switch err {
	case abi.ENOENT:
		return nil
	case nil:
		old.Unref()
		return abi.EEXIST
	}
	return err
}

// Create makes a node and returns it with a reference.
func Create(dir *vnode.Vnode, name string, nn vnode.NewNode) (vp *vnode.Vnode, err error) {
	err = edit(dir, func(ed vnode.Editor) (err error) {
		if err = absent(dir, name); err == nil {
			vp, err = ed.Create(name, nn)
		}
		return err
	})
	return vp, err
}

// Link enters a further name of vp.
func Link(dir *vnode.Vnode, name string, vp *vnode.Vnode) error {
	if dir.Mount != vp.Mount {
		return abi.EXDEV
	}
	dir.Mount.LockEntries()
	defer dir.Mount.UnlockEntries()
	return edit(dir, func(ed vnode.Editor) error {
		if err := absent(dir, name); err != nil {
			return err
		}
		vp.Lock()
		defer vp.Unlock()
		return ed.Link(name, vp)
	})
}

// Remove takes out name, which must be vp: ENOENT when it is not, EBUSY when
// something is mounted on it.
func Remove(dir *vnode.Vnode, name string, vp *vnode.Vnode) error {
	dir.Mount.LockEntries()
	err := edit(dir, func(ed vnode.Editor) error {
		now, err := dir.Lookup(name)
		if err != nil {
			return err
		}
		now.Unref()
		if now != vp {
			err = abi.ENOENT
		} else if vp.Covered() != nil {
			err = abi.EBUSY
		}
		if err == nil {
			vp.Lock()
			err = ed.Remove(name, vp)
			vp.Unlock()
		}
		return err
	})
	dir.Mount.UnlockEntries()
	if err == nil {
		vp.Note(abi.NOTE_DELETE)
	}
	return err
}

// Size returns the size of a file, 0 for what has no contents.
func Size(vp *vnode.Vnode) int64 {
	f, err := vp.File()
	if err != nil {
		return 0
	}
	vp.RLock()
	defer vp.RUnlock()
	return f.Size()
}

// ReadAt reads at byte off.
func ReadAt(vp *vnode.Vnode, p []byte, off int64) (int, error) {
	f, err := vp.File()
	if err != nil {
		return 0, err
	}
	if vp.Mount.Dead() {
		return 0, abi.EIO
	}
	vp.RLock()
	defer vp.RUnlock()
	return f.ReadAt(p, off)
}

// WriteAt writes at byte off.
func WriteAt(vp *vnode.Vnode, p []byte, off int64) (n int, err error) {
	f, err := vp.File()
	if err != nil {
		return 0, err
	}
	err = changed(vp, abi.NOTE_WRITE, func() (err error) {
		n, err = f.WriteAt(p, off)
		return err
	})
	return n, err
}

// Truncate sets the size.
func Truncate(vp *vnode.Vnode, size int64) error {
	f, err := vp.File()
	if err != nil {
		return err
	}
	return changed(vp, abi.NOTE_WRITE, func() error { return f.Truncate(size) })
}

// Uncache has n bytes from off on kept in no cache, where there is one.
func Uncache(vp *vnode.Vnode, off, n int64) error {
	u, ok := vp.Node.(vnode.Uncacher)
	if !ok || vp.Mount.Dead() {
		return nil
	}
	vp.RLock()
	defer vp.RUnlock()
	return u.Uncache(off, n)
}
