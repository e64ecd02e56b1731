package null

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/memfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// quotaFS is a file system that is asked for quotas, and refuses with ESRCH.
type quotaFS struct {
	*memfs.FS
	asked []uint32
}

func (fs *quotaFS) Quotactl(_ *proc.LWP, args *abi.QuotactlArgs, _ usermem.Mem) error {
	fs.asked = append(fs.asked, args.Op)
	return abi.ESRCH
}

// TestQuotactl: calls on quotas go through, however many layers there are, to a
// file system that has them, and end there where it has none.
func TestQuotactl(t *testing.T) {
	g := boot(t)
	var low *quotaFS
	g.do("register", g.v.AddFileSystem(&vnode.Type{
		Name: "quotas",
		Mount: func(_ *proc.LWP, m *vnode.Mount, _ usermem.InOutBuf) (vnode.FileSystem, error) {
			fs, err := memfs.New(m, g.v.MemConfig())
			low = &quotaFS{FS: fs}
			return low, err
		},
	}))
	for _, dir := range []string{"/low", "/top", "/higher", "/plain"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	g.do("mount", g.v.SysMount50(g.l, str("quotas"), str("/low"), 0, usermem.InOutBuf{}))
	g.do("mkdir", g.v.Mkdir(g.l, "/low/sub", 0o755))
	g.do("mount", g.mount("/low/sub", "/top"))
	g.do("mount", g.mount("/top", "/higher"))
	g.do("mount", g.mount("/", "/plain"))
	for _, c := range []struct {
		path string
		op   uint32
		want error
	}{
		{"/low", abi.QUOTACTL_STAT, abi.ESRCH}, {"/top", abi.QUOTACTL_GET, abi.ESRCH}, {"/higher", abi.QUOTACTL_PUT, abi.ESRCH},
		{"/plain", abi.QUOTACTL_STAT, abi.EOPNOTSUPP}, {"/top", 99, abi.EINVAL},
	} {
		args := abi.QuotactlArgs{Op: c.op}
		q := usermem.In[abi.QuotactlArgs]{Mem: usermem.LocalRef(usermem.BytesOf(&args), nil)}
		if err := g.v.SysQuotactl(g.l, str(c.path), q); err != c.want {
			t.Errorf("%s, operation %d: %v, want %v", c.path, c.op, err, c.want)
		}
	}
	if len(low.asked) != 3 || low.asked[2] != abi.QUOTACTL_PUT {
		t.Errorf("asked for %d", low.asked)
	}
	for _, dir := range []string{"/plain", "/higher", "/top", "/low"} {
		g.do("unmount", g.v.SysUnmount(g.l, str(dir), 0))
	}
}
