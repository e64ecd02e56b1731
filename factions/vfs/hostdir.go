// Host directories in the root file system: what lies in them is found by
// name, and not listed.
package vfs

import (
	"hash/fnv"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// hostDirNode is a host directory. With deep, what is in those in it is found
// too; in a shut one, nothing is.
type hostDirNode struct {
	*hostNode
	deep, shut bool
}

// hostDir returns the vnode of an entry for a directory: ENOTDIR when the host
// has none, EISDIR for one with a window.
func (v *VFS) hostDir(e kernel.Etfs, i uint64) (*vnode.Vnode, error) {
	_, kind, err := v.b.Host.FileInfo(e.HostPath)
	switch {
	case err != nil:
		return nil, err
	case kind != hypercall.KindDir:
		return nil, abi.ENOTDIR
	case e.Begin != 0 || e.Size > 0:
		return nil, abi.EISDIR
	}
	n := &hostNode{host: v.host(), path: e.HostPath, ino: etfsIno + i, made: v.now()}
	d := &hostDirNode{hostNode: n, deep: e.Type == kernel.EtfsDirSubdirs}
	n.vp.Init(v.root.Mount, abi.S_IFDIR, 0, d)
	return &n.vp, nil
}

// Lookup finds a regular file or a directory on the host: ENOENT for anything
// else. The way up is EOPNOTSUPP.
func (d *hostDirNode) Lookup(name string) (*vnode.Vnode, error) {
	switch {
	case name == "..":
		return nil, abi.EOPNOTSUPP
	case d.shut:
		return nil, abi.ENOENT
	}
	path := d.path + "/" + name
	size, kind, err := d.host.FileInfo(path)
	if err != nil {
		return nil, err
	}
	n := &hostNode{host: d.host, path: path, win: window{size: size}, ino: pathIno(path), made: d.made}
	switch {
	case kind == hypercall.KindRegular:
		n.vp.Init(d.vp.Mount, abi.S_IFREG, 0, &hostFile{hostNode: n})
	case kind == hypercall.KindDir:
		n.vp.Init(d.vp.Mount, abi.S_IFDIR, 0, &hostDirNode{hostNode: n, deep: d.deep, shut: !d.deep})
	default:
		return nil, abi.ENOENT
	}
	return n.vp.Ref(), nil
}

// pathIno makes up a number for what has none of its own: the same for the
// same path.
func pathIno(path string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(path))
	return h.Sum64() | etfsIno<<1
}

// ReadDir lists nothing.
func (d *hostDirNode) ReadDir(int64, func(vnode.Entry) bool) error { return nil }
