package main

// Where things are: the kernel's module, the table in it, the module that a
// folder belongs to.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/gen/resolve"
)

// goCommand runs the go command in a folder and returns what it printed.
func goCommand(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// kernelModule returns the folder of this project's module, as the module in
// the working directory sees it.
func kernelModule() (string, error) {
	dir, err := goCommand(".", "list", "-m", "-f", "{{.Dir}}", emit.Module)
	if err != nil {
		return "", fmt.Errorf("the module here does not require %s (mend: go get %s): %w", emit.Module, emit.Module, err)
	}
	if dir == "" {
		return "", fmt.Errorf("the source of %s is not here (mend: go mod download %s)", emit.Module, emit.Module)
	}
	return dir, nil
}

// nativeTable reads the table of the module at dir.
func nativeTable(dir string) (*master.Table, error) {
	const name = "syscalls.master"
	src, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	return master.Parse(name, src, master.Native())
}

// inModule returns the root of the module that dir lies in, or will when it is
// made, and the import path of dir.
func inModule(dir string) (root, importPath string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	for root = abs; ; root = filepath.Dir(root) {
		mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			rel, err := filepath.Rel(root, abs)
			return root, path.Join(modfile.ModulePath(mod), filepath.ToSlash(rel)), err
		}
		if root == filepath.Dir(root) {
			return "", "", fmt.Errorf("%s is in no module (mend: go mod init, or another -o)", abs)
		}
	}
}

// packageName is the package of a selection's kernel: vfsnet.
func packageName(selection string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(selection))
}

// programName is the program of a selection's kernel: rump-vfs-net.
func programName(selection string) string {
	return "rump-" + strings.NewReplacer(",", "-", "/", "_", ".", "_", ":", "_").Replace(selection)
}

// place says where the kernel goes: its folder below the module's root, and
// its names.
func place(k *emit.Kernel, dir, importPath, pkg string) {
	k.Dir, k.ImportPath, k.Package = dir, importPath, pkg
	k.Program = programName(k.Selection)
}

// standardDir is the folder of a standard selection's kernel, "" for another
// selection.
func standardDir(selection string) string {
	if !slices.Contains(resolve.Standard, selection) {
		return ""
	}
	return "tailored/" + packageName(selection)
}
