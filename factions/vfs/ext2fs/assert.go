// What the vnode layer may ask of the files here.
package ext2fs

import "github.com/rumpkit/rumpkit/factions/vfs/vnode"

var (
	_ vnode.Xattrs    = (*node)(nil)
	_ vnode.Syncer    = (*node)(nil)
	_ vnode.Allocator = fileNode{}
	_ vnode.Editor    = dirNode{}
	_ vnode.Link      = linkNode{}
	_ vnode.Updater   = (*FS)(nil)
	_ vnode.ArgGetter = (*FS)(nil)
	_ vnode.Reviver   = (*FS)(nil)
)
