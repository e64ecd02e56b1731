// Extended attributes: a short list with each node that has any.
package memfs

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// attr is one extended attribute. Its value is replaced, never changed.
type attr struct {
	ns    int32
	name  string
	value []byte
}

// Bounds on the attributes of one node: how many, and what they take.
const (
	maxAttrs     = 256
	maxAttrBytes = 256 << 10
	attrCost     = 64 // charged for each, name and value aside
)

// cost is what an attribute is charged with.
func (a *attr) cost() int64 { return attrCost + int64(len(a.name)) + int64(len(a.value)) }

// findAttr returns the index of an attribute, -1 if there is none.
func (n *node) findAttr(ns int32, name string) int {
	return slices.IndexFunc(n.attrs, func(a attr) bool { return a.ns == ns && a.name == name })
}

// Xattr returns the value of an attribute.
func (n *node) Xattr(ns int32, name string) ([]byte, error) {
	if i := n.findAttr(ns, name); i >= 0 {
		return n.attrs[i].value, nil
	}
	return nil, abi.ENODATA
}

// SetXattr sets an attribute: ENOSPC when the node has too many, or there is no
// more memory.
func (n *node) SetXattr(ns int32, name string, value []byte) error {
	a := attr{ns: ns, name: name, value: value}
	i, old := n.findAttr(ns, name), int64(0)
	if i >= 0 {
		old = n.attrs[i].cost()
	} else if len(n.attrs) == maxAttrs {
		return abi.ENOSPC
	}
	grow := a.cost() - old
	if grow > 0 {
		if n.attrBytes()+grow > maxAttrBytes {
			return abi.ENOSPC
		}
		if err := n.fs.charge(grow); err != nil {
			return err
		}
	} else {
		n.fs.credit(-grow)
	}
	a.name, a.value = strings.Clone(name), bytes.Clone(value)
	if i >= 0 {
		n.attrs[i] = a
	} else {
		n.attrs = append(n.attrs, a)
	}
	n.ctime = n.fs.now()
	return nil
}

// RemoveXattr removes an attribute.
func (n *node) RemoveXattr(ns int32, name string) error {
	i := n.findAttr(ns, name)
	if i < 0 {
		return abi.ENODATA
	}
	n.fs.credit(n.attrs[i].cost())
	n.attrs = slices.Delete(n.attrs, i, i+1)
	n.ctime = n.fs.now()
	return nil
}

// ListXattr lists the names of a namespace, in the order they came.
func (n *node) ListXattr(ns int32, emit func(name string)) error {
	for i := range n.attrs {
		if n.attrs[i].ns == ns {
			emit(n.attrs[i].name)
		}
	}
	return nil
}

// attrBytes returns what the attributes are charged with.
func (n *node) attrBytes() (sum int64) {
	for i := range n.attrs {
		sum += n.attrs[i].cost()
	}
	return sum
}
