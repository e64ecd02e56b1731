// Package sysctl is the tree of sysctl(7): named and numbered values that
// programs read, set and walk. The kernel and its parts build it with Go
// calls; clients can add nodes below those that are writable.
package sysctl

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Auto is the number of a node that takes the next free one.
const Auto int32 = abi.CTL_CREATE

// Tree is the tree of one kernel.
type Tree struct {
	mem *memlimit.Account

	mu   sync.RWMutex
	root Node
	next int32 // the next number to give out
	cold bool  // until Finalize, nodes are permanent
	user int64 // bytes that clients' own nodes take
}

// New returns an empty tree. What clients add to it counts against mem.
func New(mem *memlimit.Account) *Tree {
	t := &Tree{mem: mem, next: abi.CREATE_BASE, cold: true}
	t.root = Node{tree: t, flags: abi.CTLTYPE_NODE | abi.CTLFLAG_ROOT | abi.CTLFLAG_READWRITE | abi.CTLFLAG_PERMANENT}
	return t
}

// Root returns the root of the tree.
func (t *Tree) Root() *Node { return &t.root }

// Finalize ends the boot of the base: nodes that were made until now are
// permanent, those that parts make are theirs to remove.
func (t *Tree) Finalize() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cold = false
}

// Lookup returns the node with a name like "kern.pipe", nil if there is none.
func (t *Tree) Lookup(path string) *Node {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n := &t.root
	for path != "" && n != nil {
		name := path
		path = ""
		for i := range len(name) {
			if name[i] == '.' {
				name, path = name[:i], name[i+1:]
				break
			}
		}
		n = n.named(name)
	}
	return n
}

// Sysctl performs __sysctl(2) for l: name is the path, the old value goes to
// old, whose length is full afterwards, and newv is the new one. It touches
// the caller's memory with no lock held. The error does not tell of an old
// buffer that was too short: full does.
func (t *Tree) Sysctl(l *proc.LWP, name []int32, old usermem.Mem, room int, newv usermem.InBuf) (full int, err error) {
	c := Call{L: l, Path: name, old: old, room: room, newv: newv}
	t.mu.RLock()
	c.Node, c.Name, err = t.locate(name, l.Cred().IsRoot())
	t.mu.RUnlock()
	if err == nil {
		err = c.dispatch(t)
	}
	return c.length(err), err
}

// locate walks to the node that handles name, and returns what is left of it:
// EPERM on the way through a private directory, for who is not root.
// Preconditions: t.mu is held.
func (t *Tree) locate(name []int32, root bool) (*Node, []int32, error) {
	n := &t.root
	for len(name) > 0 && name[0] >= 0 {
		kid := n.child(name[0])
		switch {
		case kid == nil && n.handler != nil:
			return n, name, nil
		case !n.isNode():
			return nil, nil, abi.ENOTDIR
		case n.flags&abi.CTLFLAG_PRIVATE != 0 && !root:
			return nil, nil, abi.EPERM
		case kid == nil:
			return nil, nil, abi.ENOENT
		}
		n, name = kid, name[1:]
	}
	return n, name, nil
}

// touch raises the version of n and of all above it. Preconditions: t.mu is
// held.
func (t *Tree) touch(n *Node) {
	ver := t.root.ver + 1
	if ver == 0 {
		ver = 1
	}
	for ; n != nil; n = n.parent {
		n.ver = ver
	}
}
