package vfs

import (
	"slices"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestXattrs(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/f", "", 0o644)
	u := g.as(100, 100)
	set := func(g *guest, name, value string, flags int32) error {
		return g.v.SysSetxattr(g.l, str("/f"), str(name), in([]byte(value)), flags)
	}
	long := strings.Repeat("n", abi.XATTR_NAME_MAX)
	for _, tc := range []struct {
		g           *guest
		name, value string
		flags       int32
		err         error
	}{
		{g, "user.a", "one", 0, nil},
		{g, "user.a", "two", abi.XATTR_CREATE, abi.EEXIST},
		{g, "user.a", "two", abi.XATTR_REPLACE, nil},
		{g, "user.b", "x", abi.XATTR_REPLACE, abi.ENODATA},
		{g, "user.b", "", abi.XATTR_CREATE, nil},
		{g, "user.b", "x", abi.XATTR_CREATE | abi.XATTR_REPLACE, abi.EINVAL},
		{g, "user.b", "x", 4, abi.EINVAL},
		{g, "trusted.c", "root's", 0, nil},
		{g, "", "x", 0, abi.EINVAL},
		{g, long, "x", 0, abi.ENAMETOOLONG},
		{g, long[1:], "x", 0, nil},
		{g, "user.big", strings.Repeat("x", abi.XATTR_SIZE_MAX), 0, nil},
		{g, "user.big", strings.Repeat("x", abi.XATTR_SIZE_MAX+1), 0, abi.E2BIG},
		{u, "user.a", "x", 0, abi.EACCES},
		{u, "system.a", "x", 0, abi.EPERM},
	} {
		if err := set(tc.g, tc.name, tc.value, tc.flags); err != tc.err {
			t.Errorf("set %.20q flags %d: %v, want %v", tc.name, tc.flags, err, tc.err)
		}
	}
	buf := make([]byte, 3)
	if n, err := g.v.SysGetxattr(g.l, str("/f"), str("user.a"), out(buf)); n != 3 || err != nil || string(buf) != "two" {
		t.Errorf("get = %d, %v, %q", n, err, buf)
	}
	if _, err := g.v.SysGetxattr(g.l, str("/f"), str("user.a"), out(buf[:2])); err != abi.ERANGE {
		t.Errorf("get without room: %v", err)
	}
	if n, err := g.v.SysGetxattr(g.l, str("/f"), str("user.a"), usermem.OutBuf{}); n != 3 || err != nil {
		t.Errorf("length = %d, %v", n, err)
	}
	if n, err := g.v.SysExtattrGetFile(g.l, str("/f"), abi.EXTATTR_NAMESPACE_USER, str("user.a"), out(buf[:2])); n != 2 || err != nil {
		t.Errorf("extattr_get_file = %d, %v", n, err)
	}
	g.do("remove", g.v.SysRemovexattr(g.l, str("/f"), str("user.big")))
	if err := g.v.SysRemovexattr(g.l, str("/f"), str("user.big")); err != abi.ENODATA {
		t.Errorf("remove twice: %v", err)
	}
	for _, tc := range []struct {
		g    *guest
		want []string
	}{{g, []string{"user.a", "user.b", long[1:], "trusted.c"}}, {u, []string{"user.a", "user.b", long[1:]}}} {
		list := make([]byte, 1000)
		n, err := tc.g.v.SysListxattr(tc.g.l, str("/f"), out(list))
		if got := strings.Split(strings.TrimSuffix(string(list[:n]), "\x00"), "\x00"); err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("list = %q, %v", got, err)
		}
	}
}

func TestExtattr(t *testing.T) {
	const user, system = abi.EXTATTR_NAMESPACE_USER, abi.EXTATTR_NAMESPACE_SYSTEM
	g := boot(t, kernel.Config{})
	g.put("/f", "", 0o600)
	g.do("symlink", g.v.SysSymlink(g.l, str("f"), str("/ln")))
	used := g.b.Mem.Used()
	if n, err := g.v.SysExtattrSetFile(g.l, str("/ln"), user, str("a"), in([]byte("one"))); n != 3 || err != nil {
		t.Fatalf("set = %d, %v", n, err)
	}
	_, err := g.v.SysExtattrSetLink(g.l, str("/ln"), system, str("b"), in([]byte("two")))
	g.do("set link", err)
	if g.b.Mem.Used() <= used {
		t.Error("attributes take no memory")
	}
	fd := g.mustOpen("/f", abi.O_RDWR, 0)
	defer g.close(fd)
	list := make([]byte, 10)
	for _, tc := range []struct {
		what string
		call func() (int, error)
		want string
	}{
		{"fd", func() (int, error) { return g.v.SysExtattrListFd(g.l, fd, user, out(list)) }, "\x01a"},
		{"fd, system", func() (int, error) { return g.v.SysExtattrListFd(g.l, fd, system, out(list)) }, ""},
		{"link", func() (int, error) { return g.v.SysExtattrListLink(g.l, str("/ln"), system, out(list)) }, "\x01b"},
		{"file", func() (int, error) { return g.v.SysExtattrListFile(g.l, str("/ln"), system, out(list)) }, ""},
	} {
		if n, err := tc.call(); err != nil || string(list[:n]) != tc.want {
			t.Errorf("%s: %q, %v", tc.what, list[:n], err)
		}
	}
	if _, err := g.v.SysExtattrListFd(g.l, fd, 7, out(list)); err != abi.EINVAL {
		t.Errorf("namespace 7: %v", err)
	}
	if _, err := g.v.SysExtattrGetFd(g.l, fd, user, str("none"), out(list)); err != abi.ENODATA {
		t.Errorf("get none: %v", err)
	}
	g.do("delete", g.v.SysExtattrDeleteFd(g.l, fd, user, str("a")))
	g.do("delete", g.v.SysExtattrDeleteLink(g.l, str("/ln"), system, str("b")))
	if g.b.Mem.Used() != used {
		t.Errorf("memory: %d, before %d", g.b.Mem.Used(), used)
	}
	if err := g.v.SysExtattrctl(g.l, str("/"), 0, usermem.String{}, 0, usermem.String{}); err != abi.EOPNOTSUPP {
		t.Errorf("extattrctl: %v", err)
	}
	args := abi.QuotactlArgs{Op: abi.QUOTACTL_STAT}
	q := usermem.In[abi.QuotactlArgs]{Mem: usermem.LocalRef(usermem.BytesOf(&args), nil)}
	if err := g.v.SysQuotactl(g.l, str("/"), q); err != abi.EOPNOTSUPP {
		t.Errorf("quotactl: %v", err)
	}
	args.Op = 99
	if err := g.v.SysQuotactl(g.l, str("/"), q); err != abi.EINVAL {
		t.Errorf("quotactl 99: %v", err)
	}
}

// One file's attributes are bounded.
func TestXattrBound(t *testing.T) {
	g := boot(t, kernel.Config{MemLimit: 8 << 20})
	g.put("/f", "", 0o644)
	value := in(make([]byte, 60000))
	var err error
	for i := 0; i < 10 && err == nil; i++ {
		_, err = g.v.SysExtattrSetFile(g.l, str("/f"), 1, str("a"+string(rune('0'+i))), value)
	}
	if err != abi.ENOSPC {
		t.Errorf("no end of attributes: %v", err)
	}
}
