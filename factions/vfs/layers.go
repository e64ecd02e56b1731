// What file systems that lie on others use of the layer.
package vfs

import "github.com/rumpkit/rumpkit/factions/vfs/vnode"

// RenameIn renames name in from to toName in to, directories of one mount that
// the caller has references on and has not locked. Permissions are the
// caller's to check.
func (v *VFS) RenameIn(from *vnode.Vnode, name string, to *vnode.Vnode, toName string) error {
	l := v.b.BootLWP()
	at := func(dir *vnode.Vnode) walk {
		return walk{v: v, l: l, cred: l.Cred(), root: v.root, dir: dir}
	}
	r := renaming{from: at(from), to: at(to), fromName: last{name: name}, toName: last{name: toName}}
	return r.run()
}
