// The emitter of a kernel's parts: attach, detach, call, describe.
package emit

import "github.com/dave/jennifer/jen"

// method begins a method of the generated type parts.
func method(f *jen.File, doc, name string) *jen.Statement {
	f.Comment(doc)
	return f.Func().Params(jen.Id("p").Op("*").Id("parts")).Id(name)
}

func (g *kernelGen) attachDecl(f *jen.File) {
	fails := jen.If(jen.Err().Op(":=").Id("p").Dot("attach").Call(jen.Id("b")), jen.Err().Op("!=").Nil()).Block(
		jen.Id("p").Dot("Detach").Call(),
		jen.Return(jen.Err()),
	)
	param := jen.Id("b").Op("*").Qual(KernelPath, "Base")
	if len(g.Parts) == 1 {
		method(f, "Attach has nothing to attach.", "Attach").Params(jen.Op("*").Qual(KernelPath, "Base")).Error().Block(jen.Return(jen.Nil()))
		return
	}
	method(f, "Attach attaches the parts in order. When one fails, those before it are detached.", "Attach").
		Params(param).Error().Block(fails, jen.Return(jen.Nil()))
	method(f, "attach attaches the parts, each after those it needs, until one fails.", "attach").
		Params(param).Params(jen.Err().Error()).BlockFunc(func(s *jen.Group) {
		for i, p := range g.Parts[1:] {
			s.Add(g.attachCall(p))
			s.Id("p").Dot("attached").Op("=").Lit(i + 1)
		}
		s.Return(jen.Nil())
	})
}

// attachCall calls the Attach of one part.
func (g *kernelGen) attachCall(p *Part) jen.Code {
	call := jen.Qual(p.Path, "Attach").Call(g.needs(p, jen.Id("b"))...)
	left := jen.List(jen.Err())
	if m, ok := g.members[p.Path]; ok {
		left = jen.List(jen.Id("p").Dot(m.field), jen.Err())
	}
	return jen.If(left.Op("=").Add(call), jen.Err().Op("!=").Nil()).Block(
		jen.Return(jen.Op("&").Qual(KernelPath, "AttachError").Values(
			jen.Id("Part").Op(":").Lit(p.Name), jen.Id("Err").Op(":").Err(),
		)),
	)
}

// needs are the arguments of a part's Attach; base is what the base is called
// there.
func (g *kernelGen) needs(p *Part, base jen.Code) []jen.Code {
	var args []jen.Code
	for _, n := range p.Needs {
		if m, ok := g.members[n.Part]; ok {
			args = append(args, jen.Id("p").Dot(m.field))
		} else {
			args = append(args, base)
		}
	}
	return args
}

func (g *kernelGen) detachDecl(f *jen.File) {
	if len(g.Parts) == 1 {
		method(f, "Detach has nothing to detach.", "Detach").Params().Block()
		return
	}
	method(f, "Detach detaches what is attached, the last first.", "Detach").Params().BlockFunc(func(s *jen.Group) {
		for i := len(g.Parts) - 1; i > 0; i-- {
			p := g.Parts[i]
			if !p.Detach {
				continue
			}
			args := g.needs(p, jen.Op("&").Id("p").Dot("Base"))
			if m, ok := g.members[p.Path]; ok {
				args = []jen.Code{jen.Id("p").Dot(m.field)}
			}
			s.If(jen.Id("p").Dot("attached").Op(">=").Lit(i)).Block(jen.Qual(p.Path, "Detach").Call(args...))
		}
		s.Id("p").Dot("attached").Op("=").Lit(0)
	})
}

func (g *kernelGen) syscallDecl(f *jen.File) {
	method(f, "Syscall performs call num: by the row's entry in the vector, if a part serves it.", "Syscall").
		Params(jen.Id("l").Op("*").Qual(ProcPath, "LWP"), jen.Id("num").Int(), jen.Id("f").Op("*").Qual(SysentPath, "Frame")).Error().Block(
		jen.If(jen.Uint().Call(jen.Id("num")).Op("<").Uint().Call(jen.Len(jen.Id("vector")))).Block(
			jen.If(jen.Id("call").Op(":=").Id("vector").Index(jen.Id("num")), jen.Id("call").Op("!=").Nil()).Block(
				jen.Return(jen.Id("call").Call(jen.Parens(jen.Op("*").Id("Kernel")).Call(jen.Id("p")), jen.Id("l"), jen.Id("f"))),
			),
		),
		jen.Return(jen.Id("p").Dot("Unserved").Call(jen.Id("l"), jen.Id("num"))),
	)
}

func (g *kernelGen) describeDecl(f *jen.File) {
	method(f, "Describe returns what was built in.", "Describe").Params().Qual(KernelPath, "Description").Block(
		jen.Return(jen.Qual(KernelPath, "Description").Custom(block,
			jen.Id("Selection").Op(":").Lit(g.Selection),
			jen.Id("Parts").Op(":").Index().String().CustomFunc(block, func(s *jen.Group) {
				for _, p := range g.Parts {
					s.Lit(p.Path)
				}
			}),
			jen.Id("Rows").Op(":").Lit(g.RumpRows()),
			jen.Id("Provider").Op(":").Id("provider"),
		)),
	)
}
