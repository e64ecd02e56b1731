package msdos

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestModes(t *testing.T) {
	image := newImage(t, 2<<20, mkfs.Options{})
	g := boot(t, image, kernel.Config{})
	a := defaultArgs()
	a.Uid, a.Gid, a.Mask, a.Dirmask = 7, 8, 0o640, 0o750
	g.do("mount", g.mountArgs(0, a))
	g.put("/m/f", "x")
	g.do("mkdir", g.mkdir("/m/d"))
	if st := g.stat("/m/f"); st.Mode != abi.S_IFREG|0o640 || st.Uid != 7 || st.Gid != 8 || st.Nlink != 1 || st.Flags != 0 {
		t.Errorf("a file: %o %d:%d", st.Mode, st.Uid, st.Gid)
	}
	if st := g.stat("/m/d"); st.Mode != abi.S_IFDIR|0o750 {
		t.Errorf("a directory: %o", st.Mode)
	}
	g.do("chmod", g.v.SysChmod(g.l, str("/m/f"), 0o444))
	if st := g.stat("/m/f"); st.Mode != abi.S_IFREG|0o440 {
		t.Errorf("read-only: %o", st.Mode)
	}
	g.do("chmod", g.v.SysChmod(g.l, str("/m/f"), 0o644))
	g.do("chflags", g.v.SysChflags(g.l, str("/m/f"), abi.SF_ARCHIVED))
	if st := g.stat("/m/f"); st.Flags != abi.SF_ARCHIVED || st.Mode != abi.S_IFREG|0o640 {
		t.Errorf("archived: %#x %o", st.Flags, st.Mode)
	}
	for what, err := range map[string]error{
		"chown":    g.v.SysChown(g.l, str("/m/f"), 1, 8),
		"chflags":  g.v.SysChflags(g.l, str("/m/f"), abi.UF_IMMUTABLE),
		"mkfifo":   g.v.SysMkfifo(g.l, str("/m/fifo"), 0o644),
		"a bad ch": g.mkdir("/m/what?"),
		"dots":     g.mkdir("/m/..."),
		"bad utf8": g.mkdir("/m/\xff\xfe"),
	} {
		if err != abi.EINVAL {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := g.v.SysSymlink(g.l, str("f"), str("/m/link")); err != abi.EOPNOTSUPP {
		t.Errorf("symlink: %v", err)
	}
	if err := g.v.SysLink(g.l, str("/m/f"), str("/m/link")); err != abi.EOPNOTSUPP {
		t.Errorf("link: %v", err)
	}
	g.do("chown to the same", g.v.SysChown(g.l, str("/m/f"), 7, 8))
}

func TestTimes(t *testing.T) {
	image := newImage(t, 2<<20, mkfs.Options{})
	g := boot(t, image, kernel.Config{})
	a := defaultArgs()
	a.Gmtoff = 3600
	g.do("mount", g.mountArgs(0, a))
	g.put("/m/f", "x")
	times := []abi.Timeval{{Sec: 1_000_000_000, Usec: 5}, {Sec: 1_234_567_891, Usec: 999999}}
	g.do("utimes", g.v.SysUtimes50(g.l, str("/m/f"), usermem.InSlice[abi.Timeval]{
		Mem: usermem.Local(usermem.BytesOfSlice(times), nil), N: 2}))
	check := func() {
		t.Helper()
		st := g.stat("/m/f")
		if st.Mtim.Sec != 1_234_567_890 || st.Mtim.Nsec != 0 {
			t.Errorf("modified %+v", st.Mtim)
		}
		if want := int64(1_000_000_000+3600)/86400*86400 - 3600; st.Atim.Sec != want {
			t.Errorf("read %d, want %d", st.Atim.Sec, want)
		}
		if ms := st.Birthtim.Nsec; ms%1e7 != 0 || st.Birthtim.Sec != 1_234_567_891 || ms != 990_000_000 {
			t.Errorf("born %+v", st.Birthtim)
		}
	}
	check()
	g.do("unmount", g.unmount())
	g.do("mount", g.mountArgs(0, a))
	check()
}

func TestDOSTime(t *testing.T) {
	for _, c := range []struct{ in, want int64 }{
		{-5, firstSecond * second}, {firstSecond * second, firstSecond * second},
		{1_700_000_001*second + 123_456_789, 1_700_000_001*second + 120_000_000},
		{1 << 62, lastSecond*second + 990_000_000},
	} {
		if got := fromDOS(toDOS(c.in, 0), 0); got != c.want {
			t.Errorf("%d becomes %d, want %d", c.in, got, c.want)
		}
	}
	if fromDOS(dosTime{0xffff, 0xffff, 255}, 0) < 0 {
		t.Error("a date that does not exist is before 1970")
	}
}

func TestMountErrors(t *testing.T) {
	image := newImage(t, 2<<20, mkfs.Options{})
	g := boot(t, image, kernel.Config{})
	a := defaultArgs()
	a.Fspec = 2
	if err := g.mountArgs(0, a); err != abi.EFAULT {
		t.Errorf("a bad pointer: %v", err)
	}
	none := usermem.InOutBuf{}
	if err := g.v.SysMount50(g.l, str("msdos"), str("/m"), 0, none); err != abi.EINVAL {
		t.Errorf("no arguments: %v", err)
	}
	g.do("mount", g.mount(abi.MNT_RDONLY))
	if err := g.mkdir("/m/d"); err != abi.EROFS {
		t.Errorf("mkdir on a read-only mount: %v", err)
	}
	if err := g.mount(0); err != abi.EBUSY {
		t.Errorf("mounted twice: %v", err)
	}
	g.do("for writing", g.mount(abi.MNT_UPDATE))
	g.put("/m/f", "x")
	g.do("read-only again", g.mount(abi.MNT_UPDATE|abi.MNT_RDONLY))
	fsck(t, image)
	if err := g.unlink("/m/f"); err != abi.EROFS {
		t.Errorf("unlink on a read-only mount: %v", err)
	}
	got := defaultArgs()
	get := usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(&got), argSpace{})}
	g.do("MNT_GETARGS", g.v.SysMount50(g.l, str("msdos"), str("/m"), abi.MNT_GETARGS, get))
	if got.Mask != 0o777 || got.Dirmask != 0o755 {
		t.Errorf("arguments %+v", got)
	}
	var st abi.Statvfs
	out := usermem.Out[abi.Statvfs]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}
	g.do("statvfs", g.v.SysStatvfs1(g.l, str("/m"), out, 0))
	if string(st.Mntfromname[:6]) != "/disk\x00" || string(st.Fstypename[:6]) != "msdos\x00" {
		t.Errorf("%q %q", st.Mntfromname[:6], st.Fstypename[:6])
	}
}
