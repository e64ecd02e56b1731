// Descriptors as nodes.
package fdesc

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// desc is one open descriptor of one process, made by the lookup that found it
// and gone after. To the layer it is a device, whatever stat(2) shows.
type desc struct {
	node
	l *proc.LWP
	f *file.File // with a reference
}

// open returns the node of a descriptor of l: EBADF when it is not open.
func (fs *FS) open(l *proc.LWP, fd int32) (*vnode.Vnode, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return nil, err
	}
	n := &desc{node: node{fs: fs, ino: inoFirst + uint64(fd), mode: 0o666}, l: l, f: f}
	n.vp.Init(fs.mount, abi.S_IFCHR, 0, n)
	return n.vp.Ref(), nil
}

// Attr describes the open file.
func (n *desc) Attr() (abi.Stat, error) {
	var st abi.Stat
	err := n.f.Ops.Stat(n.l, n.f, &st)
	st.Ino = n.ino
	return st, err
}

// Inactive gives the file back.
func (n *desc) Inactive() { _ = n.f.Drop(n.l) }

// OpenFile returns the open file itself: EACCES when it is not open for what is
// asked.
func (n *desc) OpenFile(_ *proc.LWP, fflags uint32) (*file.File, error) {
	const modes = file.FREAD | file.FWRITE
	if fflags&modes&^n.f.Flags() != 0 {
		return nil, abi.EACCES
	}
	n.f.Hold()
	return n.f, nil
}
