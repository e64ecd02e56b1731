package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestUsers(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	if c.Getuid() != 0 || c.Geteuid() != 0 || c.Getgid() != 0 || c.Getegid() != 0 || c.Issetugid() != 0 {
		t.Error("a fresh process is not root's")
	}
	want(t, "setgroups", c.Setgroups([]uint32{1, 2, 3}), 0)
	want(t, "too many groups", c.Setgroups(make([]uint32, 17)), abi.EINVAL)
	groups := make([]uint32, 8)
	if n, err := c.Getgroups(groups); n != 3 || err != nil || groups[2] != 3 {
		t.Errorf("getgroups = %d, %v, %v", n, err, groups)
	}
	if n, err := c.Getgroups(nil); n != 3 || err != nil {
		t.Errorf("getgroups of none = %d, %v", n, err)
	}
	_, err := c.Getgroups(groups[:2])
	want(t, "getgroups without room", err, abi.EINVAL)
	user(t, c, 100)
	if c.Getuid() != 100 || c.Geteuid() != 100 || c.Issetugid() != 1 {
		t.Error("setuid did not change the user")
	}
	for _, tc := range []struct {
		name string
		err  error
		want abi.Errno
	}{
		{"setuid(0)", c.Setuid(0), abi.EPERM},
		{"seteuid(0)", c.Seteuid(0), abi.EPERM},
		{"setreuid(0, -1)", c.Setreuid(0, -1), abi.EPERM},
		{"setreuid(-1, 100)", c.Setreuid(-1, 100), 0},
		{"setgid(0)", c.Setgid(0), abi.EPERM},
		{"setegid(100)", c.Setegid(100), 0},
		{"setregid(5, 5)", c.Setregid(5, 5), abi.EPERM},
		{"setgroups", c.Setgroups(nil), abi.EPERM},
		{"setlogin", c.Setlogin("me"), abi.EPERM},
		{"reboot", c.Reboot(0, ""), abi.EPERM},
		{"settimeofday", c.Settimeofday(&abi.Timeval{}, nil), abi.EPERM},
	} {
		want(t, tc.name, tc.err, tc.want)
	}
	d := attach(t, k)
	want(t, "seteuid", d.Seteuid(7), 0)
	want(t, "seteuid back", d.Seteuid(0), 0)
	want(t, "setreuid", d.Setreuid(7, 8), 0)
	want(t, "seteuid to the real one", d.Seteuid(7), 0)
	want(t, "seteuid to the saved one", d.Seteuid(8), 0)
	want(t, "seteuid to neither", d.Seteuid(9), abi.EPERM)
}

func TestSessions(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	pid := c.Getpid()
	if c.Getppid() != 1 {
		t.Errorf("a guest's parent is %d", c.Getppid())
	}
	want(t, "setlogin", c.Setlogin("root"), 0)
	want(t, "a long login name", c.Setlogin("0123456789abcdefg"), abi.EINVAL)
	name := make([]byte, 16)
	want(t, "getlogin", c.Getlogin(name), 0)
	if string(name[:5]) != "root\x00" {
		t.Errorf("getlogin gives %q", name)
	}
	want(t, "getlogin with little room", c.Getlogin(name[:2]), 0)
	if n, err := c.Setsid(); n != pid || err != nil {
		t.Errorf("setsid = %d, %v", n, err)
	}
	_, err := c.Setsid()
	want(t, "setsid again", err, abi.EPERM)
	if n, _ := c.Getpgrp(); n != pid {
		t.Errorf("getpgrp = %d", n)
	}
	if n, _ := c.Getsid(0); n != pid {
		t.Errorf("getsid = %d", n)
	}
	kid, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	want(t, "setpgid of a child", c.Setpgid(kid.Getpid(), 0), 0)
	if n, _ := c.Getpgid(kid.Getpid()); n != kid.Getpid() {
		t.Errorf("the child's group is %d", n)
	}
	want(t, "setpgid back", kid.Setpgid(0, pid), 0)
	other := attach(t, k)
	for _, tc := range []struct {
		name string
		err  error
		want abi.Errno
	}{
		{"setpgid of a leader", c.Setpgid(0, kid.Getpid()), abi.EPERM},
		{"setpgid of a leader to where it is", c.Setpgid(0, 0), 0},
		{"setpgid below 0", c.Setpgid(0, -1), abi.EINVAL},
		{"setpgid of a stranger", c.Setpgid(other.Getpid(), 0), abi.ESRCH},
		{"setpgid of nobody", c.Setpgid(9999, 0), abi.ESRCH},
		{"setpgid to a group that is not", kid.Setpgid(0, 9999), abi.EPERM},
		{"setpgid to another session", other.Setpgid(0, pid), abi.EPERM},
	} {
		want(t, tc.name, tc.err, tc.want)
	}
	_, err = c.Getpgid(9999)
	want(t, "getpgid of nobody", err, abi.ESRCH)
	_, err = c.Getsid(9999)
	want(t, "getsid of nobody", err, abi.ESRCH)
}

func TestLimits(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	var lim abi.Rlimit
	want(t, "getrlimit", c.Getrlimit(abi.RLIMIT_DATA, &lim), 0)
	if lim.Cur != abi.RLIM_INFINITY {
		t.Errorf("RLIMIT_DATA is %+v", lim)
	}
	want(t, "getrlimit of nothing", c.Getrlimit(12, &lim), abi.EINVAL)
	want(t, "getrlimit below 0", c.Getrlimit(-1, &lim), abi.EINVAL)
	want(t, "soft above hard", c.Setrlimit(abi.RLIMIT_DATA, &abi.Rlimit{Cur: 2, Max: 1}), abi.EINVAL)
	want(t, "lowering", c.Setrlimit(abi.RLIMIT_DATA, &abi.Rlimit{Cur: 1, Max: 2}), 0)
	want(t, "raising as root", c.Setrlimit(abi.RLIMIT_DATA, &abi.Rlimit{Cur: 1, Max: 3}), 0)
	want(t, "no limit on files", c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: 1 << 40, Max: 1 << 40}), 0)
	if _ = c.Getrlimit(abi.RLIMIT_NOFILE, &lim); lim.Cur > 1<<20 {
		t.Errorf("RLIMIT_NOFILE is %+v: nothing bounds a table", lim)
	}
	user(t, c, 1)
	want(t, "raising as a user", c.Setrlimit(abi.RLIMIT_DATA, &abi.Rlimit{Cur: 1, Max: 4}), abi.EPERM)
	want(t, "within the hard limit", c.Setrlimit(abi.RLIMIT_DATA, &abi.Rlimit{Cur: 3, Max: 3}), 0)
}
