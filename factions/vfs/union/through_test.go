package union

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
	g.do("mount", g.mount("/low", "/top", abi.UNMNT_BELOW))
	sock := new(int)
	vp, err := g.v.BindSocket(g.l, "/low/s", sock)
	g.do("bind", err)
	if got, err := g.v.FindSocket(g.l, "/top/s"); got != any(sock) || err != nil {
		t.Errorf("the socket by the union's name: %v, %v", got, err)
	}
	g.v.UnbindSocket(vp)
	vp.Unref()
	if _, err := g.v.FindSocket(g.l, "/top/s"); err != abi.ECONNREFUSED {
		t.Errorf("unbound: %v", err)
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
