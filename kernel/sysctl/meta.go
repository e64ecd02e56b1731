// What a negative number asks: the children of a node, their descriptions, new
// nodes and the end of them.
package sysctl

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const nodeSize = 96 // of struct sysctlnode

// meta performs the operation that a negative number at the end of a name
// asks for: ENOENT when it is not the end, EOPNOTSUPP for one that does not
// exist.
func (c *Call) meta(t *Tree) error {
	switch op := c.Name[0]; {
	case !c.Node.isNode():
		return abi.ENOTDIR
	case len(c.Name) != 1:
		return abi.ENOENT
	case op == abi.CTL_QUERY:
		return c.query(t)
	case op == abi.CTL_DESCRIBE:
		return c.describe(t)
	case op == abi.CTL_MMAP:
		return c.mmap(t)
	case op == abi.CTL_CREATE, op == abi.CTL_DESTROY:
		return c.change(t, op)
	}
	return abi.EOPNOTSUPP
}

// change makes or removes a child: EINVAL without a description of it, EPERM
// unless root asks for a directory that may change.
func (c *Call) change(t *Tree, op int32) error {
	if c.newv.IsNil() {
		return abi.EINVAL
	}
	if c.Node.flags&abi.CTLFLAG_READWRITE == 0 || !c.L.Cred().IsRoot() {
		return abi.EPERM
	}
	req, err := c.request()
	if err != nil {
		return err
	}
	if op == abi.CTL_DESTROY {
		return c.destroy(t, &req)
	}
	return c.create(t, &req)
}

// mmap maps a node into the caller's memory: no node can be.
func (c *Call) mmap(t *Tree) error {
	if c.newv.IsNil() || c.NewLen() != nodeSize {
		return abi.EINVAL
	}
	req, err := c.request()
	if err != nil {
		return err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if c.Node.child(req.Num) == nil {
		return abi.ENOENT
	}
	return abi.EOPNOTSUPP
}

// request copies the struct sysctlnode in that a meta operation takes: EINVAL
// when it has another size or version.
func (c *Call) request() (req abi.Sysctlnode, err error) {
	if c.newv.IsNil() || c.NewLen() != nodeSize {
		return req, abi.EINVAL
	}
	b, err := c.New(nodeSize)
	if err != nil {
		return req, err
	}
	copy(usermem.BytesOf(&req), b)
	if req.Flags&abi.SYSCTL_VERS_MASK != abi.SYSCTL_VERSION {
		return req, abi.EINVAL
	}
	return req, nil
}

// current refuses a request that was made for another version of the tree.
// Preconditions: t.mu is held.
func (t *Tree) current(n *Node, ver uint32) error {
	if ver != 0 && ver != n.ver && ver != t.root.ver {
		return abi.EINVAL
	}
	return nil
}

// query returns the children of the node.
func (c *Call) query(t *Tree) error {
	req, err := c.request()
	if err != nil {
		return err
	}
	t.mu.RLock()
	err = t.current(c.Node, req.Ver)
	kids := append([]*Node(nil), c.Node.kids...)
	out := make([]abi.Sysctlnode, len(kids))
	for i, k := range kids {
		out[i] = k.wire()
	}
	t.mu.RUnlock()
	if err != nil {
		return err
	}
	for i := range out {
		kids[i].immediate(c, &out[i])
	}
	c.room -= c.room % nodeSize // whole nodes only
	return c.Return(usermem.BytesOfSlice(out))
}

// wire returns the node as clients see it. Pointers are never shown.
// Preconditions: the tree is locked.
func (n *Node) wire() abi.Sysctlnode {
	w := abi.Sysctlnode{
		Flags: abi.SYSCTL_VERSION | n.flags, Num: n.num, Ver: n.ver, Size: uint64(n.size),
	}
	copy(w.Name[:len(w.Name)-1], n.name)
	if n.isNode() {
		w.Size = nodeSize
		w.SetChildren(n.roomForKids(), uint32(len(n.kids)))
	}
	return w
}

// roomForKids returns for how many children there would be room in NetBSD,
// where it doubles.
func (n *Node) roomForKids() uint32 {
	switch {
	case len(n.kids) == 0:
		return 0
	case n.anyNumber():
		return 1
	}
	room := uint32(abi.SYSCTL_DEFSIZE)
	for int(room) < len(n.kids) {
		room *= 2
	}
	return room
}

// immediate puts the value of a node that holds it into the node.
func (n *Node) immediate(c *Call, w *abi.Sysctlnode) {
	if n.flags&abi.CTLFLAG_IMMEDIATE == 0 || n.get == nil {
		return
	}
	if b, err := n.get(c.L); err == nil && len(b) <= 8 {
		var v [8]byte
		copy(v[:], b)
		w.Un[0] = binary.LittleEndian.Uint64(v[:])
	}
}

// describe returns the descriptions of all children, or of one, or sets one.
func (c *Call) describe(t *Tree) error {
	root := c.L.Cred().IsRoot()
	if c.newv.IsNil() {
		t.mu.RLock()
		var b []byte
		for _, k := range c.Node.kids {
			if root || k.flags&abi.CTLFLAG_PRIVATE == 0 {
				b = k.describe(b)
			}
		}
		t.mu.RUnlock()
		return c.Return(b)
	}
	req, err := c.request()
	if err != nil {
		return err
	}
	if req.Desc != 0 {
		return c.setDescription(t, &req)
	}
	t.mu.RLock()
	var b []byte
	k := c.Node.exact(req.Num)
	if k != nil && (root || k.flags&abi.CTLFLAG_PRIVATE == 0) {
		b = k.describe(nil)
	}
	t.mu.RUnlock()
	if b == nil {
		return abi.ENOENT
	}
	return c.Return(b)
}

// describe appends the node's struct sysctldesc.
func (n *Node) describe(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(n.num))
	b = binary.LittleEndian.AppendUint32(b, n.ver)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(n.desc)+1))
	b = append(b, n.desc...)
	b = append(b, 0)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
