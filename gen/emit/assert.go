// The emitters of a kernel's smaller files: the compiler's check of each
// handler, who would serve what is not served, the main package.
package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
)

func (g *kernelGen) assertFile() *jen.File {
	f := g.newFile("")
	f.Comment("The compiler checks each handler against the table here. Nothing of it is in the kernel.")
	f.Var().DefsFunc(func(s *jen.Group) {
		for _, row := range g.Served() {
			if row == nil {
				continue
			}
			recv := row.Part.resultCode()
			s.Id("_").Func().ParamsFunc(func(params *jen.Group) {
				params.Add(recv)
				params.Op("*").Qual(ProcPath, "LWP")
				for _, p := range row.Sig.Params {
					params.Add(p.Type.Code())
				}
			}).ParamsFunc(func(results *jen.Group) {
				for _, r := range row.Sig.Results {
					results.Add(r.Code())
				}
				results.Error()
			}).Op("=").Parens(recv).Dot(row.Method)
		}
	})
	return f
}

func (g *kernelGen) providerFile() *jen.File {
	f := g.newFile("")
	names := []string{""}
	f.Comment("provider names the part of this module that would serve row num, \"\" when none does or one here does.")
	f.Func().Id("provider").Params(jen.Id("num").Int()).String().Block(
		jen.If(jen.Uint().Call(jen.Id("num")).Op(">=").Uint().Call(jen.Len(jen.Id("providers")))).Block(jen.Return(jen.Lit(""))),
		jen.Return(jen.Id("providerNames").Index(jen.Id("providers").Index(jen.Id("num")))),
	)
	f.Comment("providers holds, by number, an index into providerNames.")
	f.Var().Id("providers").Op("=").Index(jen.Lit(len(g.Providers))).Uint8().CustomFunc(block, func(s *jen.Group) {
		for num, name := range g.Providers {
			if name == "" {
				continue
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			s.Qual(SysentPath, NumberName(&g.Table.Entries[num])).Op(":").Lit(slices.Index(names, name))
		}
	})
	f.Comment("providerNames are the parts that providers speaks of.")
	f.Var().Id("providerNames").Op("=").Index(jen.Op("...")).String().ValuesFunc(func(s *jen.Group) {
		for _, name := range names {
			s.Lit(name)
		}
	})
	return f
}

func (g *kernelGen) mainFile() *jen.File {
	standalone := KernelPath + "/standalone"
	f := NewFile(g.ImportPath+"/"+g.Program, "main", "Command "+g.Program+" is a rump kernel of "+g.partNames()+" that clients reach by a socket.")
	f.ImportName(standalone, "standalone")
	f.ImportName(g.ImportPath, g.Package)
	f.Func().Id("main").Params().Block(
		jen.Qual(standalone, "Main").Call(jen.Lit(g.Program), jen.Id("boot")),
	)
	f.Line()
	f.Func().Id("boot").Params(jen.Id("cfg").Qual(KernelPath, "Config")).Params(jen.Qual(standalone, "Kernel"), jen.Error()).Block(
		jen.Return(jen.Qual(g.ImportPath, "Boot").Call(jen.Id("cfg"))),
	)
	return f
}
