package null

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestThrough: fifos and local sockets are the same by the name below and by
// that of the layer.
func TestThrough(t *testing.T) {
	g := boot(t)
	for _, dir := range []string{"/low", "/top"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	g.do("mount", g.mount("/low", "/top"))
	for _, names := range [][2]string{{"/low/s1", "/top/s1"}, {"/top/s2", "/low/s2"}} {
		sock := new(int)
		vp, err := g.v.BindSocket(g.l, names[0], sock)
		g.do("bind", err)
		if got, err := g.v.FindSocket(g.l, names[1]); got != any(sock) || err != nil {
			t.Errorf("%s is not %s: %v, %v", names[1], names[0], got, err)
		}
		g.v.UnbindSocket(vp)
		vp.Unref()
		if _, err := g.v.FindSocket(g.l, names[1]); err != abi.ECONNREFUSED {
			t.Errorf("%s, unbound: %v", names[1], err)
		}
	}
	g.do("mkfifo", g.v.Mknod(g.l, "/low/p", abi.S_IFIFO|0o600, 0))
	r, err := g.v.Open(g.l, "/low/p", abi.O_RDONLY|abi.O_NONBLOCK, 0)
	g.do("open to read", err)
	w, err := g.v.Open(g.l, "/top/p", abi.O_WRONLY|abi.O_NONBLOCK, 0)
	g.do("open to write", err)
	_, err = w.Ops.Write(g.l, w, []byte("through"))
	g.do("write", err)
	buf := make([]byte, 10)
	if n, err := r.Ops.Read(g.l, r, buf); string(buf[:n]) != "through" || err != nil {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	g.do("close", w.Drop(g.l))
	g.do("close", r.Drop(g.l))
}
