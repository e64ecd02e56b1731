package kernel_test

import (
	"bytes"
	"encoding/binary"
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

func TestSysctlErrors(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	buf := make([]byte, 300)
	call := func(mib []int32, old int, newv []byte) (uint64, error) {
		n := uint64(old)
		var b []byte
		if old > 0 {
			b = buf[:old]
		}
		err := c.Sysctl(mib, b, &n, newv)
		return n, err
	}
	for _, tc := range []struct {
		name string
		mib  []int32
		old  int
		newv []byte
		n    uint64
		err  abi.Errno
	}{
		{"the length alone", []int32{1, 1}, 0, nil, 7, 0},
		{"a short buffer", []int32{1, 1}, 3, nil, 7, abi.ENOMEM},
		{"no name", nil, 8, nil, 8, abi.EINVAL},
		{"a long name", make([]int32, 13), 8, nil, 8, abi.EINVAL},
		{"a number that is not", []int32{1, 9999}, 8, nil, 0, abi.ENOENT},
		{"a top level that is not", []int32{99}, 8, nil, 0, abi.ENOENT},
		{"below a leaf", []int32{1, 1, 1}, 8, nil, 0, abi.ENOTDIR},
		{"a directory", []int32{1}, 8, nil, 0, abi.EINVAL},
		{"what can't be set", []int32{1, 1}, 8, []byte("x"), 7, abi.EPERM},
		{"a host name", []int32{1, 10}, 0, []byte("new\x00"), 14, 0},
		{"the new host name", []int32{1, 10}, 8, nil, 4, 0},
		{"a host name too long", []int32{1, 10}, 0, make([]byte, 257), 4, abi.EINVAL},
		{"random bytes", []int32{1, 81}, 256, nil, 256, 0},
		{"too many random bytes", []int32{1, 81}, 257, nil, 0, abi.E2BIG},
		{"CTL_MMAP", []int32{1, abi.CTL_MMAP}, 8, nil, 0, abi.EOPNOTSUPP},
		{"CTL_QUERY of a leaf", []int32{1, 1, abi.CTL_QUERY}, 8, nil, 0, abi.ENOTDIR},
		{"CTL_QUERY of nothing", []int32{1, abi.CTL_QUERY}, 8, nil, 0, abi.EINVAL},
	} {
		if tc.name == "a host name" {
			tc.n = uint64(len(read(t, c, 1, 10)))
		}
		n, err := call(tc.mib, tc.old, tc.newv)
		want(t, tc.name, err, tc.err)
		if n != tc.n {
			t.Errorf("%s: the length is %d, want %d", tc.name, n, tc.n)
		}
	}
	user(t, c, 5)
	_, err := call([]int32{1, 10}, 0, []byte("x"))
	want(t, "a host name set by a user", err, abi.EPERM)
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

func TestSysctlCreate(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	node := func(name string, flags uint32, num int32) abi.Sysctlnode {
		n := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION | flags, Num: num}
		copy(n.Name[:], name)
		return n
	}
	meta := func(op int32, n abi.Sysctlnode, mib ...int32) (abi.Sysctlnode, error) {
		var out abi.Sysctlnode
		size := uint64(96)
		err := c.Sysctl(append(mib, op), usermem.BytesOf(&out), &size, usermem.BytesOf(&n))
		return out, err
	}
	const vendor = 11
	n := node("answer", abi.CTLTYPE_INT|abi.CTLFLAG_READWRITE|abi.CTLFLAG_IMMEDIATE, abi.CTL_CREATE)
	n.Un[0] = 42
	made, err := meta(abi.CTL_CREATE, n, vendor)
	want(t, "CTL_CREATE", err, 0)
	if got := read(t, c, vendor, made.Num); len(got) != 4 || got[0] != 42 || made.Num < abi.CREATE_BASE {
		t.Errorf("vendor.answer (%d) is %v", made.Num, got)
	}
	want(t, "setting it", c.Sysctl([]int32{vendor, made.Num}, nil, nil, []byte{1, 2, 3, 4}), 0)
	want(t, "setting a part of it", c.Sysctl([]int32{vendor, made.Num}, nil, nil, []byte{1, 2}), abi.EINVAL)
	again, err := meta(abi.CTL_CREATE, n, vendor)
	want(t, "CTL_CREATE again", err, abi.EEXIST)
	if again.Num != made.Num {
		t.Errorf("the node in the way is %d", again.Num)
	}
	_, err = meta(abi.CTL_CREATE, n, 1)
	want(t, "CTL_CREATE below kern", err, abi.EPERM)
	for _, name := range []string{"", "9a", "a.b", "a b"} {
		_, err = meta(abi.CTL_CREATE, node(name, abi.CTLTYPE_NODE, -3), vendor)
		want(t, "CTL_CREATE of "+name, err, abi.EINVAL)
	}
	dir, err := meta(abi.CTL_CREATE, node("dir", abi.CTLTYPE_NODE|abi.CTLFLAG_READWRITE, 5), vendor)
	want(t, "a directory", err, 0)
	_, err = meta(abi.CTL_CREATE, n, vendor, dir.Num)
	want(t, "CTL_CREATE in it", err, 0)
	_, err = meta(abi.CTL_DESTROY, node("", 0, dir.Num), vendor)
	want(t, "CTL_DESTROY of a directory in use", err, abi.ENOTEMPTY)
	_, err = meta(abi.CTL_DESTROY, node("answer", 0, made.Num), vendor)
	want(t, "CTL_DESTROY", err, 0)
	size := uint64(4)
	want(t, "reading what is gone", c.Sysctl([]int32{vendor, made.Num}, make([]byte, 4), &size, nil), abi.ENOENT)
	user(t, c, 5)
	_, err = meta(abi.CTL_CREATE, n, vendor)
	want(t, "CTL_CREATE by a user", err, abi.EPERM)
}

func TestSysctlLimits(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	soft := []int32{10, abi.PROC_CURPROC, 2, abi.RLIMIT_NOFILE + 1, 1}
	v := binary.LittleEndian.AppendUint64(nil, 77)
	want(t, "setting a limit", c.Sysctl(soft, nil, nil, v), 0)
	var lim abi.Rlimit
	if _ = c.Getrlimit(abi.RLIMIT_NOFILE, &lim); lim.Cur != 77 {
		t.Errorf("the limit is %+v", lim)
	}
	soft[1] = int32(c.Getpid())
	if got := read(t, c, soft...); !bytes.Equal(got, v) {
		t.Errorf("proc.PID.rlimit.descriptors.soft is %v", got)
	}
	size := uint64(8)
	soft[1] = 9999
	want(t, "a limit of nobody", c.Sysctl(soft, make([]byte, 8), &size, nil), abi.ESRCH)
	user(t, c, 5)
	soft[1] = 1
	want(t, "a limit of somebody else", c.Sysctl(soft, make([]byte, 8), &size, nil), abi.EPERM)
}

func TestSysctlFiles(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	var ki abi.KinfoFile
	size := int32(len(usermem.BytesOf(&ki)))
	pid := int32(c.Getpid())
	if n := len(read(t, c, 1, 77, abi.KERN_FILE_BYPID, pid, size, 100)); n != int(3*size) {
		t.Errorf("a fresh process has %d bytes of open files, %d each", n, size)
	}
	pipe(t, c)
	got := read(t, c, 1, 77, abi.KERN_FILE_BYPID, pid, size, 100)
	copy(usermem.BytesOf(&ki), got[len(got)-int(size):])
	if ki.Fd != 4 || ki.Ftype != abi.DTYPE_PIPE || ki.Pid != uint32(pid) || ki.Count != 1 {
		t.Errorf("the last file is %+v", ki)
	}
	n := uint64(0)
	want(t, "a wrong way of asking", c.Sysctl([]int32{1, 77, 9, 0, size, 1}, nil, &n, nil), abi.EINVAL)
}

// ps(1) asks for the size of all, then for the records.
func TestSysctlProcesses(t *testing.T) {
	_, k, c := bootSim(t)
	var size uint64
	mib := []int32{1, 47, abi.KERN_PROC_ALL, 0, 816, 1000}
	var ki abi.KinfoProc2
	mib[4] = int32(len(usermem.BytesOf(&ki)))
	want(t, "the size", c.Sysctl(mib, nil, &size, nil), 0)
	procs := make([]abi.KinfoProc2, size/uint64(mib[4]))
	want(t, "the records", c.Sysctl(mib, usermem.BytesOfSlice(procs), &size, nil), 0)
	if n := size / uint64(mib[4]); n != 3 || procs[1].Pid != 1 || procs[2].Ppid != 1 {
		t.Errorf("%d processes: %+v", n, procs)
	}
	if got := string(bytes.TrimRight(procs[2].Comm[:], "\x00")); got != "test" {
		t.Errorf("the client's name is %q", got)
	}
	size = 10
	want(t, "little room", c.Sysctl(mib, make([]byte, 10), &size, nil), abi.ENOMEM)
	mib[2], mib[3] = abi.KERN_PROC_PID, 1
	if got := read(t, c, mib...); len(got) != int(mib[4]) {
		t.Errorf("one process has %d bytes", len(got))
	}
	if got := read(t, c, 1, 48, int32(c.Getpid()), abi.KERN_PROC_ARGV); string(got) != "test\x00" {
		t.Errorf("its arguments are %q", got)
	}
	if got := read(t, c, 1, 64, int32(c.Getpid()), 160, 10); len(got) == 0 {
		t.Error("it has no lwps")
	}
	k.Printf("hello\n")
	if got := read(t, c, 1, 53); !bytes.HasSuffix(got, []byte("hello\n")) {
		t.Errorf("kern.msgbuf is %q", got)
	}
}

func TestSysctlEvcnt(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	k.Evcnt.Attach(evcnt.Misc, "disk", "reads").Add(7)
	k.Evcnt.Attach(evcnt.Intr, "net", "non")
	all := read(t, c, 1, 84, 0xff, abi.KERN_EVCNT_COUNT_ANY)
	if len(all) != 48+40 || all[0] != 7 || string(all[32:43]) != "disk\x00reads\x00" || all[27] != 48/8 {
		t.Errorf("kern.evcnt is %d bytes: %q", len(all), all)
	}
	if got := read(t, c, 1, 84, 0xff, abi.KERN_EVCNT_COUNT_NONZERO); len(got) != 48 {
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
	want(t, "MODCTL_UNLOAD", c.Modctl(abi.MODCTL_UNLOAD, client.Buf([]byte("suser\x00"))), abi.EBUSY)
	want(t, "MODCTL_UNLOAD of nothing", c.Modctl(abi.MODCTL_UNLOAD, client.Buf([]byte("x\x00"))), abi.ENOENT)
	want(t, "MODCTL_EXISTS", c.Modctl(abi.MODCTL_EXISTS, client.Val(0)), 0)
	want(t, "nothing", c.Modctl(9, client.Arg{}), abi.EINVAL)
}
