// What a negative number asks: the children of a node, their descriptions, new
// nodes and the end of them.
package sysctl

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const nodeSize = 96 // of struct sysctlnode

func (c *Call) meta(t *Tree) error {
	op := c.Name[0]
	if len(c.Name) != 1 {
		return abi.EINVAL
	}
	if !c.Node.isNode() {
		return abi.ENOTDIR
	}
	switch op {
	case abi.CTL_QUERY:
		return c.query(t)
	case abi.CTL_DESCRIBE:
		return c.describe(t)
	case abi.CTL_CREATE:
		return c.create(t)
	case abi.CTL_DESTROY:
		return c.destroy(t)
	}
	return abi.EOPNOTSUPP
}

// request copies the struct sysctlnode in that a meta operation takes: EINVAL
// when it has another size or version.
func (c *Call) request() (req abi.Sysctlnode, err error) {
	if !c.HasNew() || c.NewLen() != nodeSize {
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
		w.SetChildren(uint32(len(n.kids)), uint32(len(n.kids)))
	}
	return w
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
	if !c.HasNew() {
		t.mu.RLock()
		var b []byte
		for _, k := range c.Node.kids {
			b = k.describe(b)
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
	k := c.Node.child(req.Num)
	if err = t.current(c.Node, req.Ver); err == nil && k != nil {
		b = k.describe(nil)
	}
	t.mu.RUnlock()
	if err == nil && k == nil {
		err = abi.ENOENT
	}
	if err != nil {
		return err
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
