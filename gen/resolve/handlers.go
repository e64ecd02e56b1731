// Handlers: which methods serve which rows, and whether their signatures are
// those that the rows ask for.
package resolve

import (
	"fmt"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

// handlerName matches methods that are meant as handlers, compatName those of
// them that follow the rule for old forms.
var (
	handlerName = regexp.MustCompile(`^(Sys_?[A-Z0-9]|Compat_?[0-9])`)
	compatName  = regexp.MustCompile(`^Compat[0-9]+Sys[A-Z0-9]`)
)

// rowsByName indexes the calls of a table by the method that serves each. The
// indirect ones are none: clients make the call they stand for.
func rowsByName(t *master.Table) map[string]*master.Entry {
	rows := make(map[string]*master.Entry)
	for i := range t.Entries {
		if e := &t.Entries[i]; e.HasCall() && !e.Indirect {
			rows[e.GoName] = e
		}
	}
	return rows
}

// readHandlers finds the rows that the methods of a part's result serve.
func (t *Tree) readHandlers(p *part) {
	if p.result == nil {
		return
	}
	set := types.NewMethodSet(p.result)
	for i := range set.Len() {
		fn := set.At(i).Obj().(*types.Func)
		if !fn.Exported() || !handlerName.MatchString(fn.Name()) {
			continue
		}
		t.readHandler(p, fn)
	}
	slices.SortFunc(p.Handlers, func(a, b emit.Handler) int { return a.Entry.Number - b.Entry.Number })
}

// readHandler checks one method that is named like a handler.
func (t *Tree) readHandler(p *part, fn *types.Func) {
	e := t.rows[fn.Name()]
	if e == nil && strings.HasPrefix(fn.Name(), "Compat") && !compatName.MatchString(fn.Name()) {
		p.fail(t, fn, fmt.Sprintf("method %s of part %s breaks the rule for old forms of calls: compat_50_sys_mknod is served by Compat50SysMknod", fn.Name(), p.Name), t.nearestRow(fn.Name()))
		return
	}
	if e == nil {
		p.fail(t, fn, fmt.Sprintf("method %s of part %s is named like a handler, but no row of %s has it", fn.Name(), p.Name, t.cfg.Table.File), t.nearestRow(fn.Name()))
		return
	}
	sig, err := emit.Signature(e)
	if err != nil {
		p.fail(t, fn, fmt.Sprintf("method %s of part %s cannot serve its row: %v", fn.Name(), p.Name, err), "mend the row, or teach gen/emit the type")
		return
	}
	want, err := t.signature(sig)
	if err != nil {
		p.fail(t, fn, fmt.Sprintf("method %s of part %s cannot serve row %d: %v", fn.Name(), p.Name, e.Number, err), "declare the type in package abi")
		return
	}
	if !types.Identical(fn.Signature(), want) {
		p.fail(t, fn,
			fmt.Sprintf("method %s of part %s has the wrong signature for row %d (%s)\n\tfound:    %s%s\n\texpected: %s%s",
				fn.Name(), p.Name, e.Number, e.Pos, fn.Name(), signatureText(fn.Signature()), fn.Name(), sig),
			"give it the expected signature, or mend the row")
		return
	}
	p.Handlers = append(p.Handlers, emit.Handler{Entry: e, Method: fn.Name(), Sig: sig, Pos: t.position(fn)})
}

// nearestRow suggests what to do with a handler that no row has.
func (t *Tree) nearestRow(name string) string {
	var names []string
	for n := range t.rows {
		names = append(names, n)
	}
	slices.Sort(names)
	mend := "rename the method, or write the row"
	if near := master.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %s, row %d? Otherwise %s", near, t.rows[near].Number, mend)
	}
	return mend
}

// signature makes the go/types form of a handler's signature.
func (t *Tree) signature(s emit.Sig) (*types.Signature, error) {
	lwp, err := t.typ(emit.Type{Pkg: emit.ProcPath, Name: "LWP"})
	if err != nil {
		return nil, err
	}
	params := []types.Type{types.NewPointer(lwp)}
	for _, p := range s.Params {
		typ, err := t.typ(p.Type)
		if err != nil {
			return nil, err
		}
		params = append(params, typ)
	}
	var results []types.Type
	for _, r := range s.Results {
		typ, err := t.typ(r)
		if err != nil {
			return nil, err
		}
		results = append(results, typ)
	}
	results = append(results, types.Universe.Lookup("error").Type())
	return types.NewSignatureType(nil, nil, nil, tuple(params), tuple(results), false), nil
}

// typ makes the go/types form of a type.
func (t *Tree) typ(et emit.Type) (types.Type, error) {
	if et.Pkg == "" {
		return types.Universe.Lookup(et.Name).Type(), nil
	}
	pkg := t.pkgs[et.Pkg]
	if pkg == nil || pkg.Types == nil {
		return nil, fmt.Errorf("package %s cannot be read", et.Pkg)
	}
	obj, ok := pkg.Types.Scope().Lookup(et.Name).(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("package %s has no type %s", et.Pkg, et.Name)
	}
	if et.Of == nil {
		return obj.Type(), nil
	}
	arg, err := t.typ(*et.Of)
	if err != nil {
		return nil, err
	}
	return types.Instantiate(nil, obj.Type(), []types.Type{arg}, false)
}
