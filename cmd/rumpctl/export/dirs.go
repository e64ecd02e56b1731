// Directories of the kernel.
package export

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const openDir = abi.O_RDONLY | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_CLOEXEC

// open opens the root and makes its node.
func (x *export) open() (*node, error) {
	fd, err := x.c.Open(x.o.Root, abi.O_RDONLY|abi.O_DIRECTORY|abi.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var st abi.Stat
	if err := x.c.Fstat(fd, &st); err != nil {
		return nil, err
	}
	n := &node{x: x, id: x.identity(&st)}
	x.held.begin(n, fd)
	return n, nil
}

// inDir calls f with a descriptor of the directory.
func (n *node) inDir(f func(dir int) error) error {
	d := n.x.held.hold(n)
	if d == nil {
		fd, err := n.openDir()
		if err != nil {
			return err
		}
		if d = n.x.held.add(n.x.c, n, fd, false); d == nil {
			return abi.EIO
		}
	}
	defer n.x.held.release(n.x.c, d)
	return f(d.fd)
}

// openDir opens the directory by its name, and checks that it is that one.
func (n *node) openDir() (fd int, err error) {
	err = n.byName(func(dir int, name string) error {
		fd, err = n.x.c.Openat(dir, name, openDir, 0)
		return err
	})
	if err != nil {
		return -1, err
	}
	var st abi.Stat
	if err = n.x.c.Fstat(fd, &st); err == nil && n.x.identity(&st) != n.id {
		err = abi.ESTALE
	}
	if err != nil {
		_ = n.x.c.Close(fd)
		return -1, err
	}
	return fd, nil
}
