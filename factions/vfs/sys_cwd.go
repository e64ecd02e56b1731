// The directories of a process: chdir(2), chroot(2), getcwd(3), umask(2).
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// enterable returns the directory path names, with a reference, if l may
// search it.
func (v *VFS) enterable(l *proc.LWP, path usermem.String) (*vnode.Vnode, error) {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return nil, err
	}
	vp, err := v.lookup(l, abi.AT_FDCWD, p, true)
	if err != nil {
		return nil, err
	}
	if err := searchable(l, vp); err != nil {
		vp.Unref()
		return nil, err
	}
	return vp, nil
}

// searchable checks that vp is a directory l may search.
func searchable(l *proc.LWP, vp *vnode.Vnode) error {
	if !vp.IsDir() {
		return abi.ENOTDIR
	}
	vp.RLock()
	defer vp.RUnlock()
	return vp.Access(l.Cred(), vnode.Exec)
}

// enterableFile is enterable for the directory open as fd, or what is mounted
// on it by now.
func enterableFile(l *proc.LWP, fd int32) (*vnode.Vnode, error) {
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return nil, err
	}
	defer f.Drop(l)
	if !vp.IsDir() {
		return nil, abi.ENOTDIR
	}
	vp = cross(vp.Ref())
	if err := searchable(l, vp); err != nil {
		vp.Unref()
		return nil, err
	}
	return vp, nil
}

// SysChdir sets the current directory.
func (v *VFS) SysChdir(l *proc.LWP, path usermem.String) error {
	vp, err := v.enterable(l, path)
	if err != nil {
		return err
	}
	cwdOf(l.Proc()).setDir(vp)
	return nil
}

// SysFchdir sets the current directory to an open one: EPERM when that lies
// outside of the process's root.
func (v *VFS) SysFchdir(l *proc.LWP, fd int32) error {
	vp, err := enterableFile(l, fd)
	if err != nil {
		return err
	}
	if err := v.insideRoot(l, vp); err != nil {
		vp.Unref()
		return err
	}
	cwdOf(l.Proc()).setDir(vp)
	return nil
}

// SysChroot sets the root directory: EPERM unless l is root.
func (v *VFS) SysChroot(l *proc.LWP, path usermem.String) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	vp, err := v.enterable(l, path)
	if err != nil {
		return err
	}
	return v.changeRoot(l, vp)
}

// SysFchroot sets the root directory to an open one.
func (v *VFS) SysFchroot(l *proc.LWP, fd int32) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	vp, err := enterableFile(l, fd)
	if err != nil {
		return err
	}
	if err := v.insideRoot(l, vp); err != nil {
		vp.Unref()
		return err
	}
	return v.changeRoot(l, vp)
}

// changeRoot makes vp, whose reference it takes over, the root; a current
// directory outside of it moves there, so that nothing outside stays in reach.
func (v *VFS) changeRoot(l *proc.LWP, vp *vnode.Vnode) error {
	c := cwdOf(l.Proc())
	dir := vp.Ref()
	c.setRoot(vp)
	cur, root, err := c.get()
	if err != nil {
		dir.Unref()
		return err
	}
	inside, err := isUnder(cur, root)
	cur.Unref()
	root.Unref()
	if err == nil && inside {
		dir.Unref()
		return nil
	}
	c.setDir(dir)
	return nil
}

// insideRoot checks that vp lies below the process's root: EPERM.
func (v *VFS) insideRoot(l *proc.LWP, vp *vnode.Vnode) error {
	dir, root, err := cwdOf(l.Proc()).get()
	if err != nil {
		return err
	}
	defer root.Unref()
	defer dir.Unref()
	if root == v.root {
		return nil
	}
	inside, err := isUnder(vp, root)
	if err == nil && !inside {
		err = abi.EPERM
	}
	return err
}

// SysUmask sets the mode bits that new files don't get, and returns the old
// ones.
func (v *VFS) SysUmask(l *proc.LWP, newmask uint32) (uint32, error) {
	return cwdOf(l.Proc()).umask.Swap(newmask & abi.ALLPERMS), nil
}

// SysGetcwd fills bufp with the path of the current directory and returns its
// length with the NUL: ERANGE when that does not fit, ENOENT when the
// directory has been removed.
func (v *VFS) SysGetcwd(l *proc.LWP, bufp usermem.OutBuf) (int32, error) {
	dir, root, err := cwdOf(l.Proc()).get()
	if err != nil {
		return 0, err
	}
	path, err := pathOf(l, dir, root)
	dir.Unref()
	root.Unref()
	if err != nil {
		return 0, err
	}
	path += "\x00"
	if len(path) > bufp.Len() {
		return 0, abi.ERANGE
	}
	return int32(len(path)), bufp.CopyOut(usermem.BytesOfString(path))
}
