// Names of local sockets.
package export

import (
	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// mksock makes the name of a socket, as binding one does: that is the only way
// the kernel has. EPERM, which is mknod(2)'s for what a file system does not
// have, when the kernel has no local sockets. What is bound there is the host's
// own affair; the kernel's programs are refused by it.
func (x *export) mksock(dir int, name string, perm uint32) error {
	// A process of its own, for its working directory: a path must be short.
	c, err := x.child(dir)
	if err != nil {
		return err
	}
	defer func() { _ = c.Exit() }()
	if err := c.Fchdir(0); err != nil {
		return err
	}
	s, err := c.Socket(abi.AF_LOCAL, abi.SOCK_STREAM, 0)
	if err != nil {
		return abi.EPERM
	}
	addr, err := client.AppendSockaddrUn(nil, name)
	if err == nil {
		err = c.Bind(s, addr)
	}
	if err == abi.EINVAL {
		return abi.EPERM // FAT has none
	}
	if err != nil {
		return err
	}
	return x.c.Fchmodat(dir, name, perm, abi.AT_SYMLINK_NOFOLLOW)
}
