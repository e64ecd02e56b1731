package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

func TestModes(t *testing.T) {
	g := boot(t, kernel.Config{})
	user := g.as(100, 200)
	if old, _ := user.v.SysUmask(user.l, 0o27); old != 0o22 {
		t.Errorf("umask was %o", old)
	}
	user.put("/tmp/f", "", 0o7777)
	user.mkdir("/tmp/d", 0o7777)
	// Who makes a file is its owner; the group is the directory's.
	for path, want := range map[string]uint32{"/tmp/f": abi.S_IFREG | 0o4750, "/tmp/d": abi.S_IFDIR | 0o750} {
		if st := g.stat(path); st.Mode != want || st.Uid != 100 || st.Gid != 0 {
			t.Errorf("%s: %o %d:%d, want %o 100:0", path, st.Mode, st.Uid, st.Gid, want)
		}
	}
	if g.stat("/tmp/d").Nlink != 2 || g.stat("/tmp").Nlink != 3 {
		t.Errorf("links: %d, %d", g.stat("/tmp/d").Nlink, g.stat("/tmp").Nlink)
	}
}

// TestSuid takes setuid and setgid bits through writes and changes of owner.
func TestSuid(t *testing.T) {
	const both = abi.S_ISUID | abi.S_ISGID
	g := boot(t, kernel.Config{})
	user := g.as(100, 200)
	user.l.Proc().SetCred(&cred.Cred{Ruid: 100, Euid: 100, Svuid: 100, Rgid: 200, Egid: 200, Svgid: 200, Groups: []uint32{300}}, true)
	const keep = ^uint32(0)
	for _, c := range []struct {
		name string
		call func() error
		want uint32
	}{
		{"write by root", func() error { g.put("/tmp/f", "x", 0); return nil }, both},
		{"write by a user", func() error { user.put("/tmp/f", "x", 0); return nil }, 0},
		{"truncate by a user", func() error { return user.v.SysTruncate(user.l, str("/tmp/f"), 3) }, 0},
		{"chown by root", func() error { return g.v.SysChown(g.l, str("/tmp/f"), 100, keep) }, abi.S_ISGID},
		{"chgrp by root", func() error { return g.v.SysChown(g.l, str("/tmp/f"), keep, 200) }, abi.S_ISUID},
		{"posix chown by root", func() error { return g.v.SysPosixChown(g.l, str("/tmp/f"), 100, 200) }, both},
		{"chgrp by the owner", func() error { return user.v.SysChown(user.l, str("/tmp/f"), keep, 300) }, abi.S_ISUID},
		{"posix chgrp by the owner", func() error { return user.v.SysPosixChown(user.l, str("/tmp/f"), keep, 300) }, 0},
	} {
		_ = g.v.SysUnlink(g.l, str("/tmp/f"))
		g.put("/tmp/f", "", 0o666)
		g.do("chown", g.v.SysChown(g.l, str("/tmp/f"), 100, 200))
		g.do("chmod", g.v.SysChmod(g.l, str("/tmp/f"), 0o777|both))
		g.do(c.name, c.call())
		if got := g.stat("/tmp/f").Mode & both; got != c.want {
			t.Errorf("%s leaves %o, want %o", c.name, got, c.want)
		}
	}
}

func TestAccessIDs(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/f", "", 0o600)
	suid := g.as(100, 100)
	suid.l.Proc().SetCred(&cred.Cred{Ruid: 100, Euid: 0, Rgid: 100, Egid: 0}, true)
	if err := suid.v.SysAccess(suid.l, str("/tmp/f"), abi.R_OK); err != abi.EACCES {
		t.Errorf("access as the real user: %v", err)
	}
	suid.do("faccessat", suid.v.SysFaccessat(suid.l, abi.AT_FDCWD, str("/tmp/f"), abi.R_OK, abi.AT_EACCESS))
	if err := g.v.SysAccess(g.l, str("/tmp/f"), abi.X_OK); err != abi.EACCES {
		t.Errorf("root may execute what nobody may: %v", err)
	}
}

func TestFlags(t *testing.T) {
	g := boot(t, kernel.Config{})
	user := g.as(100, 100)
	user.put("/tmp/f", "ab", 0o644)
	user.mkdir("/tmp/d", 0o755)
	user.put("/tmp/d/f", "", 0o644)
	setFlags := func(who *guest, path string, flags uint64) error {
		return who.v.SysChflags(who.l, str(path), flags)
	}
	if err := setFlags(user, "/tmp/f", abi.SF_IMMUTABLE); err != abi.EPERM {
		t.Errorf("a user sets a superuser's flag: %v", err)
	}
	g.do("chflags", setFlags(user, "/tmp/f", abi.UF_IMMUTABLE))
	for name, err := range map[string]error{
		"open to write": second(g.open("/tmp/f", abi.O_RDWR, 0)),
		"unlink":        g.v.SysUnlink(g.l, str("/tmp/f")),
		"rename":        g.v.SysRename(g.l, str("/tmp/f"), str("/tmp/g")),
		"link":          g.v.SysLink(g.l, str("/tmp/f"), str("/tmp/g")),
		"chmod":         g.v.SysChmod(g.l, str("/tmp/f"), 0),
		"chown":         g.v.SysChown(g.l, str("/tmp/f"), 1, 1),
		"utimes":        user.v.SysFutimes50(user.l, user.mustOpen("/tmp/f", 0, 0), slice[abi.Timeval](nil)),
		"truncate":      g.v.SysTruncate(g.l, str("/tmp/f"), 0),
	} {
		if err != abi.EPERM {
			t.Errorf("%s of an immutable file: %v", name, err)
		}
	}
	g.do("chflags", setFlags(user, "/tmp/f", abi.UF_APPEND))
	if _, err := g.open("/tmp/f", abi.O_RDWR, 0); err != abi.EPERM {
		t.Errorf("open of an append-only file: %v", err)
	}
	g.do("append", second(g.write(g.mustOpen("/tmp/f", abi.O_WRONLY|abi.O_APPEND, 0), []byte("c"))))
	g.do("chflags", setFlags(user, "/tmp/f", 0))
	g.do("chflags", setFlags(g, "/tmp/d", abi.SF_APPEND))
	if err := g.v.SysUnlink(g.l, str("/tmp/d/f")); err != abi.EPERM {
		t.Errorf("unlink in an append-only directory: %v", err)
	}
	g.put("/tmp/d/new", "", 0o644)
	if err := setFlags(user, "/tmp/d", 0); err != abi.EPERM {
		t.Errorf("a user takes a superuser's flag away: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestTimes(t *testing.T) {
	g := boot(t, kernel.Config{})
	user := g.as(100, 100)
	start := g.b.Now()
	g.put("/tmp/f", "x", 0o644)
	st := g.stat("/tmp/f")
	for name, ts := range map[string]abi.Timespec{"atime": st.Atim, "mtime": st.Mtim, "ctime": st.Ctim, "btime": st.Birthtim} {
		if at := nanoseconds(ts); at < start || at > g.b.Now() {
			t.Errorf("%s of a new file is %d ns off", name, at-start)
		}
	}
	tv := []abi.Timeval{{Sec: 1000, Usec: 5}, {Sec: -7, Usec: 999999}}
	g.do("utimes", g.v.SysUtimes50(g.l, str("/tmp/f"), slice(tv)))
	st = g.stat("/tmp/f")
	if st.Atim != (abi.Timespec{Sec: 1000, Nsec: 5000}) || st.Mtim != (abi.Timespec{Sec: -7, Nsec: 999999000}) {
		t.Errorf("set: %v %v", st.Atim, st.Mtim)
	}
	if st.Birthtim != st.Mtim {
		t.Errorf("born after it was changed: %v", st.Birthtim)
	}
	ts := []abi.Timespec{{Nsec: abi.UTIME_OMIT}, {Sec: 5, Nsec: 6}}
	g.do("utimensat", g.v.SysUtimensat(g.l, abi.AT_FDCWD, str("/tmp/f"), slice(ts), 0))
	st = g.stat("/tmp/f")
	if st.Atim.Sec != 1000 || st.Mtim != ts[1] {
		t.Errorf("omitted: %v %v", st.Atim, st.Mtim)
	}
	_ = g.take("/tmp/f")
	if at := nanoseconds(g.stat("/tmp/f").Atim); at < start {
		t.Errorf("a read left the access time at %d", at)
	}
	for _, c := range []struct {
		name string
		t    []abi.Timespec
		want error
	}{
		{"user sets times", ts, abi.EPERM},
		{"user sets now", nil, abi.EACCES},
		{"user sets now by name", []abi.Timespec{{Nsec: abi.UTIME_NOW}, {Nsec: abi.UTIME_NOW}}, abi.EACCES},
		{"user omits both", []abi.Timespec{{Nsec: abi.UTIME_OMIT}, {Nsec: abi.UTIME_OMIT}}, nil},
		{"bad time", []abi.Timespec{{Nsec: 1e9}, {}}, abi.EINVAL},
	} {
		if err := user.v.SysUtimensat(user.l, abi.AT_FDCWD, str("/tmp/f"), slice(c.t), 0); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	g.do("chmod", g.v.SysChmod(g.l, str("/tmp/f"), 0o666))
	user.do("user may write", user.v.SysUtimensat(user.l, abi.AT_FDCWD, str("/tmp/f"), slice[abi.Timespec](nil), 0))
	bad := []abi.Timeval{{Usec: 1e6}, {}}
	if err := g.v.SysUtimes50(g.l, str("/tmp/f"), slice(bad)); err != abi.EINVAL {
		t.Errorf("a million microseconds: %v", err)
	}
}

func TestCompat50(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/f", "abc", 0o640)
	g.do("symlink", g.v.SysSymlink(g.l, str("f"), str("/tmp/ln")))
	tv := []abi.Timeval50{{Sec: 77, Usec: 1}, {Sec: 88, Usec: 2}}
	fd := g.mustOpen("/tmp/f", abi.O_RDWR, 0)
	g.do("utimes", g.v.Compat50SysUtimes(g.l, str("/tmp/ln"), slice(tv)))
	var st abi.Stat30
	g.do("stat", g.v.Compat50SysStat30(g.l, str("/tmp/ln"), outOf(&st)))
	now := g.stat("/tmp/f")
	want := stat30(&now)
	if st != want || st.Mtim != (abi.Timespec50{Sec: 88, Nsec: 2000}) || st.Size != 3 {
		t.Errorf("stat30 %+v", st)
	}
	tv[1].Sec = 99
	g.do("futimes", g.v.Compat50SysFutimes(g.l, fd, slice(tv)))
	g.do("fstat", g.v.Compat50SysFstat30(g.l, fd, outOf(&st)))
	if st.Mtim.Sec != 99 {
		t.Errorf("fstat30 %+v", st)
	}
	g.do("lutimes", g.v.Compat50SysLutimes(g.l, str("/tmp/ln"), slice(tv)))
	g.do("lstat", g.v.Compat50SysLstat30(g.l, str("/tmp/ln"), outOf(&st)))
	if st.Mode&abi.S_IFMT != abi.S_IFLNK || st.Mtim.Sec != 99 {
		t.Errorf("lstat30 %+v", st)
	}
	g.do("mknod", g.v.Compat50SysMknod(g.l, str("/tmp/null"), abi.S_IFCHR|0o666, uint32(abi.Makedev(2, 2))))
	g.close(g.mustOpen("/tmp/null", abi.O_RDWR, 0))
}
