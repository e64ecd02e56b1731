package vfs

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestGetdentsSizes(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/d", 0o755)
	want := []string{".", ".."}
	for i := range 60 {
		name := fmt.Sprintf("entry%0*d", 1+i%17, i)
		g.put("/d/"+name, "", 0o644)
		want = append(want, name)
	}
	for _, size := range []int{40, 100, 512, 4096, 1 << 20} {
		if got := g.list("/d", size); !slices.Equal(got, want) {
			t.Errorf("buffer of %d bytes: %d entries %q", size, len(got), got)
		}
	}
	fd := g.mustOpen("/d", abi.O_RDONLY, 0)
	if n, err := g.v.SysGetdents30(g.l, fd, out(make([]byte, 15))); n != 0 || err != abi.EINVAL {
		t.Errorf("buffer for nothing: %d, %v", n, err)
	}
	file := g.mustOpen("/d/"+want[2], abi.O_RDONLY, 0)
	if _, err := g.v.SysGetdents30(g.l, file, out(make([]byte, 512))); err != abi.EINVAL {
		t.Errorf("of a file: %v", err)
	}
}

func TestDirentLayout(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/abc", "", 0o644)
	fd := g.mustOpen("/tmp", abi.O_RDONLY, 0)
	buf := make([]byte, 512)
	n, err := g.v.SysGetdents30(g.l, fd, out(buf))
	if err != nil || n != 16+16+24 {
		t.Fatalf("%d, %v", n, err)
	}
	rec := buf[32:56]
	ino := g.stat("/tmp/abc").Ino
	want := append([]byte{byte(ino), 0, 0, 0, 0, 0, 0, 0, 24, 0, 3, 0, abi.DT_REG}, "abc\x00\x00\x00\x00\x00\x00\x00\x00"...)
	if !slices.Equal(rec, want) {
		t.Errorf("record % x, want % x", rec, want)
	}
}

// TestListingChanges lists a directory while entries come and go: those that
// stay are told exactly once.
func TestListingChanges(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/d", 0o755)
	name := func(i int) string { return fmt.Sprintf("/d/n%03d", i) }
	for i := range 300 {
		g.put(name(i), "", 0o644)
	}
	fd := g.mustOpen("/d", abi.O_RDONLY, 0)
	seen := map[string]int{}
	buf := make([]byte, 120)
	for round := 0; ; round++ {
		n, err := g.v.SysGetdents30(g.l, fd, out(buf))
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		for _, s := range dirNames(buf[:n]) {
			seen[s]++
		}
		if i := 3 * round; i < 300 { // thirds go, before or after they are seen
			g.do("unlink", g.v.SysUnlink(g.l, str(name(i))))
			g.put(fmt.Sprintf("/d/new%d", round), "", 0o644)
		}
		if round == 50 {
			g.do("rename over", g.v.SysRename(g.l, str("/d/new0"), str(name(1))))
		}
	}
	for i := range 300 {
		if got := seen[name(i)[3:]]; i%3 != 0 && got != 1 {
			t.Errorf("%s was told %d times", name(i), got)
		}
	}
}

func TestLseekDirectory(t *testing.T) {
	g := boot(t, kernel.Config{})
	for i := range 5 {
		g.put(fmt.Sprintf("/tmp/%d", i), "", 0o644)
	}
	fd := g.mustOpen("/tmp", abi.O_RDONLY, 0)
	buf := make([]byte, 60)
	n, _ := g.v.SysGetdents30(g.l, fd, out(buf))
	if got := dirNames(buf[:n]); !slices.Equal(got, []string{".", "..", "0"}) {
		t.Fatalf("first %q", got)
	}
	at, err := g.v.SysLseek(g.l, fd, 0, abi.SEEK_CUR)
	if err != nil {
		t.Fatal(err)
	}
	n, _ = g.v.SysGetdents30(g.l, fd, out(buf))
	first := dirNames(buf[:n])
	if _, err := g.v.SysLseek(g.l, fd, at, abi.SEEK_SET); err != nil {
		t.Fatal(err)
	}
	n, _ = g.v.SysGetdents30(g.l, fd, out(buf))
	if again := dirNames(buf[:n]); !slices.Equal(first, again) || first[0] != "1" {
		t.Errorf("%q, then %q from the same position", first, again)
	}
}

func TestRemovedDirectory(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/tmp/gone", 0o755)
	g.do("chdir", g.v.SysChdir(g.l, str("/tmp/gone")))
	g.do("rmdir", g.v.SysRmdir(g.l, str("/tmp/gone")))
	if _, err := g.open("x", abi.O_CREAT|abi.O_RDWR, 0o644); err != abi.ENOENT {
		t.Errorf("create in it: %v", err)
	}
	if _, err := g.open("..", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("its parent: %v", err)
	}
	if _, err := g.v.SysGetcwd(g.l, out(make([]byte, 100))); err != abi.ENOENT {
		t.Errorf("getcwd: %v", err)
	}
	if got := g.list(".", 512); len(got) != 0 {
		t.Errorf("it lists %q", got)
	}
}

func TestGetcwd(t *testing.T) {
	g := boot(t, kernel.Config{})
	cwd := func() string {
		t.Helper()
		buf := make([]byte, 200)
		n, err := g.v.SysGetcwd(g.l, out(buf))
		if err != nil || n < 2 || buf[n-1] != 0 {
			t.Fatalf("getcwd: %d, %v", n, err)
		}
		return string(buf[:n-1])
	}
	g.mkdir("/tmp/a", 0o755)
	g.mkdir("/tmp/a/bc", 0o755)
	for _, dir := range []string{"/", "/tmp", "/tmp/a/bc"} {
		g.do("chdir", g.v.SysChdir(g.l, str(dir)))
		if got := cwd(); got != dir {
			t.Errorf("in %s: %q", dir, got)
		}
	}
	if _, err := g.v.SysGetcwd(g.l, out(make([]byte, 9))); err != abi.ERANGE {
		t.Errorf("small buffer: %v", err)
	}
	g.do("chdir", g.v.SysChdir(g.l, str("../..//./a/../a")))
	if got := cwd(); got != "/tmp/a" {
		t.Errorf("by dots: %q", got)
	}
}

func TestChroot(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/jail", 0o755)
	g.mkdir("/jail/in", 0o755)
	g.put("/jail/f", "inside", 0o644)
	g.put("/f", "outside", 0o644)
	g.do("symlink", g.v.SysSymlink(g.l, str("/f"), str("/jail/ln")))
	top := g.mustOpen("/", abi.O_RDONLY, 0)
	if err := g.as(1, 1).v.SysChroot(g.as(1, 1).l, str("/jail")); err != abi.EPERM {
		t.Errorf("chroot as a user: %v", err)
	}
	g.do("chroot", g.v.SysChroot(g.l, str("/jail")))
	for _, path := range []string{"/f", "/../f", "/in/../../../f", "/ln", "f"} {
		if got := g.take(path); got != "inside" {
			t.Errorf("%s is %q", path, got)
		}
	}
	if err := g.v.SysFchdir(g.l, top); err != abi.EPERM {
		t.Errorf("fchdir out: %v", err)
	}
	if err := g.v.SysFchroot(g.l, top); err != abi.EPERM {
		t.Errorf("fchroot out: %v", err)
	}
	buf := make([]byte, 10)
	if n, err := g.v.SysGetcwd(g.l, out(buf)); err != nil || string(buf[:n]) != "/\x00" {
		t.Errorf("getcwd: %q, %v", buf[:n], err)
	}
}

func TestAtCalls(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/tmp/d", 0o755)
	d := g.mustOpen("/tmp/d", abi.O_RDONLY, 0)
	f := g.mustOpen("/tmp/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	g.do("mkdirat", g.v.SysMkdirat(g.l, d, str("sub"), 0o700))
	g.do("symlinkat", g.v.SysSymlinkat(g.l, str("sub"), d, str("ln")))
	g.do("mkfifoat", g.v.SysMkfifoat(g.l, d, str("fifo"), 0o600))
	g.do("linkat", g.v.SysLinkat(g.l, d, str("fifo"), d, str("fifo2"), 0))
	g.do("renameat", g.v.SysRenameat(g.l, d, str("fifo2"), abi.AT_FDCWD, str("/tmp/moved")))
	g.do("fchmodat", g.v.SysFchmodat(g.l, d, str("sub"), 0o711, 0))
	g.do("fchownat", g.v.SysFchownat(g.l, d, str("ln"), 5, 6, abi.AT_SYMLINK_NOFOLLOW))
	g.do("faccessat", g.v.SysFaccessat(g.l, d, str("sub"), abi.R_OK|abi.X_OK, abi.AT_EACCESS))
	var st abi.Stat
	g.do("fstatat", g.v.SysFstatat(g.l, d, str("ln"), outOf(&st), abi.AT_SYMLINK_NOFOLLOW))
	if st.Mode&abi.S_IFMT != abi.S_IFLNK || st.Uid != 5 || st.Gid != 6 {
		t.Errorf("the link: %o %d:%d", st.Mode, st.Uid, st.Gid)
	}
	g.do("fstatat", g.v.SysFstatat(g.l, d, str("ln"), outOf(&st), 0))
	if st.Mode != abi.S_IFDIR|0o711 || st.Uid != 0 {
		t.Errorf("what it says: %o %d", st.Mode, st.Uid)
	}
	if err := g.v.SysFstatat(g.l, d, str("ln"), outOf(&st), 1); err != abi.EINVAL {
		t.Errorf("unknown flag: %v", err)
	}
	if err := g.v.SysMkdirat(g.l, f, str("x"), 0o700); err != abi.ENOTDIR {
		t.Errorf("from a file: %v", err)
	}
	if err := g.v.SysMkdirat(g.l, 99, str("x"), 0o700); err != abi.EBADF {
		t.Errorf("from nothing: %v", err)
	}
	if err := g.v.SysMkdirat(g.l, 99, str("/tmp/abs"), 0o700); err != abi.EBADF {
		t.Errorf("absolute path from nothing: %v", err)
	}
	g.do("absolute path from a file", g.v.SysMkdirat(g.l, f, str("/tmp/abs"), 0o700))
	g.do("unlinkat dir", g.v.SysUnlinkat(g.l, d, str("sub"), abi.AT_REMOVEDIR))
	if err := g.v.SysUnlinkat(g.l, d, str("ln"), 1); err != abi.EINVAL {
		t.Errorf("unlinkat, unknown flag: %v", err)
	}
	g.do("unlinkat", g.v.SysUnlinkat(g.l, d, str("ln"), 0))
	if got := g.list("/tmp/d", 512); !slices.Equal(got, []string{".", "..", "fifo"}) {
		t.Errorf("left: %q", got)
	}
}
