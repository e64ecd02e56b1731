package resolve

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

const fixtures = emit.Module + "/gen/resolve/testdata"

// tree loads the parts under testdata once: it takes a second.
var tree = sync.OnceValues(func() (*Tree, error) {
	table, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		return nil, err
	}
	return Load(Config{
		Dir: ".", Table: table, Base: fixtures + "/kernel", Factions: fixtures + "/parts", Patterns: packagesBelow("testdata/parts"),
	}, fixtures+"/foreign/good")
})

// packagesBelow lists the folders with Go files below dir: wildcards of the go
// command do not look into testdata.
func packagesBelow(dir string) []string {
	var pkgs []string
	_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if filepath.Ext(file) == ".go" {
			pkgs = append(pkgs, path.Join(emit.Module+"/gen/resolve", filepath.ToSlash(filepath.Dir(file))))
		}
		return err
	})
	return slices.Compact(pkgs)
}

func load(t *testing.T) *Tree {
	t.Helper()
	tr, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// names lists the parts of a kernel in attach order.
func names(k *emit.Kernel) string {
	var list []string
	for _, p := range k.Parts {
		list = append(list, strings.TrimPrefix(p.Name, fixtures+"/"))
	}
	return strings.Join(list, " ")
}

func TestSelect(t *testing.T) {
	good := fixtures + "/foreign/good"
	tests := []struct{ selection, canonical, parts string }{
		{"base", "base", "base"},
		{"", "base", "base"},
		{"vfs", "vfs", "base vfs vfs/tmpfs"},
		{" base, vfs ", "vfs", "base vfs vfs/tmpfs"},
		{"net", "net", "base net net/inet net/inet/six"},
		{"dev", "dev", "base dev dev/rnd"},
		{"net,vfs", "vfs,net", "base vfs net vfs/tmpfs net/inet net/inet/six net/local"},
		{"dev,vfs", "vfs,dev", "base vfs dev vfs/tmpfs dev/nodes dev/rnd"},
		{"all", "all", "base vfs net dev sem vfs/tmpfs net/inet net/inet/six net/local dev/nodes dev/rnd"},
		{"vfs,net,dev", "vfs,net,dev", "base vfs net dev vfs/tmpfs net/inet net/inet/six net/local dev/nodes dev/rnd"},
		// A part of no faction comes with all, or when it is named.
		{"sem", "sem", "base sem"},
		{"sem,vfs", "vfs,sem", "base vfs sem vfs/tmpfs"},
		// A component brings its faction, and nothing else of it.
		{"vfs/tmpfs", "vfs/tmpfs", "base vfs vfs/tmpfs"},
		{"vfs/memfs", "vfs/memfs", "base vfs vfs/memfs"},
		{"net/inet/six", "net/inet/six", "base net net/inet net/inet/six"},
		{"vfs/tmpfs,net/inet", "vfs/tmpfs,net/inet", "base vfs net vfs/tmpfs net/inet"},
		{"net/local,vfs/tmpfs", "net/local,vfs/tmpfs", "base vfs net vfs/tmpfs net/local"},
		// What must be named is chosen when it is, besides the defaults.
		{"vfs,vfs/memfs", "vfs,vfs/memfs", "base vfs vfs/memfs vfs/tmpfs"},
		// An alternative takes the place of the default.
		{"net,net/lwip", "net,net/lwip", "base net net/lwip net/inet/six"},
		// Parts of other modules, and ours by their import path.
		{"vfs," + good, "vfs," + good, "base vfs vfs/tmpfs foreign/good"},
		{fixtures + "/parts/vfs", "vfs", "base vfs vfs/tmpfs"},
	}
	for _, tt := range tests {
		k, err := load(t).Select(tt.selection)
		if err != nil {
			t.Errorf("%q: %v", tt.selection, err)
			continue
		}
		if got := names(k); got != tt.parts {
			t.Errorf("%q:\n got %s\nwant %s", tt.selection, got, tt.parts)
		}
		if k.Selection != tt.canonical {
			t.Errorf("%q is %q, want %q", tt.selection, k.Selection, tt.canonical)
		}
	}
}

func TestHandlers(t *testing.T) {
	k, err := load(t).Select("all")
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]string{5: "vfs", 10: "vfs", 14: "base", 20: "base", 106: "net"}
	for num, row := range k.Served() {
		switch {
		case row == nil && want[num] != "":
			t.Errorf("row %d is not served, want %s", num, want[num])
		case row != nil && row.Part.Name != want[num]:
			t.Errorf("row %d is served by %s, want %q", num, row.Part.Name, want[num])
		case row != nil && (row.Pos.Line == 0 || !fileExists(row.Pos.Filename)):
			t.Errorf("row %d: handler at %v", num, row.Pos)
		}
	}
	if k.RumpRows() != len(want) {
		t.Errorf("%d rows, want %d", k.RumpRows(), len(want))
	}
}

func TestProviders(t *testing.T) {
	k, err := load(t).Select("net")
	if err != nil {
		t.Fatal(err)
	}
	for num, want := range map[int]string{5: "vfs", 10: "vfs", 20: "", 106: "", 36: "", 3: ""} {
		if got := k.Providers[num]; got != want {
			t.Errorf("row %d: provider %q, want %q", num, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	good := fixtures + "/foreign/good"
	tests := []struct {
		selection string
		// want must be in the error, in this order.
		want []string
	}{
		{"vsf", []string{"selection:1:1", `no faction "vsf"`, "mend: did you mean vfs?"}},
		{"net,vfs/tmpsf", []string{"selection:1:5", `no component "vfs/tmpsf"`, "did you mean vfs/tmpfs?"}},
		{"net/local", []string{"testdata/parts/net/local/local.go:13:6", "part net/local needs part vfs (v *vfs.VFS)", "mend: select vfs,net/local"}},
		{"dev/nodes", []string{"testdata/parts/dev/nodes/nodes.go:10:6", "part dev/nodes needs part vfs", "mend: select vfs,dev/nodes"}},
		{good, []string{"testdata/foreign/good/good.go:16:6", "needs part vfs", "mend: select vfs," + good}},
		{"vfs,dev/twice", []string{"testdata/parts/dev/twice/twice.go:17:15", "parts vfs and dev/twice both serve row 10 (unlink), by method SysUnlink", "mend: select one of them"}},
		{"dev/norow", []string{"testdata/parts/dev/norow/norow.go:16:15", "SysLissten", "no row of", "did you mean SysListen, row 106?"}},
		{"dev/compat", []string{"testdata/parts/dev/compat/compat.go:17:16", "Compat50Utimes of part dev/compat breaks the rule", "did you mean Compat50SysUtimes, row 138?"}},
		{"dev/wrong", []string{"testdata/parts/dev/wrong/wrong.go:17:15", "wrong signature for row 15",
			"found:    SysChmod(l *proc.LWP, path usermem.String, mode int) error",
			"expected: SysChmod(l *proc.LWP, path usermem.String, mode uint32) error"}},
		{"dev/attach0", []string{"testdata/parts/dev/attach0/attach0.go:12:6", "does not return an error last: func Attach(b *kernel.Base)", "mend: declare func Attach"}},
		{"dev/attach1", []string{"testdata/parts/dev/attach1/attach1.go:12:6", "needs nothing"}},
		{"dev/attach2", []string{"testdata/parts/dev/attach2/attach2.go:12:6", "neither a named type nor a pointer"}},
		{"dev/orphan", []string{"testdata/parts/dev/orphan/orphan.go:15:6", "needs n *orphan.Nobody, and no part's Attach returns that"}},
		{"dev/detach", []string{"testdata/parts/dev/detach/detach.go:15:6", "Detach of part dev/detach", "mend: declare func Detach(*kernel.Base)"}},
		{"dev/consts", []string{"testdata/parts/dev/consts/consts.go:12:7", "Doc of part dev/consts is not a constant of type string"}},
		{"dev/broken", []string{"testdata/parts/dev/broken/broken.go:12:44", "does not compile: undefined: undefined", "mend: make go build"}},
		{"round/a,round/b", []string{"testdata/parts/round/a/a.go:", "in a circle: round/a needs round/b needs round/a"}},
		{"net/inet,net/lwip", []string{"testdata/parts/net/lwip/lwip.go:16:6", "takes the place of net/inet, and both are selected"}},
	}
	for _, tt := range tests {
		_, err := load(t).Select(tt.selection)
		if err == nil {
			t.Errorf("%s: no error", tt.selection)
			continue
		}
		rest := err.Error()
		for _, want := range tt.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%s:\n%v\nlacks %q", tt.selection, err, want)
				break
			}
			rest = after
		}
		if len(Problems(err)) == 0 {
			t.Errorf("%s: an error without position and mend: %v", tt.selection, err)
		}
	}
}

// TestNoPart checks that a package that is no part cannot be chosen.
func TestNoPart(t *testing.T) {
	_, err := Load(load(t).cfg, fixtures+"/foreign/nopart")
	if err == nil || !strings.Contains(err.Error(), "nopart.go:1:1: package "+fixtures+"/foreign/nopart is no part") {
		t.Errorf("error %v", err)
	}
}

// FuzzSelect checks that no selection does worse than an error.
func FuzzSelect(f *testing.F) {
	for _, s := range []string{"all", "vfs,net", "vfs/tmpfs", ",,", "round/a,round/b", "net,net/lwip,net/inet", "./x", "../", "all,base,all"} {
		f.Add(s)
	}
	tr, err := tree()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, selection string) {
		k, err := tr.Select(selection)
		if (k == nil) == (err == nil) {
			t.Fatalf("%v, %v", k, err)
		}
		if k == nil {
			return
		}
		again, err := tr.Select(k.Selection)
		if err != nil || again.Selection != k.Selection || names(again) != names(k) {
			t.Errorf("%q is %q (%s), and that is %v", selection, k.Selection, names(k), err)
		}
	})
}

func TestImportPaths(t *testing.T) {
	got := ImportPaths("vfs, net/inet,example.com/x/part ,./mine")
	if want := []string{"example.com/x/part", "./mine"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
