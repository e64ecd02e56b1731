package vfs

import (
	"slices"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func inout(b []byte) usermem.InOutBuf { return usermem.InOutBuf{Mem: usermem.Local(b, nil)} }

func (g *guest) mount(typ, path string, flags int32) error {
	return g.v.SysMount50(g.l, str(typ), str(path), flags, inout(nil))
}

func (g *guest) unmount(path string, flags int32) error {
	return g.v.SysUnmount(g.l, str(path), flags)
}

func cString(b []byte) string {
	i := slices.Index(b, 0)
	return string(b[:max(i, 0)])
}

func TestMountUnmount(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/mnt", 0o755)
	g.put("/mnt/below", "", 0o644)
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	if got := g.list("/mnt", 512); !slices.Equal(got, []string{".", ".."}) {
		t.Errorf("it holds %q", got)
	}
	g.put("/mnt/f", "on it", 0o644)
	if g.stat("/mnt").Dev == g.stat("/").Dev || g.stat("/mnt").Dev != g.stat("/mnt/f").Dev {
		t.Errorf("st_dev %#x %#x %#x", g.stat("/").Dev, g.stat("/mnt").Dev, g.stat("/mnt/f").Dev)
	}
	if st := g.stat("/mnt/.."); st.Ino != g.stat("/").Ino || st.Dev != g.stat("/").Dev {
		t.Error("its .. is not /")
	}
	if err := g.v.SysRename(g.l, str("/mnt/f"), str("/f")); err != abi.EXDEV {
		t.Errorf("rename across: %v", err)
	}
	if err := g.v.SysLink(g.l, str("/mnt/f"), str("/f")); err != abi.EXDEV {
		t.Errorf("link across: %v", err)
	}
	if err := g.v.SysRmdir(g.l, str("/mnt")); err != abi.EBUSY {
		t.Errorf("rmdir of a mount point: %v", err)
	}
	if err := g.v.SysRename(g.l, str("/mnt"), str("/other")); err != abi.EBUSY {
		t.Errorf("rename of a mount point: %v", err)
	}
	fd := g.mustOpen("/mnt/f", abi.O_RDONLY, 0)
	if err := g.unmount("/mnt", 0); err != abi.EBUSY {
		t.Errorf("unmount with an open file: %v", err)
	}
	g.close(fd)
	g.do("chdir", g.v.SysChdir(g.l, str("/mnt")))
	if err := g.unmount("/mnt", 0); err != abi.EBUSY {
		t.Errorf("unmount with a process in it: %v", err)
	}
	g.do("chdir", g.v.SysChdir(g.l, str("/")))
	if err := g.unmount("/mnt/f", 0); err != abi.EINVAL {
		t.Errorf("unmount of a file: %v", err)
	}
	g.do("unmount", g.unmount("/mnt", 0))
	if got := g.list("/mnt", 512); !slices.Equal(got, []string{".", "..", "below"}) {
		t.Errorf("below it was %q", got)
	}
}

func TestMountErrors(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/f", "", 0o644)
	user := g.as(100, 100)
	for name, c := range map[string]struct{ err, want error }{
		"unknown type":    {g.mount("nofs", "/tmp", 0), abi.ENODEV},
		"long type":       {g.mount("a-name-of-more-than-thirty-one-bytes", "/tmp", 0), abi.ENODEV},
		"no directory":    {g.mount("rumpfs", "/none", 0), abi.ENOENT},
		"a file":          {g.mount("rumpfs", "/f", 0), abi.ENOTDIR},
		"a user":          {user.mount("rumpfs", "/tmp", 0), abi.EPERM},
		"update of none":  {g.mount("rumpfs", "/tmp", abi.MNT_UPDATE), abi.EINVAL},
		"args of none":    {g.mount("rumpfs", "/", abi.MNT_GETARGS), abi.EINVAL},
		"too long args":   {g.v.SysMount50(g.l, str("rumpfs"), str("/tmp"), 0, inout(make([]byte, 8193))), abi.EINVAL},
		"unmount root":    {g.unmount("/", 0), abi.EINVAL},
		"force the root":  {g.unmount("/", abi.MNT_FORCE), abi.EINVAL},
		"user unmounts":   {user.unmount("/", 0), abi.EPERM},
		"unmount of none": {g.unmount("/tmp", 0), abi.EINVAL},
		"unmount nowhere": {g.unmount("/none", 0), abi.ENOENT},
		"ufs means ffs":   {g.mount("ufs", "/tmp", 0), abi.ENODEV},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
}

func TestReadOnly(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/mnt", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	g.put("/mnt/f", "x", 0o644)
	g.mkdir("/mnt/d", 0o755)
	g.do("mknod", g.v.SysMknod50(g.l, str("/mnt/null"), abi.S_IFCHR|0o666, abi.Makedev(2, 2)))
	open := g.mustOpen("/mnt/f", abi.O_RDWR, 0)
	g.do("update", g.mount("", "/mnt", abi.MNT_UPDATE|abi.MNT_RDONLY))
	for name, err := range map[string]error{
		"open":     second(g.open("/mnt/f", abi.O_RDWR, 0)),
		"create":   second(g.open("/mnt/new", abi.O_RDWR|abi.O_CREAT, 0)),
		"write":    second(g.write(open, []byte("y"))),
		"truncate": g.v.SysFtruncate(g.l, open, 0),
		"mkdir":    g.v.SysMkdir(g.l, str("/mnt/new"), 0),
		"unlink":   g.v.SysUnlink(g.l, str("/mnt/f")),
		"rmdir":    g.v.SysRmdir(g.l, str("/mnt/d")),
		"rename":   g.v.SysRename(g.l, str("/mnt/f"), str("/mnt/g")),
		"link":     g.v.SysLink(g.l, str("/mnt/f"), str("/mnt/g")),
		"symlink":  g.v.SysSymlink(g.l, str("f"), str("/mnt/g")),
		"chmod":    g.v.SysChmod(g.l, str("/mnt/f"), 0),
		"chown":    g.v.SysFchown(g.l, open, 0, 0),
		"utimes":   g.v.SysUtimes50(g.l, str("/mnt/f"), slice[abi.Timeval](nil)),
		"access":   g.v.SysAccess(g.l, str("/mnt/f"), abi.W_OK),
	} {
		if err != abi.EROFS {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := g.take("/mnt/f"); got != "x" {
		t.Errorf("it holds %q", got)
	}
	g.close(g.mustOpen("/mnt/null", abi.O_RDWR, 0)) // a device may be written to
	g.do("update", g.mount("", "/mnt", abi.MNT_UPDATE|abi.MNT_NODEV))
	if _, err := g.open("/mnt/null", abi.O_RDWR, 0); err != abi.ENXIO {
		t.Errorf("a device on MNT_NODEV: %v", err)
	}
	g.put("/mnt/f", "y", 0o644)
}

func TestForcedUnmount(t *testing.T) {
	g := boot(t, kernel.Config{})
	before := g.b.Mem.Used()
	g.mkdir("/mnt", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	g.put("/mnt/f", "x", 0o644)
	g.mkdir("/mnt/d", 0o755)
	g.do("chdir", g.v.SysChdir(g.l, str("/mnt/d")))
	fd := g.mustOpen("/mnt/f", abi.O_RDWR, 0)
	g.do("unmount", g.unmount("/mnt", abi.MNT_FORCE))
	if n, err := g.read(fd, make([]byte, 1)); n != 0 || err != abi.EIO {
		t.Errorf("read: %d, %v", n, err)
	}
	if n, err := g.write(fd, make([]byte, 1)); n != 0 || err != abi.EIO {
		t.Errorf("write: %d, %v", n, err)
	}
	if _, err := g.open("x", abi.O_CREAT|abi.O_RDWR, 0); err != abi.ENOTDIR {
		t.Errorf("create: %v", err)
	}
	g.close(fd)
	g.do("chdir", g.v.SysChdir(g.l, str("/")))
	g.do("rmdir", g.v.SysRmdir(g.l, str("/mnt")))
	if used := g.b.Mem.Used(); used != before {
		t.Errorf("%d bytes in use, %d before", used, before)
	}
}

func TestForcedUnmountTakesAll(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/mnt", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	below, err := g.v.Lookup(g.l, "/mnt")
	if err != nil {
		t.Fatal(err)
	}
	g.mkdir("/mnt/in", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt/in", 0))
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	if err := g.v.unmount(below.Mount, false); err != abi.EBUSY {
		t.Errorf("unmount below others: %v", err)
	}
	g.do("unmount", g.v.unmount(below.Mount, true))
	below.Unref()
	if n := len(g.v.Mounts()); n != 1 {
		t.Errorf("%d mounts left", n)
	}
	g.do("rmdir", g.v.SysRmdir(g.l, str("/mnt")))
}

func TestStackedMounts(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/mnt", 0o755)
	g.do("chdir", g.v.SysChdir(g.l, str("/mnt")))
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	g.put("first", "", 0o644) // the process is moved onto it
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	g.put("second", "", 0o644)
	if got := g.list("/mnt", 512); !slices.Equal(got, []string{".", "..", "second"}) {
		t.Errorf("on top: %q", got)
	}
	buf := make([]byte, 20)
	if n, err := g.v.SysGetcwd(g.l, out(buf)); err != nil || string(buf[:n]) != "/mnt\x00" {
		t.Errorf("getcwd: %q, %v", buf[:n], err)
	}
	if st := g.stat(".."); st.Ino != g.stat("/").Ino {
		t.Error(".. of the top is not /")
	}
	g.do("chdir", g.v.SysChdir(g.l, str("/")))
	g.do("unmount", g.unmount("/mnt", 0))
	if got := g.list("/mnt", 512); !slices.Equal(got, []string{".", "..", "first"}) {
		t.Errorf("below the top: %q", got)
	}
	g.do("unmount", g.unmount("/mnt", 0))
}

func TestMountOnRoot(t *testing.T) {
	g := boot(t, kernel.Config{})
	dir := g.mustOpen("/", abi.O_RDONLY, 0)
	g.do("mount", g.mount("rumpfs", "/", 0))
	g.mkdir("/new", 0o755)
	if got := g.list("/", 512); !slices.Equal(got, []string{".", "..", "new"}) {
		t.Errorf("/ holds %q", got)
	}
	g.do("mkdirat", g.v.SysMkdirat(g.l, dir, str("more"), 0o755))
	g.do("chdir", g.v.SysChdir(g.l, str("/more")))
	buf := make([]byte, 10)
	if n, err := g.v.SysGetcwd(g.l, out(buf)); err != nil || string(buf[:n]) != "/more\x00" {
		t.Errorf("getcwd: %q, %v", buf[:n], err)
	}
	list := make([]abi.Statvfs, 2)
	n, err := g.v.SysGetvfsstat(g.l, out(usermem.BytesOfSlice(list)), abi.MNT_NOWAIT)
	if n != 2 || err != nil || cString(list[1].Mntonname[:]) != "/" {
		t.Errorf("getvfsstat: %d, %v", n, err)
	}
}

func TestStatvfs(t *testing.T) {
	g := boot(t, kernel.Config{MemLimit: 10 << 20})
	g.mkdir("/mnt", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt", abi.MNT_NOEXEC|abi.MNT_NOSUID))
	var st abi.Statvfs
	g.do("statvfs", g.v.SysStatvfs1(g.l, str("/mnt/."), outOf(&st), abi.ST_WAIT))
	if cString(st.Fstypename[:]) != "rumpfs" || cString(st.Mntonname[:]) != "/mnt" || cString(st.Mntfromname[:]) != "rumpfs" {
		t.Errorf("%q on %q from %q", cString(st.Fstypename[:]), cString(st.Mntonname[:]), cString(st.Mntfromname[:]))
	}
	if want := uint64(abi.MNT_NOEXEC | abi.MNT_NOSUID | abi.MNT_LOCAL); st.Flag != want {
		t.Errorf("flags %#x, want %#x", st.Flag, want)
	}
	if st.Blocks*st.Frsize > 10<<20 || st.Bfree == 0 || st.Namemax != 255 || st.Fsid != g.stat("/mnt").Dev {
		t.Errorf("%+v", st.Blocks)
	}
	if n, err := g.v.SysGetvfsstat(g.l, out(nil), abi.MNT_WAIT); n != 2 || err != nil {
		t.Errorf("getvfsstat counts %d, %v", n, err)
	}
	list := make([]abi.Statvfs, 3)
	n, err := g.v.SysGetvfsstat(g.l, out(usermem.BytesOfSlice(list)), abi.MNT_NOWAIT)
	if n != 2 || err != nil || cString(list[0].Mntonname[:]) != "/" || list[0].Flag != abi.MNT_LOCAL|abi.MNT_ROOTFS {
		t.Errorf("getvfsstat: %d, %v, %q %#x", n, err, cString(list[0].Mntonname[:]), list[0].Flag)
	}
	if n, _ := g.v.SysGetvfsstat(g.l, out(usermem.BytesOfSlice(list[:1])), abi.MNT_NOWAIT); n != 1 {
		t.Errorf("a buffer for one gives %d", n)
	}
	g.do("chroot", g.v.SysChroot(g.l, str("/mnt")))
	g.do("statvfs", g.v.SysStatvfs1(g.l, str("/"), outOf(&st), 0))
	if got := cString(st.Mntonname[:]); got != "/" {
		t.Errorf("in a chroot it is on %q", got)
	}
}

func TestShutdownUnmounts(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/mnt", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt", 0))
	g.mkdir("/mnt/in", 0o755)
	g.do("mount", g.mount("rumpfs", "/mnt/in", 0))
	g.mustOpen("/mnt/in/f", abi.O_CREAT|abi.O_RDWR, 0o644)
	if err := g.b.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(g.v.Mounts()); n != 1 {
		t.Errorf("%d mounts left", n)
	}
	if used := g.b.Mem.Used(); used > 4096 {
		t.Errorf("%d bytes in use after the end", used)
	}
}
