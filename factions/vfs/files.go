// From descriptors to vnodes.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// openVnodeOf returns the file open as fd, which the caller drops, and its
// vnode: EINVAL for a file that has none, such as a socket.
func openVnodeOf(l *proc.LWP, fd int32) (*file.File, *vnode.Vnode, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return nil, nil, err
	}
	vp := vnodeOf(f)
	if vp == nil {
		_ = f.Drop(l)
		return nil, nil, abi.EINVAL
	}
	return f, vp, nil
}
