// The tree of variables: nodes are found by asking the kernel, never by
// numbers known beforehand.
package main

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// node is a node of the tree; the zero node is the root.
type node struct {
	name string
	mib  []int32
	info abi.Sysctlnode
	// asked says that it was named on the command line.
	asked bool
}

func (n *node) kind() uint32 { return n.info.Flags & abi.SYSCTL_TYPEMASK }

func (n *node) isDir() bool { return len(n.mib) == 0 || n.kind() == abi.CTLTYPE_NODE }

func (n *node) parent() []int32 { return n.mib[:len(n.mib)-1] }

// node finds a node by its name; a part of it may be a number.
func (k *ctl) node(name string) (*node, error) {
	n := &node{}
	for part := range strings.SplitSeq(name, ".") {
		if !n.isDir() {
			return nil, errors.New(n.name + " is a variable, nothing is below it")
		}
		kids, err := k.children(n)
		if err != nil {
			return nil, err
		}
		next := pick(kids, part)
		if next == nil {
			return nil, noNode(n, kids, part)
		}
		n = next
	}
	n.asked = true
	return n, nil
}

// pick returns the child of that name or number, nil if there is none.
func pick(kids []*node, part string) *node {
	num, err := strconv.Atoi(part)
	for _, kid := range kids {
		if cstring(kid.info.Name[:]) == part || err == nil && int(kid.info.Num) == num {
			return kid
		}
	}
	return nil
}

func noNode(n *node, kids []*node, part string) error {
	var names []string
	for _, kid := range kids {
		names = append(names, cstring(kid.info.Name[:]))
	}
	const text = "there is no such variable"
	if near := closest(part, names); near != "" && n.name != "" {
		return errors.New(text + "; did you mean " + n.name + "." + near + "?")
	}
	return suggest(text, part, names)
}

// children asks the kernel for the nodes below n.
func (k *ctl) children(n *node) ([]*node, error) {
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION}
	b, err := k.sysctl(append(n.mib[:len(n.mib):len(n.mib)], abi.CTL_QUERY), usermem.BytesOf(&req))
	if err != nil {
		return nil, err
	}
	var kids []*node
	for size := len(usermem.BytesOf(&req)); len(b) >= size; b = b[size:] {
		kid := &node{}
		copy(usermem.BytesOf(&kid.info), b)
		kid.mib = append(n.mib[:len(n.mib):len(n.mib)], kid.info.Num)
		kid.name = cstring(kid.info.Name[:])
		if n.name != "" {
			kid.name = n.name + "." + kid.name
		}
		kids = append(kids, kid)
	}
	return kids, nil
}

// descriptionsOf asks for what the nodes below mib are, by number.
func (k *ctl) descriptionsOf(mib []int32) (map[int32]string, error) {
	b, err := k.sysctl(append(mib[:len(mib):len(mib)], abi.CTL_DESCRIBE), nil)
	if err != nil {
		return nil, err
	}
	texts := map[int32]string{}
	for len(b) >= abi.SysctldescStrOffset {
		num := int32(binary.LittleEndian.Uint32(b))
		n := int(binary.LittleEndian.Uint32(b[8:]))
		if n < 0 || n > len(b)-abi.SysctldescStrOffset {
			break
		}
		texts[num] = cstring(b[abi.SysctldescStrOffset : abi.SysctldescStrOffset+n])
		b = b[min(abi.SysctldescStrOffset+(n+3)&^3, len(b)):]
	}
	return texts, nil
}

// value returns the value of a variable. Numbers are asked for by their size:
// some variables return as much as there is room for.
func (k *ctl) value(n *node) ([]byte, error) {
	size := firstValue
	switch n.kind() {
	case abi.CTLTYPE_BOOL:
		size = 1
	case abi.CTLTYPE_INT:
		size = 4
	case abi.CTLTYPE_QUAD:
		size = 8
	}
	return k.sysctlRoom(n.mib, nil, size)
}

// sysctlRead returns the value at mib.
func (k *ctl) sysctlRead(mib []int32) ([]byte, error) { return k.sysctl(mib, nil) }

// sysctlString returns the value of a variable that is a string.
func (k *ctl) sysctlString(name string) (string, error) {
	n, err := k.node(name)
	if err != nil {
		return "", err
	}
	b, err := k.value(n)
	return strings.TrimRight(cstring(b), "\n"), err
}

// Sizes of the buffer for values, in bytes.
const (
	firstValue = 4 << 10
	largest    = 64 << 20
)

// sysctl makes the call.
func (k *ctl) sysctl(mib []int32, newv []byte) ([]byte, error) {
	return k.sysctlRoom(mib, newv, firstValue)
}

// sysctlRoom makes the call, with more room than size until the value fits.
func (k *ctl) sysctlRoom(mib []int32, newv []byte, size int) ([]byte, error) {
	for ; ; size *= 2 {
		buf := make([]byte, size)
		n := uint64(size)
		err := k.c.Sysctl(mib, buf, &n, newv)
		switch {
		case err == nil:
			return buf[:min(n, uint64(size))], nil
		case err != abi.ENOMEM || size >= largest:
			return nil, err
		}
		for uint64(size)*2 < n && size < largest {
			size *= 2
		}
	}
}
