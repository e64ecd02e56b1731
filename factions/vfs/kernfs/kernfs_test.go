package kernfs

import (
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins the faction and the file system to a kernel.
type parts struct{ v *vfs.VFS }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err == nil {
		err = Attach(p.v)
	}
	return err
}

func (p *parts) Detach()                                     { vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }
func (p *parts) Provider(int) string                         { return "" }

func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

// mounted boots a kernel on a simulated host and mounts the values on /kern.
func mounted(t *testing.T) (*kernel.Base, *vfs.VFS, *proc.LWP) {
	t.Helper()
	b, p := new(kernel.Base), new(parts)
	if err := b.Boot(kernel.Config{Host: hypercall.NewSim(1), Hostname: "kern.test", MemLimit: 8 << 20}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.v.Mkdir(l, "/kern", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.v.SysMount50(l, str("kernfs"), str("/kern"), 0, usermem.InOutBuf{}); err != nil {
		t.Fatal(err)
	}
	return b, p.v, l
}

func read(t *testing.T, v *vfs.VFS, l *proc.LWP, name string) string {
	t.Helper()
	f, err := v.Open(l, "/kern/"+name, abi.O_RDONLY, 0)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer f.Drop(l)
	buf := make([]byte, 20000)
	n, err := f.Ops.Read(l, f, buf)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(buf[:n])
}

func TestValues(t *testing.T) {
	b, v, l := mounted(t)
	for name, want := range map[string]string{
		"hostname": "kern.test\n", "hz": "100\n", "pagesize": "4096\n", "physmem": "2048\n",
		"version": kernel.Version + "\n", "loadavg": "0 0 0 2048\n",
		"boottime": strconv.FormatInt(b.BootTime()/1e9, 10) + "\n",
		"time":     now(b),
	} {
		if got := read(t, v, l, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	b.Printf("a message\n")
	if got := read(t, v, l, "msgbuf"); !strings.HasSuffix(got, "a message\n") {
		t.Errorf("msgbuf ends in %q", got)
	}
}

func TestSetHostname(t *testing.T) {
	b, v, l := mounted(t)
	f, err := v.Open(l, "/kern/hostname", abi.O_WRONLY|abi.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Drop(l)
	if n, err := f.Ops.Write(l, f, []byte("new.name\n")); n != 9 || err != nil {
		t.Errorf("write: %d, %v", n, err)
	}
	if got := b.Hostname(); got != "new.name" {
		t.Errorf("the name is %q", got)
	}
	if _, err := f.Ops.(file.Positioned).WriteAt(l, f, []byte(strings.Repeat("x", 300)), 0); err == nil {
		t.Error("a name of 300 bytes is taken")
	}
}

func TestDirectory(t *testing.T) {
	_, v, l := mounted(t)
	fd, err := v.SysOpen(l, str("/kern"), abi.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, buf := 0, make([]byte, 64)
	for {
		k, err := v.SysGetdents30(l, fd, usermem.OutBuf{Mem: usermem.Local(buf, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if k == 0 {
			break
		}
		for b := buf[:k]; len(b) > 0; b = b[int(b[8])|int(b[9])<<8:] {
			n++
		}
	}
	if n != len(entries())+2 {
		t.Errorf("%d entries", n)
	}
	for what, err := range map[string]error{
		"mkdir":  v.SysMkdir(l, str("/kern/x"), 0o755),
		"unlink": v.SysUnlink(l, str("/kern/hz")),
		"chmod":  v.SysChmod(l, str("/kern/hz"), 0),
	} {
		if err != abi.EOPNOTSUPP {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := v.Open(l, "/kern/none", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("none: %v", err)
	}
}
