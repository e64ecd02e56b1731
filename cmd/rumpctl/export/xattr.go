// Extended attributes: those of the user namespace, of files and directories.
package export

import (
	"context"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.NodeGetxattrer    = (*node)(nil)
	_ fs.NodeSetxattrer    = (*node)(nil)
	_ fs.NodeListxattrer   = (*node)(nil)
	_ fs.NodeRemovexattrer = (*node)(nil)
)

// userPrefix is what attributes begin with that the kernel may keep.
const userPrefix = "user."

// onAttrs calls f with a descriptor of a file that can have such attributes.
func (n *node) onAttrs(f func(fd int) error) error {
	if n.id.Mode != abi.S_IFREG && n.id.Mode != abi.S_IFDIR {
		return abi.EOPNOTSUPP
	}
	return n.on(nil, f, func(int, string) error {
		fd, err := n.openAt(abi.O_RDONLY | abi.O_NOFOLLOW | abi.O_NONBLOCK | abi.O_CLOEXEC)
		if err != nil {
			return err
		}
		defer func() { _ = n.x.c.Close(fd) }()
		return f(fd)
	})
}

// Getxattr gives the value of an attribute, or its size if dest is too small.
func (n *node) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	if !strings.HasPrefix(name, userPrefix) {
		return 0, syscall.ENODATA
	}
	value, err := n.value(func(fd int, buf []byte) (int, error) { return n.x.c.Fgetxattr(fd, name, buf) })
	return give(value, dest, err)
}

// Listxattr gives the names of the attributes.
func (n *node) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	list, err := n.value(func(fd int, buf []byte) (int, error) { return n.x.c.Flistxattr(fd, buf) })
	if err == abi.EOPNOTSUPP {
		return 0, 0
	}
	var user []byte
	for name := range strings.SplitSeq(string(list), "\x00") {
		if strings.HasPrefix(name, userPrefix) {
			user = append(append(user, name...), 0)
		}
	}
	return give(user, dest, err)
}

// value returns what read gives, whatever its size.
func (n *node) value(read func(fd int, buf []byte) (int, error)) ([]byte, error) {
	buf := make([]byte, abi.XATTR_SIZE_MAX)
	err := n.onAttrs(func(fd int) error {
		k, err := read(fd, buf)
		buf = buf[:max(k, 0)]
		return err
	})
	return buf, err
}

// give copies a value to the host.
func give(value, dest []byte, err error) (uint32, syscall.Errno) {
	if err != nil {
		return 0, errno(err)
	}
	if len(value) > len(dest) {
		return uint32(len(value)), syscall.ERANGE
	}
	copy(dest, value)
	return uint32(len(value)), 0
}

// Setxattr sets an attribute.
func (n *node) Setxattr(_ context.Context, name string, value []byte, flags uint32) syscall.Errno {
	if !strings.HasPrefix(name, userPrefix) {
		return syscall.EOPNOTSUPP
	}
	how := 0
	if flags&unix.XATTR_CREATE != 0 {
		how |= abi.XATTR_CREATE
	}
	if flags&unix.XATTR_REPLACE != 0 {
		how |= abi.XATTR_REPLACE
	}
	return errno(n.onAttrs(func(fd int) error { return n.x.c.Fsetxattr(fd, name, value, how) }))
}

// Removexattr removes an attribute.
func (n *node) Removexattr(_ context.Context, name string) syscall.Errno {
	if !strings.HasPrefix(name, userPrefix) {
		return syscall.ENODATA
	}
	return errno(n.onAttrs(func(fd int) error { return n.x.c.Fremovexattr(fd, name) }))
}
