// Ready-made nodes for values of Go.
package sysctl

import (
	"encoding/binary"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Node makes a directory below n. A copy in each place that makes one would
// be most of what sets up the tree.
//
//go:noinline
func (n *Node) Node(num int32, name, desc string) *Node {
	return n.Add(Spec{Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_NODE})
}

// Const makes an int that never changes.
func (n *Node) Const(num int32, name, desc string, v int32) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Size: 4, Flags: abi.CTLFLAG_IMMEDIATE,
		Get: func(*proc.LWP) ([]byte, error) { return bytes4(v), nil },
	})
}

// IntFunc makes an int that get computes and nobody sets.
func (n *Node) IntFunc(num int32, name, desc string, get func() int32) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Size: 4,
		Get: func(*proc.LWP) ([]byte, error) { return bytes4(get()), nil },
	})
}

// Int makes an int that root may set. check, if not nil, may refuse a value.
func (n *Node) Int(num int32, name, desc string, v *atomic.Int32, check func(v int32) error) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Size: 4,
		Flags: abi.CTLFLAG_READWRITE,
		Get:   func(*proc.LWP) ([]byte, error) { return bytes4(v.Load()), nil },
		Set: func(_ *proc.LWP, b []byte) error {
			i := int32(binary.LittleEndian.Uint32(b))
			if check != nil {
				if err := check(i); err != nil {
					return err
				}
			}
			v.Store(i)
			return nil
		},
	})
}

// QuadFunc makes a 64-bit value that get computes and nobody sets.
func (n *Node) QuadFunc(num int32, name, desc string, get func() int64) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_QUAD, Size: 8,
		Get: func(*proc.LWP) ([]byte, error) { return bytes8(get()), nil },
	})
}

// Quad makes a 64-bit value that root may set.
func (n *Node) Quad(num int32, name, desc string, v *atomic.Int64) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_QUAD, Size: 8,
		Flags: abi.CTLFLAG_READWRITE,
		Get:   func(*proc.LWP) ([]byte, error) { return bytes8(v.Load()), nil },
		Set: func(_ *proc.LWP, b []byte) error {
			v.Store(int64(binary.LittleEndian.Uint64(b)))
			return nil
		},
	})
}

// Bool makes a flag that root may set.
func (n *Node) Bool(num int32, name, desc string, v *atomic.Bool) *Node {
	return n.Add(Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_BOOL, Size: 1,
		Flags: abi.CTLFLAG_READWRITE,
		Get: func(*proc.LWP) ([]byte, error) {
			if v.Load() {
				return []byte{1}, nil
			}
			return []byte{0}, nil
		},
		Set: func(_ *proc.LWP, b []byte) error {
			v.Store(b[0] != 0)
			return nil
		},
	})
}

// ConstString makes a string that never changes.
func (n *Node) ConstString(num int32, name, desc, v string) *Node {
	return n.String(num, name, desc, len(v)+1, func() string { return v }, nil)
}

// String makes a string that get computes. set, if not nil, is called with a
// new one of less than size bytes; size counts the NUL.
func (n *Node) String(num int32, name, desc string, size int, get func() string, set func(string) error) *Node {
	s := Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_STRING, Size: size,
		Get: func(*proc.LWP) ([]byte, error) { return append([]byte(get()), 0), nil },
	}
	if set != nil {
		s.Flags = abi.CTLFLAG_READWRITE
		s.Set = func(_ *proc.LWP, b []byte) error { return set(string(b)) }
	}
	return n.Add(s)
}

// Struct makes a structure, or an array of them, that get returns as bytes
// and nobody sets.
func (n *Node) Struct(num int32, name, desc string, size int, get func(l *proc.LWP) ([]byte, error)) *Node {
	return n.Add(Spec{Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_STRUCT, Size: size, Get: get})
}

// Proc makes a directory whose operations, with all numbers below it, are fn's.
func (n *Node) Proc(num int32, name, desc string, fn Handler) *Node {
	return n.Add(Spec{Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_NODE, Handler: fn})
}

func bytes4(v int32) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

func bytes8(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }
