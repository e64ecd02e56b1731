// Attach and Detach: what a part needs, what it gives.
package resolve

import (
	"fmt"
	"go/types"
	"path"

	"github.com/rumpkit/rumpkit/gen/emit"
)

const attachForms = "declare func Attach(NEEDS) error or func Attach(NEEDS) (RESULT, error), where NEEDS are *kernel.Base or what other parts' Attach returns"

// readAttach reads the parameters and the result of Attach.
func (t *Tree) readAttach(p *part, sig *types.Signature) {
	attach := p.pkg.Types.Scope().Lookup("Attach")
	invalid := func(why string) {
		p.fail(t, attach, fmt.Sprintf("Attach of part %s %s: func Attach%s", p.Name, why, signatureText(sig)), attachForms)
	}
	if sig.Variadic() || sig.TypeParams().Len() > 0 {
		invalid("is variadic or generic")
		return
	}
	results := sig.Results()
	n := results.Len()
	if n == 0 || n > 2 || !isError(results.At(n-1).Type()) {
		invalid("does not return an error last")
		return
	}
	if n == 2 {
		p.result = results.At(0).Type()
		var ok bool
		if p.Result, p.Pointer, ok = named(p.result); !ok {
			invalid("returns neither a named type nor a pointer to one")
			p.result = nil
			return
		}
	}
	for param := range sig.Params().Variables() {
		p.params = append(p.params, param.Type())
		p.Needs = append(p.Needs, emit.Need{Param: param.Name(), Type: typeText(param.Type())})
	}
	if len(p.Needs) == 0 {
		invalid("needs nothing")
	}
}

// readDetach checks Detach, if there is one: it takes what Attach returned, or
// what it was given when it returned nothing.
func (t *Tree) readDetach(p *part) {
	obj := p.pkg.Types.Scope().Lookup("Detach")
	if obj == nil {
		return
	}
	p.Detach = true
	want := p.params
	if p.result != nil {
		want = []types.Type{p.result}
	}
	expected := types.NewSignatureType(nil, nil, nil, tuple(want), nil, false)
	fn, ok := obj.(*types.Func)
	if !ok || !types.Identical(fn.Signature(), expected) {
		p.fail(t, obj, fmt.Sprintf("Detach of part %s is not what Attach asks for", p.Name), "declare func Detach"+signatureText(expected))
	}
}

// linkNeeds finds out which part gives what each needs, and complains about
// what none gives. A part that is chosen by default is preferred.
func (t *Tree) linkNeeds() {
	all, defaults := make(map[*part]bool), make(map[*part]bool)
	for _, p := range t.parts {
		all[p], defaults[p] = true, p.Default
	}
	for _, p := range t.parts {
		for i, typ := range p.params {
			from := t.giver(typ, defaults)
			if from == nil {
				from = t.giver(typ, all)
			}
			if from != nil {
				p.Needs[i].Part = from.Path
				continue
			}
			p.fail(t, p.pkg.Types.Scope().Lookup("Attach"),
				fmt.Sprintf("part %s needs %s %s, and no part's Attach returns that", p.Name, p.Needs[i].Param, p.Needs[i].Type),
				"take *kernel.Base or what a part returns; if it is of a part of another module, name that one in the selection too")
		}
	}
}

// named takes a named type, or a pointer to one, apart.
func named(typ types.Type) (t emit.Type, pointer, ok bool) {
	if p, isPointer := types.Unalias(typ).(*types.Pointer); isPointer {
		pointer, typ = true, p.Elem()
	}
	n, ok := types.Unalias(typ).(*types.Named)
	if !ok || n.TypeArgs().Len() > 0 || n.Obj().Pkg() == nil || !n.Obj().Exported() {
		return emit.Type{}, false, false
	}
	return emit.Type{Pkg: n.Obj().Pkg().Path(), Name: n.Obj().Name()}, pointer, true
}

func isError(typ types.Type) bool {
	return types.Identical(typ, types.Universe.Lookup("error").Type())
}

// tuple makes a parameter list without names.
func tuple(list []types.Type) *types.Tuple {
	var vars []*types.Var
	for _, typ := range list {
		vars = append(vars, types.NewParam(0, nil, "", typ))
	}
	return types.NewTuple(vars...)
}

// typeText is a type as source spells it.
func typeText(typ types.Type) string { return types.TypeString(typ, shortPackage) }

// signatureText is a signature as a declaration spells it behind the name.
func signatureText(sig *types.Signature) string {
	return typeText(sig)[len("func"):]
}

func shortPackage(pkg *types.Package) string { return path.Base(pkg.Path()) }
