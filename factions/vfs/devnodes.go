// The nodes of drivers under /dev, made and removed as drivers come and go.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
)

// deviceNode makes or removes a node. One that is there already is left alone.
func (v *VFS) deviceNode(e devsw.NodeEvent) {
	if e.Path == "" {
		return
	}
	l := v.b.BootLWP()
	path := "/dev/" + e.Path
	if e.Gone {
		_ = v.unlinkPath(l, abi.AT_FDCWD, path)
		return
	}
	for i := len("/dev/"); i < len(path); i++ {
		if path[i] == '/' {
			_ = v.Mkdir(l, path[:i], 0o755)
		}
	}
	typ := uint32(abi.S_IFCHR)
	if e.Block {
		typ = abi.S_IFBLK
	}
	mode := typ | e.Mode&abi.ALLPERMS&^abi.CMASK
	if vp, err := v.make(l, abi.AT_FDCWD, path, vnode.NewNode{Mode: mode, Rdev: e.Dev}); err == nil {
		vp.Unref()
	}
}
