package argcases

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// names knows the constants and structures of package abi by their names.
type names struct {
	scope *types.Scope
	sizes types.Sizes
}

// loadNames reads package abi's source. Errors about its imports do not
// matter: its constants and structures need none.
func loadNames(t *testing.T) *names {
	t.Helper()
	files, err := filepath.Glob("../../kernel/abi/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("package abi is not where it was: ", err)
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := conf.Check("abi", fset, parsed, nil)
	return &names{pkg.Scope(), types.SizesFor("gc", "amd64")}
}

// value returns a constant; errno says that it is an error's number.
func (n *names) value(name string) (v uint64, errno, ok bool) {
	c, isConst := n.scope.Lookup(name).(*types.Const)
	if !isConst {
		return 0, false, false
	}
	if u, exact := constant.Uint64Val(constant.ToInt(c.Val())); exact {
		v, ok = u, true
	} else if i, exact := constant.Int64Val(constant.ToInt(c.Val())); exact {
		v, ok = uint64(i), true
	}
	named, _ := c.Type().(*types.Named)
	return v, named != nil && named.Obj().Name() == "Errno", ok
}

// field is a place in a structure.
type field struct {
	name      string
	off, size int
	typ       types.Type
}

// layout returns the fields of a type of package abi, padding left out, and
// its size. A type that is no structure has none.
func (n *names) layout(name string) (fields []field, size int, ok bool) {
	tn, isType := n.scope.Lookup(name).(*types.TypeName)
	if !isType {
		return nil, 0, false
	}
	return n.fields(tn.Type()), int(n.sizes.Sizeof(tn.Type())), true
}

func (n *names) fields(t types.Type) (list []field) {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	vars := make([]*types.Var, s.NumFields())
	for i := range vars {
		vars[i] = s.Field(i)
	}
	for i, off := range n.sizes.Offsetsof(vars) {
		if vars[i].Name() != "_" {
			list = append(list, field{vars[i].Name(), int(off), int(n.sizes.Sizeof(vars[i].Type())), vars[i].Type()})
		}
	}
	return list
}
