package emit

import (
	"bytes"
	"flag"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
)

var update = flag.Bool("update", false, "write the golden files")

// miniTable is a table with one row of each shape.
func miniTable(t *testing.T) *master.Table {
	t.Helper()
	table, err := master.ParseFile("testdata/mini.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// miniKernel is a kernel with a base and two parts; a third one would serve
// what they do not.
func miniKernel(t *testing.T) *Kernel {
	t.Helper()
	table := miniTable(t)
	base := &Part{Path: KernelPath, Package: "kernel", Name: BaseName, Result: Type{Pkg: KernelPath, Name: "Base"}, Pointer: true}
	vfs := &Part{
		Path: Module + "/factions/vfs", Package: "vfs", Name: "vfs", Detach: true,
		Needs:  []Need{{Param: "b", Part: KernelPath}},
		Result: Type{Pkg: Module + "/factions/vfs", Name: "VFS"}, Pointer: true,
	}
	fs := &Part{
		Path: "example.com/go-fs/v2", Package: "fs", Name: "example.com/go-fs/v2", Detach: true,
		Needs: []Need{{Param: "v", Part: vfs.Path}, {Param: "b", Part: KernelPath}},
	}
	p := &Part{Path: "example.com/p", Package: "p", Name: "example.com/p", Needs: []Need{{Param: "b", Part: KernelPath}}}
	serve(t, table, base, 0, 1, 8)
	serve(t, table, vfs, 2, 3, 4, 5, 6, 7)
	k := &Kernel{Selection: "vfs,example.com/go-fs/v2", Parts: []*Part{base, vfs, fs, p}, Table: table, Providers: make([]string, len(table.Entries))}
	k.Dir, k.ImportPath, k.Package, k.Program = "tailored/mini", Module+"/tailored/mini", "mini", "rump-mini"
	k.Providers[10] = "net"
	return k
}

// serve lets a part serve rows.
func serve(t *testing.T, table *master.Table, p *Part, nums ...int) {
	t.Helper()
	for _, n := range nums {
		e := &table.Entries[n]
		sig, err := Signature(e)
		if err != nil {
			t.Fatal(err)
		}
		p.Handlers = append(p.Handlers, Handler{Entry: e, Method: e.GoName, Sig: sig, Pos: token.Position{Filename: "x.go", Line: 1}})
	}
}

func TestKernelFiles(t *testing.T) {
	files, err := KernelFiles(miniKernel(t))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, files)
	again, err := KernelFiles(miniKernel(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		if !bytes.Equal(files[i].Data, again[i].Data) {
			t.Errorf("%s comes out differently the second time", files[i].Path)
		}
	}
}

func TestSysent(t *testing.T) {
	files, err := Sysent(&Input{Table: miniTable(t)})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, files)
}

// golden is goldenText for files of Go, which have a header.
func golden(t *testing.T, files []File) {
	t.Helper()
	goldenText(t, files)
	for _, f := range files {
		if !strings.HasPrefix(string(f.Data), "// "+Header+"\n") {
			t.Errorf("%s does not begin with the header", f.Path)
		}
	}
}

// goldenText compares files with those in testdata/golden, or writes these.
func goldenText(t *testing.T, files []File) {
	t.Helper()
	for _, f := range files {
		name := filepath.Join("testdata/golden", strings.ReplaceAll(f.Path, "/", "_")+".txt")
		if *update {
			if err := os.WriteFile(name, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(f.Data, want) {
			t.Errorf("%s is not %s (go test ./gen/emit -update, then look at the difference)", f.Path, name)
		}
	}
}

func TestMembers(t *testing.T) {
	part := func(path, pkg, name, typ string) *Part {
		return &Part{Path: path, Package: pkg, Name: name, Result: Type{Pkg: path, Name: typ}}
	}
	parts := []*Part{
		part("m/vfs", "vfs", "vfs", "VFS"),
		part("m/vfs/tmpfs", "tmpfs", "vfs/tmpfs", "FS"),
		part("m/net/local", "local", "net/local", "Local"),
		part("m/dev/pad", "pad", "dev/pad", "Device"),
		part("m/vfs/pad", "pad", "vfs/pad", "Device"),
		part("m/sysctl", "sysctl", "sysctl", "Sysctl"),
		part("m/none", "none", "none", ""),
	}
	want := map[string]member{
		"m/vfs":       {"vfs", "VFS"},
		"m/vfs/tmpfs": {"tmpfs", "Tmpfs"},
		"m/net/local": {"local", "Local"},
		"m/dev/pad":   {"devPad", "DevPad"},
		"m/vfs/pad":   {"vfsPad", "VfsPad"},
		"m/sysctl":    {"sysctlPart", "SysctlPart"},
	}
	got := members(&Kernel{Parts: parts})
	for path, w := range want {
		if got[path] != w {
			t.Errorf("%s: %v, want %v", path, got[path], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
