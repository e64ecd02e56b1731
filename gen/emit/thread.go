// The emitter of the short way into a kernel's calls, for callers in the same
// process: from the stub to the row's entry with nothing in between that a
// plain call does not need.
package emit

import (
	"strconv"

	"github.com/dave/jennifer/jen"
)

func (g *kernelGen) threadFile() *jen.File {
	f := g.newFile("")
	f.Comment("NewThread returns l as a caller in this process has it.")
	f.Func().Params(jen.Id("p").Op("*").Id("parts")).Id("NewThread").
		Params(g.lwpParam()).Qual(SysentPath, "Thread").Block(
		jen.Return(jen.Op("&").Id("thread").Values(jen.Dict{
			jen.Id("k"): jen.Parens(jen.Op("*").Id("Kernel")).Call(jen.Id("p")),
			jen.Id("l"): jen.Id("l"),
		})),
	)
	f.Comment("thread is an lwp of a caller in this process.")
	f.Type().Id("thread").Struct(
		jen.Id("k").Op("*").Id("Kernel"),
		jen.Id("l").Op("*").Qual(ProcPath, "LWP"),
	)
	f.Comment("Close ends the lwp.")
	f.Func().Params(jen.Id("t").Op("*").Id("thread")).Id("Close").Params().Block(
		jen.Id("t").Dot("l").Dot("Release").Call(),
	)
	f.Comment("identity are the rows that only say who the caller is: nothing in them can fail.")
	f.Const().Id("identity").Uint64().Op("=").Id("0x" + strconv.FormatUint(g.identityRows(), 16))
	f.Comment("Syscall performs call num: straight to the row's entry, when there is nothing else to do for it.")
	f.Comment("A panic in a handler ends this kernel and no other.")
	f.Add(g.threadSyscall())
	return f
}

func (g *kernelGen) lwpParam() jen.Code { return jen.Id("l").Op("*").Qual(ProcPath, "LWP") }

func (g *kernelGen) threadSyscall() jen.Code {
	entry := jen.Id("vector").Index(jen.Id("num"))
	call := jen.Id("call").Call(jen.Id("k"), jen.Id("l"), jen.Id("f"))
	local := jen.Return(jen.Id("k").Dot("SyscallLocal").Call(jen.Id("l"), jen.Id("num"), jen.Id("f")))
	return jen.Func().Params(jen.Id("t").Op("*").Id("thread")).Id("Syscall").
		Params(jen.Id("num").Int(), jen.Id("f").Op("*").Qual(SysentPath, "Frame")).
		Params(jen.Err().Error()).Block(
		jen.List(jen.Id("k"), jen.Id("l")).Op(":=").List(jen.Id("t").Dot("k"), jen.Id("t").Dot("l")),
		jen.If(jen.Uint().Call(jen.Id("num")).Op(">=").Uint().Call(jen.Len(jen.Id("vector")))).Block(local),
		jen.Id("call").Op(":=").Add(entry),
		jen.If(jen.Id("call").Op("==").Nil().Op("||").Op("!").Id("l").Dot("Begin").Call(jen.Id("num"))).Block(local),
		jen.If(jen.Id("num").Op("<").Lit(64).Op("&&").Id("identity").Op(">>").Uint().Call(jen.Id("num")).Op("&").Lit(1).Op("!=").Lit(0)).
			Block(jen.Return(call)),
		jen.Id("f").Dot("Ret").Op("=").Index(jen.Lit(2)).Int64().Values(),
		jen.Id("returned").Op(":=").False(),
		jen.Defer().Func().Params().Block(
			jen.If(jen.Op("!").Id("returned")).Block(jen.Err().Op("=").Id("k").Dot("Broken").Call(jen.Recover())),
		).Call(),
		jen.Err().Op("=").Add(call),
		jen.Id("returned").Op("=").True(),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Err().Op("=").Qual(KernelPath, "Errno").Call(jen.Err())),
		jen.If(jen.Op("!").Id("l").Dot("Plain").Call()).Block(jen.Id("k").Dot("FinishLocal").Call(jen.Id("l"))),
		jen.Return(jen.Err()),
	)
}

// identityRows are the served rows below 64 whose stub does not look at an
// error, that take nothing and return a value: getpid and its like.
func (g *kernelGen) identityRows() uint64 {
	var set uint64
	for num, row := range g.Served() {
		if row == nil || num >= 64 {
			continue
		}
		if e := row.Entry; e.Type == "NOERR" && len(e.Args) == 0 && e.RetValues > 0 {
			set |= 1 << num
		}
	}
	return set
}
