package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (g *guest) handle(path string, room int) ([]byte, uint64, error) {
	buf, n := make([]byte, room), uint64(room)
	out := usermem.OutSized64{Buf: usermem.Local(buf, nil), Length: usermem.InOut[uint64]{Mem: usermem.Local(usermem.BytesOf(&n), nil)}}
	err := g.v.SysGetfh30(g.l, str(path), out)
	return buf[:min(int(n), room)], n, err
}

func TestHandles(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/tmp/d", 0o755)
	g.put("/tmp/d/f", "by handle", 0o600)
	if _, n, err := g.handle("/tmp/d/f", 5); n != 28 || err != abi.E2BIG {
		t.Errorf("no room: %d, %v", n, err)
	}
	h, _, err := g.handle("/tmp/d/f", 100)
	if err != nil || len(h) != 28 {
		t.Fatal(len(h), err)
	}
	fd, err := g.v.SysFhopen40(g.l, in(h), abi.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 20)
	if n, err := g.read(fd, buf); string(buf[:n]) != "by handle" || err != nil {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	g.close(fd)
	var st abi.Stat
	g.do("fhstat", g.v.SysFhstat50(g.l, in(h), outOf(&st)))
	if st.Ino != g.stat("/tmp/d/f").Ino {
		t.Errorf("ino %d", st.Ino)
	}
	var old abi.Stat30
	g.do("fhstat40", g.v.Compat50SysFhstat40(g.l, in(h), outOf(&old)))
	var sv abi.Statvfs
	g.do("fhstatvfs", g.v.SysFhstatvfs140(g.l, in(h), outOf(&sv), 0))
	if cString(sv.Mntonname[:]) != "/" || old.Size != 9 {
		t.Errorf("on %q, size %d", cString(sv.Mntonname[:]), old.Size)
	}
	user := g.as(100, 100)
	if _, err := user.v.SysFhopen40(user.l, in(h), abi.O_RDONLY); err != abi.EPERM {
		t.Errorf("a user: %v", err)
	}
	if _, err := g.v.SysFhopen40(g.l, in(h), abi.O_RDONLY|abi.O_CREAT); err != abi.EINVAL {
		t.Errorf("O_CREAT: %v", err)
	}
	for name, c := range map[string]struct {
		h    []byte
		want error
	}{
		"short": {h[:20], abi.EINVAL}, "long": {make([]byte, 1000), abi.EINVAL},
		"zeros":      {make([]byte, 28), abi.EINVAL},
		"other fs":   {append([]byte{0xff}, h[1:]...), abi.ESTALE},
		"no length":  {append(append([]byte(nil), h[:8]...), make([]byte, 20)...), abi.EINVAL},
		"bad length": {append(append([]byte(nil), h[:8]...), append([]byte{255, 255}, h[10:]...)...), abi.EINVAL},
	} {
		if err := g.v.SysFhstat50(g.l, in(c.h), outOf(&st)); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	g.do("unlink", g.v.SysUnlink(g.l, str("/tmp/d/f")))
	if err := g.v.SysFhstat50(g.l, in(h), outOf(&st)); err != abi.ESTALE {
		t.Errorf("removed: %v", err)
	}
}
