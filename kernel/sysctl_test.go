package kernel_test

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// read returns the value of a node.
func read(t *testing.T, c *client.Client, mib ...int32) []byte {
	t.Helper()
	n := uint64(1 << 16)
	buf := make([]byte, n)
	if err := c.Sysctl(mib, buf, &n, nil); err != nil {
		t.Errorf("sysctl %v: %v", mib, err)
		return nil
	}
	return buf[:n]
}

func TestSysctlValues(t *testing.T) {
	_, c := boot(t, kernel.Config{Host: hypercall.NewSim(1), NCPU: 3, MemLimit: 8 << 20})
	for _, tc := range []struct {
		name string
		mib  []int32
		want any
	}{
		{"kern.ostype", []int32{1, 1}, "NetBSD"},
		{"kern.osrelease", []int32{1, 2}, "7.99.34"},
		{"kern.osrevision", []int32{1, 3}, int32(799003400)},
		{"kern.version", []int32{1, 4}, kernel.Version + "\n"},
		{"kern.hostname", []int32{1, 10}, "rump-00001.sim"},
		{"kern.domainname", []int32{1, 22}, ""},
		{"kern.msgbufsize", []int32{1, 31}, int32(16352)},
		{"hw.machine", []int32{6, 1}, "amd64"},
		{"hw.model", []int32{6, 2}, "rumpcore (virtual)"},
		{"hw.ncpu", []int32{6, 3}, int32(3)},
		{"hw.byteorder", []int32{6, 4}, int32(1234)},
		{"hw.physmem", []int32{6, 5}, int32(8 << 20)},
		{"hw.pagesize", []int32{6, 7}, int32(4096)},
		{"hw.machine_arch", []int32{6, 10}, "x86_64"},
	} {
		var want []byte
		switch v := tc.want.(type) {
		case string:
			want = append([]byte(v), 0)
		case int32:
			want = binary.LittleEndian.AppendUint32(nil, uint32(v))
		}
		if got := read(t, c, tc.mib...); !bytes.Equal(got, want) {
			t.Errorf("%s is %q, want %q", tc.name, got, want)
		}
	}
	if got := read(t, c, 1, 12); len(got) != 20 || got[0] != 100 {
		t.Errorf("kern.clockrate is %v", got)
	}
	if got := read(t, c, 1, 83); binary.LittleEndian.Uint64(got) != 946684799 {
		t.Errorf("kern.boottime is %v", got)
	}
}

//go:embed testdata/sysctl_base.tsv
var netbsdTree string

// The tree has every node of NetBSD's, with its number, type, flags and size.
func TestSysctlTree(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	ours := map[string]abi.Sysctlnode{}
	var walk func(mib []int32, path string)
	walk = func(mib []int32, path string) {
		for _, n := range query(t, c, mib...) {
			name := path + string(bytes.TrimRight(n.Name[:], "\x00"))
			ours[name] = n
			if n.Flags&abi.SYSCTL_TYPEMASK == abi.CTLTYPE_NODE {
				walk(append(mib[:len(mib):len(mib)], n.Num), name+".")
			}
		}
	}
	walk(nil, "")
	for line := range strings.Lines(netbsdTree) {
		f := strings.Fields(line)
		if f[0] == "#" {
			continue
		}
		n, ok := ours[f[0]]
		if !ok {
			t.Errorf("there is no %s", f[0])
			continue
		}
		num := fmt.Sprint(n.Num)
		if n.Num >= abi.CREATE_BASE && n.Num != abi.PROC_CURPROC {
			num = "auto"
		}
		typ, flags := n.Flags&abi.SYSCTL_TYPEMASK, n.Flags&abi.SYSCTL_FLAGMASK
		got := fmt.Sprintf("%s %d %#x %d", num, typ, flags, n.Size)
		if f[0] == "kern.version" { // which says whose kernel this is
			f[4] = fmt.Sprint(len(kernel.Version) + 2)
		}
		if want := strings.Join(f[1:], " "); got != want {
			t.Errorf("%s is %s, want %s", f[0], got, want)
		}
	}
}

// query lists the children of a node as sysctl(8) does: first with a buffer
// that is too short.
func query(t *testing.T, c *client.Client, mib ...int32) []abi.Sysctlnode {
	t.Helper()
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION}
	mib = append(mib[:len(mib):len(mib)], abi.CTL_QUERY)
	short := make([]abi.Sysctlnode, 1)
	n := uint64(96)
	err := c.Sysctl(mib, usermem.BytesOfSlice(short), &n, usermem.BytesOf(&req))
	if n > 96 {
		want(t, "CTL_QUERY with a short buffer", err, abi.ENOMEM)
	}
	nodes := make([]abi.Sysctlnode, n/96)
	want(t, "CTL_QUERY", c.Sysctl(mib, usermem.BytesOfSlice(nodes), &n, usermem.BytesOf(&req)), 0)
	return nodes[:n/96]
}

// Every node can be reached, has a name and a description, and can be read.
func TestSysctlWalk(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	count := 0
	var walk func(mib []int32)
	walk = func(mib []int32) {
		last := int32(-1)
		for _, n := range query(t, c, mib...) {
			count++
			name := string(bytes.TrimRight(n.Name[:], "\x00"))
			sub := append(mib[:len(mib):len(mib)], n.Num)
			if name == "" || n.Num <= last || n.Flags&abi.SYSCTL_VERS_MASK != abi.SYSCTL_VERSION {
				t.Errorf("node %v: %+v", sub, n)
			}
			last = n.Num
			if n.Flags&abi.SYSCTL_TYPEMASK == abi.CTLTYPE_NODE {
				walk(sub)
				continue
			}
			size := uint64(200)
			buf := make([]byte, size)
			switch err := c.Sysctl(sub, buf, &size, nil); err {
			case nil, abi.ENOMEM, abi.EINVAL:
			default:
				t.Errorf("%v %s: %v", sub, name, err)
			}
		}
		if last < 0 {
			return // a node without children may not know of descriptions
		}
		desc := read(t, c, append(mib[:len(mib):len(mib)], abi.CTL_DESCRIBE)...)
		for len(desc) > 0 {
			n := binary.LittleEndian.Uint32(desc[8:])
			if n < 2 {
				t.Errorf("below %v, number %d has no description", mib, binary.LittleEndian.Uint32(desc))
			}
			desc = desc[12+(n+3)&^3:]
		}
	}
	walk(nil)
	if count < 50 {
		t.Errorf("the tree has %d nodes", count)
	}
}

func TestSysctlEvcnt(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	k.Evcnt.Attach(evcnt.Misc, "disk", "reads").Add(7)
	k.Evcnt.Attach(evcnt.Intr, "net", "non")
	all := read(t, c, 1, 84, -1, abi.KERN_EVCNT_COUNT_ANY)
	if len(all) != 48+40 || all[0] != 7 || string(all[32:43]) != "disk\x00reads\x00" || all[27] != 48/8 {
		t.Errorf("kern.evcnt is %d bytes: %q", len(all), all)
	}
	if got := read(t, c, 1, 84, -1, abi.KERN_EVCNT_COUNT_NONZERO); len(got) != 48 {
		t.Errorf("the counters that counted have %d bytes", len(got))
	}
	if got := read(t, c, 1, 84, int32(evcnt.Intr), abi.KERN_EVCNT_COUNT_ANY); len(got) != 40 {
		t.Errorf("the counters of interrupts have %d bytes", len(got))
	}
}

func TestModctl(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	iov := make([]byte, 16)
	stat := make([]abi.Modstat, 4)
	binary.LittleEndian.PutUint64(iov[8:], 4*392)
	arg := client.Buf(iov).With(0, usermem.BytesOfSlice(stat))
	want(t, "MODCTL_STAT", c.Modctl(abi.MODCTL_STAT, arg), 0)
	if n := binary.LittleEndian.Uint64(iov[8:]); n != 392 || string(stat[0].Name[:6]) != "suser\x00" {
		t.Errorf("%d bytes of modules: %q", n, stat[0].Name)
	}
	want(t, "MODCTL_UNLOAD", c.Modctl(abi.MODCTL_UNLOAD, client.Buf([]byte("suser\x00"))), abi.EPERM)
	want(t, "MODCTL_UNLOAD of nothing", c.Modctl(abi.MODCTL_UNLOAD, client.Buf([]byte("x\x00"))), abi.ENOENT)
	want(t, "MODCTL_EXISTS", c.Modctl(abi.MODCTL_EXISTS, client.Val(0)), 0)
	want(t, "nothing", c.Modctl(9, client.Arg{}), abi.EINVAL)
}
