// The end of nodes, and descriptions that clients give.
package sysctl

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// destroy removes a child and returns it: ENOENT, EPERM when it is permanent,
// ENOTEMPTY when it has children.
func (c *Call) destroy(t *Tree) error {
	if err := c.mayChange(); err != nil {
		return err
	}
	req, err := c.request()
	if err != nil {
		return err
	}
	t.mu.Lock()
	gone, err := t.drop(c.Node, &req)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return c.Return(usermem.BytesOf(&gone))
}

// drop removes the child that req names. Preconditions: t.mu is held.
func (t *Tree) drop(parent *Node, req *abi.Sysctlnode) (w abi.Sysctlnode, err error) {
	k := parent.child(req.Num)
	name := nameOf(req)
	switch {
	case k == nil || name != "" && name != k.name:
		return w, abi.ENOENT
	case req.Ver != 0 && req.Ver != k.ver:
		return w, abi.EINVAL
	case k.flags&abi.CTLFLAG_PERMANENT != 0:
		return w, abi.EPERM
	case len(k.kids) > 0:
		return w, abi.ENOTEMPTY
	}
	w = k.wire()
	t.remove(k)
	return w, nil
}

// setDescription describes a child that has no description yet: EPERM when it
// has one or is permanent.
func (c *Call) setDescription(t *Tree, req *abi.Sysctlnode) error {
	if err := c.mayChange(); err != nil {
		return err
	}
	desc, err := usermem.String{Mem: c.newv.Follow(req.Desc, -1)}.Get(maxUserDesc)
	if err != nil {
		return err
	}
	desc = string(append([]byte(nil), desc...))
	t.mu.Lock()
	k := c.Node.child(req.Num)
	switch {
	case k == nil:
		err = abi.ENOENT
	case k.flags&abi.CTLFLAG_PERMANENT != 0 || k.desc != "":
		err = abi.EPERM
	default:
		k.desc = desc
		t.touch(k)
	}
	var b []byte
	if err == nil {
		b = k.describe(nil)
	}
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return c.Return(b)
}
