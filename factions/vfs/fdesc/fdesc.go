// Package fdesc shows each process its descriptors as files (mount_fdesc(8)):
// opening fd/N is duplicating N.
package fdesc

import (
	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "fdesc, a process's descriptors as files"

// Attach enters the file system's type. It takes no arguments.
func Attach(v *vfs.VFS) error {
	now := v.Base().Now
	return v.AddFileSystem(&vnode.Type{
		Name: "fdesc",
		Mount: func(_ *proc.LWP, m *vnode.Mount, _ usermem.InOutBuf) (vnode.FileSystem, error) {
			return newFS(m, now()), nil
		},
	})
}

// FS is one mounted fdesc: a root with the directory fd and links to what is
// in that.
type FS struct {
	mount *vnode.Mount
	made  int64
	root  *rootDir
	fd    *fdDir
	links []*link
}

// The numbers of the nodes; descriptors come after.
const (
	inoRoot = 2 + iota
	inoFd
	inoLink
	inoFirst  = inoLink + 3
	blockSize = 512
)

func newFS(m *vnode.Mount, made int64) *FS {
	fs := &FS{mount: m, made: made}
	fs.root = &rootDir{node{fs: fs, ino: inoRoot, mode: 0o555}}
	fs.root.vp.Init(m, abi.S_IFDIR, 0, fs.root)
	fs.fd = &fdDir{node{fs: fs, ino: inoFd, mode: 0o555}}
	fs.fd.vp.Init(m, abi.S_IFDIR, 0, fs.fd)
	for i, name := range []string{"stdin", "stdout", "stderr"} {
		ln := &link{node: node{fs: fs, ino: inoLink + uint64(i), mode: 0o777}, name: name, target: "fd/" + string(rune('0'+i))}
		ln.vp.Init(m, abi.S_IFLNK, 0, ln)
		fs.links = append(fs.links, ln)
	}
	return fs
}

// Root returns the root directory.
func (fs *FS) Root() (*vnode.Vnode, error) { return fs.root.vp.Ref(), nil }

// Statvfs tells of no space.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	st.Bsize, st.Frsize, st.Iosize = blockSize, blockSize, blockSize
	st.Blocks, st.Files, st.Namemax = 2, inoFirst-inoRoot, vnode.NameMax
	return nil
}

// Sync has nothing to write back.
func (fs *FS) Sync() error { return nil }

// Unmount has nothing to give back.
func (fs *FS) Unmount(bool) error { return nil }
