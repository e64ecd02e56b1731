// The emitter of a kernel's package: its type, its boot, the order of its
// parts.
package emit

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// KernelFiles emits the package of one kernel and its main.
func KernelFiles(k *Kernel) ([]File, error) {
	g := &kernelGen{Kernel: k, members: members(k)}
	var files []File
	for _, f := range []struct {
		name string
		make func() *jen.File
	}{
		{"zkernel.go", g.kernelFile},
		{"zvector.go", g.vectorFile},
		{"zthread.go", g.threadFile},
		{"zassert.go", g.assertFile},
		{"zprovider.go", g.providerFile},
		{k.Program + "/zmain.go", g.mainFile},
	} {
		file, err := Render(path.Join(k.Dir, f.name), f.make())
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// kernelGen writes one kernel.
type kernelGen struct {
	*Kernel
	// members are the kernel's fields, by import path of the part.
	members map[string]member
}

// member is the field that holds what a part's Attach returned, and the method
// that returns it.
type member struct{ field, accessor string }

// newFile begins a file of the kernel's package.
func (g *kernelGen) newFile(doc string) *jen.File {
	f := NewFile(g.ImportPath, g.Package, doc)
	for _, p := range g.Parts {
		switch {
		case isLocal(p.Package):
			f.ImportAlias(p.Path, p.Package+"part")
		case path.Base(p.Path) == p.Package:
			f.ImportName(p.Path, p.Package)
		default:
			f.ImportAlias(p.Path, p.Package)
		}
		if p.Result.Pkg != "" && p.Result.Pkg != p.Path {
			f.ImportName(p.Result.Pkg, path.Base(p.Result.Pkg))
		}
	}
	return f
}

// isLocal tells whether generated code uses a name for something of its own,
// so that no package can be called so in it.
func isLocal(name string) bool {
	switch name {
	case "attached", "b", "call", "cfg", "err", "f", "k", "l", "num", "p", "parts", "provider", "providers", "providerNames", "r", "r0", "r1", "vector":
		return true
	}
	return types.Universe.Lookup(name) != nil
}

func (g *kernelGen) kernelFile() *jen.File {
	f := g.newFile(fmt.Sprintf("Package %s is a rump kernel of %s.", g.Package, g.partNames()))
	g.typeDecl(f)
	g.bootDecl(f)
	g.accessors(f)
	g.partsDecl(f)
	g.attachDecl(f)
	g.detachDecl(f)
	g.syscallDecl(f)
	g.describeDecl(f)
	return f
}

// partNames lists the parts as a sentence does.
func (g *kernelGen) partNames() string {
	var names []string
	for _, p := range g.Parts {
		names = append(names, p.Name)
	}
	if len(names) == 1 {
		return "the " + names[0] + " alone"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func (g *kernelGen) typeDecl(f *jen.File) {
	f.Comment("Kernel is one kernel. Its methods may be called once Boot has returned it.")
	f.Type().Id("Kernel").StructFunc(func(s *jen.Group) {
		s.Qual(KernelPath, "Base")
		for _, p := range g.Parts {
			if m, ok := g.members[p.Path]; ok {
				s.Id(m.field).Add(p.resultCode())
			}
		}
		s.Id("attached").Int().Comment("how many parts are attached")
	})
}

// resultCode is the type that Attach returns.
func (p *Part) resultCode() *jen.Statement {
	if p.Pointer {
		return jen.Op("*").Add(p.Result.Code())
	}
	return p.Result.Code()
}

func (g *kernelGen) bootDecl(f *jen.File) {
	f.Comment("Boot brings up a kernel. It is ended by Close.")
	f.Func().Id("Boot").Params(jen.Id("cfg").Qual(KernelPath, "Config")).Params(jen.Op("*").Id("Kernel"), jen.Error()).Block(
		jen.Id("k").Op(":=").New(jen.Id("Kernel")),
		jen.If(jen.Err().Op(":=").Id("k").Dot("Base").Dot("Boot").Call(jen.Id("cfg"), jen.Parens(jen.Op("*").Id("parts")).Call(jen.Id("k"))), jen.Err().Op("!=").Nil()).Block(
			jen.Return(jen.Nil(), jen.Err()),
		),
		jen.Return(jen.Id("k"), jen.Nil()),
	)
}

func (g *kernelGen) accessors(f *jen.File) {
	f.Comment("BaseKernel returns the base, what all kernels have.")
	f.Func().Params(jen.Id("k").Op("*").Id("Kernel")).Id("BaseKernel").Params().Op("*").Qual(KernelPath, "Base").Block(
		jen.Return(jen.Op("&").Id("k").Dot("Base")),
	)
	for _, p := range g.Parts {
		m, ok := g.members[p.Path]
		if !ok {
			continue
		}
		f.Commentf("%s returns the part %s.", m.accessor, p.Name)
		f.Func().Params(jen.Id("k").Op("*").Id("Kernel")).Id(m.accessor).Params().Add(p.resultCode()).Block(
			jen.Return(jen.Id("k").Dot(m.field)),
		)
	}
}

func (g *kernelGen) partsDecl(f *jen.File) {
	f.Comment("parts is the kernel as its base sees it: what to attach, to detach and to call.")
	f.Type().Id("parts").Id("Kernel")
}

// members chooses the fields and accessors of the parts that return something:
// vfs and VFS for package vfs, or for the path when packages share a name.
func members(k *Kernel) map[string]member {
	count := make(map[string]int)
	for _, p := range k.Parts {
		count[p.Package]++
	}
	out := make(map[string]member)
	for _, p := range k.Parts {
		if p.IsBase() || p.Result.IsZero() {
			continue
		}
		accessor := camel(p.Package)
		switch {
		case strings.EqualFold(p.Package, p.Result.Name):
			accessor = p.Result.Name
		case count[p.Package] > 1:
			accessor = camel(identifier(p.Name))
		}
		if reserved(accessor) {
			accessor += "Part"
		}
		out[p.Path] = member{field: fieldName(accessor), accessor: accessor}
	}
	return out
}

// reserved are the names that a kernel has from its base, and its own.
func reserved(name string) bool {
	switch name {
	case "Base", "BaseKernel", "Boot", "Config", "Host", "Msgbuf", "Evcnt", "Mem", "Procs", "Sysctl", "Devsw", "Attach", "Close", "Syscall":
		return true
	}
	return false
}

// fieldName makes an unexported name: VFS → vfs, TmpFS → tmpFS.
func fieldName(accessor string) string {
	runes := []rune(accessor)
	for i := range runes {
		if i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	name := string(runes)
	if token.IsKeyword(name) || name == "attached" {
		name += "_"
	}
	return name
}

// identifier makes a C-like name of a path.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
}

// StandardKernels emits the packages of the standard kernels.
func StandardKernels(in *Input) ([]File, error) {
	var files []File
	for _, k := range in.Kernels {
		made, err := KernelFiles(k)
		if err != nil {
			return nil, err
		}
		files = append(files, made...)
	}
	return files, nil
}
