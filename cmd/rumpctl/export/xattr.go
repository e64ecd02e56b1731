// Extended attributes: those of the namespaces that file systems of the kernel
// keep. Which a user may see and set, the host decides before it asks.
package export

import (
	"context"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.NodeGetxattrer    = (*node)(nil)
	_ fs.NodeSetxattrer    = (*node)(nil)
	_ fs.NodeListxattrer   = (*node)(nil)
	_ fs.NodeRemovexattrer = (*node)(nil)
)

// The namespaces. Other names the kernel would take for the user's, and those of
// the system (ACLs) tell the host's programs of what nobody would obey.
const trusted = "trusted."

var namespaces = [...]string{"user.", trusted, "security."}

// nameErrno is what a name that the kernel does not keep is refused with, 0 for
// others.
func nameErrno(name string) syscall.Errno {
	for _, prefix := range namespaces {
		switch rest, ok := strings.CutPrefix(name, prefix); {
		case ok && rest == "":
			return syscall.EINVAL
		case ok:
			return 0
		}
	}
	return syscall.EOPNOTSUPP
}

// xattrCalls are the calls on the attributes of one file.
type xattrCalls struct {
	get    func(name string, value []byte) (int, error)
	list   func(list []byte) (int, error)
	set    func(name string, value []byte, flags int) error
	remove func(name string) error
}

// onAttrs calls f with the calls for the file.
func (n *node) onAttrs(f func(x *xattrCalls) error) error {
	c := n.x.c
	byFD := func(fd int) error {
		return f(&xattrCalls{
			get:    func(name string, value []byte) (int, error) { return c.Fgetxattr(fd, name, value) },
			list:   func(list []byte) (int, error) { return c.Flistxattr(fd, list) },
			set:    func(name string, value []byte, flags int) error { return c.Fsetxattr(fd, name, value, flags) },
			remove: func(name string) error { return c.Fremovexattr(fd, name) },
		})
	}
	if n.id.Mode != abi.S_IFREG && n.id.Mode != abi.S_IFDIR {
		return n.aside(f)
	}
	return n.on(nil, byFD, func(int, string) error {
		fd, err := n.openAt(abi.O_RDONLY | abi.O_NOFOLLOW | abi.O_NONBLOCK | abi.O_CLOEXEC)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close(fd) }()
		return byFD(fd)
	})
}

// aside is onAttrs for what cannot be opened, or is something else when it is:
// symbolic links, devices. The kernel's calls take such a file by its path only,
// so a process of its own, which is in the directory, makes them.
func (n *node) aside(f func(x *xattrCalls) error) error {
	return n.byName(func(dir int, path string) error {
		c, err := n.x.child(dir)
		if err != nil {
			return err
		}
		defer func() { _ = c.Exit() }()
		var st abi.Stat
		if err = c.Fchdir(0); err == nil {
			err = c.Lstat(path, &st)
		}
		if err == nil && n.x.identity(&st) != n.id {
			err = abi.ESTALE
		}
		if err != nil {
			return err
		}
		return f(byPath(c, path))
	})
}

func byPath(c *client.Client, path string) *xattrCalls {
	return &xattrCalls{
		get:    func(name string, value []byte) (int, error) { return c.Lgetxattr(path, name, value) },
		list:   func(list []byte) (int, error) { return c.Llistxattr(path, list) },
		set:    func(name string, value []byte, flags int) error { return c.Lsetxattr(path, name, value, flags) },
		remove: func(name string) error { return c.Lremovexattr(path, name) },
	}
}

// xattrErrno is an error of a call on attributes as the host has it.
func xattrErrno(err error) syscall.Errno {
	switch err {
	case abi.ENOTSUP, abi.EOPNOTSUPP:
		return syscall.EOPNOTSUPP
	case abi.ENAMETOOLONG:
		return syscall.ERANGE
	}
	return errno(err)
}

// Getxattr gives the value of an attribute, or its size if dest is too small.
func (n *node) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	if e := nameErrno(name); e != 0 {
		return 0, e
	}
	value, err := n.value(func(x *xattrCalls, buf []byte) (int, error) { return x.get(name, buf) })
	return give(value, dest, err)
}

// Listxattr gives the names of the attributes, of those that are kept, and to
// root only of trusted ones. A file system without attributes has none.
func (n *node) Listxattr(ctx context.Context, dest []byte) (uint32, syscall.Errno) {
	list, err := n.value(func(x *xattrCalls, buf []byte) (int, error) { return x.list(buf) })
	if xattrErrno(err) == syscall.EOPNOTSUPP {
		return 0, 0
	}
	caller, ok := fuse.FromContext(ctx)
	root := ok && caller.Uid == 0
	var names []byte
	for name := range strings.SplitSeq(string(list), "\x00") {
		if nameErrno(name) == 0 && (root || !strings.HasPrefix(name, trusted)) {
			names = append(append(names, name...), 0)
		}
	}
	return give(names, dest, err)
}

// usualXattrs is the room that most values and lists have enough of.
const usualXattrs = 1 << 10

// value returns what read gives, whatever its size.
func (n *node) value(read func(x *xattrCalls, buf []byte) (int, error)) (v []byte, err error) {
	err = n.onAttrs(func(x *xattrCalls) error {
		buf := make([]byte, usualXattrs)
		k, err := read(x, buf)
		if err == abi.ERANGE {
			buf = make([]byte, abi.XATTR_SIZE_MAX)
			k, err = read(x, buf)
		}
		v = buf[:max(k, 0)]
		return err
	})
	return v, err
}

// give copies a value to the host.
func give(value, dest []byte, err error) (uint32, syscall.Errno) {
	if err != nil {
		return 0, xattrErrno(err)
	}
	if len(value) > len(dest) {
		return uint32(len(value)), syscall.ERANGE
	}
	copy(dest, value)
	return uint32(len(value)), 0
}

// Setxattr sets an attribute.
func (n *node) Setxattr(_ context.Context, name string, value []byte, flags uint32) syscall.Errno {
	if e := nameErrno(name); e != 0 {
		return e
	}
	how := 0
	if flags&unix.XATTR_CREATE != 0 {
		how |= abi.XATTR_CREATE
	}
	if flags&unix.XATTR_REPLACE != 0 {
		how |= abi.XATTR_REPLACE
	}
	return xattrErrno(n.onAttrs(func(x *xattrCalls) error { return x.set(name, value, how) }))
}

// Removexattr removes an attribute.
func (n *node) Removexattr(_ context.Context, name string) syscall.Errno {
	if e := nameErrno(name); e != 0 {
		return e
	}
	return xattrErrno(n.onAttrs(func(x *xattrCalls) error { return x.remove(name) }))
}
