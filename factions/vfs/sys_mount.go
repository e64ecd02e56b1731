// mount(2), unmount(2) and the statvfs(2) family.
package vfs

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxMountData is the most bytes of arguments mount(2) takes.
const maxMountData = 8192

// SysMount50 mounts a file system of a type on path, changes a mount
// (MNT_UPDATE), or tells its arguments (MNT_GETARGS).
func (v *VFS) SysMount50(l *proc.LWP, typ, path usermem.String, flags int32, data usermem.InOutBuf) error {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	vp, err := v.lookup(l, abi.AT_FDCWD, p, true)
	if err != nil {
		return err
	}
	defer vp.Unref()
	fl := uint64(uint32(flags))
	if fl&(abi.MNT_GETARGS|abi.MNT_UPDATE) != 0 {
		return v.changeMount(l, vp, fl, data)
	}
	t, err := v.mountType(typ)
	if err != nil {
		return err
	}
	if err := checkArgs(t, &data); err != nil {
		return err
	}
	on, err := v.absolute(l, vp)
	if err != nil {
		return err
	}
	return v.mount(l, t, vp, on, fl, data)
}

// mountType copies the name of a type in and finds it: ENODEV. "ufs" is what
// ffs was called once.
func (v *VFS) mountType(typ usermem.String) (*vnode.Type, error) {
	name, err := typ.Get(abi.VFS_NAMELEN)
	if err != nil {
		return nil, abi.ENODEV
	}
	if name == "ufs" {
		name = "ffs"
	}
	v.lock()
	defer v.mu.Unlock()
	if t := v.findType(name); t != nil {
		return t, nil
	}
	return nil, abi.ENODEV
}

// checkArgs checks the length of mount arguments: EINVAL when they are too
// long, or shorter than the type's structure. Length 0 with arguments is taken
// for the length of that.
func checkArgs(t *vnode.Type, data *usermem.InOutBuf) error {
	if data.IsNil() {
		return nil
	}
	n := data.Len()
	if n == 0 && !data.IsLocal() {
		data.Mem = usermem.At(data.Space(), data.Addr(), t.ArgSize)
		n = t.ArgSize
	}
	if n > maxMountData || n < t.ArgSize {
		return abi.EINVAL
	}
	return nil
}

// changeMount serves MNT_GETARGS and MNT_UPDATE: EINVAL for what is not the
// root of a mount.
func (v *VFS) changeMount(l *proc.LWP, vp *vnode.Vnode, flags uint64, data usermem.InOutBuf) error {
	if !vp.IsRoot() {
		return abi.EINVAL
	}
	m := vp.Mount
	if err := checkArgs(m.Type, &data); err != nil {
		return err
	}
	if flags&abi.MNT_GETARGS == 0 {
		return v.update(l, m, flags, data)
	}
	g, ok := m.FS.(vnode.ArgGetter)
	if !ok || data.IsNil() || flags&^abi.MNT_GETARGS != 0 {
		return abi.EINVAL
	}
	return data.CopyOut(g.Args())
}

// absolute returns the path of a directory from the root of all, as statvfs(2)
// shows it.
func (v *VFS) absolute(l *proc.LWP, vp *vnode.Vnode) (string, error) {
	if !vp.IsDir() {
		return "", abi.ENOTDIR
	}
	return pathOf(l, vp, v.root)
}

// SysUnmount takes off what is mounted on path: EINVAL when path, whose last
// link is not followed, is not the root of a mount, EBUSY when it is in use and MNT_FORCE is not set.
func (v *VFS) SysUnmount(l *proc.LWP, path usermem.String, flags int32) error {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	vp, err := v.lookup(l, abi.AT_FDCWD, p, false)
	if err != nil {
		return err
	}
	m, isRoot := vp.Mount, vp.IsRoot()
	vp.Unref()
	switch {
	case !l.Cred().IsRoot() && l.Cred().Euid != m.Owner:
		return abi.EPERM
	case !isRoot:
		return abi.EINVAL
	}
	return v.unmount(m, flags&abi.MNT_FORCE != 0)
}

// statvfsFor fills st as the process of l sees it: paths below its root.
func (v *VFS) statvfsFor(l *proc.LWP, m *vnode.Mount, st *abi.Statvfs) error {
	if err := statvfs(m, st); err != nil {
		return err
	}
	dir, root, err := cwdOf(l.Proc()).get()
	if err != nil {
		return err
	}
	defer root.Unref()
	defer dir.Unref()
	if root == v.root {
		return nil
	}
	below, err := pathOf(l, root, v.root)
	if err != nil || below == "/" {
		return err
	}
	clear(st.Mntonname[:])
	if rest, ok := strings.CutPrefix(m.On, below); ok && (rest == "" || rest[0] == '/') {
		copyName(st.Mntonname[:], "/"+strings.TrimPrefix(rest, "/"))
	} else {
		copyName(st.Mntonname[:], "/")
	}
	return nil
}

// SysStatvfs1 describes the file system path is in.
func (v *VFS) SysStatvfs1(l *proc.LWP, path usermem.String, buf usermem.Out[abi.Statvfs], _ int32) error {
	return v.withPath(l, abi.AT_FDCWD, path, true, func(vp *vnode.Vnode) error {
		return v.putStatvfs(l, vp, buf)
	})
}

// SysFstatvfs1 describes the file system an open file is in.
func (v *VFS) SysFstatvfs1(l *proc.LWP, fd int32, buf usermem.Out[abi.Statvfs], _ int32) error {
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	return v.putStatvfs(l, vp, buf)
}

func (v *VFS) putStatvfs(l *proc.LWP, vp *vnode.Vnode, buf usermem.Out[abi.Statvfs]) error {
	if vp.Mount.Dead() {
		return abi.EIO
	}
	var st abi.Statvfs
	if err := v.statvfsFor(l, vp.Mount, &st); err != nil {
		return err
	}
	return buf.Put(st)
}

// SysGetvfsstat describes all file systems, as many as buf holds, and returns
// how many these are; without a buffer, how many there are.
func (v *VFS) SysGetvfsstat(l *proc.LWP, buf usermem.OutBuf, _ int32) (int32, error) {
	list := v.Mounts()
	if buf.IsNil() {
		return int32(len(list)), nil
	}
	n := 0
	for _, m := range list {
		var st abi.Statvfs
		b := usermem.BytesOf(&st)
		if (n+1)*len(b) > buf.Len() {
			break
		}
		if err := v.statvfsFor(l, m, &st); err != nil {
			return 0, err
		}
		if err := buf.CopyOutAt(n*len(b), b); err != nil {
			return 0, err
		}
		n++
	}
	return int32(n), nil
}
