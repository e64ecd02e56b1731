package tmpfs

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins vfs and tmpfs to a kernel.
type parts struct{ v *vfs.VFS }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err != nil {
		return err
	}
	return Attach(p.v)
}

func (p *parts) Detach()                                     { vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }

// client is a process of a kernel with a directory /mnt.
type client struct {
	t *testing.T
	b *kernel.Base
	v *vfs.VFS
	l *proc.LWP
}

func boot(t *testing.T, cfg kernel.Config) *client {
	t.Helper()
	b, p := new(kernel.Base), new(parts)
	if err := b.Boot(cfg, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, b: b, v: p.v, l: l}
	if err := p.v.Mkdir(l, "/mnt", 0o755); err != nil {
		t.Fatal(err)
	}
	return c
}

func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

func (c *client) mount(flags int32, data []byte) error {
	return c.v.SysMount50(c.l, str("tmpfs"), str("/mnt"), flags, usermem.InOutBuf{Mem: usermem.Local(data, nil)})
}

func (c *client) mountArgs(flags int32, a abi.TmpfsArgs) error {
	return c.mount(flags, usermem.BytesOf(&a))
}

func (c *client) stat(path string) (st abi.Stat) {
	c.t.Helper()
	out := usermem.Out[abi.Stat]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}
	if err := c.v.SysStat50(c.l, str(path), out); err != nil {
		c.t.Fatal(err)
	}
	return st
}

// fill writes n bytes to a new file and returns how many went in.
func (c *client) fill(path string, n int) (int, error) {
	fd, err := c.v.SysOpen(c.l, str(path), abi.O_CREAT|abi.O_RDWR, 0o644)
	if err != nil {
		return 0, err
	}
	defer file.Of(c.l).Close(c.l, fd)
	return c.v.SysPwrite(c.l, fd, usermem.InBuf{Mem: usermem.Local(make([]byte, n), nil)}, 0)
}

func TestArguments(t *testing.T) {
	good := abi.TmpfsArgs{Version: 1, SizeMax: 1 << 20, NodesMax: 10, RootUid: 5, RootGid: 6, RootMode: 0o751}
	c := boot(t, kernel.Config{})
	for name, change := range map[string]func(*abi.TmpfsArgs){
		"version":       func(a *abi.TmpfsArgs) { a.Version = 2 },
		"negative size": func(a *abi.TmpfsArgs) { a.SizeMax = -1 },
		"tiny size":     func(a *abi.TmpfsArgs) { a.SizeMax = 100 },
		"too few nodes": func(a *abi.TmpfsArgs) { a.NodesMax = 1 },
		"no owner":      func(a *abi.TmpfsArgs) { a.RootUid = ^uint32(0) },
	} {
		a := good
		change(&a)
		if err := c.mountArgs(0, a); err != abi.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.mount(0, make([]byte, 39)); err != abi.EINVAL {
		t.Errorf("short: %v", err)
	}
	if err := c.mountArgs(0, good); err != nil {
		t.Fatal(err)
	}
	if st := c.stat("/mnt"); st.Mode != abi.S_IFDIR|0o751 || st.Uid != 5 || st.Gid != 6 {
		t.Errorf("root: %o %d:%d", st.Mode, st.Uid, st.Gid)
	}
	var got abi.TmpfsArgs
	if err := c.mount(abi.MNT_GETARGS, usermem.BytesOf(&got)); err != nil || got != good {
		t.Errorf("MNT_GETARGS: %v, %+v", err, got)
	}
	good.SizeMax = 2 << 20
	if err := c.mountArgs(abi.MNT_UPDATE, good); err != nil {
		t.Errorf("MNT_UPDATE: %v", err)
	}
	if n, err := c.fill("/mnt/f", 3<<19); n != 3<<19 || err != nil {
		t.Errorf("with more room: %d, %v", n, err)
	}
	good.SizeMax = 1 << 20
	if err := c.mountArgs(abi.MNT_UPDATE, good); err != abi.EBUSY {
		t.Errorf("less than is used: %v", err)
	}
}

func TestDefaults(t *testing.T) {
	c := boot(t, kernel.Config{})
	if err := c.mount(0, nil); err != nil {
		t.Fatal(err)
	}
	if st := c.stat("/mnt"); st.Mode != abi.S_IFDIR|0o1777 || st.Uid != 0 {
		t.Errorf("root: %o %d", st.Mode, st.Uid)
	}
}

func TestBounds(t *testing.T) {
	c := boot(t, kernel.Config{})
	before := c.b.Mem.Used()
	if err := c.mountArgs(0, abi.TmpfsArgs{Version: 1, SizeMax: 256 << 10, NodesMax: 5}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.fill("/mnt/big", 1<<20); n != 0 || err != abi.ENOSPC {
		t.Errorf("wrote %d, %v", n, err)
	}
	if st := c.stat("/mnt/big"); st.Size != 0 || st.Blocks != 0 {
		t.Errorf("it has size %d, %d blocks", st.Size, st.Blocks)
	}
	if n, err := c.fill("/mnt/big", 230<<10); n != 230<<10 || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	var st abi.Statvfs
	out := usermem.Out[abi.Statvfs]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}
	if err := c.v.SysStatvfs1(c.l, str("/mnt"), out, 0); err != nil || st.Blocks*st.Frsize != 256<<10 || st.Bfree > 8 {
		t.Errorf("statvfs: %v, %d of %d blocks free", err, st.Bfree, st.Blocks)
	}
	if err := c.v.Remove(c.l, "/mnt/big"); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if err := c.v.Mkdir(c.l, "/mnt/d"+string(rune('0'+i)), 0o755); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := c.v.Mkdir(c.l, "/mnt/toomany", 0o755); err != abi.ENOSPC {
		t.Errorf("a sixth node: %v", err)
	}
	if err := c.v.SysUnmount(c.l, str("/mnt"), 0); err != nil {
		t.Fatal(err)
	}
	if now := c.b.Mem.Used(); now != before {
		t.Errorf("%d bytes in use after the unmount, %d before", now, before)
	}
}

func TestMemoryLimit(t *testing.T) {
	c := boot(t, kernel.Config{MemLimit: 1 << 20})
	if err := c.mount(0, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := c.fill("/mnt/f", 4<<20); n != 0 || err != abi.ENOSPC {
		t.Errorf("wrote %d, %v", n, err)
	}
	if n, err := c.fill("/mnt/g", 500<<10); n != 500<<10 || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
}
