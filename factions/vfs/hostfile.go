// The nodes that show host files.
package vfs

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// hostNode is a node of a host file: a device, or the base of a hostFile.
type hostNode struct {
	vp   vnode.Vnode
	host host
	path string
	win  window
	ino  uint64
	made int64
}

// Perm returns root's, mode 0755.
func (n *hostNode) Perm() vnode.Perm { return vnode.Perm{Mode: 0o755} }

// Attr describes the file.
func (n *hostNode) Attr() (abi.Stat, error) {
	t := abi.Timespec{Sec: n.made / 1e9, Nsec: n.made % 1e9}
	return abi.Stat{
		Ino: n.ino, Mode: n.vp.Type | 0o755, Nlink: 1, Size: n.win.size,
		Blocks: (n.win.size + abi.S_BLKSIZE - 1) / abi.S_BLKSIZE, Blksize: abi.S_BLKSIZE,
		Atim: t, Mtim: t, Ctim: t, Birthtim: t,
	}, nil
}

// SetAttr is not for us: the host's file keeps what it has.
func (n *hostNode) SetAttr(*vnode.SetAttr) error { return abi.EOPNOTSUPP }

// Inactive has nothing to do: the driver keeps the host file.
func (n *hostNode) Inactive() {}

// hostFile is a regular host file. It is opened at its first open; one that
// the host lets us only read is read-only.
type hostFile struct {
	*hostNode
	mu       sync.Mutex
	f        hypercall.File
	readOnly bool
}

// Open opens the host file: EACCES for writing one that can only be read.
func (n *hostFile) Open(fflags uint32) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.f == nil {
		f, ro, err := n.host.open(n.path)
		if err != nil {
			return err
		}
		n.f, n.readOnly = f, ro
	}
	if n.readOnly && fflags&file.FWRITE != 0 {
		return abi.EACCES
	}
	return nil
}

// Inactive closes the host file when nobody uses it any more.
func (n *hostFile) Inactive() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.f != nil && n.vp.Refs() == 0 {
		_ = n.f.Close()
		n.f = nil
	}
}

func (n *hostFile) opened() (hypercall.File, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.f == nil {
		return nil, abi.EIO
	}
	return n.f, nil
}

// ReadAt reads within the window.
func (n *hostFile) ReadAt(p []byte, off int64) (int, error) {
	f, err := n.opened()
	if err != nil || off >= n.win.size {
		return 0, err
	}
	return f.ReadAt(p[:min(int64(len(p)), n.win.size-off)], n.win.begin+off)
}

// WriteAt writes within the window: ENOSPC beyond it.
func (n *hostFile) WriteAt(p []byte, off int64) (int, error) {
	f, err := n.opened()
	if err != nil {
		return 0, err
	}
	if off >= n.win.size {
		return 0, abi.ENOSPC
	}
	return f.WriteAt(p[:min(int64(len(p)), n.win.size-off)], n.win.begin+off)
}

// Truncate does nothing, as for a device: the window stays what it is.
func (n *hostFile) Truncate(int64) error { return nil }

// Size returns the size of the window.
func (n *hostFile) Size() int64 { return n.win.size }

// Sync writes the host file back.
func (n *hostFile) Sync() error {
	f, err := n.opened()
	if err != nil {
		return err
	}
	return f.Sync()
}

// etfsNode is what the nodes of host files are: they have no name that could
// be changed.
type etfsNode interface{ etfs() }

func (n *hostNode) etfs() {}
