// The emitter of package client's stubs: for each call that clients may make,
// a Go method that fills a frame, enters the kernel and returns the results.
package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// ClientPath is the import path of the package that stubs belong to.
const ClientPath = Module + "/client"

// stubRange is how many numbers of the table share a file of stubs.
const stubRange = 25

// Stubs emits the Go client stubs, a file for each stretch of the table. Their
// names differ: the parser sees to that.
func Stubs(in *Input) ([]File, error) {
	var files []File
	for first := 0; first < len(in.Table.Entries); first += stubRange {
		f := NewFile(ClientPath, "client", "")
		n := 0
		for i := range in.Table.Entries {
			e := &in.Table.Entries[i]
			if !e.Rump || e.Number < first || e.Number >= first+stubRange {
				continue
			}
			s, err := newStub(e)
			if err != nil {
				return nil, err
			}
			s.emit(f)
			n++
		}
		if n == 0 {
			continue
		}
		file, err := Render(fmt.Sprintf("client/zcalls_%03d.go", first), f)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// stub is a client stub in the making.
type stub struct {
	e       *master.Entry
	sig     Sig
	params  []stubVar
	results []stubVar
	// fill puts the arguments in the frame t.
	fill []jen.Code
	// take completes memory of the caller after the call.
	take []jen.Code
	// mem are the slots that hold memory, pins tells of pinned memory.
	mem  []int
	pins bool
}

// stubVar is a parameter, or a result and how it is had from the frame.
type stubVar struct {
	name string
	typ  *jen.Statement
	get  *jen.Statement
}

func newStub(e *master.Entry) (*stub, error) {
	sig, err := Signature(e)
	if err != nil {
		return nil, err
	}
	s := &stub{e: e, sig: sig}
	for i := range e.Args {
		if e.Args[i].Pad {
			s.call("num", slot(e, i), jen.Lit(0))
		}
	}
	for i := range sig.Params {
		if err := s.param(&sig.Params[i]); err != nil {
			return nil, err
		}
	}
	s.values()
	return s, nil
}

// call adds a call of a method that fills a slot.
func (s *stub) call(method string, slot int, arg jen.Code) {
	s.fill = append(s.fill, jen.Id("t").Dot(method).Call(jen.Lit(slot), arg))
}

// emit writes the stub.
func (s *stub) emit(f *jen.File) {
	f.Comment("// " + s.e.StubName + " is " + describe(s.e) + ":\n//\n//\t" + Prototype(s.e))
	f.Add(s.declaration()).BlockFunc(func(g *jen.Group) {
		g.Id("t").Op(":=").Id("c").Dot("enter").Call()
		for _, c := range s.fill {
			g.Add(c)
		}
		s.enter(g)
		for _, c := range s.take {
			g.Add(c)
		}
		s.release(g)
		g.Id("c").Dot("leave").Call(jen.Id("t"))
		s.ret(g)
	})
}

// declaration is the stub without its body.
func (s *stub) declaration() *jen.Statement {
	return jen.Func().Params(jen.Id("c").Op("*").Id("Client")).Id(s.e.StubName).
		Params(varList(s.params)...).Add(s.resultList())
}

// enter writes the call itself and how the results are had.
func (s *stub) enter(g *jen.Group) {
	run := jen.Id("t").Dot("run").Call(jen.Qual(SysentPath, NumberName(s.e)))
	switch {
	case s.errno():
		g.Id("err").Op(":=").Id("t").Dot("status").Call(run)
	case len(s.results) == 0 && !s.fails():
		g.Id("_").Op("=").Add(run)
	case len(s.results) == 0:
		g.Id("err").Op(":=").Add(run)
	case !s.fails():
		g.Id(s.results[0].name).Op(":=").Id("t").Dot("value").Call(run)
	default:
		g.Id("err").Op("=").Add(run)
	}
	if s.pair() {
		g.List(jen.Id(s.results[0].name), jen.Id(s.results[1].name)).Op("=").
			Id("t").Dot("pair").Call(jen.Id("err"))
		return
	}
	for _, r := range s.results {
		if s.fails() {
			g.Id(r.name).Op("=").Add(r.get)
		}
	}
}

// release writes the statements that let go of the caller's memory.
func (s *stub) release(g *jen.Group) {
	if s.pins {
		g.Id("t").Dot("Unpin").Call()
	}
	if len(s.mem) == 0 {
		return
	}
	var slots, nils []jen.Code
	for _, i := range s.mem {
		slots = append(slots, jen.Id("t").Dot("Mem").Index(jen.Lit(i)))
		nils = append(nils, jen.Nil())
	}
	g.List(slots...).Op("=").List(nils...)
}

// ret writes the return statement.
func (s *stub) ret(g *jen.Group) {
	var values []jen.Code
	for _, r := range s.results {
		values = append(values, jen.Id(r.name))
	}
	if s.fails() {
		values = append(values, jen.Id("err"))
	}
	if len(values) > 0 {
		g.Return(values...)
	}
}
