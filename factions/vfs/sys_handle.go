// Files by handle instead of by name: getfh(2), fhopen(2), fhstat(2),
// fhstatvfs(2). All are root's.
package vfs

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// A handle is the file system's id, then the length of what follows it, two
// bytes of zeros and the file system's own handle, at least minHandle in all.
const (
	handleFid  = 8
	handleData = 12
	minHandle  = 28
)

// SysGetfh30 gives the handle of a file: E2BIG, with the length needed, when
// there is no room for it, EOPNOTSUPP when its file system has none.
func (v *VFS) SysGetfh30(l *proc.LWP, fname usermem.String, fhp usermem.OutSized64) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	return v.withPath(l, abi.AT_FDCWD, fname, true, func(vp *vnode.Vnode) error {
		h, err := makeHandle(vp)
		if err != nil {
			return err
		}
		room, err := fhp.Cap()
		if err != nil {
			return err
		}
		if room < len(h) || fhp.IsNil() {
			if err := fhp.Length.Put(uint64(len(h))); err != nil {
				return err
			}
			return abi.E2BIG
		}
		return fhp.Put(h)
	})
}

// makeHandle returns the handle of a vnode.
func makeHandle(vp *vnode.Vnode) ([]byte, error) {
	fs, ok := vp.Mount.FS.(vnode.Handles)
	if !ok {
		return nil, abi.EOPNOTSUPP
	}
	id, err := fs.Handle(vp)
	if err != nil {
		return nil, err
	}
	h := make([]byte, max(minHandle, handleData+len(id)))
	copy(h, usermem.BytesOf(&vp.Mount.ID))
	binary.LittleEndian.PutUint16(h[handleFid:], uint16(handleData-handleFid+len(id)))
	copy(h[handleData:], id)
	return h, nil
}

// fromHandle copies a handle in and returns its vnode with a reference: EINVAL
// for what is no handle, ESTALE when its file or file system is gone.
func (v *VFS) fromHandle(l *proc.LWP, fhp usermem.InBuf) (*vnode.Vnode, error) {
	if !l.Cred().IsRoot() {
		return nil, abi.EPERM
	}
	if n := fhp.Len(); n < minHandle || n > handleData+vnode.MaxHandle {
		return nil, abi.EINVAL
	}
	h, err := fhp.Get(fhp.Len())
	if err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint16(h[handleFid:])) - (handleData - handleFid)
	if n < 0 || n > len(h)-handleData {
		return nil, abi.EINVAL
	}
	for _, m := range v.Mounts() {
		if string(usermem.BytesOf(&m.ID)) != string(h[:handleFid]) {
			continue
		}
		fs, ok := m.FS.(vnode.Handles)
		if !ok {
			return nil, abi.EOPNOTSUPP
		}
		root := m.Enter()
		if root == nil {
			return nil, abi.ESTALE
		}
		defer root.Unref()
		return fs.FromHandle(h[handleData:][:n])
	}
	return nil, abi.ESTALE
}

// SysFhopen40 opens the file of a handle and returns a descriptor. It makes
// none: O_CREAT is EINVAL.
func (v *VFS) SysFhopen40(l *proc.LWP, fhp usermem.InBuf, flags int32) (int32, error) {
	if !l.Cred().IsRoot() {
		return -1, abi.EPERM
	}
	if !validOpen(flags) || flags&abi.O_CREAT != 0 {
		return -1, abi.EINVAL
	}
	vp, err := v.fromHandle(l, fhp)
	if err != nil {
		return -1, err
	}
	f, err := v.openExisting(l, vp, flags)
	if err != nil {
		return -1, err
	}
	fd, err := file.Alloc(l, f, flags&abi.O_CLOEXEC != 0)
	if err != nil {
		_ = f.Drop(l)
	}
	return fd, err
}

// SysFhstat50 describes the file of a handle.
func (v *VFS) SysFhstat50(l *proc.LWP, fhp usermem.InBuf, sb usermem.Out[abi.Stat]) error {
	st, err := v.statHandle(l, fhp)
	if err != nil {
		return err
	}
	return sb.Put(st)
}

// Compat50SysFhstat40 is fhstat(2) with the old layout.
func (v *VFS) Compat50SysFhstat40(l *proc.LWP, fhp usermem.InBuf, sb usermem.Out[abi.Stat30]) error {
	st, err := v.statHandle(l, fhp)
	if err != nil {
		return err
	}
	return sb.Put(stat30(&st))
}

func (v *VFS) statHandle(l *proc.LWP, fhp usermem.InBuf) (abi.Stat, error) {
	vp, err := v.fromHandle(l, fhp)
	if err != nil {
		return abi.Stat{}, err
	}
	defer vp.Unref()
	return statVnode(vp)
}

// SysFhstatvfs140 describes the file system of a handle.
func (v *VFS) SysFhstatvfs140(l *proc.LWP, fhp usermem.InBuf, buf usermem.Out[abi.Statvfs], _ int32) error {
	vp, err := v.fromHandle(l, fhp)
	if err != nil {
		return err
	}
	defer vp.Unref()
	return v.putStatvfs(l, vp, buf)
}
