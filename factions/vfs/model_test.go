package vfs

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node is a file of the model: a directory if kids is not nil.
type node struct {
	kids map[string]*node
	data []byte
}

func newDir() *node { return &node{kids: map[string]*node{}} }

// find walks the model.
func (n *node) find(path string) (*node, abi.Errno) {
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			continue
		}
		if n.kids == nil {
			return nil, abi.ENOTDIR
		}
		if n = n.kids[name]; n == nil {
			return nil, abi.ENOENT
		}
	}
	return n, 0
}

// split returns the directory of a path and the last name.
func (n *node) split(path string) (*node, string, abi.Errno) {
	i := strings.LastIndexByte(path, '/')
	dir, err := n.find(path[:i])
	if err == 0 && dir.kids == nil {
		err = abi.ENOTDIR
	}
	return dir, path[i+1:], err
}

func (n *node) holds(o *node) bool {
	if n == o {
		return true
	}
	for _, k := range n.kids {
		if k.holds(o) {
			return true
		}
	}
	return false
}

func (n *node) mkdir(path string) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	if dir.kids[name] != nil {
		return abi.EEXIST
	}
	dir.kids[name] = newDir()
	return 0
}

func (n *node) remove(path string, isDir bool) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	switch old := dir.kids[name]; {
	case old == nil:
		return abi.ENOENT
	case isDir && old.kids == nil:
		return abi.ENOTDIR
	case !isDir && old.kids != nil:
		return abi.EPERM
	case isDir && len(old.kids) > 0:
		return abi.ENOTEMPTY
	}
	delete(dir.kids, name)
	return 0
}

func (n *node) link(from, to string) abi.Errno {
	old, err := n.find(from)
	if err != 0 {
		return err
	}
	if old.kids != nil {
		return abi.EPERM
	}
	dir, name, err := n.split(to)
	if err != 0 {
		return err
	}
	if dir.kids[name] != nil {
		return abi.EEXIST
	}
	dir.kids[name] = old
	return 0
}

func (n *node) rename(from, to string) abi.Errno {
	fdir, fname, err := n.split(from)
	if err != 0 {
		return err
	}
	tdir, tname, err := n.split(to)
	if err != 0 {
		return err
	}
	src, over := fdir.kids[fname], tdir.kids[tname]
	switch {
	case src == nil:
		return abi.ENOENT
	case src.kids != nil && src.holds(tdir):
		return abi.EINVAL
	case over != nil && over.kids != nil && over.holds(fdir):
		return abi.ENOTEMPTY
	case over == nil:
	case src.kids != nil && over.kids == nil:
		return abi.ENOTDIR
	case src.kids == nil && over.kids != nil:
		return abi.EISDIR
	case src == over:
		if fdir != tdir || fname != tname {
			delete(fdir.kids, fname)
		}
		return 0
	case len(over.kids) > 0:
		return abi.ENOTEMPTY
	}
	delete(fdir.kids, fname)
	tdir.kids[tname] = src
	return 0
}

// write writes in the model; the file is made if it is not there.
func (n *node) write(path string, off int, p []byte) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	f := dir.kids[name]
	if f == nil {
		f = &node{}
		dir.kids[name] = f
	}
	if f.kids != nil {
		return abi.EISDIR
	}
	f.resize(max(len(f.data), off+len(p)))
	copy(f.data[off:], p)
	return 0
}

func (n *node) resize(size int) {
	if size <= len(n.data) {
		n.data = n.data[:size]
		return
	}
	n.data = append(n.data, make([]byte, size-len(n.data))...)
}

func errnoOf(err error) abi.Errno {
	if err == nil {
		return 0
	}
	return err.(abi.Errno)
}

// TestModel plays random calls on a kernel and on the model: results and the
// whole tree are the same.
func TestModel(t *testing.T) {
	g := boot(t, kernel.Config{})
	used := g.b.Mem.Used()
	rapid.Check(t, func(rt *rapid.T) {
		m := newDir()
		g.mkdir("/r", 0o755)
		name := rapid.SampledFrom([]string{"a", "b", "c"})
		path := func(label string) string {
			return "/" + strings.Join(rapid.SliceOfN(name, 1, 3).Draw(rt, label), "/")
		}
		same := func(what string, got error, want abi.Errno) {
			if errnoOf(got) != want {
				rt.Fatalf("%s: %v, the model says %v", what, got, want)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"mkdir": func(*rapid.T) {
				p := path("dir")
				same("mkdir "+p, g.v.SysMkdir(g.l, str("/r"+p), 0o755), m.mkdir(p))
			},
			"write": func(rt *rapid.T) {
				p, off := path("file"), rapid.IntRange(0, 60000).Draw(rt, "off")
				data := bytes.Repeat([]byte{byte(off)}, rapid.IntRange(1, 40000).Draw(rt, "len"))
				fd, err := g.open("/r"+p, abi.O_CREAT|abi.O_RDWR, 0o644)
				if err == nil {
					_, err = g.v.SysPwrite(g.l, fd, in(data), int64(off))
					g.close(fd)
				}
				same("write "+p, err, m.write(p, off, data))
			},
			"truncate": func(rt *rapid.T) {
				p, size := path("file"), rapid.IntRange(0, 80000).Draw(rt, "size")
				n, want := m.find(p)
				if want == 0 && n.kids != nil {
					want = abi.EISDIR
				}
				same("truncate "+p, g.v.SysTruncate(g.l, str("/r"+p), int64(size)), want)
				if want == 0 {
					n.resize(size)
				}
			},
			"unlink": func(*rapid.T) {
				p := path("file")
				same("unlink "+p, g.v.SysUnlink(g.l, str("/r"+p)), m.remove(p, false))
			},
			"rmdir": func(*rapid.T) {
				p := path("dir")
				same("rmdir "+p, g.v.SysRmdir(g.l, str("/r"+p)), m.remove(p, true))
			},
			"link": func(*rapid.T) {
				from, to := path("from"), path("to")
				same("link "+from+" "+to, g.v.SysLink(g.l, str("/r"+from), str("/r"+to)), m.link(from, to))
			},
			"rename": func(*rapid.T) {
				from, to := path("from"), path("to")
				same("rename "+from+" "+to, g.v.SysRename(g.l, str("/r"+from), str("/r"+to)), m.rename(from, to))
			},
			"": func(rt *rapid.T) { compare(rt, g, "/r", m) },
		})
		g.removeAll("/r")
	})
	if now := g.b.Mem.Used(); now != used {
		t.Errorf("%d bytes in use after everything is removed, %d before", now, used)
	}
}

// compare compares a tree with the model's.
func compare(t *rapid.T, g *guest, path string, n *node) {
	if n.kids == nil {
		if got := g.take(path); got != string(n.data) {
			t.Fatalf("%s holds %d bytes, the model's %d, or others", path, len(got), len(n.data))
		}
		return
	}
	names := g.list(path, 512)
	want := slices.Sorted(maps.Keys(n.kids))
	if got := slices.Sorted(slices.Values(names[2:])); !slices.Equal(got, want) {
		t.Fatalf("%s holds %q, the model's %q", path, got, want)
	}
	links := uint32(2)
	for name, k := range n.kids {
		if k.kids != nil {
			links++
		}
		compare(t, g, path+"/"+name, k)
	}
	if got := g.stat(path).Nlink; got != links {
		t.Fatalf("%s has %d links, the model's %d", path, got, links)
	}
}

// removeAll removes a tree.
func (g *guest) removeAll(path string) {
	for _, name := range g.list(path, 4096)[2:] {
		p := path + "/" + name
		if g.stat(p).Mode&abi.S_IFMT == abi.S_IFDIR {
			g.removeAll(p)
		} else {
			g.do("unlink", g.v.SysUnlink(g.l, str(p)))
		}
	}
	g.do("rmdir", g.v.SysRmdir(g.l, str(path)))
}
