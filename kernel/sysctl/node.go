// Nodes, and how the kernel and its parts make them.
package sysctl

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Node is one node of a tree: a directory of others or a value.
type Node struct {
	tree   *Tree
	parent *Node
	kids   []*Node // in ascending order of num
	name   string
	desc   string
	num    int32
	flags  uint32 // CTLTYPE_ and CTLFLAG_
	ver    uint32
	size   uint32
	cost   int64 // bytes reserved for a node that a client made

	get     func(l *proc.LWP) ([]byte, error)
	set     func(l *proc.LWP, v []byte) error
	handler Handler
}

// Handler performs all operations on a node and on the numbers below it.
type Handler func(c *Call) error

// Spec is what a value is made from.
type Spec struct {
	// Num is its number, or Auto.
	Num int32
	// Name is its name and Desc what sysctl -d says of it.
	Name, Desc string
	// Type is CTLTYPE_INT and so on; Flags are CTLFLAG_READWRITE,
	// CTLFLAG_PRIVATE and others.
	Type, Flags uint32
	// Size is the size of a value in bytes, for strings with the NUL: 0 when
	// it varies.
	Size int
	// Get returns the value as bytes, Set changes it: of Size bytes, for
	// strings without the NUL. They are called with no lock held.
	Get func(l *proc.LWP) ([]byte, error)
	Set func(l *proc.LWP, v []byte) error
	// Handler, if not nil, does all that instead.
	Handler Handler
}

// Add makes a node below n. When n has one with that name, it is returned as
// it is: parts may share the directories on the way to their own nodes.
func (n *Node) Add(s Spec) *Node {
	t := n.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	if kid := n.named(s.Name); kid != nil {
		return kid
	}
	return t.insert(n, s)
}

// insert makes a node. Preconditions: t.mu is held; name and number are free.
func (t *Tree) insert(parent *Node, s Spec) *Node {
	num := s.Num
	for num < 0 || parent.exact(num) != nil {
		num = t.next
		t.next++
	}
	kid := &Node{
		tree: t, parent: parent, name: s.Name, desc: s.Desc, num: num,
		flags: s.Type | s.Flags, size: uint32(s.Size),
		get: s.Get, set: s.Set, handler: s.Handler,
	}
	if t.cold {
		kid.flags |= abi.CTLFLAG_PERMANENT
	}
	i, _ := parent.find(num)
	parent.kids = append(parent.kids, nil)
	copy(parent.kids[i+1:], parent.kids[i:])
	parent.kids[i] = kid
	t.touch(kid)
	return kid
}

// Loose takes the mark of permanence from n and all below it: NetBSD's services
// keep a log of their nodes, to remove them when they are unloaded.
func (n *Node) Loose() {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	n.loose()
}

func (n *Node) loose() {
	n.flags &^= abi.CTLFLAG_PERMANENT
	for _, k := range n.kids {
		k.loose()
	}
}

// Remove takes a node and all below it out of the tree.
func (n *Node) Remove() {
	t := n.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(n)
}

func (t *Tree) remove(n *Node) {
	p := n.parent
	if p == nil {
		return
	}
	if i, ok := p.find(n.num); ok && p.kids[i] == n {
		p.kids = slices.Delete(p.kids, i, i+1)
		t.mem.Release(n.cost)
		t.user -= n.cost
		t.touch(p)
	}
}

// find returns where number num is among the children, or would be.
func (n *Node) find(num int32) (int, bool) {
	return slices.BinarySearchFunc(n.kids, num, func(k *Node, num int32) int {
		return int(int64(k.num) - int64(num))
	})
}

// child returns the child that number num leads to, nil if there is none.
func (n *Node) child(num int32) *Node {
	if k := n.exact(num); k != nil {
		return k
	}
	if n.anyNumber() {
		return n.kids[0]
	}
	return nil
}

// exact returns the child with number num itself, nil if there is none.
func (n *Node) exact(num int32) *Node {
	if i, ok := n.find(num); ok {
		return n.kids[i]
	}
	return nil
}

// anyNumber reports that n's only child stands for all numbers.
func (n *Node) anyNumber() bool {
	return len(n.kids) == 1 && n.kids[0].flags&abi.CTLFLAG_ANYNUMBER != 0
}

func (n *Node) named(name string) *Node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (n *Node) isNode() bool { return n.flags&abi.SYSCTL_TYPEMASK == abi.CTLTYPE_NODE }

// Num returns the number.
func (n *Node) Num() int32 { return n.num }

// Child returns the child with that name, nil if there is none.
func (n *Node) Child(name string) *Node {
	n.tree.mu.RLock()
	defer n.tree.mu.RUnlock()
	return n.named(name)
}
