// What other parts of a kernel use of the file system: files by name, in the
// name of an lwp, without a descriptor.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Base returns the kernel the faction is in.
func (v *VFS) Base() *kernel.Base { return v.b }

// Open opens path as open(2) does, but gives no descriptor: the caller drops
// the file.
func (v *VFS) Open(l *proc.LWP, path string, flags int32, mode uint32) (*file.File, error) {
	return v.open(l, abi.AT_FDCWD, path, flags, mode)
}

// OpenAgain opens what f has open with other flags, whatever its name is by now.
func (v *VFS) OpenAgain(l *proc.LWP, f *file.File, flags int32) (*file.File, error) {
	vp := vnodeOf(f)
	if vp == nil {
		return nil, abi.EINVAL
	}
	return v.openExisting(l, vp.Ref(), flags)
}

// Lookup returns what path names, following symbolic links, with a reference.
func (v *VFS) Lookup(l *proc.LWP, path string) (*vnode.Vnode, error) {
	return v.lookup(l, abi.AT_FDCWD, path, true)
}

// Mkdir makes a directory of exactly that mode.
func (v *VFS) Mkdir(l *proc.LWP, path string, mode uint32) error {
	return v.makeOnly(l, path, vnode.NewNode{Mode: abi.S_IFDIR | mode&abi.ALLPERMS})
}

// Symlink makes path a symbolic link to target.
func (v *VFS) Symlink(l *proc.LWP, target, path string) error {
	return v.makeOnly(l, path, vnode.NewNode{
		Mode: abi.S_IFLNK | abi.ACCESSPERMS, Target: target,
	})
}

// Mknod makes a device node; mode has the type.
func (v *VFS) Mknod(l *proc.LWP, path string, mode uint32, dev uint64) error {
	return v.makeOnly(l, path, vnode.NewNode{Mode: mode, Rdev: dev})
}

// Mkfile makes a regular file with the given contents: EEXIST when it is there.
func (v *VFS) Mkfile(l *proc.LWP, path string, mode uint32, contents []byte) error {
	vp, err := v.make(l, abi.AT_FDCWD, path, vnode.NewNode{Mode: abi.S_IFREG | mode&abi.ALLPERMS})
	if err != nil {
		return err
	}
	defer vp.Unref()
	fl, err := vp.File()
	if err != nil {
		return err
	}
	vp.Lock()
	defer vp.Unlock()
	_, err = fl.WriteAt(contents, 0)
	return err
}

// Remove removes a name: of a directory if it is one, and empty.
func (v *VFS) Remove(l *proc.LWP, path string) error {
	err := v.unlinkPath(l, abi.AT_FDCWD, path)
	if err == abi.EPERM {
		return v.rmdirPath(l, abi.AT_FDCWD, path)
	}
	return err
}

func (v *VFS) makeOnly(l *proc.LWP, path string, nn vnode.NewNode) error {
	vp, err := v.make(l, abi.AT_FDCWD, path, nn)
	vp.Unref()
	return err
}

// BindSocket makes path the name of a local socket and keeps sock with it. The
// mode is 0777 less the umask. It returns the vnode with a reference, which
// whoever bound it keeps: EADDRINUSE when the name is there.
func (v *VFS) BindSocket(l *proc.LWP, path string, sock any) (*vnode.Vnode, error) {
	vp, err := v.make(l, abi.AT_FDCWD, path, vnode.NewNode{Mode: abi.S_IFSOCK | abi.ACCESSPERMS&^umaskOf(l)})
	switch err {
	case nil:
		vp.Extra().Socket.Store(boundSocket{sock})
	case abi.EEXIST:
		return nil, abi.EADDRINUSE
	}
	return vp, err
}

// boundSocket wraps what BindSocket keeps, so that nil can be stored.
type boundSocket struct{ sock any }

// UnbindSocket forgets the socket of a vnode; the name stays. It does not give
// the reference back.
func (v *VFS) UnbindSocket(vp *vnode.Vnode) { vp.Extra().Socket.Store(boundSocket{}) }

// FindSocket returns what BindSocket kept with the name path: ENOTSOCK for
// another kind of file, EACCES without permission to write, ECONNREFUSED when
// nobody is bound to it any more.
func (v *VFS) FindSocket(l *proc.LWP, path string) (any, error) {
	vp, err := v.lookup(l, abi.AT_FDCWD, path, true)
	if err != nil {
		return nil, err
	}
	defer vp.Unref()
	if vp.Type != abi.S_IFSOCK {
		return nil, abi.ENOTSOCK
	}
	vp.RLock()
	err = vp.Access(l.Cred(), vnode.Write)
	vp.RUnlock()
	if err != nil {
		return nil, err
	}
	if b, ok := vp.Extra().Socket.Load().(boundSocket); ok && b.sock != nil {
		return b.sock, nil
	}
	return nil, abi.ECONNREFUSED
}
