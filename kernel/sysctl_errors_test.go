package kernel_test

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// sysctlCase is a call, and what it makes of the length and returns. Room
// -n-1 is n bytes of no buffer.
type sysctlCase struct {
	name string
	mib  []int32
	room int
	newv []byte
	n    uint64
	err  abi.Errno
}

func (tc sysctlCase) run(t *testing.T, c *client.Client) {
	t.Helper()
	n, old := uint64(tc.room), make([]byte, max(1, tc.room))
	if tc.room < 0 {
		n, old = uint64(-tc.room-1), nil
	}
	want(t, tc.name, c.Sysctl(tc.mib, old, &n, tc.newv), tc.err)
	if n != tc.n {
		t.Errorf("%s: the length is %d, want %d", tc.name, n, tc.n)
	}
}

// The results are those of a NetBSD 7.99.34 rump kernel.
func TestSysctlErrors(t *testing.T) {
	_, c := boot(t, kernel.Config{Hostname: "name"})
	long := make([]byte, 257)
	for i := range long {
		long[i] = 'x'
	}
	for _, tc := range []sysctlCase{
		{"the length alone", []int32{1, 1}, -1, nil, 7, 0},
		{"a short buffer", []int32{1, 1}, 3, nil, 7, abi.ENOMEM},
		{"no name", nil, 8, nil, 8, abi.EINVAL},
		{"a long name", make([]int32, 13), 8, nil, 8, abi.EINVAL},
		{"a number that is not", []int32{1, 9999}, 8, nil, 8, abi.ENOENT},
		{"a top level that is not", []int32{99}, 8, nil, 8, abi.ENOENT},
		{"below a leaf", []int32{1, 1, 1}, 8, nil, 8, abi.ENOTDIR},
		{"a directory", []int32{1}, 8, nil, 8, abi.EINVAL},
		{"what can't be set", []int32{1, 1}, 8, []byte("x"), 8, abi.EPERM},
		{"a new value of nothing", []int32{1, 1}, 8, []byte{}, 7, 0},
		{"a host name", []int32{1, 10}, -1, []byte("new\x00"), 5, 0},
		{"the new host name", []int32{1, 10}, 8, nil, 4, 0},
		{"a host name too long", []int32{1, 10}, 8, long, 4, abi.EINVAL},
		{"a host name without an end", []int32{1, 10}, 8, long[:256], 4, abi.EINVAL},
		{"no random bytes", []int32{1, 81}, 0, nil, 0, 0},
		{"random bytes", []int32{1, 81}, 256, nil, 256, 0},
		{"too many random bytes", []int32{1, 81}, 257, nil, 257, abi.E2BIG},
		{"random bytes to nowhere", []int32{1, 81}, -9, nil, 8, 0},
		{"setting random bytes", []int32{1, 81}, 8, []byte{1}, 8, abi.EPERM},
		{"CTL_MMAP of nothing", []int32{1, abi.CTL_MMAP}, 8, nil, 8, abi.EINVAL},
		{"CTL_CREATESYM", []int32{11, abi.CTL_CREATESYM}, 8, long[:96], 8, abi.EOPNOTSUPP},
		{"an operation that is not", []int32{1, -9}, 8, nil, 8, abi.EOPNOTSUPP},
		{"an operation in the middle", []int32{1, abi.CTL_QUERY, 1}, 8, nil, 8, abi.ENOENT},
		{"CTL_QUERY of a leaf", []int32{1, 1, abi.CTL_QUERY}, 8, nil, 8, abi.ENOTDIR},
		{"CTL_QUERY of a leaf that computes", []int32{1, 77, abi.CTL_QUERY}, 8, nil, 8, abi.ENOTDIR},
		{"CTL_QUERY of nothing", []int32{1, abi.CTL_QUERY}, 8, nil, 8, abi.EINVAL},
		{"CTL_QUERY of no node", []int32{1, 47, abi.CTL_QUERY}, 8, nil, 8, abi.EINVAL},
		{"a part of the log", []int32{1, 53}, 10, nil, 10, 0},
		{"the length of the log", []int32{1, 53}, -1, nil, 16352, 0},
		{"setting the log", []int32{1, 53}, 10, []byte("x"), 10, abi.EPERM},
		{"counters of no type", []int32{1, 84, 3, 0}, 10, nil, 10, abi.EINVAL},
		{"counters of no kind", []int32{1, 84, -1, 2}, 10, nil, 10, abi.EINVAL},
		{"the length of counters", []int32{1, 84, -1, 0}, -1, nil, 1024, 0},
		{"a processor", []int32{1, 51, 0}, 40, nil, 40, 0},
		{"a processor that is not", []int32{1, 51, 1 << 20}, 40, nil, 40, abi.ENOENT},
		{"a part of vm.uvmexp", []int32{2, 3}, 4, nil, 4, 0},
	} {
		tc.run(t, c)
	}
	user(t, c, 5)
	sysctlCase{"a host name set by a user", []int32{1, 10}, 8, []byte("x"), 8, abi.EPERM}.run(t, c)
}

// Settings of processes: proc.PID.corename, stopfork and rlimit.
func TestSysctlSettings(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kid, err := c.Fork()
	want(t, "fork", err, 0)
	me, it := int32(c.Getpid()), int32(kid.Getpid())
	soft := func(pid int32) []int32 { return []int32{10, pid, 2, abi.RLIMIT_NOFILE + 1, 1} }
	q := func(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }
	for _, tc := range []sysctlCase{
		{"a limit", soft(me), 8, nil, 8, 0},
		{"setting a part of it", soft(me), 8, q(1)[:4], 8, abi.EINVAL},
		{"setting it", soft(abi.PROC_CURPROC), 8, q(77), 8, 0},
		{"setting it past the hard limit", soft(me), 8, q(1 << 40), 8, abi.EINVAL},
		{"setting a child's", soft(it), 8, q(78), 8, 0},
		{"a limit of nobody", soft(9999), 8, nil, 8, abi.ESRCH},
		{"a limit that is not", []int32{10, me, 2, 13, 1}, 8, nil, 8, abi.ENOENT},
		{"a core name", []int32{10, me, 1}, 99, nil, 9, 0},
		{"a wrong core name", []int32{10, me, 1}, 99, []byte("mycore"), 9, abi.EINVAL},
		{"setting a core name", []int32{10, me, 1}, 99, []byte("my.core"), 9, 0},
		{"the new core name", []int32{10, me, 1}, 99, nil, 8, 0},
		{"a child's core name", []int32{10, it, 1}, 99, nil, 9, 0},
		{"setting stopfork", []int32{10, me, 3}, 4, []byte{1, 0, 0, 0}, 4, 0},
	} {
		tc.run(t, c)
	}
	var lim abi.Rlimit
	if _ = c.Getrlimit(abi.RLIMIT_NOFILE, &lim); lim.Cur != 77 {
		t.Errorf("the limit is %+v", lim)
	}
	if _ = kid.Getrlimit(abi.RLIMIT_NOFILE, &lim); lim.Cur != 78 {
		t.Errorf("the child's limit is %+v", lim)
	}
	if v := read(t, c, 10, me, 3); v[0] != 1 {
		t.Errorf("proc.PID.stopfork is %v", v)
	}
	user(t, c, 5)
	for _, tc := range []sysctlCase{
		{"a limit of somebody else", soft(1), 8, nil, 8, 0},
		{"setting one", soft(1), 8, q(5), 8, abi.EPERM},
		{"somebody else's core name", []int32{10, 1, 1}, 99, nil, 99, abi.EPERM},
		{"somebody else's flag", []int32{10, 1, 3}, 4, nil, 4, 0},
		{"setting one", []int32{10, 1, 3}, 4, []byte{1, 0, 0, 0}, 4, abi.EPERM},
		{"setting one's own", []int32{10, me, 4}, 4, []byte{1, 0, 0, 0}, 4, 0},
		{"setting one's own limit", soft(me), 8, q(76), 8, 0},
	} {
		tc.run(t, c)
	}
}
