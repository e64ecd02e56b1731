package main

// The generate subcommand: all generated files that are committed.

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/resolve"
)

// outputs lists the emitters of committed files.
func outputs() []emit.Output {
	return []emit.Output{
		{Name: "numbers and rows", Files: emit.Sysent},
		{Name: "client stubs", Files: emit.Stubs},
		{Name: "C client", Files: emit.CStubs},
		{Name: "trace tables", Files: emit.Trace},
		{Name: "kernels", Parts: true, Files: emit.StandardKernels},
		{Name: "reference", Parts: true, Files: emit.Docs},
	}
}

// generateFlags are the flags of the generate subcommand.
type generateFlags struct {
	check, deps bool
}

func generateCommand(fs *flag.FlagSet) func([]string, io.Writer) error {
	f := &generateFlags{}
	fs.BoolVar(&f.check, "check", false, "write nothing, but say which files are out of date, and fail if any is")
	fs.BoolVar(&f.deps, "deps", true, "link the kernels too, to list what they hold and how big they are")
	return f.run
}

func (f *generateFlags) run(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: no arguments, not %q", errUsage, args)
	}
	dir, err := kernelModule()
	if err != nil {
		return err
	}
	if !isHere(dir) {
		return fmt.Errorf("the generated files of %s are in %s, which is not here (mend: run this there)", emit.Module, dir)
	}
	g := &generator{dir: dir, stdout: stdout, check: f.check, noDeps: !f.deps}
	return g.all()
}

// generator writes, or checks, the generated files of the module at dir.
type generator struct {
	dir    string
	stdout io.Writer
	check  bool
	noDeps bool
	// library is the kernel that rumpctl holds, nil if there is none.
	library *emit.Kernel
	// made are the paths of the files that belong; stale what is out of date.
	made  map[string]bool
	stale []string
}

// all handles every file. What one emitter cannot make does not keep the
// others from their work.
func (g *generator) all() error {
	g.made = make(map[string]bool)
	table, err := nativeTable(g.dir)
	if err != nil {
		return err
	}
	in := &emit.Input{Table: table}
	errs := g.outputs(in, false)
	err = g.resolve(in)
	errs = append(errs, err)
	errs = append(errs, g.outputs(in, true)...)
	if g.library != nil {
		errs = append(errs, g.imageKernel())
	}
	if !g.noDeps {
		errs = append(errs, g.deps(in.Kernels))
	}
	if err == nil {
		errs = append(errs, g.orphans())
	}
	if len(g.stale) > 0 && g.check {
		errs = append(errs, fmt.Errorf("out of date:\n\t%s\n\tmend: go tool mage generate", strings.Join(g.stale, "\n\t")))
	}
	return errors.Join(errs...)
}

// outputs runs the emitters that look at parts, or those that do not.
func (g *generator) outputs(in *emit.Input, parts bool) []error {
	var errs []error
	for _, out := range outputs() {
		if out.Parts != parts {
			continue
		}
		files, err := out.Files(in)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", out.Name, err))
			continue
		}
		errs = append(errs, g.output(out.Name, files))
	}
	return errs
}

// resolve reads the parts and resolves the standard kernels.
func (g *generator) resolve(in *emit.Input) error {
	tree, err := resolve.Load(resolve.Config{Dir: g.dir, Table: in.Table})
	if err != nil {
		return err
	}
	in.Parts = tree.Parts()
	var failed, why []string
	if g.library, err = selectImageKernel(tree); err != nil {
		failed, why = append(failed, strconv.Quote(imageSelection)), append(why, err.Error())
	}
	for _, selection := range resolve.Standard {
		k, err := tree.Select(selection)
		if err != nil {
			failed = append(failed, strconv.Quote(selection))
			for _, p := range resolve.Problems(err) {
				why = append(why, p.Error())
			}
			continue
		}
		dir := standardDir(selection)
		place(k, dir, emit.Module+"/"+dir, packageName(selection))
		in.Kernels = append(in.Kernels, k)
	}
	if failed == nil {
		return nil
	}
	slices.Sort(why)
	return fmt.Errorf("no kernel of %s:\n%s", strings.Join(failed, ", "), strings.Join(slices.Compact(why), "\n"))
}

// output handles the files of one emitter.
func (g *generator) output(name string, files []emit.File) error {
	changed := 0
	for _, file := range files {
		g.made[file.Path] = true
		old, err := os.ReadFile(filepath.Join(g.dir, file.Path))
		if err == nil && bytes.Equal(old, file.Data) {
			continue
		}
		changed++
		g.stale = append(g.stale, file.Path)
		if g.check {
			continue
		}
		if _, err := writeFile(g.dir, file); err != nil {
			return err
		}
	}
	if !g.check {
		fmt.Fprintf(g.stdout, "%-20s %3d files, %d changed\n", name, len(files), changed)
	}
	return nil
}

// orphans handles generated kernels that no selection makes any more.
func (g *generator) orphans() error {
	root := filepath.Join(g.dir, "tailored")
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "z") || filepath.Ext(file) != ".go" {
			return err
		}
		rel, err := filepath.Rel(g.dir, file)
		if err != nil || g.made[filepath.ToSlash(rel)] {
			return err
		}
		g.stale = append(g.stale, filepath.ToSlash(rel)+" (nothing makes it)")
		if g.check {
			return nil
		}
		return os.Remove(file)
	})
}

// writeFile writes a file below root if that changes it.
func writeFile(root string, file emit.File) (changed bool, err error) {
	name := filepath.Join(root, filepath.FromSlash(file.Path))
	old, err := os.ReadFile(name)
	if err == nil && slices.Equal(old, file.Data) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return false, err
	}
	return true, os.WriteFile(name, file.Data, 0o666)
}
