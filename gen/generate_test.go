package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/emit"
)

// TestFresh checks that the committed files are what the generators write.
func TestFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all parts")
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"generate", "-check"}, &stdout, &stderr); code != 0 {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

// write makes files below dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, data := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGenerator(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"kernel/zsame.go": "same", "kernel/zold.go": "old",
		"tailored/vfs/zkernel.go": "kept", "tailored/gone/zkernel.go": "nothing makes this", "tailored/doc.go": "by hand",
	})
	files := []emit.File{
		{Path: "kernel/zsame.go", Data: []byte("same")}, {Path: "kernel/zold.go", Data: []byte("new")},
		{Path: "kernel/sub/znew.go", Data: []byte("new")}, {Path: "tailored/vfs/zkernel.go", Data: []byte("kept")},
	}
	handle := func(check bool) []string {
		g := &generator{dir: dir, stdout: io.Discard, check: check, made: make(map[string]bool)}
		if err := g.output("test", files); err != nil {
			t.Fatal(err)
		}
		if err := g.orphans(); err != nil {
			t.Fatal(err)
		}
		return g.stale
	}
	stale := []string{"kernel/zold.go", "kernel/sub/znew.go", "tailored/gone/zkernel.go (nothing makes it)"}
	for range 2 {
		if got := handle(true); !slices.Equal(got, stale) {
			t.Errorf("checking: stale %q, want %q", got, stale)
		}
	}
	if got := handle(false); !slices.Equal(got, stale) {
		t.Errorf("writing: stale %q, want %q", got, stale)
	}
	if got := handle(true); len(got) != 0 {
		t.Errorf("after writing: stale %q", got)
	}
	for name, want := range map[string]string{"kernel/zold.go": "new", "kernel/sub/znew.go": "new", "tailored/doc.go": "by hand"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "tailored/gone/zkernel.go")); err == nil {
		t.Error("what nothing makes is still there")
	}
}

func TestNames(t *testing.T) {
	tests := []struct{ selection, pkg, program, dir string }{
		{"base", "base", "rump-base", "tailored/base"},
		{"vfs,net", "vfsnet", "rump-vfs-net", "tailored/vfsnet"},
		{"all", "all", "rump-all", "tailored/all"},
		{"vfs/tmpfs,net/inet", "vfstmpfsnetinet", "rump-vfs_tmpfs-net_inet", ""},
		{"example.com/x", "examplecomx", "rump-example_com_x", ""},
	}
	for _, tt := range tests {
		if got := packageName(tt.selection); got != tt.pkg {
			t.Errorf("%s: package %s, want %s", tt.selection, got, tt.pkg)
		}
		if got := programName(tt.selection); got != tt.program {
			t.Errorf("%s: program %s, want %s", tt.selection, got, tt.program)
		}
		if got := standardDir(tt.selection); got != tt.dir {
			t.Errorf("%s: folder %q, want %q", tt.selection, got, tt.dir)
		}
	}
}

func TestInModule(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"go.mod": "module example.com/m\n"})
	root, path, err := inModule(filepath.Join(dir, "a/b"))
	if err != nil || root != dir || path != "example.com/m/a/b" {
		t.Errorf("%s, %s, %v", root, path, err)
	}
	if _, _, err := inModule("/"); err == nil || !strings.Contains(err.Error(), "mend:") {
		t.Errorf("outside any module: %v", err)
	}
}

func TestKernelUsage(t *testing.T) {
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"kernel"}, 2, "a SELECTION"},
		{[]string{"kernel", "-list", "vsf"}, 1, "did you mean vfs?"},
		{[]string{"generate", "now"}, 2, "no arguments"},
		{[]string{"kernle"}, 2, `did you mean "kernel"?`},
	}
	for _, tt := range tests {
		var stdout, stderr bytes.Buffer
		if code := run(tt.args, &stdout, &stderr); code != tt.code || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: exit %d, %s", tt.args, code, stderr.String())
		}
	}
}
