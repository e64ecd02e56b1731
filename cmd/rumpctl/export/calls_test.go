package export

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// build makes the files that the cases name.
func build(t *testing.T) {
	t.Helper()
	must(t, os.Mkdir("full", 0o755))
	must(t, os.Mkdir("empty", 0o755))
	must(t, os.WriteFile("full/file", []byte("x"), 0o644))
	must(t, os.WriteFile("file", []byte("contents"), 0o644))
	must(t, os.Symlink("file", "link"))
	must(t, os.Symlink("loop", "loop"))
	must(t, os.Symlink("none", "dangling"))
}

func open(name string, flags int) error {
	fd, err := unix.Open(name, flags, 0o644)
	if err == nil {
		err = unix.Close(fd)
	}
	return err
}

func rename(from, to string, flags uint) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, flags)
}

// TestCalls: single calls and what they end with.
func TestCalls(t *testing.T) {
	long := strings.Repeat("n", 256)
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		build(t)
		for _, c := range []struct {
			name string
			got  error
			want syscall.Errno
		}{
			{"open none", open("none", unix.O_RDONLY), unix.ENOENT},
			{"open below a file", open("file/x", unix.O_RDONLY), unix.ENOTDIR},
			{"open too long", open(long, unix.O_RDONLY), unix.ENAMETOOLONG},
			{"create too long", open(long, unix.O_CREAT|unix.O_RDWR), unix.ENAMETOOLONG},
			{"create longest", open(long[1:], unix.O_CREAT|unix.O_RDWR), 0},
			{"create what is there", open("file", unix.O_CREAT|unix.O_EXCL), unix.EEXIST},
			{"create through a link", open("dangling", unix.O_CREAT|unix.O_EXCL), unix.EEXIST},
			{"write a directory", open("full", unix.O_WRONLY), unix.EISDIR},
			{"open a file as a directory", open("file", unix.O_DIRECTORY), unix.ENOTDIR},
			{"open a loop", open("loop", unix.O_RDONLY), unix.ELOOP},
			{"open a link itself", open("link", unix.O_NOFOLLOW), unix.ELOOP},
			{"mkdir there", unix.Mkdir("file", 0o755), unix.EEXIST},
			{"mkdir below none", unix.Mkdir("none/x", 0o755), unix.ENOENT},
			{"rmdir full", unix.Rmdir("full"), unix.ENOTEMPTY},
			{"rmdir a file", unix.Rmdir("file"), unix.ENOTDIR},
			{"unlink a directory", unix.Unlink("empty"), unix.EISDIR},
			{"link a directory", unix.Link("empty", "new"), unix.EPERM},
			{"link there", unix.Link("file", "link"), unix.EEXIST},
			{"symlink there", unix.Symlink("x", "file"), unix.EEXIST},
			{"rename none", rename("none", "new", 0), unix.ENOENT},
			{"rename over a full one", rename("empty", "full", 0), unix.ENOTEMPTY},
			{"rename a file over a directory", rename("file", "empty", 0), unix.EISDIR},
			{"rename a directory over a file", rename("empty", "file", 0), unix.ENOTDIR},
			{"rename into itself", rename("full", "full/sub", 0), unix.EINVAL},
			{"rename to a new name", rename("file", "moved", unix.RENAME_NOREPLACE), 0},
			{"rename back over none", rename("moved", "file", unix.RENAME_NOREPLACE), 0},
			{"rename not over a file", rename("file", "full/file", unix.RENAME_NOREPLACE), unix.EEXIST},
			{"rename a directory to a new name", rename("empty", "new", unix.RENAME_NOREPLACE), 0},
			{"rename a directory not over one", rename("new", "full", unix.RENAME_NOREPLACE), unix.EEXIST},
			{"rename none to a new name", rename("none", "newer", unix.RENAME_NOREPLACE), unix.ENOENT},
			{"exchange", rename("file", "full", unix.RENAME_EXCHANGE), unix.EINVAL},
			{"truncate to less than nothing", unix.Truncate("file", -1), unix.EINVAL},
			{"truncate a directory", unix.Truncate("full", 0), unix.EISDIR},
			{"setxattr", unix.Setxattr("file", "user.a", []byte("value"), unix.XATTR_CREATE), 0},
			{"setxattr again", unix.Setxattr("file", "user.a", nil, unix.XATTR_CREATE), unix.EEXIST},
			{"setxattr none", unix.Setxattr("file", "user.b", nil, unix.XATTR_REPLACE), unix.ENODATA},
			{"removexattr none", unix.Removexattr("file", "user.b"), unix.ENODATA},
			{"setxattr of the system", unix.Setxattr("file", "system.a", nil, 0), unix.EOPNOTSUPP},
		} {
			if c.want == 0 && c.got != nil || c.want != 0 && !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
			}
		}
		attributes(t)
	})
}

// attributes: extended ones, and what statfs and special files tell.
func attributes(t *testing.T) {
	buf := make([]byte, 100)
	if n, err := unix.Getxattr("file", "user.a", buf); err != nil || string(buf[:n]) != "value" {
		t.Errorf("getxattr: %q, %v", buf[:max(n, 0)], err)
	}
	if n, err := unix.Getxattr("file", "user.a", nil); err != nil || n != 5 {
		t.Errorf("size of an attribute: %d, %v", n, err)
	}
	if n, err := unix.Listxattr("file", buf); err != nil || string(buf[:n]) != "user.a\x00" {
		t.Errorf("listxattr: %q, %v", buf[:max(n, 0)], err)
	}
	must(t, unix.Removexattr("file", "user.a"))
	var st unix.Statfs_t
	if err := unix.Statfs("file", &st); err != nil || st.Namelen != 255 || st.Blocks == 0 {
		t.Errorf("statfs: %+v, %v", st, err)
	}
	must(t, unix.Mknod("regular", unix.S_IFREG|0o600, 0))
	must(t, unix.Mkfifo("fifo", 0o640))
	for name, mode := range map[string]os.FileMode{"regular": 0o600, "fifo": os.ModeNamedPipe | 0o640} {
		if st, err := os.Lstat(name); err != nil || st.Mode() != mode {
			t.Errorf("%s: %v, %v", name, st.Mode(), err)
		}
	}
	if os.Geteuid() == 0 {
		must(t, unix.Mknod("dev", unix.S_IFCHR|0o600, int(unix.Mkdev(3, 70))))
		var st unix.Stat_t
		if err := unix.Stat("dev", &st); err != nil || unix.Major(st.Rdev) != 3 || unix.Minor(st.Rdev) != 70 {
			t.Errorf("device %#x, %v", st.Rdev, err)
		}
	}
}

// TestOtherClients: what another client of the kernel does is seen at once.
func TestOtherClients(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	t.Chdir(dir + "/tmp")
	holds := func(name, want string) {
		t.Helper()
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	must(t, os.WriteFile("f", []byte("one"), 0o644))
	f, err := os.Open("f")
	must(t, err)
	defer f.Close()
	holds("f", "one")
	must(t, c.WriteFile("/tmp/f", []byte("two"), 0))
	holds("f", "two")
	buf := make([]byte, 10)
	if n, _ := f.ReadAt(buf, 0); string(buf[:n]) != "two" {
		t.Errorf("the open file: %q", buf[:n])
	}
	must(t, c.Rename("/tmp/f", "/tmp/g"))
	if _, err := os.Lstat("f"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old name: %v", err)
	}
	holds("g", "two")
	must(t, c.WriteFile("/tmp/f", []byte("another"), 0o644))
	holds("f", "another")
	if n, _ := f.ReadAt(buf, 0); string(buf[:n]) != "two" {
		t.Errorf("the open file after renaming: %q", buf[:n])
	}
	must(t, c.Unlink("/tmp/g"))
	if st, err := f.Stat(); err != nil || st.Sys().(*syscall.Stat_t).Nlink != 0 {
		t.Errorf("the open file without a name: %v", err)
	}
	must(t, c.Chmod("/tmp/f", 0o400))
	if st, err := os.Stat("f"); err != nil || st.Mode() != 0o400 {
		t.Errorf("mode: %v, %v", st, err)
	}
	// A directory that somebody is in is moved.
	must(t, os.MkdirAll("d/sub", 0o755))
	t.Chdir("d/sub")
	must(t, c.Mkdir("/tmp/e", 0o755))
	must(t, c.Rename("/tmp/d", "/tmp/e/moved"))
	must(t, os.WriteFile("here", []byte("x"), 0o644))
	var st abi.Stat
	must(t, c.Stat("/tmp/e/moved/sub/here", &st))
}

// TestAppend: those who append do not overwrite each other, on either side.
func TestAppend(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	f, err := os.OpenFile(dir+"/tmp/log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	must(t, err)
	defer f.Close()
	fd, err := c.Open("/tmp/log", abi.O_WRONLY|abi.O_APPEND, 0)
	must(t, err)
	for range 100 {
		_, err := f.WriteString("h")
		must(t, err)
		_, err = c.Write(fd, []byte("k"))
		must(t, err)
	}
	if got, err := os.ReadFile(dir + "/tmp/log"); err != nil || string(got) != strings.Repeat("hk", 100) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestFlock: a lock of flock is one on both sides, and a signal calls away who
// waits.
func TestFlock(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	f, err := os.Create(dir + "/tmp/lock")
	must(t, err)
	defer f.Close()
	must(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	fd, err := c.Open("/tmp/lock", abi.O_RDWR, 0)
	must(t, err)
	if err := c.Flock(fd, abi.LOCK_EX|abi.LOCK_NB); err != abi.EWOULDBLOCK {
		t.Errorf("while the host has it: %v", err)
	}
	must(t, unix.Flock(int(f.Fd()), unix.LOCK_UN))
	must(t, c.Flock(fd, abi.LOCK_EX|abi.LOCK_NB))
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); err != unix.EWOULDBLOCK {
		t.Errorf("while the kernel has it: %v", err)
	}
	if err := exec.Command("timeout", "0.2", "flock", dir+"/tmp/lock", "true").Run(); err == nil {
		t.Error("flock had what was locked")
	}
}

// TestUsers: each user has their own rights, and owns what they make.
func TestUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be others")
	}
	const user = 1234
	dir := mount(t, "shared")
	must(t, os.WriteFile(dir+"/tmp/secret", []byte("x"), 0o600))
	must(t, os.WriteFile(dir+"/tmp/open", []byte("x"), 0o644))
	must(t, os.Mkdir(dir+"/tmp/sticky", 0o777))
	must(t, os.Chmod(dir+"/tmp/sticky", 0o777|os.ModeSticky))
	must(t, os.WriteFile(dir+"/tmp/sticky/root", nil, 0o666))
	for _, c := range []struct {
		script string
		ok     bool
	}{
		{"cat secret", false}, {"cat open", true}, {"echo y >open", false}, {"rm sticky/root", false}, {"chmod 777 open", false},
		{"umask 027; echo mine >sticky/mine; test $(stat -c %u:%a sticky/mine) = 1234:640", true},
		{"mkdir -m 1750 sticky/d; test $(stat -c %u:%a sticky/d) = 1234:1750", true},
		{"echo more >>sticky/mine; chmod 600 sticky/mine; chown 0 sticky/mine", false},
		{"rm sticky/mine; rmdir sticky/d; ln -s x sticky/l; test $(stat -c %u sticky/l) = 1234", true},
	} {
		cmd := exec.Command("sh", "-c", "cd '"+dir+"/tmp' && "+c.script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		if out, err := cmd.CombinedOutput(); (err == nil) != c.ok {
			t.Errorf("%s: %v\n%s", c.script, err, out)
		}
	}
}
