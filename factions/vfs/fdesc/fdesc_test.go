package fdesc

import (
	"slices"
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

func names(t *testing.T, v *vfs.VFS, l *proc.LWP, path string) (list []string) {
	t.Helper()
	fd, err := v.SysOpen(l, str(path), abi.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Of(l).Close(l, fd) }()
	for buf := make([]byte, 64); ; {
		n, err := v.SysGetdents30(l, fd, usermem.OutBuf{Mem: usermem.Local(buf, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return list
		}
		for b := buf[:n]; len(b) > 0; b = b[int(b[8])|int(b[9])<<8:] {
			list = append(list, string(b[abi.DirentNameOffset:][:b[10]]))
		}
	}
}

func TestDescriptors(t *testing.T) {
	b, p := new(kernel.Base), new(parts)
	if err := b.Boot(kernel.Config{}, p); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	v := p.v
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(v.Mkdir(l, "/mnt", 0o755))
	must(v.SysMount50(l, str("fdesc"), str("/mnt"), 0, usermem.InOutBuf{}))
	must(v.Mkfile(l, "/f", 0o644, []byte("contents")))
	fd, err := v.SysOpen(l, str("/f"), abi.O_RDONLY, 0)
	must(err)
	path := "/mnt/fd/" + string(rune('0'+fd))
	second, err := v.SysOpen(l, str(path), abi.O_RDONLY, 0)
	must(err)
	if off, _ := v.SysLseek(l, fd, 3, abi.SEEK_SET); off != 3 {
		t.Fatal("lseek")
	}
	if off, _ := v.SysLseek(l, second, 0, abi.SEEK_CUR); off != 3 {
		t.Errorf("the position is %d, not shared", off)
	}
	if _, err := v.SysOpen(l, str(path), abi.O_RDWR, 0); err != abi.EACCES {
		t.Errorf("open for writing: %v", err)
	}
	var st abi.Stat
	must(v.SysStat50(l, str(path), usermem.Out[abi.Stat]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}))
	if st.Size != 8 || st.Mode != abi.S_IFREG|0o644 {
		t.Errorf("size %d mode %o", st.Size, st.Mode)
	}
	for path, want := range map[string]error{
		"/mnt/fd/99": abi.EBADF, "/mnt/fd/x": abi.ENOENT, "/mnt/fd/00": abi.ENOENT, "/mnt/none": abi.ENOENT,
		"/mnt/fd/-1": abi.ENOENT, path + "/x": abi.ENOTDIR,
	} {
		if _, err := v.SysOpen(l, str(path), abi.O_RDONLY, 0); err != want {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if got := names(t, v, l, "/mnt"); !slices.Equal(got, []string{".", "..", "fd", "stdin", "stdout", "stderr"}) {
		t.Errorf("the root holds %q", got)
	}
	got := names(t, v, l, "/mnt/fd")
	if !slices.Contains(got, path[len("/mnt/fd/"):]) || !slices.Equal(got[:2], []string{".", ".."}) {
		t.Errorf("fd holds %q", got)
	}
	out, err := v.SysOpen(l, str("/mnt/stdout"), abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, 0o644)
	must(err)
	a, _ := file.Get(l, out)
	c, _ := file.Get(l, 1)
	if a != c {
		t.Error("stdout is not descriptor 1")
	}
	_, _ = a.Drop(l), c.Drop(l)
	for _, d := range []int32{fd, second, out} {
		must(file.Of(l).Close(l, d))
	}
	must(v.SysUnmount(l, str("/mnt"), 0))
}
