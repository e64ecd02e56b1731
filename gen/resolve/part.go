// Reading a part: its constants, its Attach and Detach.
package resolve

import (
	"fmt"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/rumpkit/rumpkit/gen/emit"
)

// loadBase reads the part that every kernel has: the methods of Base.
func (t *Tree) loadBase() error {
	pkg := t.pkgs[t.cfg.Base]
	if pkg == nil || pkg.Types == nil {
		return fmt.Errorf("%s: no package %s here or in a module that is required", t.cfg.Dir, t.cfg.Base)
	}
	if len(pkg.Errors) > 0 {
		return pkgErrors(pkg)[0]
	}
	obj, ok := pkg.Types.Scope().Lookup("Base").(*types.TypeName)
	if !ok {
		return fmt.Errorf("package %s has no type Base", t.cfg.Base)
	}
	p := &part{pkg: pkg, result: types.NewPointer(obj.Type())}
	p.Part = emit.Part{
		Path: pkg.PkgPath, Package: pkg.Name, Name: emit.BaseName, Default: true,
		Doc: "processes, descriptors, pipes, kqueue, clocks, sysctl: what every kernel has",
		Pos: t.position(obj), Result: emit.Type{Pkg: pkg.PkgPath, Name: "Base"}, Pointer: true,
	}
	t.readHandlers(p)
	t.parts = append(t.parts, p)
	return nil
}

// readPart reads a package; nil when it is no part.
func (t *Tree) readPart(pkg *packages.Package) *part {
	if pkg.Types == nil || pkg.PkgPath == t.cfg.Base || isInternal(pkg.PkgPath) {
		return nil
	}
	if len(pkg.Errors) > 0 {
		return t.brokenPart(pkg)
	}
	attach, ok := pkg.Types.Scope().Lookup("Attach").(*types.Func)
	if !ok {
		return nil
	}
	p := &part{pkg: pkg, foreign: !t.inFactions(pkg.PkgPath)}
	p.Path, p.Package, p.Name = pkg.PkgPath, pkg.Name, pkg.PkgPath
	if !p.foreign {
		p.Name = strings.TrimPrefix(pkg.PkgPath, t.cfg.Factions+"/")
	}
	p.Pos = t.position(attach)
	t.readConstants(p)
	t.readAttach(p, attach.Signature())
	t.readDetach(p)
	t.readHandlers(p)
	return p
}

// brokenPart returns a part for a package that does not compile, so that
// choosing it tells why. Without an Attach that the compiler understood, only
// its name chooses it.
func (t *Tree) brokenPart(pkg *packages.Package) *part {
	if !t.inFactions(pkg.PkgPath) {
		return nil
	}
	p := &part{pkg: pkg, broken: true, errs: pkgErrors(pkg)}
	p.Path, p.Package = pkg.PkgPath, pkg.Name
	p.Name = strings.TrimPrefix(pkg.PkgPath, t.cfg.Factions+"/")
	t.readConstants(p)
	if _, ok := pkg.Types.Scope().Lookup("Attach").(*types.Func); !ok {
		p.Default = false
	}
	return p
}

func isInternal(path string) bool {
	return strings.Contains(path+"/", "/internal/")
}

// readConstants reads Doc, Default and Excludes.
func (t *Tree) readConstants(p *part) {
	p.Default = true
	if v := t.constant(p, "Doc", constant.String); v != nil {
		p.Doc = constant.StringVal(v)
	}
	if v := t.constant(p, "Default", constant.Bool); v != nil {
		p.Default = constant.BoolVal(v)
	}
	if v := t.constant(p, "Excludes", constant.String); v != nil {
		p.Excludes = splitList(constant.StringVal(v))
	}
}

// constant returns an exported constant of the package, nil if it has none.
func (t *Tree) constant(p *part, name string, kind constant.Kind) constant.Value {
	obj := p.pkg.Types.Scope().Lookup(name)
	c, ok := obj.(*types.Const)
	if ok && c.Val().Kind() == kind {
		return c.Val()
	}
	if obj != nil {
		want := map[constant.Kind]string{constant.String: "string", constant.Bool: "bool"}[kind]
		p.fail(t, obj, fmt.Sprintf("%s of part %s is not a constant of type %s", name, p.Name, want), "declare it as const "+name+" = …, or rename it: the generator reads it")
	}
	return nil
}

// fail notes a problem of a part.
func (p *part) fail(t *Tree, obj types.Object, what, mend string) {
	p.errs = append(p.errs, &Problem{Pos: show(t.position(obj)), What: what, Mend: mend})
}

// splitList splits a comma list, spaces and empty items left out.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
