package msdos

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// modelFile is a file of the model: a directory if kids is not nil. The keys are
// folded, name is how it is spelled.
type modelFile struct {
	name string
	kids map[string]*modelFile
	data []byte
}

func newDir(name string) *modelFile { return &modelFile{name: name, kids: map[string]*modelFile{}} }

// split returns the directory of a path and the last name.
func (n *modelFile) split(path string) (*modelFile, string, abi.Errno) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for _, name := range parts[:len(parts)-1] {
		if n = n.kids[fold(name)]; n == nil {
			return nil, "", abi.ENOENT
		}
		if n.kids == nil {
			return nil, "", abi.ENOTDIR
		}
	}
	return n, parts[len(parts)-1], 0
}

func (n *modelFile) holds(o *modelFile) bool {
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

func (n *modelFile) mkdir(path string) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	if dir.kids[fold(name)] != nil {
		return abi.EEXIST
	}
	dir.kids[fold(name)] = newDir(name)
	return 0
}

func (n *modelFile) remove(path string, isDir bool) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	switch old := dir.kids[fold(name)]; {
	case old == nil:
		return abi.ENOENT
	case isDir && old.kids == nil:
		return abi.ENOTDIR
	case !isDir && old.kids != nil:
		return abi.EPERM
	case isDir && len(old.kids) > 0:
		return abi.ENOTEMPTY
	}
	delete(dir.kids, fold(name))
	return 0
}

func (n *modelFile) rename(from, to string) abi.Errno {
	fdir, fname, err := n.split(from)
	if err != 0 {
		return err
	}
	tdir, tname, err := n.split(to)
	if err != 0 {
		return err
	}
	src, over := fdir.kids[fold(fname)], tdir.kids[fold(tname)]
	switch {
	case src == nil:
		return abi.ENOENT
	case src.kids != nil && src.holds(tdir):
		return abi.EINVAL
	case over != nil && over.kids != nil && over.holds(fdir):
		return abi.ENOTEMPTY
	case src == over && fname == tname:
		return 0
	case over == nil || src == over:
		src.name = tname
	case src.kids != nil && over.kids == nil:
		return abi.ENOTDIR
	case src.kids == nil && over.kids != nil:
		return abi.EISDIR
	case len(over.kids) > 0:
		return abi.ENOTEMPTY
	default:
		src.name = over.name // the entry that is there is used
	}
	delete(fdir.kids, fold(fname))
	tdir.kids[fold(tname)] = src
	return 0
}

// write writes in the model; the file is made if it is not there.
func (n *modelFile) write(path string, off int, p []byte) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	f := dir.kids[fold(name)]
	if f == nil {
		f = &modelFile{name: name}
		dir.kids[fold(name)] = f
	}
	if f.kids != nil {
		return abi.EISDIR
	}
	f.resize(max(len(f.data), off+len(p)))
	copy(f.data[off:], p)
	return 0
}

func (n *modelFile) truncate(path string, size int) abi.Errno {
	dir, name, err := n.split(path)
	if err != 0 {
		return err
	}
	f := dir.kids[fold(name)]
	switch {
	case f == nil:
		return abi.ENOENT
	case f.kids != nil:
		return abi.EISDIR
	}
	f.resize(size)
	return 0
}

func (n *modelFile) resize(size int) {
	if size <= len(n.data) {
		n.data = n.data[:size:size]
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

// compare compares a tree with the model's.
func compare(t *rapid.T, g *guest, path string, n *modelFile) {
	if n.kids == nil {
		if got := g.take(path); got != string(n.data) {
			t.Fatalf("%s holds %d bytes, the model's %d, or others", path, len(got), len(n.data))
		}
		return
	}
	var want []string
	for _, k := range n.kids {
		want = append(want, k.name)
	}
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(g.list(path, 2048))); !slices.Equal(got, want) {
		t.Fatalf("%s holds %q, the model's %q", path, got, want)
	}
	for _, name := range slices.Sorted(maps.Keys(n.kids)) {
		compare(t, g, path+"/"+n.kids[name].name, n.kids[name])
	}
}

// modelNames are names of each kind: short, in lower case, of both cases, long,
// with a short name like another's.
var modelNames = []string{"A", "b.txt", "Both.Cases", "a long name with spaces in it.text", "a long name with spaces too",
	"ünï 日本", "ALONGN~9"}

// TestModel plays random calls on a volume and on the model: results and the
// whole tree are the same, after each remount too, and fsck has no complaint.
func TestModel(t *testing.T) {
	kinds := slices.Sorted(maps.Keys(volumes))
	rapid.Check(t, func(rt *rapid.T) {
		c := volumes[rapid.SampledFrom(kinds).Draw(rt, "kind")]
		if c.o.Bits == 12 {
			c.size = 8 << 20
		}
		image := filepath.Join(t.TempDir(), "img")
		f, err := os.Create(image)
		if err != nil {
			rt.Fatal(err)
		}
		if err := f.Truncate(c.size); err != nil {
			rt.Fatal(err)
		}
		if err := mkfs.Format(f, c.size, c.o); err != nil {
			rt.Fatal(err)
		}
		_ = f.Close()
		defer os.Remove(image)
		g := boot(t, image, kernel.Config{})
		defer g.b.Close()
		g.t = rt
		g.do("mount", g.mount(0))
		play(rt, g, image)
	})
}

// play is one random run.
func play(rt *rapid.T, g *guest, image string) {
	m := newDir("")
	name := rapid.Custom(func(rt *rapid.T) string {
		s := rapid.SampledFrom(modelNames).Draw(rt, "name")
		if rapid.IntRange(0, 3).Draw(rt, "spelling") == 0 {
			s = strings.ToLower(s)
		}
		return s
	})
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
			same("mkdir "+p, g.mkdir("/m"+p), m.mkdir(p))
		},
		"write": func(rt *rapid.T) {
			p, off := path("file"), rapid.IntRange(0, 60000).Draw(rt, "off")
			data := bytes.Repeat([]byte{byte(off) | 1}, rapid.IntRange(1, 90000).Draw(rt, "len"))
			same("write "+p, g.write("/m"+p, int64(off), data), m.write(p, off, data))
		},
		"truncate": func(rt *rapid.T) {
			p, size := path("file"), rapid.IntRange(0, 120000).Draw(rt, "size")
			same("truncate "+p, g.v.SysTruncate(g.l, str("/m"+p), int64(size)), m.truncate(p, size))
		},
		"unlink": func(*rapid.T) {
			p := path("file")
			same("unlink "+p, g.unlink("/m"+p), m.remove(p, false))
		},
		"rmdir": func(*rapid.T) {
			p := path("dir")
			same("rmdir "+p, g.rmdir("/m"+p), m.remove(p, true))
		},
		"rename": func(*rapid.T) {
			from, to := path("from"), path("to")
			same("rename "+from+" "+to, g.rename("/m"+from, "/m"+to), m.rename(from, to))
		},
		"remount": func(rt *rapid.T) {
			g.do("unmount", g.unmount())
			fsck(rt, image)
			g.do("mount", g.mount(0))
			compare(rt, g, "/m", m)
		},
		"": func(rt *rapid.T) { compare(rt, g, "/m", m) },
	})
	g.do("unmount", g.unmount())
	fsck(rt, image)
}
