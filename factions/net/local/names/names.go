// Package names gives AF_LOCAL sockets names in the file system: bind(2) makes
// one, connect(2) and sendto(2) find them.
package names

import (
	"github.com/rumpkit/rumpkit/factions/net/local"
	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Doc is the component's line in listings.
const Doc = "names of AF_LOCAL sockets in the file system"

// Names joins the local sockets and the file system of a kernel.
type Names struct {
	local *local.Local
	vfs   *vfs.VFS
}

// Attach gives local sockets names.
func Attach(lo *local.Local, v *vfs.VFS) (*Names, error) {
	n := &Names{local: lo, vfs: v}
	lo.SetNames(n)
	return n, nil
}

// Detach ends that.
func Detach(n *Names) { n.local.SetNames(nil) }

// Bind implements local.Names.
func (n *Names) Bind(l *proc.LWP, path string, sock any) (release func(), err error) {
	if path == "" {
		return nil, abi.ENOENT
	}
	vp, err := n.vfs.BindSocket(l, path, sock)
	if err != nil {
		return nil, err
	}
	return func() {
		n.vfs.UnbindSocket(vp)
		vp.Unref()
	}, nil
}

// Find implements local.Names.
func (n *Names) Find(l *proc.LWP, path string) (any, error) { return n.vfs.FindSocket(l, path) }
