// Files that nobody else changes: the host does not say when it opens and closes
// them, so a descriptor of the kernel is held while they are used.
package export

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const openFile = abi.O_NOFOLLOW | abi.O_NONBLOCK | abi.O_CLOEXEC

// inFile calls f with a descriptor of the file, by which it can be written if
// write is set.
func (n *node) inFile(write bool, f func(fd int) error) error {
	d, err := n.holdFile()
	if err != nil {
		return err
	}
	defer n.x.held.release(n.x.c, d)
	if d.writable || !write {
		return f(d.fd)
	}
	// It could not be opened for writing before: perhaps it can be now, and if
	// not, that is the error.
	fd, err := n.openAt(openFile | abi.O_RDWR)
	if err != nil {
		return err
	}
	defer func() { _ = n.x.c.Close(fd) }()
	return f(fd)
}

// holdFile begins a use of the descriptor that is held, and opens the file if
// there is none.
func (n *node) holdFile() (*held, error) {
	if d := n.x.held.hold(n); d != nil {
		return d, nil
	}
	writable := !n.x.o.ReadOnly
	fd, err := -1, error(abi.EROFS)
	if writable {
		fd, err = n.openAt(openFile | abi.O_RDWR)
	}
	if err == abi.EROFS || err == abi.EPERM || err == abi.EACCES {
		writable = false
		fd, err = n.openAt(openFile | abi.O_RDONLY)
	}
	if err != nil {
		return nil, err
	}
	d := n.x.held.add(n.x.c, n, fd, writable)
	if d == nil {
		return nil, abi.EIO
	}
	return d, nil
}

// losing performs an operation that takes a name of a file away, if the host
// knows what has that name: programs may have it open, so it is held from then
// on until the host forgets it.
func (n *node) losing(name string, f func() error) error {
	var child *node
	if in := n.GetChild(name); in != nil && n.x.o.Alone {
		child, _ = in.Operations().(*node)
	}
	if child == nil || child.id.Mode != abi.S_IFREG {
		return f()
	}
	d, err := child.holdFile()
	if err != nil {
		return err
	}
	defer n.x.held.release(n.x.c, d)
	if err := f(); err != nil {
		return err
	}
	n.x.held.pin(d)
	return nil
}
