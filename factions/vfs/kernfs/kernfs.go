// Package kernfs shows what the kernel says of itself as files, each a line of
// text: its name, when it booted, its messages (mount_kernfs(8)).
package kernfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "kernfs, the kernel's own values as files"

// Attach enters the file system's type. It takes no arguments.
func Attach(v *vfs.VFS) error {
	b := v.Base()
	return v.AddFileSystem(&vnode.Type{
		Name: "kernfs",
		Mount: func(_ *proc.LWP, m *vnode.Mount, _ usermem.InOutBuf) (vnode.FileSystem, error) {
			return newFS(b, m), nil
		},
	})
}

// FS is one mounted kernfs.
type FS struct {
	b     *kernel.Base
	mount *vnode.Mount
	root  *dir
	files []*value
	made  int64
}

func newFS(b *kernel.Base, m *vnode.Mount) *FS {
	fs := &FS{b: b, mount: m, made: b.Now()}
	fs.root = &dir{node{fs: fs, ino: rootIno, mode: 0o555}}
	fs.root.vp.Init(m, abi.S_IFDIR, 0, fs.root)
	for i, e := range entries() {
		f := &value{node: node{fs: fs, ino: rootIno + 1 + uint64(i), mode: 0o444}, entry: e}
		if e.set != nil {
			f.mode = 0o644
		}
		f.vp.Init(m, abi.S_IFREG, 0, f)
		fs.files = append(fs.files, f)
	}
	return fs
}

const (
	rootIno   = 2
	blockSize = 512
)

// Root returns the root directory.
func (fs *FS) Root() (*vnode.Vnode, error) { return fs.root.vp.Ref(), nil }

// Statvfs tells of no space.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	st.Bsize, st.Frsize, st.Iosize = blockSize, blockSize, blockSize
	st.Blocks, st.Files, st.Namemax = 2, uint64(len(fs.files)+1), vnode.NameMax
	return nil
}

// Sync has nothing to write back.
func (fs *FS) Sync() error { return nil }

// Unmount has nothing to give back.
func (fs *FS) Unmount(bool) error { return nil }
