// Extended attributes.
package null

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Xattr is that below: EOPNOTSUPP where there are none.
func (n *node) Xattr(ns int32, name string) ([]byte, error) {
	x, err := n.xattrs()
	if err != nil {
		return nil, err
	}
	return x.Xattr(ns, name)
}

func (n *node) xattrs() (vnode.Xattrs, error) {
	if n.lower.Mount.Dead() {
		return nil, abi.EIO
	}
	return n.lower.Xattrs()
}

// ListXattr is that below.
func (n *node) ListXattr(ns int32, emit func(name string)) error {
	x, err := n.xattrs()
	if err != nil {
		return err
	}
	return x.ListXattr(ns, emit)
}

// SetXattr is that below.
func (n *node) SetXattr(ns int32, name string, value []byte) error {
	x, err := n.lower.Xattrs()
	if err == nil {
		err = layer.Writable(n.lower)
	}
	if err != nil {
		return err
	}
	return x.SetXattr(ns, name, value)
}

// RemoveXattr is that below.
func (n *node) RemoveXattr(ns int32, name string) error {
	x, err := n.lower.Xattrs()
	if err == nil {
		err = layer.Writable(n.lower)
	}
	if err != nil {
		return err
	}
	return x.RemoveXattr(ns, name)
}
