package memfs

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

func newFS(t testing.TB, c Config) (*FS, *vnode.Vnode) {
	t.Helper()
	m := new(vnode.Mount)
	now := int64(0)
	c.Now = func() int64 { now++; return now }
	if c.Mem == nil {
		c.Mem = memlimit.New(0)
	}
	fs, err := New(m, c)
	if err != nil {
		t.Fatal(err)
	}
	root, err := fs.Root()
	if err != nil {
		t.Fatal(err)
	}
	m.Root = root
	return fs, root
}

func create(t testing.TB, dir *vnode.Vnode, name string, mode uint32) *vnode.Vnode {
	t.Helper()
	vp, err := dir.Node.(vnode.Editor).Create(name, vnode.NewNode{Mode: mode})
	if err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	return vp
}

// TestData plays random changes on a file and on a plain slice. Offsets lie
// around the borders of chunks and of the table.
func TestData(t *testing.T) {
	const span = 3 * chunkSize
	rapid.Check(t, func(t *rapid.T) {
		mem := memlimit.New(0)
		fs := &FS{mem: mem}
		var d data
		base := rapid.SampledFrom([]int64{0, nearChunks*chunkSize - chunkSize - 100, 1 << 40}).Draw(t, "base")
		var model []byte
		grow := func(n int) {
			if n > len(model) {
				model = append(model, make([]byte, n-len(model))...)
			}
		}
		offset := rapid.IntRange(0, span)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			off := offset.Draw(t, "off")
			n := rapid.IntRange(1, span-off+1).Draw(t, "n")
			switch rapid.IntRange(0, 2).Draw(t, "op") {
			case 0:
				p := bytes.Repeat([]byte{byte(n%255 + 1)}, n)
				if err := d.writeAt(fs, p, base+int64(off)); err != nil {
					t.Fatal(err)
				}
				grow(off + n)
				copy(model[off:], p)
			case 1:
				d.truncate(fs, base+int64(off))
				grow(off)
				model = model[:off]
			case 2:
				if end := min(int64(off+n), int64(len(model))); int64(off) < end {
					d.zero(fs, base+int64(off), base+end)
					clear(model[off:end])
				}
			}
			got := make([]byte, span+10)
			k := d.readAt(got, base)
			if !bytes.Equal(got[:k], model) {
				t.Fatalf("%d bytes, the model has %d, or they differ", k, len(model))
			}
			if d.space != mem.Used() || d.space != held(&d) {
				t.Fatalf("space %d, charged %d, held %d", d.space, mem.Used(), held(&d))
			}
		}
		d.truncate(fs, 0)
		if mem.Used() != 0 || d.space != 0 {
			t.Fatalf("%d bytes charged for nothing", mem.Used())
		}
	})
}

// held counts the bytes of all chunks.
func held(d *data) (n int64) {
	for _, c := range d.near {
		n += int64(len(c))
	}
	for _, c := range d.far {
		n += int64(len(c))
	}
	return n
}

// TestFullWrite runs out of space in the middle of a write: the file stays as
// it was.
func TestFullWrite(t *testing.T) {
	_, root := newFS(t, Config{MaxBytes: 100 << 10})
	vp := create(t, root, "f", abi.S_IFREG|0o644)
	f, _ := vp.File()
	if n, err := f.WriteAt(make([]byte, 1000), 0); n != 1000 || err != nil {
		t.Fatal(n, err)
	}
	before, _ := vp.Stat()
	if n, err := f.WriteAt(make([]byte, 1<<20), 500); n != 0 || err != abi.ENOSPC {
		t.Errorf("%d, %v", n, err)
	}
	if st, _ := vp.Stat(); st.Size != 1000 || st.Mtim != before.Mtim {
		t.Errorf("size %d, changed %v", st.Size, st.Mtim)
	}
	if n, err := f.WriteAt(make([]byte, 60<<10), 1000); n != 60<<10 || err != nil {
		t.Errorf("a smaller one: %d, %v", n, err)
	}
}

// TestDirectory adds and removes many entries: the order stays, the gaps go.
func TestDirectory(t *testing.T) {
	fs, root := newFS(t, Config{})
	ed := root.Node.(vnode.Editor)
	var want []string
	for i := range 1000 {
		name := fmt.Sprint(i)
		create(t, root, name, abi.S_IFREG|0o644).Unref()
		if i%10 == 0 {
			want = append(want, name)
		}
	}
	for i := range 1000 {
		if i%10 == 0 {
			continue
		}
		d, _ := root.Dir()
		vp, err := d.Lookup(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if err := ed.Remove(fmt.Sprint(i), vp); err != nil {
			t.Fatal(err)
		}
		vp.Unref()
	}
	var got []string
	d, _ := root.Dir()
	if err := d.ReadDir(cookieFirst, func(e vnode.Entry) bool { got = append(got, e.Name); return true }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d left, want %d, in order", len(got), len(want))
	}
	if n := len(fs.root.dir.order); n > 250 {
		t.Errorf("%d slots for %d entries", n, len(want))
	}
	if n := fs.nodes.Load(); n != 101 {
		t.Errorf("%d nodes", n)
	}
}

func TestLinkMax(t *testing.T) {
	_, root := newFS(t, Config{})
	vp := create(t, root, "f", abi.S_IFREG|0o644)
	ed := root.Node.(vnode.Editor)
	for i := 1; i < abi.LINK_MAX; i++ {
		if err := ed.Link(fmt.Sprint(i), vp); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := ed.Link("more", vp); err != abi.EMLINK {
		t.Errorf("one more link: %v", err)
	}
}

func TestCharges(t *testing.T) {
	mem := memlimit.New(0)
	fs, root := newFS(t, Config{Mem: mem})
	empty := mem.Used()
	ed := root.Node.(vnode.Editor)
	ln, err := ed.Create("ln", vnode.NewNode{Mode: abi.S_IFLNK | 0o777, Target: "somewhere"})
	if err != nil {
		t.Fatal(err)
	}
	f := create(t, root, "f", abi.S_IFREG|0o644)
	w, _ := f.File()
	if _, err := w.WriteAt(make([]byte, 100000), 5); err != nil {
		t.Fatal(err)
	}
	for name, vp := range map[string]*vnode.Vnode{"ln": ln, "f": f} {
		if err := ed.Remove(name, vp); err != nil {
			t.Fatal(err)
		}
	}
	if mem.Used() <= empty+100000 {
		t.Errorf("%d bytes charged for an open file", mem.Used()-empty)
	}
	ln.Unref()
	f.Unref()
	if mem.Used() != empty {
		t.Errorf("%d bytes charged for nothing", mem.Used()-empty)
	}
	_ = fs.Unmount(false)
	if mem.Used() != 0 {
		t.Errorf("%d bytes charged after the unmount", mem.Used())
	}
}
