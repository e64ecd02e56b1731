package vnode

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// TestNameTable has a table and a map agree, with names on both sides of what
// an entry holds itself, in several directories.
func TestNameTable(t *testing.T) {
	type key struct {
		dir  *Vnode
		name string
	}
	table, want := nameTable{seed: 3}, map[key]*nameEntry{}
	dirs := []*Vnode{new(Vnode), new(Vnode), new(Vnode)}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60_000 {
		k := key{dirs[r.IntN(len(dirs))], strconv.Itoa(r.IntN(3000))}
		k.name += strings.Repeat("x", 31*r.IntN(2)-min(len(k.name), 1)*r.IntN(2)+1)
		if r.IntN(50) == 0 {
			k.name = strings.Repeat("y", 29+r.IntN(5))
		}
		got := table.find(k.dir, k.name)
		if got != want[k] {
			t.Fatalf("step %d: %q is %v, want %v", i, k.name, got, want[k])
		}
		switch {
		case got == nil:
			e := newNameEntry(k.dir, k.name, nil)
			table.add(e, k.name)
			want[k] = e
		case r.IntN(2) == 0:
			table.remove(got)
			delete(want, k)
		}
		if table.count != len(want) {
			t.Fatalf("step %d: %d entries, want %d", i, table.count, len(want))
		}
	}
}

// TestNameTableSpread: chains stay short.
func TestNameTableSpread(t *testing.T) {
	for _, name := range []func(i int) string{
		strconv.Itoa,
		func(i int) string { return "a-rather-long-name-with-a-number-" + strconv.Itoa(i) },
		func(i int) string { return strings.Repeat("a", i%200) + strconv.Itoa(i/200) },
	} {
		table, dir := nameTable{seed: 0x1234567}, new(Vnode)
		for i := range 20_000 {
			table.add(newNameEntry(dir, name(i), nil), name(i))
		}
		for i, s := range table.slots {
			if far := (i - int(s.hash)) & (len(table.slots) - 1); s.e != nil && far > 300 {
				t.Errorf("%d slots from where it belongs: a name like %q", far, name(12345))
			}
		}
	}
}

// TestNameEntrySize: entries do not lie across more lines than they must, and what
// a search looks at is in one.
func TestNameEntrySize(t *testing.T) {
	if e := (nameEntry{}); unsafe.Sizeof(e) != 128 || unsafe.Offsetof(e.short)+unsafe.Sizeof(e.short) > 64 {
		t.Errorf("%d bytes, the name ends at %d", unsafe.Sizeof(e), unsafe.Offsetof(e.short)+unsafe.Sizeof(e.short))
	}
}
