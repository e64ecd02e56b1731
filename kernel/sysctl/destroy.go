// The end of nodes, and descriptions that clients give.
package sysctl

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// destroy removes a child and returns it: ENOENT, EPERM when it is permanent,
// ENOTEMPTY when it has children.
func (c *Call) destroy(t *Tree, req *abi.Sysctlnode) error {
	t.mu.Lock()
	gone, err := t.drop(c.Node, req)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return c.Return(usermem.BytesOf(&gone))
}

// drop removes the child that req names by its number and, if given, its name
// and version. Preconditions: t.mu is held.
func (t *Tree) drop(parent *Node, req *abi.Sysctlnode) (w abi.Sysctlnode, err error) {
	k := parent.exact(req.Num)
	name := nameOf(req)
	switch {
	case k == nil || name != "" && name != k.name || req.Ver != 0 && req.Ver != k.ver:
		return w, abi.ENOENT
	case k.flags&abi.CTLFLAG_PERMANENT != 0:
		return w, abi.EPERM
	case len(k.kids) > 0:
		return w, abi.ENOTEMPTY
	}
	w = k.wire()
	t.remove(k)
	return w, nil
}

// setDescription describes a child that has no description yet and returns
// the description: EPERM when it has one or is permanent.
func (c *Call) setDescription(t *Tree, req *abi.Sysctlnode) error {
	if !c.L.Cred().IsRoot() {
		return abi.EPERM
	}
	t.mu.RLock()
	err := c.Node.mayDescribe(req)
	t.mu.RUnlock()
	if err != nil {
		return err
	}
	desc, err := usermem.String{Mem: c.newv.Follow(req.Desc, -1)}.Get(maxUserDesc)
	if err != nil {
		return err
	}
	desc = string(append([]byte(nil), desc...))
	t.mu.Lock()
	var b []byte
	if err = c.Node.mayDescribe(req); err == nil {
		k := c.Node.exact(req.Num)
		k.desc = desc
		k.flags |= abi.CTLFLAG_OWNDESC
		b = k.describe(nil)
	}
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return c.Return(b)
}

// mayDescribe returns whether the child that req names may get a description.
// Preconditions: the tree is locked.
func (n *Node) mayDescribe(req *abi.Sysctlnode) error {
	k := n.exact(req.Num)
	switch {
	case k == nil:
		return abi.ENOENT
	case req.Ver != 0 && req.Ver != k.ver:
		return abi.EINVAL
	case k.flags&abi.CTLFLAG_PERMANENT != 0 || k.desc != "":
		return abi.EPERM
	}
	return nil
}
