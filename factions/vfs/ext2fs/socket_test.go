package ext2fs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestSocket: sockets are bound to names on an image. Who bound one is found for
// as long as he is there, the name stays.
func TestSocket(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 8<<20, f.args...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			sock := new(int)
			vp, err := g.v.BindSocket(g.l, "/mnt/s", sock)
			g.do("bind", err)
			if _, err := g.v.BindSocket(g.l, "/mnt/s", sock); err != abi.EADDRINUSE {
				t.Errorf("bound again: %v", err)
			}
			if got, err := g.v.FindSocket(g.l, "/mnt/s"); got != any(sock) || err != nil {
				t.Errorf("it is %v, %v", got, err)
			}
			g.do("chmod", g.v.SysChmod(g.l, str("/mnt/s"), 0o600))
			g.v.UnbindSocket(vp)
			vp.Unref()
			g.unmount()
			fsck(t, image)
			g.mount(0)
			if st := g.stat("/mnt/s"); st.Mode != abi.S_IFSOCK|0o600 || st.Size != 0 || st.Nlink != 1 {
				t.Errorf("%+v", st)
			}
			if _, err := g.v.FindSocket(g.l, "/mnt/s"); err != abi.ECONNREFUSED {
				t.Errorf("unbound: %v", err)
			}
			if _, err := g.open("/mnt/s", abi.O_RDONLY, 0); err != abi.EOPNOTSUPP {
				t.Errorf("open: %v", err)
			}
			g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/s")))
			g.unmount()
			fsck(t, image)
		})
	}
}
