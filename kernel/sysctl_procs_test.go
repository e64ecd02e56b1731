package kernel_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Selectors, sizes and counts of kern.proc, proc2, lwp, proc_args, file and
// file2, with NetBSD's lengths and errors. The kernel has pids 0 and 1, the
// client and a child of its that is another user's; each but 0 has the console
// on three descriptors, two processes share theirs.
func TestSysctlRecords(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kid, err := c.Fork()
	want(t, "fork", err, 0)
	want(t, "setsid", second(kid.Setsid()), 0)
	user(t, kid, 7)
	me, it := int32(c.Getpid()), int32(kid.Getpid())
	const s, f, big = 680, 120, 1 << 16
	for _, tc := range []sysctlCase{
		{"all", []int32{1, 47, 0, 0, s, 99}, big, nil, 4 * s, 0},
		{"their size", []int32{1, 47, 0, 0, s, 99}, -1, nil, 4*s + 5*1280, 0},
		{"little room", []int32{1, 47, 0, 0, s, 99}, 1000, nil, s, abi.ENOMEM},
		{"one of them", []int32{1, 47, 0, 0, s, 1}, big, nil, s, abi.ENOMEM},
		{"records of nothing", []int32{1, 47, 0, 0, 0, 99}, big, nil, 0, 0},
		{"records that are too large", []int32{1, 47, 0, 0, -1, 99}, big, nil, 0, abi.ENOMEM},
		{"records of a longer structure", []int32{1, 47, 0, 0, 5000, 99}, big, nil, 20000, 0},
		{"any number", []int32{1, 47, 0, 0, s, -1}, big, nil, 4 * s, 0},
		{"by pid", []int32{1, 47, abi.KERN_PROC_PID, me, s, 9}, big, nil, s, 0},
		{"by no pid", []int32{1, 47, abi.KERN_PROC_PID, 9999, s, 9}, big, nil, 0, 0},
		{"by group", []int32{1, 47, abi.KERN_PROC_PGRP, it, s, 9}, big, nil, s, 0},
		{"by session", []int32{1, 47, abi.KERN_PROC_SESSION, 0, s, 9}, big, nil, 3 * s, 0},
		{"without a terminal", []int32{1, 47, abi.KERN_PROC_TTY, -1, s, 9}, big, nil, 4 * s, 0},
		{"of a revoked terminal", []int32{1, 47, abi.KERN_PROC_TTY, -2, s, 9}, big, nil, 0, 0},
		{"by user", []int32{1, 47, abi.KERN_PROC_UID, 7, s, 9}, big, nil, s, 0},
		{"by real user", []int32{1, 47, abi.KERN_PROC_RUID, 0, s, 9}, big, nil, 3 * s, 0},
		{"by group id", []int32{1, 47, abi.KERN_PROC_GID, 7, s, 9}, big, nil, s, 0},
		{"by real group id", []int32{1, 47, abi.KERN_PROC_RGID, 8, s, 9}, big, nil, 0, 0},
		{"by nothing", []int32{1, 47, 9, 0, s, 9}, big, nil, big, abi.EINVAL},
		{"without a count", []int32{1, 47, 0, 0, s}, big, nil, big, abi.EINVAL},
		{"in the kernel's layout", []int32{1, 14, 0}, big, nil, 4 * 1280, 0},
		{"their size", []int32{1, 14, 0}, -1, nil, 9 * 1280, 0},
		{"one", []int32{1, 14, abi.KERN_PROC_PID, me}, big, nil, 1280, 0},
		{"all with an argument", []int32{1, 14, 0, 0}, big, nil, big, abi.EINVAL},
		{"one without", []int32{1, 14, 1}, big, nil, big, abi.EINVAL},
		{"lwps of nobody", []int32{1, 64, 9999, 128, 9}, big, nil, big, abi.ESRCH},
		{"setting lwps", []int32{1, 64, me, 128, 9}, big, []byte{1}, big, abi.EINVAL},
		{"arguments", []int32{1, 48, me, abi.KERN_PROC_ARGV}, 99, nil, 5, 0},
		{"how many", []int32{1, 48, me, abi.KERN_PROC_NARGV}, 99, nil, 4, 0},
		{"the size of arguments", []int32{1, 48, me, abi.KERN_PROC_ARGV}, -1, nil, abi.ARG_MAX, 0},
		{"the size of how many", []int32{1, 48, me, abi.KERN_PROC_NENV}, -1, nil, 4, 0},
		{"the environment", []int32{1, 48, me, abi.KERN_PROC_ENV}, 99, nil, 0, 0},
		{"arguments of the kernel", []int32{1, 48, 0, abi.KERN_PROC_ARGV}, 99, nil, 99, abi.EINVAL},
		{"arguments of nobody", []int32{1, 48, 9999, abi.KERN_PROC_ARGV}, 99, nil, 99, abi.EINVAL},
		{"what there is not", []int32{1, 48, me, 6}, 99, nil, 99, abi.EINVAL},
		{"setting arguments", []int32{1, 48, me, 1}, 99, []byte{1}, 99, abi.EINVAL},
		{"every file", []int32{1, 77, abi.KERN_FILE_BYFILE, 0, f, 99}, big, nil, 2 * f, 0},
		{"their size", []int32{1, 77, abi.KERN_FILE_BYFILE, 0, f, 99}, -1, nil, 12 * f, 0},
		{"every file of a process", []int32{1, 77, abi.KERN_FILE_BYFILE, me, f, 99}, big, nil, big, abi.EINVAL},
		{"descriptors", []int32{1, 77, abi.KERN_FILE_BYPID, me, f, 99}, big, nil, 3 * f, 0},
		{"descriptors in little room", []int32{1, 77, abi.KERN_FILE_BYPID, me, f, 99}, 130, nil, 3 * f, abi.ENOMEM},
		{"one descriptor", []int32{1, 77, abi.KERN_FILE_BYPID, me, f, 1}, big, nil, 3 * f, 0},
		{"descriptors of all", []int32{1, 77, abi.KERN_FILE_BYPID, -1, f, 99}, big, nil, 9 * f, 0},
		{"descriptors of -2", []int32{1, 77, abi.KERN_FILE_BYPID, -2, f, 99}, big, nil, big, abi.EINVAL},
		{"records of no file", []int32{1, 77, abi.KERN_FILE_BYPID, -1, 0, 99}, big, nil, big, abi.EINVAL},
		{"less than none", []int32{1, 77, abi.KERN_FILE_BYPID, -1, f, -1}, big, nil, big, abi.EINVAL},
		{"by another thing", []int32{1, 77, 3, 0, f, 99}, big, nil, big, abi.EINVAL},
		{"in the kernel's layout", []int32{1, 15}, big, nil, 8 + 2*96, 0},
		{"the head alone", []int32{1, 15}, 50, nil, 8, abi.ENOMEM},
		{"not even that", []int32{1, 15}, 4, nil, 0, 0},
	} {
		tc.run(t, c)
	}
	sysctlCase{"the environment of somebody else", []int32{1, 48, me, abi.KERN_PROC_ENV}, 99, nil, 99, abi.EPERM}.run(t, kid)
}

func second[T any](_ T, err error) error { return err }

func TestSysctlProcesses(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kid, err := c.Fork()
	want(t, "fork", err, 0)
	user(t, kid, 7)
	it := int32(kid.Getpid())
	var ki abi.KinfoProc2
	copy(usermem.BytesOf(&ki), read(t, c, 1, 47, abi.KERN_PROC_PID, it, 680, 9))
	if ki.Pid != it || ki.Ppid != int32(c.Getpid()) || ki.Ruid != 7 || string(ki.Comm[:5]) != "test\x00" || ki.Flag&abi.P_SUGID == 0 {
		t.Errorf("kern.proc2 of the child is %+v", ki)
	}
	var kp abi.KinfoProc
	copy(usermem.BytesOf(&kp), read(t, c, 1, 14, abi.KERN_PROC_PID, it))
	if kp.Pid != it || kp.Ppid != int32(c.Getpid()) || kp.Uid != 7 || kp.Rgid != 7 || string(kp.Comm[:5]) != "test\x00" {
		t.Errorf("kern.proc of the child is %+v", kp)
	}
	r, w := pipe(t, c)
	done := make(chan error, 1)
	go func() { done <- second(c.Read(r, make([]byte, 1))) }()
	var kl abi.KinfoLwp
	for kl.Stat != abi.LSSLEEP {
		lwps := read(t, c, 1, 64, -1, 128, 99)
		for ; len(lwps) > 0 && kl.Stat != abi.LSSLEEP; lwps = lwps[128:] {
			copy(usermem.BytesOf(&kl), lwps)
		}
	}
	if string(bytes.TrimRight(kl.Wmesg[:], "\x00")) != "read" || int(kl.Pid) != c.Getpid() {
		t.Errorf("the lwp that reads is %+v", kl)
	}
	want(t, "write", second(c.Write(w, []byte{1})), 0)
	want(t, "read", <-done, 0)
}

func TestSysctlFiles(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	pipe(t, c)
	want(t, "fcntl", second(c.Fcntl(4, abi.F_SETFD, client.Val(1))), 0)
	var ki abi.KinfoFile
	got := read(t, c, 1, 77, abi.KERN_FILE_BYPID, int32(c.Getpid()), 120, 100)
	copy(usermem.BytesOf(&ki), got[len(got)-120:])
	if ki.Fd != 4 || ki.Ftype != abi.DTYPE_PIPE || ki.Pid != uint32(c.Getpid()) || ki.Count != 1 || ki.Ofileflags != 1 {
		t.Errorf("the last file is %+v", ki)
	}
}

// vm tells what the kernel's account of memory knows.
func TestSysctlMemory(t *testing.T) {
	k, c := boot(t, kernel.Config{MemLimit: 4 << 20, NCPU: 2})
	want(t, "reserving", k.Mem.Reserve(1<<20), 0)
	defer k.Mem.Release(1 << 20)
	var x abi.UvmexpSysctl
	copy(usermem.BytesOf(&x), read(t, c, 2, abi.VM_UVMEXP2))
	if x.Npages != 1024 || x.Free != 768 || x.Wired != 256 || x.Pagesize != 4096 || x.Forks < 2 {
		t.Errorf("vm.uvmexp2 is %+v", x)
	}
	var v abi.Vmtotal
	copy(usermem.BytesOf(&v), read(t, c, 2, abi.VM_METER))
	if v.Free != 768 || v.Rm != 256 || v.Rq != 1 {
		t.Errorf("vm.vmmeter is %+v", v)
	}
	var l abi.Loadavg
	copy(usermem.BytesOf(&l), read(t, c, 2, abi.VM_LOADAVG))
	if l.Fscale != 2048 {
		t.Errorf("vm.loadavg is %+v", l)
	}
	if b := read(t, c, 1, abi.KERN_CP_TIME); len(b) != 80 {
		t.Errorf("kern.cp_time of two processors has %d bytes", len(b))
	}
}

// The load average rises while lwps are busy and falls when none is.
func TestLoadAverage(t *testing.T) {
	h, _, c := bootSim(t)
	var l abi.Loadavg
	sample := func() [3]uint32 {
		copy(usermem.BytesOf(&l), read(t, c, 2, abi.VM_LOADAVG))
		return l.Ldavg
	}
	h.Advance(60e9)
	one := sample()
	if one[0] < 1200 || one[0] > 1400 || one[1] > one[0] || one[2] > one[1] {
		t.Errorf("after a minute of one busy lwp the load is %v of 2048", one)
	}
	h.Advance(3600e9)
	if all := sample(); all[0] < 1950 || all[2] < 1800 {
		t.Errorf("after an hour it is %v", all)
	}
}

// kern.uidinfo counts what the user has, whatever processes have it.
func TestSysctlUidinfo(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	kid, err := c.Fork()
	want(t, "fork", err, 0)
	user(t, kid, 7)
	dir := int32(0)
	for _, n := range query(t, c, 1) {
		if string(n.Name[:8]) == "uidinfo\x00" {
			dir = n.Num
		}
	}
	nodes := query(t, kid, 1, dir)
	count := func(i int) uint64 { return binary.LittleEndian.Uint64(read(t, kid, 1, dir, nodes[i].Num)) }
	k.Procs.Charge(7, proc.UserLocks, 3, proc.Unlimited)
	k.Procs.Charge(7, proc.UserSockbufs, 1000, proc.Unlimited)
	grand, err := kid.Fork()
	want(t, "fork", err, 0)
	if p, l, n, s := count(0), count(1), count(2), count(3); p != 2 || l < 2 || n != 3 || s != 1000 {
		t.Errorf("the user has %d processes, %d lwps, %d locks, %d bytes", p, l, n, s)
	}
	want(t, "exit", grand.Exit(), 0)
	if p := count(0); p != 1 {
		t.Errorf("the user has %d processes after one has ended", p)
	}
}
