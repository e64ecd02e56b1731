// Package null shows a directory tree in a second place (mount_null(8)). Its
// vnodes have the locks of those they stand for, so that a call through either
// name is whole for callers through the other.
package null

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "null, a directory tree in a second place"

// Attach enters the file system's type.
func Attach(v *vfs.VFS) error {
	return v.AddFileSystem(&vnode.Type{
		Name: "null", ArgSize: len(usermem.BytesOf(new(abi.NullArgs))),
		Mount: func(l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
			return mount(v, l, m, args)
		},
	})
}

// mount shows the directory that the arguments name: EINVAL without arguments,
// ENOTDIR for what is none.
func mount(v *vfs.VFS, l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
	if args.IsNil() {
		return nil, abi.EINVAL
	}
	var a abi.NullArgs
	if err := args.CopyIn(usermem.BytesOf(&a)); err != nil {
		return nil, err
	}
	path, err := usermem.String{Mem: args.Follow(a.La.Target, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return nil, err
	}
	target, err := v.Lookup(l, path)
	if err != nil {
		return nil, err
	}
	defer target.Unref()
	if !target.IsDir() {
		return nil, abi.ENOTDIR
	}
	m.From = string(append([]byte(nil), path...))
	m.Over = target.Mount
	fs := &FS{v: v, mount: m, nodes: map[*vnode.Vnode]*node{}}
	fs.root = fs.wrap(target.Ref())
	fs.top = target
	return fs, nil
}

// FS is one mount. mu is taken after the locks of vnodes.
type FS struct {
	v     *vfs.VFS
	mount *vnode.Mount
	root  *vnode.Vnode // with the reference that Root gives away
	top   *vnode.Vnode // what root stands for

	mu    sync.Mutex
	nodes map[*vnode.Vnode]*node // those in use, by what they stand for
}

// Root returns the root directory. It is asked once.
func (fs *FS) Root() (*vnode.Vnode, error) { return fs.root, nil }

// Statvfs is that of the file system below.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	if fs.top.Mount.Dead() {
		return abi.EIO
	}
	return fs.top.Mount.FS.Statvfs(st)
}

// Sync has nothing to write back: the file system below is synced for itself.
func (fs *FS) Sync() error { return nil }

// Unmount has nothing to give back: nodes give up what they stand for when
// nobody uses them.
func (fs *FS) Unmount(bool) error { return nil }

// Quotactl does what args say with the quotas of the file system below:
// EOPNOTSUPP where that has none.
func (fs *FS) Quotactl(l *proc.LWP, args *abi.QuotactlArgs, mem usermem.Mem) error {
	below := fs.top.Mount
	if below.Dead() {
		return abi.EIO
	}
	if q, ok := below.FS.(vnode.Quotas); ok {
		return q.Quotactl(l, args, mem)
	}
	return abi.EOPNOTSUPP
}

// wrap returns the vnode that stands for lower, whose reference it takes over,
// with a reference.
func (fs *FS) wrap(lower *vnode.Vnode) *vnode.Vnode {
	fs.mu.Lock()
	n := fs.nodes[lower]
	if n != nil {
		n.vp.Ref()
		fs.mu.Unlock()
		lower.Unref()
		return &n.vp
	}
	defer fs.mu.Unlock()
	n = fs.newNode(lower)
	fs.nodes[lower] = n
	return n.vp.Ref()
}
