package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const vendor = abi.CTL_VENDOR

// ctlNode describes a node for an operation.
func ctlNode(name string, flags uint32, num int32) abi.Sysctlnode {
	n := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION | flags, Num: num}
	copy(n.Name[:], name)
	return n
}

// ctlMeta performs operation op on a child of mib.
func ctlMeta(c *client.Client, op int32, n *abi.Sysctlnode, mib ...int32) (out abi.Sysctlnode, err error) {
	size := uint64(96)
	var newv []byte
	if n != nil {
		newv = usermem.BytesOf(n)
	}
	err = c.Sysctl(append(mib, op), usermem.BytesOf(&out), &size, newv)
	return out, err
}

// What nodes programs can make: the results are NetBSD's.
func TestSysctlCreateKinds(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	const own, imm, rw = abi.CTLFLAG_OWNDATA, abi.CTLFLAG_IMMEDIATE, abi.CTLFLAG_READWRITE
	for _, tc := range []struct {
		name  string
		flags uint32 // and the type
		size  uint64
		set   func(n *abi.Sysctlnode)
		err   abi.Errno
		made  uint64 // the size of what is made
	}{
		{"int", abi.CTLTYPE_INT | rw | own, 0, nil, 0, 4},
		{"int in the node", abi.CTLTYPE_INT | rw | imm, 4, nil, 0, 4},
		{"int of 8 bytes", abi.CTLTYPE_INT | own, 8, nil, abi.EINVAL, 0},
		{"int of nothing", abi.CTLTYPE_INT, 0, nil, abi.EINVAL, 0},
		{"own and in the node", abi.CTLTYPE_INT | own | imm, 0, nil, abi.EINVAL, 0},
		{"a string in the node", abi.CTLTYPE_STRING | imm, 8, nil, abi.EINVAL, 0},
		{"permanent", abi.CTLTYPE_INT | own | abi.CTLFLAG_PERMANENT, 0, nil, abi.EPERM, 0},
		{"unsigned", abi.CTLTYPE_INT | own | abi.CTLFLAG_UNSIGNED, 0, nil, abi.EPERM, 0},
		{"an alias", abi.CTLTYPE_NODE | abi.CTLFLAG_ALIAS, 0, nil, abi.EPERM, 0},
		{"with a function", abi.CTLTYPE_INT | own, 0, func(n *abi.Sysctlnode) { n.Func = 1 }, abi.EPERM, 0},
		{"with a parent", abi.CTLTYPE_INT | own, 0, func(n *abi.Sysctlnode) { n.Parent = 1 }, abi.EINVAL, 0},
		{"numbered -9", abi.CTLTYPE_INT | own, 0, func(n *abi.Sysctlnode) { n.Num = -9 }, abi.EINVAL, 0},
		{"of a version of the tree", abi.CTLTYPE_INT | own, 0, func(n *abi.Sysctlnode) { n.Ver = 7 }, abi.EINVAL, 0},
		{"of no version", abi.CTLTYPE_INT | own, 0, func(n *abi.Sysctlnode) { n.Flags &^= abi.SYSCTL_VERS_MASK }, abi.EINVAL, 0},
		{"of type 0", own, 0, nil, abi.EINVAL, 0},
		{"of type 7", 7 | own, 0, nil, abi.EINVAL, 0},
		{"a string", abi.CTLTYPE_STRING | own, 20, nil, 0, 20},
		{"a string of nothing", abi.CTLTYPE_STRING | own, 0, nil, abi.EINVAL, 0},
		{"a structure", abi.CTLTYPE_STRUCT | own, 20, nil, 0, 20},
		{"a structure of nothing", abi.CTLTYPE_STRUCT | own, 0, nil, abi.EINVAL, 0},
		{"a structure too large", abi.CTLTYPE_STRUCT | own, 1 << 40, nil, abi.ENOMEM, 0},
		{"a flag", abi.CTLTYPE_BOOL | own, 0, nil, 0, 1},
		{"a flag of 4 bytes", abi.CTLTYPE_BOOL | own, 4, nil, abi.EINVAL, 0},
		{"a quad of 4 bytes", abi.CTLTYPE_QUAD | own, 4, nil, abi.EINVAL, 0},
		{"a directory", abi.CTLTYPE_NODE | rw, 0, nil, 0, 96},
		{"a directory with a size", abi.CTLTYPE_NODE, 4, nil, abi.EINVAL, 0},
		{"a directory with data", abi.CTLTYPE_NODE | own, 0, nil, abi.EINVAL, 0},
		{"a node for all numbers among others", abi.CTLTYPE_NODE | abi.CTLFLAG_ANYNUMBER, 0, nil, abi.EINVAL, 0},
		{"a secret", abi.CTLTYPE_INT | own | abi.CTLFLAG_PRIVATE | abi.CTLFLAG_HIDDEN | abi.CTLFLAG_HEX, 0, nil, 0, 4},
	} {
		n := ctlNode("try", tc.flags, abi.CTL_CREATE)
		n.Size = tc.size
		if tc.set != nil {
			tc.set(&n)
		}
		made, err := ctlMeta(c, abi.CTL_CREATE, &n, vendor)
		want(t, tc.name, err, tc.err)
		if tc.err != 0 {
			continue
		}
		if made.Size != tc.made || made.Flags != n.Flags || made.Num < abi.CREATE_BASE {
			t.Errorf("%s is %+v", tc.name, made)
		}
		d := ctlNode("", 0, made.Num)
		_, err = ctlMeta(c, abi.CTL_DESTROY, &d, vendor)
		want(t, "the end of "+tc.name, err, 0)
	}
}

func TestSysctlCreate(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	n := ctlNode("answer", abi.CTLTYPE_INT|abi.CTLFLAG_READWRITE|abi.CTLFLAG_IMMEDIATE, abi.CTL_CREATE)
	n.Un[0] = 42
	made, err := ctlMeta(c, abi.CTL_CREATE, &n, vendor)
	want(t, "CTL_CREATE", err, 0)
	if got := read(t, c, vendor, made.Num); len(got) != 4 || got[0] != 42 {
		t.Errorf("vendor.answer (%d) is %v", made.Num, got)
	}
	want(t, "setting it", c.Sysctl([]int32{vendor, made.Num}, nil, nil, []byte{1, 2, 3, 4}), 0)
	want(t, "setting a part of it", c.Sysctl([]int32{vendor, made.Num}, nil, nil, []byte{1, 2}), abi.EINVAL)
	again, err := ctlMeta(c, abi.CTL_CREATE, &n, vendor)
	want(t, "CTL_CREATE again", err, abi.EEXIST)
	if again.Num != made.Num {
		t.Errorf("the node in the way is %d", again.Num)
	}
	for _, name := range []string{"", "9a", "a.b", "a b", "abcdefghijabcdefghijabcdefghij12"} {
		x := ctlNode(name, abi.CTLTYPE_NODE, abi.CTL_CREATE)
		_, err = ctlMeta(c, abi.CTL_CREATE, &x, vendor)
		want(t, "CTL_CREATE of "+name, err, abi.EINVAL)
	}
	dir := ctlNode("dir", abi.CTLTYPE_NODE|abi.CTLFLAG_READWRITE, 5)
	d := func(name string, num int32, ver uint32) *abi.Sysctlnode {
		n := ctlNode(name, 0, num)
		n.Ver = ver
		return &n
	}
	for _, tc := range []struct {
		name string
		op   int32
		node *abi.Sysctlnode
		mib  []int32
		err  abi.Errno
	}{
		{"below kern", abi.CTL_CREATE, &n, []int32{1}, abi.EPERM},
		{"below a leaf", abi.CTL_CREATE, &n, []int32{1, 1}, abi.ENOTDIR},
		{"of nothing", abi.CTL_CREATE, nil, []int32{vendor}, abi.EINVAL},
		{"at the top", abi.CTL_CREATE, &n, nil, 0},
		{"a directory", abi.CTL_CREATE, &dir, []int32{vendor}, 0},
		{"in it", abi.CTL_CREATE, &n, []int32{vendor, 5}, 0},
		{"CTL_DESTROY of a directory in use", abi.CTL_DESTROY, d("", 5, 0), []int32{vendor}, abi.ENOTEMPTY},
		{"by a wrong name", abi.CTL_DESTROY, d("other", made.Num, 0), []int32{vendor}, abi.ENOENT},
		{"by a wrong version", abi.CTL_DESTROY, d("", made.Num, 3), []int32{vendor}, abi.ENOENT},
		{"of nothing", abi.CTL_DESTROY, d("", 4444, 0), []int32{vendor}, abi.ENOENT},
		{"of no node", abi.CTL_DESTROY, nil, []int32{vendor}, abi.EINVAL},
		{"of kern.ostype", abi.CTL_DESTROY, d("", 1, 0), []int32{1}, abi.EPERM},
		{"of vendor", abi.CTL_DESTROY, d("", vendor, 0), nil, abi.EPERM},
		{"of the kernel's own node there", abi.CTL_DESTROY, d("", query(t, c, vendor)[0].Num, 0), []int32{vendor}, abi.EPERM},
		{"CTL_DESTROY", abi.CTL_DESTROY, d("answer", made.Num, 0), []int32{vendor}, 0},
	} {
		_, err := ctlMeta(c, tc.op, tc.node, tc.mib...)
		want(t, tc.name, err, tc.err)
	}
	sysctlCase{"reading what is gone", []int32{vendor, made.Num}, 4, nil, 4, abi.ENOENT}.run(t, c)
	user(t, c, 5)
	_, err = ctlMeta(c, abi.CTL_CREATE, &n, vendor)
	want(t, "CTL_CREATE by a user", err, abi.EPERM)
	_, err = ctlMeta(c, abi.CTL_DESTROY, d("", 5, 0), vendor)
	want(t, "CTL_DESTROY by a user", err, abi.EPERM)
}

// Data at an address come from the program; what it says lies in the kernel
// can't be read. Descriptions are given once.
func TestSysctlData(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	n := ctlNode("kernels", abi.CTLTYPE_INT, abi.CTL_CREATE)
	n.Un[0] = 0xdead
	made, err := ctlMeta(c, abi.CTL_CREATE, &n, vendor)
	want(t, "a node of the kernel's data", err, 0)
	sysctlCase{"reading it", []int32{vendor, made.Num}, 4, nil, 4, abi.EFAULT}.run(t, c)
	one := func(num int32) *abi.Sysctlnode {
		n := ctlNode("", 0, num)
		return &n
	}
	desc, err := ctlMeta(c, abi.CTL_DESCRIBE, one(made.Num), vendor)
	want(t, "its description", err, 0)
	if int32(desc.Flags) != made.Num { // a struct sysctldesc begins with the number
		t.Errorf("the description is of %d", int32(desc.Flags))
	}
	_, err = ctlMeta(c, abi.CTL_DESCRIBE, one(4444), vendor)
	want(t, "a description of nothing", err, abi.ENOENT)
	set := func(num int32) *abi.Sysctlnode {
		n := ctlNode("", 0, num)
		n.Desc = 1
		return &n
	}
	_, err = ctlMeta(c, abi.CTL_DESCRIBE, set(4444), vendor)
	want(t, "describing nothing", err, abi.ENOENT)
	_, err = ctlMeta(c, abi.CTL_DESCRIBE, set(1), 1)
	want(t, "describing a permanent node", err, abi.EPERM)
	user(t, c, 5)
	_, err = ctlMeta(c, abi.CTL_DESCRIBE, set(made.Num), vendor)
	want(t, "describing as a user", err, abi.EPERM)
}
