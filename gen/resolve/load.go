// Loading: the go command, and the tree of parts made of what it says.
package resolve

import (
	"errors"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

// Config says where parts are looked for.
type Config struct {
	// Dir is where the go command runs: a folder of a module that holds or
	// requires the kernel's.
	Dir string
	// Table is the table that handlers serve.
	Table *master.Table
	// Base is the import path of the package of the base, Factions the one
	// below which this project's parts lie. "" are those of this project.
	Base, Factions string
	// Patterns are what the go command is asked for; nil is all packages below
	// Factions.
	Patterns []string
}

// Tree is all parts that are known.
type Tree struct {
	cfg Config
	// parts are the parts, base first, then factions, then components.
	parts []*part
	// pkgs are the loaded packages by import path.
	pkgs map[string]*packages.Package
	rows map[string]*master.Entry // by Go name
}

// part is a part and what is wrong with it.
type part struct {
	emit.Part
	pkg    *packages.Package
	result types.Type
	params []types.Type
	// errs are what keeps the part from being built into any kernel.
	errs []error
	// broken is set when the package does not compile: nothing else is known.
	broken bool
	// foreign is set for parts of other modules.
	foreign bool
}

// Load reads all parts of this project, and those at the import paths that
// extra names.
func Load(cfg Config, extra ...string) (*Tree, error) {
	if cfg.Base == "" {
		cfg.Base = emit.KernelPath
	}
	if cfg.Factions == "" {
		cfg.Factions = emit.Module + "/factions"
	}
	t := &Tree{cfg: cfg, pkgs: make(map[string]*packages.Package), rows: rowsByName(cfg.Table)}
	pkgs, err := t.load(extra)
	if err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		t.pkgs[pkg.PkgPath] = pkg
	}
	if err := t.loadBase(); err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		if p := t.readPart(pkg); p != nil {
			t.parts = append(t.parts, p)
		}
	}
	slices.SortStableFunc(t.parts, comparePlace)
	t.linkNeeds()
	return t, t.checkExtra(pkgs)
}

// load runs the go command.
func (t *Tree) load(extra []string) ([]*packages.Package, error) {
	cfg := &packages.Config{
		Dir:  t.cfg.Dir,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedExportFile,
		// As the kernels are linked, so that nothing is compiled twice.
		Env:        append(os.Environ(), "CGO_ENABLED=0"),
		BuildFlags: []string{"-trimpath"},
	}
	patterns := []string{t.cfg.Base, emit.ABIPath, emit.ProcPath, emit.UsermemPath}
	if t.cfg.Patterns == nil {
		patterns = append(patterns, t.cfg.Factions+"/...")
	}
	pkgs, err := packages.Load(cfg, slices.Concat(patterns, t.cfg.Patterns, extra)...)
	if err != nil {
		return nil, fmt.Errorf("reading the parts: %w", err)
	}
	return pkgs, nil
}

// checkExtra checks that each package that was asked for by its import path is
// a part.
func (t *Tree) checkExtra(pkgs []*packages.Package) error {
	var errs []error
	for _, pkg := range pkgs {
		if t.isOurs(pkg.PkgPath) || t.byPath(pkg.PkgPath) != nil {
			continue
		}
		if len(pkg.Errors) > 0 {
			errs = append(errs, pkgErrors(pkg)...)
			continue
		}
		errs = append(errs, &Problem{
			Pos:  dirPos(pkg),
			What: fmt.Sprintf("package %s is no part: it exports no function Attach", pkg.PkgPath),
			Mend: "write func Attach(b *kernel.Base) error, or with what else it needs, or leave it out of the selection",
		})
	}
	return errors.Join(errs...)
}

// isOurs tells whether a package is one of those that are always loaded.
func (t *Tree) isOurs(path string) bool {
	switch path {
	case t.cfg.Base, emit.ABIPath, emit.ProcPath, emit.UsermemPath:
		return true
	}
	return t.inFactions(path)
}

func (t *Tree) inFactions(path string) bool { return strings.HasPrefix(path, t.cfg.Factions+"/") }

// byPath returns the part at an import path, or nil.
func (t *Tree) byPath(path string) *part {
	for _, p := range t.parts {
		if p.Path == path {
			return p
		}
	}
	return nil
}

// byName returns the part that selections name so, or nil.
func (t *Tree) byName(name string) *part {
	for _, p := range t.parts {
		if p.Name == name || p.Path == name {
			return p
		}
	}
	return nil
}

// Parts lists all parts in the order of listings: the base, the factions, the
// components, those of other modules.
func (t *Tree) Parts() []*emit.Part {
	var parts []*emit.Part
	for _, p := range t.parts {
		parts = append(parts, &p.Part)
	}
	return parts
}

// comparePlace orders parts as listings show them and as they attach where
// their needs leave it open.
func comparePlace(a, b *part) int {
	if d := place(a) - place(b); d != 0 {
		return d
	}
	if d := factionRank(a.Name) - factionRank(b.Name); d != 0 && !a.foreign {
		return d
	}
	return strings.Compare(a.Name, b.Name)
}

// place is base, faction, component, foreign.
func place(p *part) int {
	switch {
	case p.IsBase():
		return 0
	case p.foreign:
		return 3
	case strings.Contains(p.Name, "/"):
		return 2
	}
	return 1
}

// factionRank is where NetBSD attaches a faction among the others.
func factionRank(name string) int {
	faction, _, _ := strings.Cut(name, "/")
	if i := slices.Index([]string{"vfs", "net", "dev"}, faction); i >= 0 {
		return i
	}
	return 3
}

// dirPos is a position in a package, for errors about all of it.
func dirPos(pkg *packages.Package) string {
	if len(pkg.GoFiles) > 0 {
		return shorten(pkg.GoFiles[0]) + ":1:1"
	}
	return pkg.PkgPath
}

// shorten makes a path relative to the working directory if that is shorter.
func shorten(file string) string {
	wd, err := os.Getwd()
	if err != nil {
		return file
	}
	if rel, err := filepath.Rel(wd, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}
