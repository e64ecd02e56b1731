package main

// The kernel subcommand: one kernel, of any selection, in any module.

import (
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/resolve"
)

// kernelFlags are the flags of the kernel subcommand.
type kernelFlags struct {
	out, pkg string
	list     bool
}

func kernelCommand(fs *flag.FlagSet) func([]string, io.Writer) error {
	f := &kernelFlags{}
	fs.StringVar(&f.out, "o", "", "write the package to `folder` (default: its place under tailored/)")
	fs.StringVar(&f.pkg, "pkg", "", "name the package `name` (default: the folder's)")
	fs.BoolVar(&f.list, "list", false, "only print what the kernel would hold; without a selection, the parts there are")
	return f.run
}

func (f *kernelFlags) run(args []string, stdout io.Writer) error {
	selection := strings.Join(args, ",")
	if selection == "" && !f.list {
		return fmt.Errorf("%w: a SELECTION such as vfs,net or vfs/tmpfs,net/inet or all", errUsage)
	}
	dir, err := kernelModule()
	if err != nil {
		return err
	}
	table, err := nativeTable(dir)
	if err != nil {
		return err
	}
	tree, err := resolve.Load(resolve.Config{Dir: ".", Table: table}, resolve.ImportPaths(selection)...)
	if err != nil {
		return err
	}
	if selection == "" {
		return listParts(stdout, tree.Parts())
	}
	k, err := tree.Select(selection)
	if err != nil {
		return fmt.Errorf("no kernel of %s:\n%w", selection, err)
	}
	if !f.list {
		if err := f.write(k, dir, stdout); err != nil {
			return err
		}
	}
	return reportKernel(stdout, k)
}

// write writes the kernel's package. dir is the root of this project's module.
func (f *kernelFlags) write(k *emit.Kernel, dir string, stdout io.Writer) error {
	out := f.out
	if std := standardDir(k.Selection); out == "" && std != "" && isHere(dir) {
		out = filepath.Join(dir, std)
	}
	if out == "" {
		return errors.New("no folder to write to (mend: -o FOLDER, in the module that will import it)")
	}
	root, importPath, err := inModule(out)
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil {
		return err
	}
	pkg := f.pkg
	if pkg == "" {
		pkg = packageName(filepath.Base(abs))
	}
	if !token.IsIdentifier(pkg) {
		return fmt.Errorf("%q cannot be a package's name (mend: -pkg NAME)", pkg)
	}
	place(k, filepath.ToSlash(rel), importPath, pkg)
	if err := writeKernel(root, k); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "package %s, program %s/%s\n", importPath, importPath, k.Program)
	return nil
}

// writeKernel writes the files of a kernel below root, and removes the main
// package of another selection that was there before.
func writeKernel(root string, k *emit.Kernel) error {
	files, err := emit.KernelFiles(k)
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := writeFile(root, file); err != nil {
			return err
		}
	}
	mains, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(k.Dir), "rump-*", "zmain.go"))
	if err != nil {
		return err
	}
	for _, file := range mains {
		if dir := filepath.Dir(file); filepath.Base(dir) != k.Program {
			if err := errors.Join(os.Remove(file), os.Remove(dir)); err != nil {
				return err
			}
		}
	}
	return nil
}

// isHere tells whether dir encloses the working directory.
func isHere(dir string) bool {
	wd, err := os.Getwd()
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, wd)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}
