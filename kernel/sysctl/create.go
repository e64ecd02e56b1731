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

// mayChange returns EPERM unless the caller may change the children of the node.
func (c *Call) mayChange() error {
	if c.Node.flags&abi.CTLFLAG_READWRITE == 0 || !c.L.Cred().IsRoot() {
		return abi.EPERM
	}
	return nil
}

// create makes a node as sysctl(3) describes, and returns it, or the one that
// stands in its way.
func (c *Call) create(t *Tree) error {
	if err := c.mayChange(); err != nil {
		return err
	}
	req, err := c.request()
	if err != nil {
		return err
	}
	name := nameOf(&req)
	if !validName(name) || req.Func != 0 || req.Parent != 0 ||
		(req.Num < 0 && req.Num != abi.CTL_CREATE) {
		return abi.EINVAL
	}
	s, err := c.userSpec(&req, name)
	if err != nil {
		return err
	}
	made, err := t.adopt(c.Node, s, &req)
	if err != nil && err != abi.EEXIST {
		return err
	}
	if e := c.Return(usermem.BytesOf(&made)); e != nil {
		return e
	}
	return err
}

// adopt enters a client's node, and returns it or the one that is in its place.
func (t *Tree) adopt(parent *Node, s Spec, req *abi.Sysctlnode) (abi.Sysctlnode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.current(parent, req.Ver); err != nil {
		return abi.Sysctlnode{}, err
	}
	old := parent.named(s.Name)
	if old == nil && s.Num >= 0 {
		old = parent.child(s.Num)
	}
	if old != nil {
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

// userSpec turns a request into what to make: EINVAL for a type or size that
// does not exist, or data that lie in the kernel.
func (c *Call) userSpec(req *abi.Sysctlnode, name string) (Spec, error) {
	s := Spec{
		Num: req.Num, Name: name, Type: req.Flags & abi.SYSCTL_TYPEMASK,
		Flags: req.Flags & abi.SYSCTL_USERFLAGS & abi.SYSCTL_FLAGMASK,
		Size:  int(min(req.Size, maxUserData+1)),
	}
	switch s.Type {
	case abi.CTLTYPE_NODE:
		s.Size = 0
		return s, nil
	case abi.CTLTYPE_INT:
		s.Size = 4
	case abi.CTLTYPE_QUAD:
		s.Size = 8
	case abi.CTLTYPE_BOOL:
		s.Size = 1
	case abi.CTLTYPE_STRING, abi.CTLTYPE_STRUCT:
	default:
		return s, abi.EINVAL
	}
	data, err := c.userData(req, &s)
	if err != nil {
		return s, err
	}
	v := &userValue{data: data, str: s.Type == abi.CTLTYPE_STRING}
	s.Get, s.Set = v.get, v.set
	return s, nil
}

// userData copies the first value of a node in.
func (c *Call) userData(req *abi.Sysctlnode, s *Spec) ([]byte, error) {
	if req.Flags&abi.CTLFLAG_IMMEDIATE != 0 {
		if s.Type == abi.CTLTYPE_STRING || s.Type == abi.CTLTYPE_STRUCT {
			return nil, abi.EINVAL
		}
		return binary.LittleEndian.AppendUint64(nil, req.Un[0])[:s.Size], nil
	}
	ptr := req.Un[0]
	if s.Type == abi.CTLTYPE_STRING && s.Size == 0 && ptr != 0 {
		str, err := usermem.String{Mem: c.newv.Follow(ptr, -1)}.Get(maxUserData)
		if err != nil {
			return nil, err
		}
		s.Size = len(str) + 1
		return append([]byte(str), 0), nil
	}
	if s.Size == 0 || s.Size > maxUserData {
		return nil, abi.EINVAL
	}
	data := make([]byte, s.Size)
	if ptr == 0 {
		return data, nil
	}
	return data, c.newv.Follow(ptr, s.Size).CopyIn(data)
}

// userValue is the data of a client's node.
type userValue struct {
	mu   sync.Mutex
	data []byte
	str  bool
}

func (v *userValue) get(*proc.LWP) ([]byte, error) {
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
