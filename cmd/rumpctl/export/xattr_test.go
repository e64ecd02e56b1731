package export

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// xattrCase sets, gets or removes an attribute.
type xattrCase struct {
	name, file, attr string
	act              func(file, attr string) error
	want             syscall.Errno // 0 for none
}

func setXattr(value string, flags int) func(file, attr string) error {
	return func(file, attr string) error { return unix.Lsetxattr(file, attr, []byte(value), flags) }
}

// hasXattr is the size of the value, asked for first, and the value.
func hasXattr(want string) func(file, attr string) error {
	return func(file, attr string) error {
		n, err := unix.Lgetxattr(file, attr, nil)
		if err != nil {
			return err
		}
		buf := make([]byte, n+10)
		m, err := unix.Lgetxattr(file, attr, buf)
		switch {
		case err != nil:
			return err
		case m != n || string(buf[:m]) != want:
			return errors.New("not the value that was set")
		}
		return nil
	}
}

func noXattr(file, attr string) error {
	_, err := unix.Lgetxattr(file, attr, make([]byte, 100))
	return err
}

// smallXattr asks with too little room.
func smallXattr(file, attr string) error {
	_, err := unix.Lgetxattr(file, attr, make([]byte, 1))
	return err
}

// xattrCases are for file systems that keep attributes, made one after the other.
func xattrCases() []xattrCase {
	cases := []xattrCase{
		{"user of a link", "link", "user.a", setXattr("x", 0), unix.EPERM},
		{"user of a fifo", "fifo", "user.a", setXattr("x", 0), unix.EPERM},
		{"ACLs nobody would obey", "file", "system.posix_acl_access", setXattr("\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x04\x00\x04\x00\xff\xff\xff\xff\x20\x00\x04\x00\xff\xff\xff\xff", 0), unix.EOPNOTSUPP},
		{"get ACLs", "file", "system.posix_acl_access", noXattr, unix.EOPNOTSUPP},
		{"another of the system", "file", "system.x", setXattr("x", 0), unix.EOPNOTSUPP},
		{"no namespace", "file", "plain", setXattr("x", 0), unix.EOPNOTSUPP},
		{"get no namespace", "file", "plain", noXattr, unix.EOPNOTSUPP},
		{"a prefix alone", "file", "trusted.", setXattr("x", 0), unix.EINVAL},
		{"the longest name", "file", "user." + strings.Repeat("n", 249), setXattr("x", 0), 0},
		{"remove the longest", "file", "user." + strings.Repeat("n", 249), unix.Lremovexattr, 0},
		{"too large", "file", "user.a", setXattr(strings.Repeat("x", 1<<16+1), 0), unix.E2BIG},
	}
	for _, file := range []string{"file", "dir", "link", "fifo"} {
		for _, ns := range []string{"user.", "trusted.", "security."} {
			if ns == "user." && (file == "link" || file == "fifo") {
				continue
			}
			attr := ns + "a"
			for _, c := range []xattrCase{
				{name: "get none", act: noXattr, want: unix.ENODATA},
				{name: "replace none", act: setXattr("x", unix.XATTR_REPLACE), want: unix.ENODATA},
				{name: "remove none", act: unix.Lremovexattr, want: unix.ENODATA},
				{name: "create", act: setXattr("first", unix.XATTR_CREATE)},
				{name: "create again", act: setXattr("x", unix.XATTR_CREATE), want: unix.EEXIST},
				{name: "value", act: hasXattr("first")},
				{name: "replace", act: setXattr(strings.Repeat("second", 100), unix.XATTR_REPLACE)},
				{name: "new value", act: hasXattr(strings.Repeat("second", 100))},
				{name: "too little room", act: smallXattr, want: unix.ERANGE},
				{name: "set empty", act: setXattr("", 0)},
				{name: "empty value", act: hasXattr("")},
				{name: "remove", act: unix.Lremovexattr},
				{name: "removed", act: noXattr, want: unix.ENODATA},
				{name: "set to keep", act: setXattr("kept", 0)},
			} {
				c.name, c.file, c.attr = file+": "+c.name, file, attr
				cases = append(cases, c)
			}
		}
	}
	return cases
}

// TestXattrs: the attributes of each namespace, where the file system keeps
// them.
func TestXattrs(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root has trusted attributes")
	}
	none := []xattrCase{
		{"set", "file", "user.a", setXattr("x", 0), unix.EOPNOTSUPP},
		{"get", "file", "trusted.a", noXattr, unix.EOPNOTSUPP},
		{"remove", "dir", "security.a", unix.Lremovexattr, unix.EOPNOTSUPP},
	}
	for _, m := range []struct {
		kind  string
		cases []xattrCase
		lists map[string]string // with blanks between
	}{
		{"tmpfs", xattrCases(), keptXattrs()}, {"ext4", xattrCases(), keptXattrs()}, {"FAT16", none, map[string]string{"file": ""}},
	} {
		t.Run(m.kind, func(t *testing.T) {
			t.Chdir(mount(t, m.kind))
			must(t, os.WriteFile("file", []byte("x"), 0o644))
			must(t, os.Mkdir("dir", 0o755))
			_, _ = os.Symlink("file", "link"), unix.Mkfifo("fifo", 0o600)
			for _, c := range m.cases {
				err := c.act(c.file, c.attr)
				if c.want == 0 && err != nil || c.want != 0 && !errors.Is(err, c.want) {
					t.Errorf("%s: %v, want %v", c.name, err, c.want)
				}
			}
			for file, want := range m.lists {
				buf := make([]byte, 1000)
				n, err := unix.Llistxattr(file, buf)
				got := strings.Fields(strings.ReplaceAll(string(buf[:max(n, 0)]), "\x00", " "))
				slices.Sort(got)
				if err != nil || strings.Join(got, " ") != want {
					t.Errorf("of %s: %q, %v, want %s", file, got, err, want)
				}
			}
			asUser(t, m.lists["file"])
			t.Chdir("/")
		})
	}
}

// keptXattrs are the names that the cases leave.
func keptXattrs() map[string]string {
	const two, three = "security.a trusted.a", "security.a trusted.a user.a"
	return map[string]string{"file": three, "dir": three, "link": two, "fifo": two}
}

// asUser: who is not root sees no trusted attributes, and sets none but the
// user's of what it may write.
func asUser(t *testing.T, list string) {
	p := newHostProcess(t).(*hostProcess)
	defer func() { must(t, p.Exit()) }()
	cwd, err := os.Getwd()
	must(t, err)
	must(t, p.Chdir(cwd))
	must(t, p.Setuid(1234))
	var names string
	must(t, p.call(func() error {
		buf := make([]byte, 1000)
		n, err := unix.Listxattr("file", buf)
		names = string(buf[:max(n, 0)])
		return err
	}))
	if strings.Contains(names, trusted) || strings.Contains(list, "user.a") && !strings.Contains(names, "user.a") {
		t.Errorf("a user sees %q", names)
	}
	for _, attr := range []string{"user.a", "trusted.b", "security.b"} {
		if p.call(func() error { return unix.Setxattr("file", attr, []byte("x"), 0) }) == nil {
			t.Errorf("a user has set %s", attr)
		}
	}
}
