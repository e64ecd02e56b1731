// Random operations against a model, judged by e2fsck after each unmount.
package ext2fs

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// inode is a file of the model; kind is an S_IF value.
type inode struct {
	kind   uint32
	data   []byte
	target string
	attrs  map[string][]byte
}

// model is what the file system should hold, by path from its root: "/a/b".
type model struct {
	files map[string]*inode
	r     *rand.Rand
	n     int // names made so far
}

func newModel(seed uint64) *model {
	return &model{files: map[string]*inode{"": {kind: abi.S_IFDIR}}, r: rand.New(rand.NewPCG(seed, 1))}
}

// pick returns a random path of the kinds, "" and false if there is none.
func (m *model) pick(kinds ...uint32) (string, bool) {
	var list []string
	for p, f := range m.files {
		if slices.Contains(kinds, f.kind) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return "", false
	}
	slices.Sort(list)
	return list[m.r.IntN(len(list))], true
}

// fresh returns a new name in a random directory.
func (m *model) fresh() string {
	dir, _ := m.pick(abi.S_IFDIR)
	m.n++
	return dir + "/" + strings.Repeat("x", m.r.IntN(60)) + strconv.Itoa(m.n)
}

func (m *model) hasKids(dir string) bool {
	for p := range m.files {
		if strings.HasPrefix(p, dir+"/") {
			return true
		}
	}
	return false
}

func (m *model) move(from, to string) {
	for p, f := range maps.Clone(m.files) {
		if p == from || strings.HasPrefix(p, from+"/") {
			delete(m.files, p)
			m.files[to+p[len(from):]] = f
		}
	}
}

// step does one random operation to both.
func (m *model) step(g *guest) {
	switch k := m.r.IntN(24); {
	case k < 5:
		p := m.fresh()
		g.close(g.mustOpen("/mnt"+p, abi.O_CREAT|abi.O_EXCL|abi.O_RDWR, 0o600))
		m.files[p] = &inode{kind: abi.S_IFREG}
	case k < 7:
		p := m.fresh()
		g.mkdir("/mnt" + p)
		m.files[p] = &inode{kind: abi.S_IFDIR}
	case k < 8:
		p := m.fresh()
		target := strings.Repeat("t", 1+m.r.IntN(200))
		g.do("symlink", g.v.SysSymlink(g.l, str(target), str("/mnt"+p)))
		m.files[p] = &inode{kind: abi.S_IFLNK, target: target}
	case k < 13:
		m.change(g)
	case k < 14:
		m.attr(g)
	case k < 16:
		m.link(g)
	case k < 20:
		m.rename(g)
	default:
		m.remove(g)
	}
}

const modelMax = 300_000 // bytes of a file

// change writes to a file or changes its size or its space.
func (m *model) change(g *guest) {
	p, ok := m.pick(abi.S_IFREG)
	if !ok {
		return
	}
	f := m.files[p]
	fd := g.mustOpen("/mnt"+p, abi.O_RDWR, 0)
	defer g.close(fd)
	off, n := m.r.IntN(modelMax), 1+m.r.IntN(30_000)
	if m.r.IntN(3) == 0 {
		off, n = m.r.IntN(150), 1+m.r.IntN(80) // what an inode may hold
	}
	grow := func(size int) {
		if size > len(f.data) {
			f.data = append(f.data, make([]byte, size-len(f.data))...)
		}
	}
	switch m.r.IntN(8) {
	case 0:
		g.do("truncate", g.v.SysFtruncate(g.l, fd, int64(off)))
		grow(off)
		f.data = f.data[:off:off]
	case 1:
		if e, err := g.v.SysPosixFallocate(g.l, fd, int64(off), int64(n)); e != 0 || err != nil {
			g.t.Fatalf("fallocate: %d, %v", e, err)
		}
		grow(off + n)
	case 2:
		g.do("fdiscard", g.v.SysFdiscard(g.l, fd, int64(off), int64(n)))
		if off < len(f.data) {
			clear(f.data[off:min(off+n, len(f.data))])
		}
	case 3:
		g.do("fsync", g.v.SysFsync(g.l, fd))
	default:
		if m.r.IntN(2) == 0 {
			off = min(off, len(f.data)) // no gap
		}
		b := pattern(n, m.r.Uint32())
		if c, err := g.pwrite(fd, b, int64(off)); c != n || err != nil {
			g.t.Fatalf("write: %d, %v", c, err)
		}
		grow(off + n)
		copy(f.data[off:], b)
	}
}

// attr sets an extended attribute, or removes one. It may be that there is no
// room for it.
func (m *model) attr(g *guest) {
	p, ok := m.pick(abi.S_IFREG, abi.S_IFDIR)
	if !ok {
		return
	}
	f := m.files[p]
	n, done := g.attrs("/mnt" + p)
	defer done()
	name := "user.key" + strconv.Itoa(m.r.IntN(4))
	if m.r.IntN(4) == 0 {
		want := error(nil)
		if f.attrs[name] == nil {
			want = abi.ENODATA
		}
		if err := n.RemoveXattr(abi.EXTATTR_NAMESPACE_USER, name); err != want && err != abi.EOPNOTSUPP {
			g.t.Fatalf("%s: remove %s: %v", p, name, err)
		}
		delete(f.attrs, name)
		return
	}
	value := pattern(1+m.r.IntN([]int{30, 300, 1500, 30_000}[m.r.IntN(4)]), m.r.Uint32())
	switch err := n.SetXattr(abi.EXTATTR_NAMESPACE_USER, name, value); err {
	case nil:
		if f.attrs == nil {
			f.attrs = map[string][]byte{}
		}
		f.attrs[name] = value
	case abi.ENOSPC, abi.EOPNOTSUPP:
	default:
		g.t.Fatalf("%s: set %s to %d bytes: %v", p, name, len(value), err)
	}
}

// checkAttrs compares the extended attributes of a file.
func (m *model) checkAttrs(g *guest, p string) {
	g.t.Helper()
	n, done := g.attrs("/mnt" + p)
	defer done()
	names := 0
	g.do("list", n.ListXattr(abi.EXTATTR_NAMESPACE_USER, func(string) { names++ }))
	for name, want := range m.files[p].attrs {
		if got, err := n.Xattr(abi.EXTATTR_NAMESPACE_USER, name); err != nil || !bytes.Equal(got, want) {
			g.t.Fatalf("%s: %s: %v, %d bytes, want %d", p, name, err, len(got), len(want))
		}
	}
	if names != len(m.files[p].attrs) {
		g.t.Fatalf("%s has %d attributes, want %d", p, names, len(m.files[p].attrs))
	}
}

func (m *model) link(g *guest) {
	from, ok := m.pick(abi.S_IFREG)
	if !ok {
		return
	}
	to := m.fresh()
	g.do("link", g.v.SysLink(g.l, str("/mnt"+from), str("/mnt"+to)))
	m.files[to] = m.files[from]
}

func (m *model) rename(g *guest) {
	from, ok := m.pick(abi.S_IFREG, abi.S_IFDIR, abi.S_IFLNK)
	if !ok || from == "" {
		return
	}
	to := m.fresh()
	if m.r.IntN(3) == 0 {
		if over, ok := m.pick(m.files[from].kind); ok && over != "" && !m.hasKids(over) && m.files[over] != m.files[from] {
			to = over
		}
	}
	if to == from || strings.HasPrefix(to, from+"/") {
		return
	}
	g.do("rename", g.v.SysRename(g.l, str("/mnt"+from), str("/mnt"+to)))
	m.move(from, to)
}

func (m *model) remove(g *guest) {
	p, _ := m.pick(abi.S_IFREG, abi.S_IFDIR, abi.S_IFLNK)
	switch {
	case p == "" || m.hasKids(p):
		return
	case m.files[p].kind == abi.S_IFDIR:
		g.do("rmdir", g.v.SysRmdir(g.l, str("/mnt"+p)))
	default:
		g.do("unlink", g.v.SysUnlink(g.l, str("/mnt"+p)))
	}
	delete(m.files, p)
}

// check compares what is mounted with the model.
func (m *model) check(g *guest) {
	g.t.Helper()
	names := map[string][]string{}
	for p, f := range m.files {
		if p != "" {
			names[path.Dir(p)] = append(names[path.Dir(p)], path.Base(p))
		}
		if f.kind != abi.S_IFLNK {
			m.checkAttrs(g, p)
		}
		switch f.kind {
		case abi.S_IFREG:
			if got := g.take("/mnt" + p); !bytes.Equal(got, f.data) {
				g.t.Fatalf("%s: %d bytes, want %d, or others (first at %d)", p, len(got), len(f.data), differ(got, f.data))
			}
		case abi.S_IFLNK:
			if got, err := g.readlink("/mnt" + p); got != f.target || err != nil {
				g.t.Fatalf("%s: %q, %v", p, got, err)
			}
		}
	}
	for p, f := range m.files {
		if f.kind != abi.S_IFDIR {
			continue
		}
		got, want := g.list("/mnt"+p, 2000), names["/"+strings.TrimPrefix(p, "/")]
		got = slices.DeleteFunc(got, func(s string) bool { return s == "lost+found" })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			g.t.Fatalf("%q holds %d names, want %d", p, len(got), len(want))
		}
	}
}

func differ(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func TestModel(t *testing.T) {
	rounds, steps := 5, 250
	if testing.Short() {
		rounds, steps = 2, 150
	}
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 96<<20, append(slices.Clone(f.args), "-N", "8000")...)
			g := boot(t, image, kernel.Config{})
			m := newModel(uint64(len(f.name)) + 7)
			for range rounds {
				g.mount(0)
				for range steps {
					m.step(g)
				}
				m.check(g)
				g.unmount()
				fsck(t, image)
			}
			g.mount(abi.MNT_RDONLY)
			m.check(g)
			g.unmount()
			m.checkByHost(t, image)
		})
	}
}

// checkByHost compares what the host's own driver reads, if it can mount.
func (m *model) checkByHost(t *testing.T, image string) {
	dir := t.TempDir()
	if !hasLoop(t, image, dir, "ro") {
		t.Log("no loop mounts here")
		return
	}
	defer run(t, nil, "umount", dir)
	for p, f := range m.files {
		name := filepath.Join(dir, p)
		switch f.kind {
		case abi.S_IFREG:
			if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, f.data) {
				t.Fatalf("the host reads %s: %v, or other bytes", p, err)
			}
		case abi.S_IFLNK:
			if got, err := os.Readlink(name); got != f.target || err != nil {
				t.Fatalf("the host reads link %s: %q, %v", p, got, err)
			}
		default:
			if st, err := os.Stat(name); err != nil || !st.IsDir() {
				t.Fatalf("the host: %s: %v", p, err)
			}
		}
	}
}
