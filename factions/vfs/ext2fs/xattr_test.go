package ext2fs

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// attrs returns the node of a path, held until the test unrefs it.
func (g *guest) attrs(path string) (*node, func()) {
	g.t.Helper()
	vp, err := g.v.Lookup(g.l, path)
	if err != nil {
		g.t.Fatal(err)
	}
	return of(vp), vp.Unref
}

func TestXattrs(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 16<<20, f.args...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			g.put("/mnt/f", []byte("x"))
			g.put("/mnt/gone", []byte("x"))
			const user, system = abi.EXTATTR_NAMESPACE_USER, abi.EXTATTR_NAMESPACE_SYSTEM
			n, done := g.attrs("/mnt/f")
			g.do("set", n.SetXattr(user, "user.short", []byte("v")))
			g.do("set", n.SetXattr(user, "plain", []byte("p")))
			g.do("set", n.SetXattr(system, "security.label", []byte("secret")))
			for i := range 8 {
				g.do("set", n.SetXattr(user, "user.key"+strconv.Itoa(i), bytes.Repeat([]byte{byte('a' + i)}, 40)))
			}
			g.do("replace", n.SetXattr(user, "user.short", []byte("longer")))
			g.do("remove", n.RemoveXattr(user, "user.key3"))
			if err := n.RemoveXattr(user, "user.key3"); err != abi.ENODATA {
				t.Errorf("removed twice: %v", err)
			}
			if err := n.SetXattr(user, "user.huge", make([]byte, 70000)); err != abi.ENOSPC {
				t.Errorf("a huge one: %v", err)
			}
			done()
			n, done = g.attrs("/mnt/gone")
			for i := range 8 {
				g.do("set", n.SetXattr(user, "user.key"+strconv.Itoa(i), make([]byte, 40)))
			}
			done()
			g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/gone")))
			g.unmount()
			fsck(t, image)
			list := run(t, nil, "debugfs", "-R", "ea_list /f", image)
			for _, want := range []string{`user.short (6) = "longer"`, `user.plain (1) = "p"`, `security.label (6) = "secret"`} {
				if !strings.Contains(list, want) {
					t.Errorf("debugfs misses %s in\n%s", want, list)
				}
			}
			run(t, nil, "debugfs", "-w", "-R", "ea_set /f user.theirs hello", image)
			g.mount(0)
			n, done = g.attrs("/mnt/f")
			if v, err := n.Xattr(user, "user.theirs"); string(v) != "hello" || err != nil {
				t.Errorf("one that debugfs set: %q, %v", v, err)
			}
			var names []string
			g.do("list", n.ListXattr(user, func(s string) { names = append(names, s) }))
			if len(names) != 10 || !slices.Contains(names, "user.plain") {
				t.Errorf("names %q", names)
			}
			for _, s := range names {
				g.do("remove", n.RemoveXattr(user, s))
			}
			g.do("remove", n.RemoveXattr(system, "security.label"))
			done()
			g.unmount()
			fsck(t, image)
		})
	}
}

// TestXattrsKept: attributes outlive changes of the file that has them.
func TestXattrsKept(t *testing.T) {
	for _, name := range append(images[:3:3], images[4:]...) {
		g, _ := simulate(t, imageBytes(t, name))
		g.mount(0)
		g.put("/mnt/big", []byte("short now"))
		g.do("chmod", g.v.SysChmod(g.l, str("/mnt/small"), 0o600))
		g.unmount()
		g.mount(0)
		n, done := g.attrs("/mnt/big")
		if v, err := n.Xattr(abi.EXTATTR_NAMESPACE_USER, "user.key7"); string(v) != "value-number-7-of-big-that-is-long" || err != nil {
			t.Errorf("%s: key7 is %q, %v", name, v, err)
		}
		done()
		n, done = g.attrs("/mnt/small")
		if v, err := n.Xattr(abi.EXTATTR_NAMESPACE_USER, "user.color"); string(v) != "blue" || err != nil {
			t.Errorf("%s: color is %q, %v", name, v, err)
		}
		done()
		g.b.Close()
	}
}
