// Opening files by name (vn_open in NetBSD's terms).
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// lasting are the flags of open(2) that an open file keeps.
const lasting = abi.O_NONBLOCK | abi.O_APPEND | abi.O_ASYNC | abi.O_SYNC | abi.O_DSYNC |
	abi.O_RSYNC | abi.O_ALT_IO | abi.O_DIRECT | abi.O_NOSIGPIPE

// open opens path as open(2) does and returns the file, which has one
// reference.
func (v *VFS) open(l *proc.LWP, fd int32, path string, flags int32, mode uint32) (*file.File, error) {
	if !validOpen(flags) {
		return nil, abi.EINVAL
	}
	vp, created, err := v.openVnode(l, fd, path, flags, mode)
	if err != nil {
		return nil, err
	}
	if created {
		return v.openChecked(l, vp, flags)
	}
	return v.openExisting(l, vp, flags)
}

// openExisting opens vp, whose reference it takes over, if flags may be.
func (v *VFS) openExisting(l *proc.LWP, vp *vnode.Vnode, flags int32) (*file.File, error) {
	if err := prepareOpen(l.Cred(), vp, flags); err != nil {
		vp.Unref()
		return nil, err
	}
	return v.openChecked(l, vp, flags)
}

// openChecked opens vp, whose reference it takes over.
func (v *VFS) openChecked(l *proc.LWP, vp *vnode.Vnode, flags int32) (*file.File, error) {
	f, err := v.newFile(l, vp, uint32(flags&abi.O_ACCMODE+1)|uint32(flags)&lasting)
	if err != nil {
		return nil, err
	}
	if flags&(abi.O_SHLOCK|abi.O_EXLOCK) != 0 {
		if err := v.lockAtOpen(l, f, flags); err != nil {
			_ = f.Drop(l)
			return nil, err
		}
	}
	return f, nil
}

// validOpen reports flags that go together.
func validOpen(flags int32) bool {
	const dirCreat = abi.O_CREAT | abi.O_DIRECTORY
	return flags&abi.O_ACCMODE != abi.O_ACCMODE && flags&dirCreat != dirCreat
}

// openVnode finds the vnode to open, making it when O_CREAT asks for it.
func (v *VFS) openVnode(l *proc.LWP, fd int32, path string, flags int32, mode uint32) (vp *vnode.Vnode, created bool, err error) {
	w, err := v.start(l, fd, path)
	if err != nil {
		return nil, false, err
	}
	defer w.done()
	n, err := w.parent()
	if err != nil {
		return nil, false, err
	}
	follow := flags&abi.O_NOFOLLOW == 0
	if flags&abi.O_CREAT == 0 {
		vp, err = w.final(n, follow)
		return vp, false, err
	}
	return w.openCreate(n, follow, flags, mode&^umaskOf(l)&abi.ALLPERMS&^abi.S_ISTXT)
}

// openCreate is final for O_CREAT. A symbolic link that leads nowhere is
// followed and its target made, except with O_EXCL.
func (w *walk) openCreate(n last, follow bool, flags int32, mode uint32) (*vnode.Vnode, bool, error) {
	for {
		vp, err := w.step(n.name)
		if err == abi.ENOENT {
			if n.slash {
				return nil, false, abi.ENOENT
			}
			vp, err = w.create(n.name, vnode.NewNode{Mode: abi.S_IFREG | mode})
			if err == nil {
				return vp, true, nil
			}
			if err == abi.EEXIST && flags&abi.O_EXCL == 0 {
				continue // somebody else made it
			}
		}
		if err != nil {
			return nil, false, err
		}
		if flags&abi.O_EXCL != 0 {
			vp.Unref()
			return nil, false, abi.EEXIST
		}
		if vp.Type != abi.S_IFLNK || !follow && !n.slash {
			if n.slash && !vp.IsDir() {
				vp.Unref()
				return nil, false, abi.ENOTDIR
			}
			return vp, false, nil
		}
		if err := w.follow(vp); err != nil {
			return nil, false, err
		}
		if n, err = w.parent(); err != nil {
			return nil, false, err
		}
	}
}

// create makes a node in the present directory: EEXIST when the name is there.
func (w *walk) create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	w.dir.Lock()
	vp, err := w.createLocked(name, nn)
	w.dir.Unlock()
	if err != nil {
		vp.Unref()
		return nil, err
	}
	w.dir.Note(noteEntry(vp))
	return vp, nil
}

// noteEntry is what a directory tells when vp comes to it or goes.
func noteEntry(vp *vnode.Vnode) event.Mask {
	if vp.IsDir() {
		return abi.NOTE_WRITE | abi.NOTE_LINK
	}
	return abi.NOTE_WRITE
}

// createLocked is create under the directory's lock. With EEXIST it returns
// what is there.
func (w *walk) createLocked(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	if vp, err := w.look(name); err == nil {
		return vp, abi.EEXIST
	} else if err != abi.ENOENT {
		return nil, err
	}
	ed, err := w.dir.Editor()
	if err != nil {
		return nil, err
	}
	if err := w.dir.Access(w.cred, vnode.Write|vnode.Exec); err != nil {
		return nil, err
	}
	nn.Uid, nn.Gid = w.cred.Euid, w.dir.Node.Perm().Gid
	if nn.Mode&abi.S_ISGID != 0 && !w.cred.IsRoot() && !w.cred.InGroup(nn.Gid) {
		nn.Mode &^= abi.S_ISGID
	}
	return ed.Create(name, nn)
}

// prepareOpen checks that vp, which was there, may be opened with flags, and
// empties it for O_TRUNC.
func prepareOpen(c *cred.Cred, vp *vnode.Vnode, flags int32) error {
	switch {
	case vp.Type == abi.S_IFLNK:
		return abi.EFTYPE // O_NOFOLLOW
	case vp.Type == abi.S_IFSOCK:
		return abi.EOPNOTSUPP
	case flags&abi.O_DIRECTORY != 0 && !vp.IsDir():
		return abi.ENOTDIR
	}
	writes := flags&abi.O_ACCMODE != abi.O_RDONLY || flags&abi.O_TRUNC != 0
	if writes && vp.IsDir() {
		return abi.EISDIR
	}
	if err := openAccess(c, vp, flags, writes); err != nil {
		return err
	}
	if flags&abi.O_TRUNC != 0 && vp.Type == abi.S_IFREG {
		return truncate(c, vp, 0)
	}
	return nil
}

// openAccess checks permissions for an open.
func openAccess(c *cred.Cred, vp *vnode.Vnode, flags int32, writes bool) error {
	want := uint32(0)
	if flags&abi.O_ACCMODE != abi.O_WRONLY {
		want |= vnode.Read
	}
	if writes {
		want |= vnode.Write
	}
	vp.RLock()
	defer vp.RUnlock()
	if err := vp.Access(c, want); err != nil {
		return err
	}
	if writes && vp.Node.Perm().AppendOnly() && (flags&abi.O_APPEND == 0 || flags&abi.O_TRUNC != 0) {
		return abi.EPERM
	}
	return nil
}

// newFile returns an open file of vp, whose reference it takes over.
func (v *VFS) newFile(l *proc.LWP, vp *vnode.Vnode, fflags uint32) (*file.File, error) {
	if o, ok := vp.Node.(fileOpener); ok {
		defer vp.Unref()
		return o.OpenFile(l, fflags)
	}
	switch {
	case vp.IsDevice():
		return v.openDevice(l, vp, fflags)
	case vp.Type == abi.S_IFIFO:
		return v.openFifo(l, vp, fflags)
	}
	if o, ok := vp.Node.(opener); ok {
		if err := o.Open(fflags); err != nil {
			vp.Unref()
			return nil, err
		}
	}
	return file.New(&v.files, file.KindVnode, vp, fflags), nil
}

// opener is a Node that is told when it is opened, and may refuse.
type opener interface{ Open(fflags uint32) error }

// fileOpener is a Node that stands for a file that is open already: that is
// what an open returns.
type fileOpener interface {
	OpenFile(l *proc.LWP, fflags uint32) (*file.File, error)
}
