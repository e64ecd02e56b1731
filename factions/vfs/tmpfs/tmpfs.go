// Package tmpfs is the file system in memory that can be mounted: like rumpfs,
// with bounds on bytes and nodes.
package tmpfs

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/memfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "tmpfs, a file system in memory"

// name is what mount(2) calls it.
const name = "tmpfs"

// Attach enters the file system's type.
func Attach(v *vfs.VFS) error {
	t := &vnode.Type{Name: name, ArgSize: len(usermem.BytesOf(new(abi.TmpfsArgs)))}
	t.Mount = func(l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
		return mount(v, l, m, args)
	}
	return v.AddFileSystem(t)
}

// fileSystem is one mounted tmpfs.
type fileSystem struct {
	*memfs.FS
	mu   sync.Mutex
	args abi.TmpfsArgs
}

// minSize and minNodes are the least bounds that leave room for the root.
const (
	minSize  = 4096
	minNodes = 3
)

// mount makes a tmpfs: EINVAL for arguments of another version or bounds that
// leave no room. No arguments are those of zeros, with a root of mode 01777.
func mount(v *vfs.VFS, l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
	a, err := load(l, args)
	if err != nil {
		return nil, err
	}
	c := v.MemConfig()
	c.MaxBytes, c.MaxNodes = a.SizeMax, int64(min(a.NodesMax, 1<<62))
	c.RootMode, c.RootUid, c.RootGid = a.RootMode, a.RootUid, a.RootGid
	fs, err := memfs.New(m, c)
	if err != nil {
		return nil, err
	}
	return &fileSystem{FS: fs, args: a}, nil
}

// load copies the arguments in and checks them.
func load(l *proc.LWP, args usermem.InOutBuf) (a abi.TmpfsArgs, err error) {
	if args.IsNil() {
		return abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootUid: l.Cred().Euid,
			RootGid: l.Cred().Egid, RootMode: 0o1777}, nil
	}
	if err := args.CopyIn(usermem.BytesOf(&a)); err != nil {
		return a, err
	}
	switch {
	case a.Version != abi.TMPFS_ARGS_VERSION,
		a.SizeMax < 0, a.SizeMax != 0 && a.SizeMax < minSize,
		a.NodesMax != 0 && a.NodesMax < minNodes,
		a.RootUid == vnode.Keep || a.RootGid == vnode.Keep || a.RootMode == ^uint32(0):
		return a, abi.EINVAL
	}
	return a, nil
}

// Update changes the bounds (MNT_UPDATE): EBUSY when more is in use.
func (fs *fileSystem) Update(l *proc.LWP, _ uint64, args usermem.InOutBuf) error {
	if args.IsNil() {
		return nil
	}
	a, err := load(l, args)
	if err != nil {
		return err
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if err := fs.SetLimits(a.SizeMax, int64(min(a.NodesMax, 1<<62))); err != nil {
		return err
	}
	fs.args.SizeMax, fs.args.NodesMax = a.SizeMax, a.NodesMax
	return nil
}

// Args returns the arguments (MNT_GETARGS).
func (fs *fileSystem) Args() []byte {
	fs.mu.Lock()
	a := fs.args
	fs.mu.Unlock()
	return usermem.BytesOf(&a)
}
