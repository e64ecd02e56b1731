// The emitter of the trace printer's tables: for each row, how each argument
// is printed, and the names of bits and numbers.
package emit

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// Trace emits the tables of the trace printer in package sysent.
func Trace(in *Input) ([]File, error) {
	flags, err := parseTraceFlags(traceFlagsText)
	if err != nil {
		return nil, err
	}
	if err := flags.check(in.Table); err != nil {
		return nil, err
	}
	rowsFile, argsFile := traceRowsFiles(in.Table, flags)
	rows, err := Render("kernel/sysent/ztrace.go", rowsFile)
	if err != nil {
		return nil, err
	}
	args, err := Render("kernel/sysent/ztraceargs.go", argsFile)
	if err != nil {
		return nil, err
	}
	sets, err := Render("kernel/sysent/ztraceset.go", traceSetsFile(flags))
	if err != nil {
		return nil, err
	}
	files := []File{rows, args, sets}
	for i := range flags.sets {
		set := &flags.sets[i]
		if !set.large() {
			continue
		}
		f := NewFile(SysentPath, "sysent", "")
		f.Var().Id(traceNamesName(set)).Op("=").Add(traceNames(set))
		file, err := Render("kernel/sysent/ztrace"+set.name+".go", f)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// traceRowsFiles are the rows, and the arguments that they point into.
func traceRowsFiles(t *master.Table, flags *traceFlags) (rows, arguments *jen.File) {
	f := NewFile(SysentPath, "sysent", "")
	var args []jen.Code
	f.Comment("traceRows say how each call is printed.")
	f.Var().Id("traceRows").Op("=").Index(jen.Lit(len(t.Entries))).Id("traceRow").CustomFunc(block, func(g *jen.Group) {
		for i := range t.Entries {
			e := &t.Entries[i]
			if !e.HasCall() || e.Indirect {
				continue
			}
			g.Id(NumberName(e)).Op(":").Values(jen.Id(traceRet(e)), jen.Lit(len(e.Args)), jen.Lit(len(args)))
			for i := range e.Args {
				arg := traceArgCode(e, &e.Args[i], flags)
				if i == 0 {
					arg = jen.Line().Add(arg)
				}
				args = append(args, arg)
			}
		}
	})
	g := NewFile(SysentPath, "sysent", "")
	g.Comment("traceArgs say how the arguments are printed, a row on each line.")
	g.Var().Id("traceArgs").Op("=").Index(jen.Op("...")).Id("traceArg").
		Custom(jen.Options{Open: "{", Close: ",\n}", Separator: ","}, args...)
	return f, g
}

// traceRet is the kind of a row's result.
func traceRet(e *master.Entry) string {
	switch {
	case e.RetValues == 0:
		return "retStatus"
	case e.RetValues == 2:
		return "retPair"
	case e.Ret == "mode_t":
		return "retMode"
	}
	return "retInt"
}

// traceArgCode is one element of a row.
func traceArgCode(e *master.Entry, a *master.Arg, flags *traceFlags) jen.Code {
	kind, x, n := "argAddr", "0", 0
	switch {
	case a.Pad || a.Slots > 1:
		return jen.Values()
	case e.Base == "ioctl" && a.Name == "data":
		kind = "argIoctl"
	case e.Base == "fcntl" && a.Name == "arg":
		kind = "argFcntl"
	case a.Shape == master.String:
		kind = "argString"
	case a.Shape != master.None:
		kind, x = "arg"+strings.ToUpper(string(a.Shape[:1]))+string(a.Shape[1:]), traceElem(e, a)
		if n = traceLen(e, a); strings.HasPrefix(a.Len, "*") {
			kind = "argSized"
		}
	case !isPointer(a):
		kind, x = traceNumber(flags.of(e, a), a)
	}
	return jen.Values(jen.Id(kind), jen.Id(traceDir(a)), jen.Id(x), jen.Lit(n))
}

// traceDir is which way memory moves. What another argument decides may be
// filled.
func traceDir(a *master.Arg) string {
	switch a.Direction {
	case master.Unknown:
		return "dirInOut"
	case master.Out:
		return "dirOut"
	case master.InOut:
		return "dirInOut"
	}
	return "dirIn"
}

// traceNumber is the kind of a number, and its set.
func traceNumber(set string, a *master.Arg) (kind, x string) {
	switch {
	case traceKinds[set] != "":
		return traceKinds[set], "0"
	case set != "":
		return "argSet", traceSetName(set)
	case a.Type == "mode_t":
		return "argMode", "0"
	}
	t, err := Scalar(bare(a.Type))
	if err != nil {
		return "argAddr", "0"
	}
	return map[string]string{"int": "argLong", "int32": "argInt", "uint32": "argUint", "int64": "argLong", "uint64": "argUlong"}[t.Name], "0"
}

// traceLen is the slot of the length of an argument's memory, or the length
// itself as a negative number.
func traceLen(e *master.Entry, a *master.Arg) int {
	if n, err := strconv.Atoi(a.Len); err == nil {
		return -n
	}
	name := strings.TrimPrefix(a.Len, "*")
	for i := range e.Args {
		if name != "" && e.Args[i].Name == name {
			return slot(e, i)
		}
	}
	return 0
}

// traceElems are the structures that the printer knows.
var traceElems = map[string]bool{
	"Pollfd": true, "Kevent": true, "Iovec": true, "Timespec": true, "Timeval": true, "Timespec50": true,
	"Timeval50": true, "Itimerval": true, "Itimerspec": true, "Rlimit": true, "Stat": true,
}

// traceElem is what a pointer argument points at, as the printer has it.
func traceElem(e *master.Entry, a *master.Arg) string {
	elem, err := Element(a)
	switch {
	case elem.Name == "Sockaddr":
		return "elemSockaddr"
	case a.Shape == master.Bytes && elem.Pkg != "":
		return "elemOther"
	case a.Shape == master.Bytes:
		return traceSizeElem(e, a)
	case err != nil || elem.Pkg != "" && !traceElems[elem.Name]:
		return "elemOther"
	case elem.Pkg != "":
		return "elem" + elem.Name
	}
	return map[string]string{"int32": "elemInt", "uint32": "elemUint", "int64": "elemLong", "uint64": "elemUlong"}[elem.Name]
}

// traceSizeElem tells bytes whose length is a size_t behind a pointer from
// others.
func traceSizeElem(e *master.Entry, a *master.Arg) string {
	if name, ok := strings.CutPrefix(a.Len, "*"); ok {
		for i := range e.Args {
			if e.Args[i].Name == name && pointee(&e.Args[i]) == "size_t" {
				return "elemSize"
			}
		}
	}
	return "elemNone"
}

func traceSetName(set string) string { return "set" + camel(set) }

func traceSetsFile(flags *traceFlags) *jen.File {
	f := NewFile(SysentPath, "sysent", "")
	f.Comment("The sets of names.")
	f.Const().DefsFunc(func(g *jen.Group) {
		for i, set := range flags.sets {
			c := g.Id(traceSetName(set.name))
			if i == 0 {
				c.Op("=").Iota()
			}
		}
	})
	f.Comment("traceSets hold the names of bits and numbers.")
	f.Var().Id("traceSets").Op("=").Index(jen.Op("...")).Id("traceSet").CustomFunc(block, func(g *jen.Group) {
		for i := range flags.sets {
			set := &flags.sets[i]
			var names jen.Code = jen.Id(traceNamesName(set))
			if !set.large() {
				names = traceNames(set)
			}
			g.Id(traceSetName(set.name)).Op(":").Values(jen.Lit(set.bits), jen.Lit(set.text()), names)
		}
	})
	return f
}

// large tells whether the names stand in a file of their own.
func (s *traceSet) large() bool { return len(s.names) > 100 }

func traceNamesName(set *traceSet) string { return "traceNames" + camel(set.name) }

func traceNames(set *traceSet) jen.Code {
	return jen.Index().Id("traceValue").CustomFunc(block, func(g *jen.Group) {
		for _, n := range set.names {
			g.Values(traceMask(n), jen.Qual(ABIPath, n.name))
		}
	})
}

// traceMask is the mask of a name: its field, or 0.
func traceMask(n traceName) jen.Code {
	switch {
	case n.mask == "":
		return jen.Lit(0)
	case n.mask[0] >= '0' && n.mask[0] <= '9':
		return jen.Id(n.mask)
	}
	return jen.Qual(ABIPath, n.mask)
}

// text is the names with spaces between.
func (s *traceSet) text() string {
	var words []string
	for _, n := range s.names {
		words = append(words, n.name)
	}
	return strings.Join(words, " ")
}
