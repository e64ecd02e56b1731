package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// TestNotes waits for changes of a file and its directory, as kqueue does.
func TestNotes(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/d", 0o755)
	g.put("/d/f", "x", 0o644)
	var seen [2]event.Mask
	fds := []int32{g.mustOpen("/d/f", abi.O_RDWR, 0), g.mustOpen("/d", abi.O_RDONLY, 0)}
	for i, fd := range fds {
		f, err := file.Get(g.l, fd)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Drop(g.l)
		e := event.NewEntry(abi.NOTE_REVOKE<<1-1, func(m event.Mask) { seen[i] |= m })
		q := f.Ops.(file.Noter).Notes(f)
		q.Add(e)
		defer q.Remove(e)
	}
	for _, c := range []struct {
		name string
		call func() error
		want [2]event.Mask
	}{
		{"write", func() error { return second(g.write(fds[0], []byte("y"))) }, [2]event.Mask{abi.NOTE_WRITE, 0}},
		{"extend", func() error { return second(g.write(fds[0], []byte("y"))) }, [2]event.Mask{abi.NOTE_WRITE | abi.NOTE_EXTEND, 0}},
		{"chmod", func() error { return g.v.SysFchmod(g.l, fds[0], 0o600) }, [2]event.Mask{abi.NOTE_ATTRIB, 0}},
		{"link", func() error { return g.v.SysLink(g.l, str("/d/f"), str("/d/g")) }, [2]event.Mask{abi.NOTE_LINK, abi.NOTE_WRITE}},
		{"mkdir", func() error { return g.v.SysMkdir(g.l, str("/d/sub"), 0o755) }, [2]event.Mask{0, abi.NOTE_WRITE | abi.NOTE_LINK}},
		{"rename", func() error { return g.v.SysRename(g.l, str("/d/f"), str("/d/h")) }, [2]event.Mask{abi.NOTE_RENAME, abi.NOTE_WRITE}},
		{"unlink", func() error { return g.v.SysUnlink(g.l, str("/d/h")) }, [2]event.Mask{abi.NOTE_DELETE, abi.NOTE_WRITE}},
	} {
		seen = [2]event.Mask{}
		g.do(c.name, c.call())
		if seen != c.want {
			t.Errorf("%s tells %#x, want %#x", c.name, seen, c.want)
		}
	}
}
