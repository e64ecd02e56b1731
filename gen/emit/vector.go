// The emitter of a kernel's call vector, and of what its rows' entries do:
// decode, call, store.
package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

func (g *kernelGen) vectorFile() *jen.File {
	f := g.newFile("")
	rows := g.Served()
	f.Comment("vector holds the entry of each row that a part serves, by number. It never changes.")
	f.Var().Id("vector").Op("=").Index(jen.Lit(len(rows))).Func().
		Params(jen.Op("*").Id("Kernel"), jen.Op("*").Qual(ProcPath, "LWP"), jen.Op("*").Qual(SysentPath, "Frame")).Error().
		CustomFunc(block, func(s *jen.Group) {
			for _, row := range rows {
				if row != nil {
					s.Qual(SysentPath, NumberName(row.Entry)).Op(":").Id(entryName(row))
				}
			}
		})
	for _, row := range rows {
		if row != nil {
			f.Commentf("%s is row %d, %s: %s.", entryName(row), row.Entry.Number, row.Entry.Name, row.Part.Name)
			f.Add(g.entryDecl(row))
		}
	}
	return f
}

// entryName is the function that is a row's entry: sysOpen.
func entryName(row *Served) string {
	return strings.ToLower(row.Method[:1]) + row.Method[1:]
}

// entryDecl is the function that is a row's entry.
func (g *kernelGen) entryDecl(row *Served) jen.Code {
	return jen.Func().Id(entryName(row)).Params(
		jen.Id("k").Op("*").Id("Kernel"),
		jen.Id("l").Op("*").Qual(ProcPath, "LWP"),
		jen.Id("f").Op("*").Qual(SysentPath, "Frame"),
	).Error().BlockFunc(func(s *jen.Group) {
		call := jen.Id("k").Dot(g.fieldOf(row.Part)).Dot(row.Method).CallFunc(func(args *jen.Group) {
			args.Id("l")
			for i := range row.Sig.Params {
				args.Add(row.Sig.Params[i].Decode(jen.Id("f")))
			}
		})
		if len(row.Sig.Results) == 0 {
			s.Return(call)
			return
		}
		s.List(append(resultNames(row.Sig), jen.Err())...).Op(":=").Add(call)
		s.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
		for i, r := range row.Sig.Results {
			s.Id("f").Dot("Ret").Index(jen.Lit(i)).Op("=").Add(widen(r, resultNames(row.Sig)[i]))
		}
		s.Return(jen.Nil())
	})
}

// fieldOf is the kernel's field that holds a part.
func (g *kernelGen) fieldOf(p *Part) string {
	if m, ok := g.members[p.Path]; ok {
		return m.field
	}
	return "Base"
}

// resultNames are the local names of a handler's results.
func resultNames(s Sig) []jen.Code {
	if len(s.Results) == 1 {
		return []jen.Code{jen.Id("r")}
	}
	return []jen.Code{jen.Id("r0"), jen.Id("r1")}
}

// widen makes an int64 of a result.
func widen(t Type, v jen.Code) jen.Code {
	if t.Name == "int64" {
		return v
	}
	return jen.Int64().Call(v)
}

// Decode is the expression that makes the parameter of the frame.
func (p *Param) Decode(frame jen.Code) jen.Code {
	at := func(method string, args ...jen.Code) *jen.Statement {
		return jen.Add(frame).Dot(method).Call(append([]jen.Code{jen.Lit(p.Slot)}, args...)...)
	}
	mem := jen.Id("Mem").Op(":")
	switch {
	case p.Type.Pkg == "":
		return p.number(frame, p.Type, p.Slot)
	case p.Type.Name == "Addr":
		return at("Addr")
	case p.LenBehind:
		length := p.lengthType()
		return p.Type.Code().Values(
			jen.Id("Buf").Op(":").Add(at("Ref")),
			jen.Id("Length").Op(":").Qual(UsermemPath, "InOut").Types(length.Code()).Values(
				jen.Id("Mem").Op(":").Add(frame).Dot("Ref").Call(jen.Lit(p.LenSlot)),
			),
		)
	case p.Arg.Shape == master.Bytes:
		return p.Type.Code().Values(mem.Add(at("Buf", p.lengthCode(frame))))
	case p.Arg.Shape == master.Array:
		return p.Type.Code().Values(mem.Add(at("Ref")), jen.Id("N").Op(":").Add(p.lengthCode(frame)))
	}
	return p.Type.Code().Values(mem.Add(at("Ref")))
}

// number reads a slot as a Go integer.
func (p *Param) number(frame jen.Code, t Type, slot int) *jen.Statement {
	get := strings.ToUpper(t.Name[:1]) + t.Name[1:]
	return jen.Add(frame).Dot(get).Call(jen.Lit(slot))
}

// lengthCode is the length as a uint64. A negative one becomes a huge one.
func (p *Param) lengthCode(frame jen.Code) *jen.Statement {
	if p.LenArg == nil {
		return jen.Lit(int(p.Count))
	}
	t, err := Scalar(bare(p.LenArg.Type))
	if err != nil || t.Name == "int64" || t.Name == "int" {
		t.Name = "uint64"
	}
	n := p.number(frame, t, p.LenSlot)
	if t.Name == "uint64" {
		return n
	}
	return jen.Uint64().Call(n)
}

// lengthType is the type of the length behind a pointer.
func (p *Param) lengthType() Type {
	if p.Type.Name == "OutSized64" {
		return Type{Name: "uint64"}
	}
	return Type{Name: "uint32"}
}
