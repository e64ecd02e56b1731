package main

// The committed lists of what each standard kernel holds, so that growth shows
// in review.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
)

// sizePrefix begins the line that only linking can tell.
const sizePrefix = "size "

// deps handles tailored/zdeps-NAME.txt of each kernel. It runs when the kernels
// are written, as it asks the go command about them; one that does not compile
// keeps its list.
func (g *generator) deps(kernels []*emit.Kernel) error {
	var files []emit.File
	var errs []error
	for _, k := range kernels {
		data, err := g.depsOf(k)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, emit.File{Path: depsName(k), Data: data})
	}
	return errors.Join(append(errs, g.output("what kernels hold", files))...)
}

// depsName is the list's file: tailored/zdeps-vfs-net.txt.
func depsName(k *emit.Kernel) string {
	return "tailored/zdeps-" + strings.TrimPrefix(k.Program, "rump-") + ".txt"
}

// depsOf makes the list of one kernel. When checking, the size is that of the
// list that is there: linking takes seconds, and another release of Go gives
// another size.
func (g *generator) depsOf(k *emit.Kernel) ([]byte, error) {
	packages, err := g.packagesOf(k)
	if err != nil {
		return nil, err
	}
	size := g.oldSize(k)
	if !g.check {
		if size, err = g.linkedSize(k); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", emit.Header)
	fmt.Fprintf(&b, "# What %s holds.\n\n", k.Program)
	fmt.Fprintf(&b, "%s%s\nrows %d\n\nparts %d\n", sizePrefix, size, k.RumpRows(), len(k.Parts))
	for _, p := range k.Parts {
		fmt.Fprintf(&b, "\t%s\n", p.Path)
	}
	ours, others := split(packages)
	list(&b, "packages of this module", ours)
	list(&b, "other packages", others)
	return b.Bytes(), nil
}

// list writes a heading and names below it.
func list(w io.Writer, heading string, names []string) {
	fmt.Fprintf(w, "\n%s %d\n", heading, len(names))
	for _, name := range names {
		fmt.Fprintf(w, "\t%s\n", name)
	}
}

// split parts this module's packages from others, and leaves out those inside
// the standard library.
func split(packages []string) (ours, others []string) {
	slices.Sort(packages)
	for _, p := range packages {
		first, _, _ := strings.Cut(p, "/")
		switch {
		case strings.HasPrefix(p, emit.Module+"/"):
			ours = append(ours, p)
		case first != "internal" && first != "vendor" && !strings.Contains(p, "/internal/"):
			others = append(others, p)
		}
	}
	return ours, others
}

// packagesOf lists the packages that a kernel's program is linked of.
func (g *generator) packagesOf(k *emit.Kernel) ([]string, error) {
	out, err := g.build("list", "-trimpath", "-json=ImportPath,Deps,DepsErrors", "./"+k.Dir+"/"+k.Program)
	if err != nil {
		return nil, err
	}
	var pkg struct {
		Deps       []string
		DepsErrors []struct{ Err string }
	}
	if err := json.Unmarshal(out, &pkg); err != nil {
		return nil, fmt.Errorf("go list %s: %w", k.Program, err)
	}
	if len(pkg.DepsErrors) > 0 {
		return nil, fmt.Errorf("%s: %s", k.Program, pkg.DepsErrors[0].Err)
	}
	return pkg.Deps, nil
}

// linkedSize is the size of the program, stripped, in megabytes.
func (g *generator) linkedSize(k *emit.Kernel) (string, error) {
	dir, err := os.MkdirTemp("", "rumpkit")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, k.Program)
	if _, err := g.build("build", "-trimpath", "-buildvcs=false", emit.LinkFlags, "-o", file, "./"+k.Dir+"/"+k.Program); err != nil {
		return "", err
	}
	st, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.1f MB", float64(st.Size())/1e6), nil
}

// oldSize is the size that the list there is tells.
func (g *generator) oldSize(k *emit.Kernel) string {
	data, err := os.ReadFile(filepath.Join(g.dir, depsName(k)))
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(data)) {
		if size, ok := strings.CutPrefix(line, sizePrefix); ok {
			return strings.TrimSpace(size)
		}
	}
	return "unknown"
}

// build runs the go command as kernels are linked.
func (g *generator) build(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}
