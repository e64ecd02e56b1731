// The bits of the mode that lend their owner's rights to who runs a file.
package export

import (
	"context"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// dropPrivileges takes the setuid and setgid bits of an open file away before
// somebody changes what is in it who is not root. The kernel does not, for it is
// root's process that writes; the host leaves it to us (CAP_HANDLE_KILLPRIV_V2),
// and would ask before each write otherwise. It is told that the mode it knows is
// an old one.
func (n *node) dropPrivileges(ctx context.Context, fd int) error {
	caller, ok := fuse.FromContext(ctx)
	if !ok || caller.Uid == 0 {
		return nil
	}
	return n.clearSetID(fd)
}

// clearSetID takes the bits away; setgid, as in the host, where the group may run
// the file.
func (n *node) clearSetID(fd int) error {
	var st abi.Stat
	if err := n.x.c.Fstat(fd, &st); err != nil || st.Mode&abi.S_IFMT != abi.S_IFREG {
		return err
	}
	bits := st.Mode & abi.S_ISUID
	if st.Mode&abi.S_IXGRP != 0 {
		bits |= st.Mode & abi.S_ISGID
	}
	if bits == 0 {
		return nil
	}
	if err := n.x.c.Fchmod(fd, st.Mode&abi.ALLPERMS&^bits); err != nil {
		return err
	}
	n.NotifyContent(-1, 0)
	return nil
}
