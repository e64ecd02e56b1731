// From a directory back to its path, and to where it lies.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// pathOf returns the path of dir below root, "/" for root itself. Who is not
// root must be able to read and search each directory on the way (EACCES).
func pathOf(l *proc.LWP, dir, root *vnode.Vnode) (string, error) {
	at := dir.Ref()
	defer func() { at.Unref() }()
	path := ""
	for at != root {
		up, name, err := nameInParent(l, at)
		if err != nil {
			return "", err
		}
		if up == nil {
			break // dir is outside of root
		}
		if name != "" {
			path = "/" + name + path
		}
		at.Unref()
		at = up
		if len(path) >= abi.MAXPATHLEN {
			return "", abi.ERANGE
		}
	}
	if path == "" {
		path = "/"
	}
	return path, nil
}

// nameInParent returns the directory that at lies in, with a reference, and
// its name there; "" for a root mounted on a root.
func nameInParent(l *proc.LWP, at *vnode.Vnode) (*vnode.Vnode, string, error) {
	up, err := parentOf(at)
	if err != nil || up == nil {
		return nil, "", err
	}
	for at.IsRoot() && at.Mount.Covered != nil {
		at = at.Mount.Covered
		if at == up {
			return up, "", nil
		}
	}
	name, err := findName(l, up, at)
	if err != nil {
		up.Unref()
		return nil, "", err
	}
	return up, name, nil
}

// findName returns the name of directory vp in up.
func findName(l *proc.LWP, up, vp *vnode.Vnode) (string, error) {
	st, err := statVnode(vp)
	if err != nil {
		return "", err
	}
	d, err := up.Dir()
	if err != nil {
		return "", err
	}
	up.RLock()
	defer up.RUnlock()
	if err := up.Access(l.Cred(), vnode.Read|vnode.Exec); err != nil {
		return "", err
	}
	name := ""
	err = d.ReadDir(0, func(e vnode.Entry) bool {
		if e.Ino == st.Ino && e.Name != "." && e.Name != ".." {
			name = e.Name
			return false
		}
		return true
	})
	if err == nil && name == "" {
		err = abi.ENOENT
	}
	return name, err
}

// isUnder reports whether vp is root or below it.
func isUnder(vp, root *vnode.Vnode) (bool, error) {
	at := vp.Ref()
	defer func() { at.Unref() }()
	for at != root {
		up, err := parentOf(at)
		if err != nil || up == nil {
			return false, err
		}
		at.Unref()
		at = up
	}
	return true, nil
}

// parentOf returns the directory that directory at lies in, across mounts and
// with a reference; nil for the root of all.
func parentOf(at *vnode.Vnode) (*vnode.Vnode, error) {
	if at.IsRoot() {
		at = at.Mount.Covered
		if at == nil {
			return nil, nil
		}
		if at.IsRoot() { // a mount on a mount's root
			return at.Ref(), nil
		}
	}
	d, err := at.Dir()
	if err != nil {
		return nil, err
	}
	at.RLock()
	up, err := d.Lookup("..")
	at.RUnlock()
	if up == at { // the root of a mount that was forced off
		up.Unref()
		return nil, abi.ENOENT
	}
	return up, err
}
