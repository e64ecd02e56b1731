// Stub results: registers, numbers that the kernel stores in memory, errors.
package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// stubDescriptors are the calls whose value is a new descriptor.
var stubDescriptors = []string{
	"open", "openat", "dup", "dup2", "dup3", "socket", "accept", "paccept", "kqueue", "kqueue1", "fhopen",
}

// fails tells whether the stub returns an error.
func (s *stub) fails() bool { return s.e.Type != "NOERR" || s.errno() }

// errno tells whether the call leaves its error in its result: those NOERR
// calls that can fail.
func (s *stub) errno() bool {
	return s.e.Type == "NOERR" && s.e.Ret == "int" && len(s.e.Args) > 0
}

// pair tells whether the stub returns both registers. Where errors are not
// looked at, the second register is another call's result.
func (s *stub) pair() bool { return s.e.RetValues == 2 && s.fails() }

// values adds the results that registers carry, in front of those in memory.
func (s *stub) values() {
	if s.e.RetValues == 0 || s.errno() {
		return
	}
	if s.pair() {
		s.results = []stubVar{{name: "r", typ: jen.Int()}, {name: "w", typ: jen.Int()}}
		return
	}
	v := stubVar{name: s.resultName(), typ: jen.Int(), get: jen.Id("t").Dot("value").Call(jen.Id("err"))}
	if t := stubScalar(s.e.Ret, s.sig.Results[0]); t != "int" {
		v.typ, v.get = jen.Id(t), jen.Id(t).Call(v.get)
	}
	s.results = slices.Insert(s.results, 0, v)
}

// resultName names the value: fd for a new descriptor, else n.
func (s *stub) resultName() string {
	if !slices.Contains(stubDescriptors, s.e.Base) {
		return "n"
	}
	for _, p := range s.params {
		if p.name == "fd" {
			return "newfd"
		}
	}
	return "fd"
}

// outScalar adds a result that the kernel stores in memory: a number, or an
// array of two ints.
func (s *stub) outScalar(p *Param, elem Type) {
	r := stubVar{name: p.Name}
	switch {
	case p.Count == 2:
		r.typ = jen.Index(jen.Lit(2)).Int()
		r.get = jen.Add(r.typ).Values(outWord(0), outWord(1))
		s.call("result", p.Slot, jen.Lit(8))
	case elem.Name == "int32":
		r.typ, r.get = jen.Int(), outWord(0)
		s.call("result", p.Slot, jen.Lit(4))
	default:
		r.typ, r.get = jen.Id(elem.Name), jen.Id(elem.Name).Call(jen.Id("t").Dot("out").Index(jen.Lit(0)))
		s.call("result", p.Slot, jen.Lit(sizes[elem.Name]))
	}
	s.results = append(s.results, r)
	s.mem = append(s.mem, p.Slot)
}

// sizes are the sizes in bytes of numbers.
var sizes = map[string]int{"int32": 4, "uint32": 4, "int64": 8, "uint64": 8, "int": 8}

func outWord(i int) *jen.Statement { return jen.Id("t").Dot("out32").Call(jen.Lit(i)) }

// resultList is the results in the stub's declaration.
func (s *stub) resultList() jen.Code {
	var list []stubVar
	list = append(list, s.results...)
	if s.fails() {
		list = append(list, stubVar{name: "err", typ: jen.Error()})
	}
	if len(list) == 0 {
		return jen.Null()
	}
	if len(list) == 1 {
		return list[0].typ
	}
	return jen.Params(varList(list)...)
}

// varList is variables as a declaration lists them: a type that several in a
// row share stands once.
func varList(vars []stubVar) []jen.Code {
	var list []jen.Code
	for i, v := range vars {
		c := jen.Id(v.name)
		if i+1 == len(vars) || vars[i+1].typ.GoString() != v.typ.GoString() {
			c.Add(v.typ)
		}
		list = append(list, c)
	}
	return list
}

// describe names a call as text does: "pread(2), call 173".
func describe(e *master.Entry) string {
	name := e.Alias
	if name == "" {
		name = strings.TrimLeft(e.Base, "_")
	}
	s := fmt.Sprintf("%s(2), call %d", name, e.Number)
	if e.IsCompat() {
		s = "the old " + s
	}
	return s
}

// Prototype is the declaration of a call in C, as programs know it.
func Prototype(e *master.Entry) string {
	var args []string
	for i := range e.Args {
		a := &e.Args[i]
		if a.Optional {
			args = append(args, "...")
			break
		}
		if !a.Pad {
			args = append(args, cDeclare(a.Type, a.Name))
		}
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	name := e.Base
	if e.Alias != "" {
		name = e.Alias
	}
	return cDeclare(e.Ret, name) + "(" + strings.Join(args, ", ") + ");"
}

// cDeclare joins a C type and what it declares.
func cDeclare(typ, name string) string {
	if strings.HasSuffix(typ, "*") {
		return typ + name
	}
	return typ + " " + name
}
