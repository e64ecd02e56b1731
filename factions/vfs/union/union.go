// Package union shows two directory trees as one (mount_union(8)): what the
// upper one has is seen first, and changes are made there. What is taken away
// of the lower one is remembered in the upper by a whiteout, a file whose name
// begins with ".wh.".
package union

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "union, two directory trees as one"

// Attach enters the file system's type.
func Attach(v *vfs.VFS) error {
	return v.AddFileSystem(&vnode.Type{
		Name: "union", ArgSize: len(usermem.BytesOf(new(abi.UnionArgs))),
		Mount: func(l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
			return mount(v, l, m, args)
		},
	})
}

// FS is one mount.
type FS struct {
	v     *vfs.VFS
	mount *vnode.Mount
	root  *node

	// tree is held for reading while a name is looked up, and for writing
	// while something moves from the lower tree to the upper. It is taken
	// after the locks of this file system's vnodes, before those below.
	tree sync.RWMutex

	mu sync.Mutex // protects the tables, and parent and name in nodes
	// uppers and lowers are the nodes in use by what they are in either tree.
	// The trees may share directories: one may lie in the other.
	uppers, lowers map[*vnode.Vnode]*node
}

// lockTree locks tree for writing, rlockTree for reading.
func (fs *FS) lockTree() {
	if !fs.tree.TryLock() {
		fs.mount.Wait(fs.tree.Lock)
	}
}

func (fs *FS) rlockTree() {
	if !fs.tree.TryRLock() {
		fs.mount.Wait(fs.tree.RLock)
	}
}

// mount joins the directory that the arguments name with the one it is mounted
// on, above or below it: EINVAL for other modes, ENOTDIR for what is none.
func mount(v *vfs.VFS, l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
	if args.IsNil() {
		return nil, abi.EINVAL
	}
	var a abi.UnionArgs
	if err := args.CopyIn(usermem.BytesOf(&a)); err != nil {
		return nil, err
	}
	path, err := usermem.String{Mem: args.Follow(a.Target, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return nil, err
	}
	target, err := v.Lookup(l, path)
	if err != nil {
		return nil, err
	}
	if !target.IsDir() {
		target.Unref()
		return nil, abi.ENOTDIR
	}
	m.From = string(append([]byte(nil), path...))
	m.Layered = true
	fs := &FS{v: v, mount: m, uppers: map[*vnode.Vnode]*node{}, lowers: map[*vnode.Vnode]*node{}}
	switch a.Mntflags & abi.UNMNT_OPMASK {
	case abi.UNMNT_ABOVE:
		fs.root = fs.wrap(nil, "", target, m.Covered.Ref())
	case abi.UNMNT_BELOW:
		fs.root = fs.wrap(nil, "", m.Covered.Ref(), target)
	case abi.UNMNT_REPLACE:
		fs.root = fs.wrap(nil, "", target, nil)
	default:
		target.Unref()
		return nil, abi.EINVAL
	}
	return fs, nil
}

// Root returns the root directory, with the reference it was made with. It is
// asked once.
func (fs *FS) Root() (*vnode.Vnode, error) { return &fs.root.vp, nil }

// Statvfs is that of the upper tree.
func (fs *FS) Statvfs(st *abi.Statvfs) error {
	m := fs.root.now().Mount
	if m.Dead() {
		return abi.EIO
	}
	return m.FS.Statvfs(st)
}

// Sync has nothing to write back: the trees are synced for themselves.
func (fs *FS) Sync() error { return nil }

// Unmount has nothing to give back: nodes give up what they stand for when
// nobody uses them.
func (fs *FS) Unmount(bool) error { return nil }
