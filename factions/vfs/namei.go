// Name lookup: from a path to a vnode, or to a directory and a name in it.
package vfs

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// walk is one lookup. It holds references on where it is and on the root.
type walk struct {
	v     *VFS
	l     *proc.LWP
	cred  *cred.Cred
	root  *vnode.Vnode
	dir   *vnode.Vnode // where the lookup is
	path  string       // what is left
	links int
}

// last is the last component of a path. name is "" for a path that names only
// the directory: "/"; slash tells that it must be a directory.
type last struct {
	name  string
	slash bool
}

// isDot reports "", "." and "..", which can't be made or removed.
func (n last) isDot() bool { return n.name == "" || n.name == "." || n.name == ".." }

// start begins a lookup of path from the directory open as fd, or from the
// process's own (AT_FDCWD). The caller ends it with done. As in NetBSD, fd must
// be an open file even when path is absolute.
func (v *VFS) start(l *proc.LWP, fd int32, path string) (w walk, err error) {
	w = walk{v: v, l: l, cred: l.Cred(), path: path}
	if path == "" {
		return w, abi.ENOENT
	}
	if len(path) >= abi.MAXPATHLEN {
		return w, abi.ENAMETOOLONG
	}
	if v.b.Ktrace.On() {
		v.b.Ktrace.Namei(l, path)
	}
	c := cwdOf(l.Proc())
	if c == nil {
		return w, abi.ESRCH
	}
	if w.dir, w.root, err = c.get(); err != nil {
		return w, err
	}
	if fd != abi.AT_FDCWD {
		dir, err := dirOf(l, fd)
		if err != nil && (err != abi.ENOTDIR || path[0] != '/') {
			w.done()
			return w, err
		}
		if err == nil {
			w.to(dir)
		}
	}
	if path[0] == '/' {
		w.to(w.root.Ref())
	}
	return w, nil
}

// dirOf returns the directory open as fd, or what is mounted on it by now, with
// a reference: EINVAL for a file without a vnode.
func dirOf(l *proc.LWP, fd int32) (*vnode.Vnode, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return nil, err
	}
	defer f.Drop(l)
	vp := vnodeOf(f)
	switch {
	case vp == nil:
		return nil, abi.EINVAL
	case !vp.IsDir():
		return nil, abi.ENOTDIR
	}
	return cross(vp.Ref()), nil
}

// to moves the lookup to vp, whose reference it takes over.
func (w *walk) to(vp *vnode.Vnode) {
	w.dir.Unref()
	w.dir = vp
}

// done gives up what the lookup holds.
func (w *walk) done() {
	w.dir.Unref()
	w.root.Unref()
	w.dir, w.root = nil, nil
}

// next cuts the first component off the path. rest tells that others follow;
// the last component knows of slashes after it.
func (w *walk) next() (n last, rest bool) {
	p := strings.TrimLeft(w.path, "/")
	i := strings.IndexByte(p, '/')
	if w.dir == w.v.root {
		if key := w.v.etfs.match(p); key != "" {
			if i = len(key); i == len(p) {
				i = -1
			}
		}
	}
	if i < 0 {
		w.path = ""
		return last{name: p}, false
	}
	n = last{name: p[:i], slash: true}
	w.path = strings.TrimLeft(p[i:], "/")
	return n, w.path != ""
}

// parent walks to the directory of the last component, and returns that.
func (w *walk) parent() (last, error) {
	for {
		n, rest := w.next()
		if !rest {
			return n, nil
		}
		vp, err := w.step(n.name)
		if err != nil {
			return n, err
		}
		if err := w.enter(vp); err != nil {
			return n, err
		}
	}
}

// enter goes on at vp, whose reference it takes over: into a directory, or
// along a symbolic link.
func (w *walk) enter(vp *vnode.Vnode) error {
	switch vp.Type {
	case abi.S_IFDIR:
		w.to(vp)
		return nil
	case abi.S_IFLNK:
		return w.follow(vp)
	}
	vp.Unref()
	return abi.ENOTDIR
}

// follow puts the target of a link, whose reference it takes over, before what
// is left of the path: ELOOP after MAXSYMLINKS links.
func (w *walk) follow(vp *vnode.Vnode) error {
	defer vp.Unref()
	if w.links++; w.links > abi.MAXSYMLINKS {
		return abi.ELOOP
	}
	target, err := readlink(w.cred, vp)
	if err != nil {
		return err
	}
	if w.v.magicLinks.Load() != 0 {
		target = w.magic(target)
	}
	switch {
	case target == "":
		return abi.ENOENT
	case len(target)+1+len(w.path) >= abi.MAXPATHLEN:
		return abi.ENAMETOOLONG
	case w.path != "":
		target += "/" + w.path
	}
	w.path = target
	if target[0] == '/' {
		w.to(w.root.Ref())
	}
	return nil
}

// readlink returns the target of a symbolic link. On mounts with MNT_SYMPERM
// it takes permission to read.
func readlink(c *cred.Cred, vp *vnode.Vnode) (string, error) {
	ln, ok := vp.Node.(vnode.Link)
	if !ok {
		return "", abi.EINVAL
	}
	vp.RLock()
	defer vp.RUnlock()
	if vp.Mount.Flags()&abi.MNT_SYMPERM != 0 {
		if err := vp.Access(c, vnode.Read); err != nil {
			return "", err
		}
	}
	return ln.Readlink()
}

// step returns what name stands for in the present directory, with a
// reference; it crosses mount points, and stays below the root.
func (w *walk) step(name string) (*vnode.Vnode, error) {
	if name == ".." {
		return w.up()
	}
	w.dir.RLock()
	vp, err := w.look(name)
	w.dir.RUnlock()
	if err != nil {
		return nil, err
	}
	return cross(vp), nil
}

// look looks name up in the present directory. Preconditions: it is locked.
func (w *walk) look(name string) (*vnode.Vnode, error) {
	d, err := w.dir.Dir()
	if err != nil {
		return nil, err
	}
	if len(name) > vnode.NameMax {
		return nil, abi.ENAMETOOLONG
	}
	if w.dir.Mount.Dead() {
		return nil, abi.ENOTDIR
	}
	if err := w.dir.Access(w.cred, vnode.Exec); err != nil {
		return nil, err
	}
	if name == "." || name == "" {
		return w.dir.Ref(), nil
	}
	if w.dir == w.v.root {
		if vp := w.v.etfs.find(name); vp != nil {
			return vp, nil
		}
	}
	if pd, ok := d.(vnode.ProcDir); ok {
		return pd.LookupFor(w.l, name)
	}
	return w.dir.Lookup(name)
}

// up returns the parent of the present directory: the root is its own, and
// that of a mount's root is where the mount lies.
func (w *walk) up() (*vnode.Vnode, error) {
	for w.dir != w.root && w.dir.IsRoot() && w.dir.Mount.Covered != nil {
		w.to(w.dir.Mount.Covered.Ref())
	}
	w.dir.RLock()
	defer w.dir.RUnlock()
	if w.dir == w.root {
		return w.look(".")
	}
	return w.look("..")
}

// cross returns the root of what is mounted on vp, or vp.
func cross(vp *vnode.Vnode) *vnode.Vnode {
	for m := vp.Covered(); m != nil; m = vp.Covered() {
		if root := m.Enter(); root != nil {
			vp.Unref()
			vp = root
		}
	}
	return vp
}

// final returns what the last component stands for, with a reference.
func (w *walk) final(n last, follow bool) (*vnode.Vnode, error) {
	for {
		vp, err := w.step(n.name)
		if err != nil {
			return nil, err
		}
		if vp.Type != abi.S_IFLNK || !follow && !n.slash {
			if n.slash && !vp.IsDir() {
				vp.Unref()
				return nil, abi.ENOTDIR
			}
			return vp, nil
		}
		slash := n.slash
		if err := w.follow(vp); err != nil {
			return nil, err
		}
		if n, err = w.parent(); err != nil {
			return nil, err
		}
		n.slash = n.slash || slash
	}
}

// lookup returns the vnode that path names, with a reference. fd is where a
// relative path begins.
func (v *VFS) lookup(l *proc.LWP, fd int32, path string, follow bool) (*vnode.Vnode, error) {
	w, err := v.start(l, fd, path)
	if err != nil {
		return nil, err
	}
	defer w.done()
	n, err := w.parent()
	if err != nil {
		return nil, err
	}
	return w.final(n, follow)
}
