// Nodes that clients make below writable ones, such as vendor.
package sysctl

import (
	"encoding/binary"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Bounds on what clients make: one node's data, one description, everything.
const (
	maxUserData = 64 << 10
	maxUserDesc = 1024
	maxUser     = 4 << 20
	nodeCost    = 512
)

// create makes a node as sysctl(3) describes, and returns it, or the one that
// stands in its way.
func (c *Call) create(t *Tree, req *abi.Sysctlnode) error {
	name := nameOf(req)
	if !validName(name) || req.Parent != 0 || req.Num < 0 && req.Num != abi.CTL_CREATE {
		return abi.EINVAL
	}
	t.mu.RLock()
	err := c.Node.mayAdopt(req)
	old := c.Node.inTheWay(req.Num, name)
	var w abi.Sysctlnode
	if old != nil {
		w = old.wire()
	}
	if err == nil && old == nil {
		err = t.current(c.Node, req.Ver)
	}
	t.mu.RUnlock()
	if err != nil {
		return err
	}
	if old != nil {
		return c.taken(w)
	}
	s, err := c.userSpec(req, name)
	if err != nil {
		return err
	}
	made, err := t.adopt(c.Node, s)
	if err == abi.EEXIST {
		return c.taken(made)
	}
	if err != nil {
		return err
	}
	return c.Return(usermem.BytesOf(&made))
}

// taken returns the node that is in the place of a new one.
func (c *Call) taken(w abi.Sysctlnode) error {
	if err := c.Return(usermem.BytesOf(&w)); err != nil {
		return err
	}
	return abi.EEXIST
}

// mayAdopt returns EINVAL when n has, or would get, one child for all numbers
// among others. Preconditions: the tree is locked.
func (n *Node) mayAdopt(req *abi.Sysctlnode) error {
	if len(n.kids) > 0 && (n.anyNumber() || req.Flags&abi.CTLFLAG_ANYNUMBER != 0) {
		return abi.EINVAL
	}
	return nil
}

// inTheWay returns the child that has the number or the name already.
// Preconditions: the tree is locked.
func (n *Node) inTheWay(num int32, name string) *Node {
	for _, k := range n.kids {
		if k.num == num || k.name == name {
			return k
		}
	}
	return nil
}

// adopt enters a client's node, and returns it or the one that is in its place.
func (t *Tree) adopt(parent *Node, s Spec) (abi.Sysctlnode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := parent.inTheWay(s.Num, s.Name); old != nil {
		return old.wire(), abi.EEXIST
	}
	cost := int64(nodeCost + s.Size)
	if t.user+cost > maxUser {
		return abi.Sysctlnode{}, abi.ENOMEM
	}
	if err := t.mem.Reserve(cost); err != nil {
		return abi.Sysctlnode{}, err
	}
	t.user += cost
	k := t.insert(parent, s)
	k.cost = cost
	return k.wire(), nil
}

func nameOf(req *abi.Sysctlnode) string {
	for i, ch := range req.Name {
		if ch == 0 {
			return string(req.Name[:i])
		}
	}
	return ""
}

// validName reports a name of letters, digits, "_" and "-" that does not begin
// with a digit.
func validName(s string) bool {
	for i := range len(s) {
		ch := s[i]
		digit := ch >= '0' && ch <= '9'
		letter := ch|0x20 >= 'a' && ch|0x20 <= 'z' || ch == '_' || ch == '-'
		if !letter && (!digit || i == 0) {
			return false
		}
	}
	return s != ""
}

// userSizes are the sizes of values by type: 0 for those that say their own.
var userSizes = [...]int{
	abi.CTLTYPE_INT: 4, abi.CTLTYPE_STRING: 0, abi.CTLTYPE_QUAD: 8, abi.CTLTYPE_STRUCT: 0, abi.CTLTYPE_BOOL: 1,
}

// userSpec turns a request into what to make: EPERM for what only the kernel
// can make, EINVAL for a type, flags or a size that do not go together.
func (c *Call) userSpec(req *abi.Sysctlnode, name string) (Spec, error) {
	s := Spec{
		Num: req.Num, Name: name, Type: req.Flags & abi.SYSCTL_TYPEMASK,
		Flags: req.Flags & abi.SYSCTL_FLAGMASK, Size: int(min(req.Size, maxUserData+1)),
	}
	const immediate = abi.CTLFLAG_IMMEDIATE
	fixed := s.Type == abi.CTLTYPE_INT || s.Type == abi.CTLTYPE_QUAD || s.Type == abi.CTLTYPE_BOOL
	switch {
	case req.Func != 0 || s.Flags&^abi.SYSCTL_USERFLAGS != 0:
		return s, abi.EPERM
	case s.Flags&abi.CTLFLAG_OWNDATA != 0 && s.Flags&immediate != 0, s.Flags&immediate != 0 && !fixed:
		return s, abi.EINVAL
	case s.Type == abi.CTLTYPE_NODE:
		if req.Size != 0 || req.Un != ([2]uint64{}) || s.Flags&abi.CTLFLAG_OWNDATA != 0 {
			return s, abi.EINVAL
		}
		return s, nil
	case s.Type == 0 || int(s.Type) >= len(userSizes):
		return s, abi.EINVAL
	}
	if want := userSizes[s.Type]; want != 0 {
		if req.Size != 0 && req.Size != uint64(want) {
			return s, abi.EINVAL
		}
		s.Size = want
	}
	v, err := c.userData(req, &s)
	s.Get, s.Set = v.get, v.set
	return s, err
}

// userData makes the value of a new node: copied in, or one that is in the
// request itself. An address of the kernel's own is taken, and faults when it
// is read.
func (c *Call) userData(req *abi.Sysctlnode, s *Spec) (*userValue, error) {
	v := &userValue{str: s.Type == abi.CTLTYPE_STRING}
	ptr, own := req.Un[0], s.Flags&abi.CTLFLAG_OWNDATA != 0
	if s.Flags&abi.CTLFLAG_IMMEDIATE != 0 {
		v.data = binary.LittleEndian.AppendUint64(nil, ptr)[:s.Size]
		return v, nil
	}
	if v.str && s.Size == 0 && ptr != 0 {
		str, err := usermem.String{Mem: c.newv.Follow(ptr, -1)}.Get(maxUserData)
		if err != nil {
			return v, err
		}
		s.Size = len(str) + 1
	}
	switch {
	case s.Size == 0, ptr == 0 && !own:
		return v, abi.EINVAL
	case s.Size > maxUserData:
		return v, abi.ENOMEM
	case !own:
		return v, nil
	}
	v.data = make([]byte, s.Size)
	if ptr == 0 {
		return v, nil
	}
	return v, c.newv.Follow(ptr, s.Size).CopyIn(v.data)
}

// userValue is the data of a client's node.
type userValue struct {
	mu   sync.Mutex
	data []byte
	str  bool
}

// get returns the value: EFAULT for one that lies in the kernel.
func (v *userValue) get(*proc.LWP) ([]byte, error) {
	if v.data == nil {
		return nil, abi.EFAULT
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	b := append([]byte(nil), v.data...)
	if v.str {
		for i, ch := range b {
			if ch == 0 {
				return b[:i+1], nil
			}
		}
		b[len(b)-1] = 0
	}
	return b, nil
}

func (v *userValue) set(_ *proc.LWP, b []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.data[copy(v.data, b):])
	return nil
}
