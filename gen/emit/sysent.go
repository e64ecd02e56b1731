// The emitter of package sysent: numbers, names and rows.
package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// nsysent is the size of the switch table in NetBSD, filler included.
const nsysent = 512

// NumberName is the constant of package sysent that is the entry's number:
// SYS_open, SYS_compat_50___stat30.
func NumberName(e *master.Entry) string { return "SYS_" + e.Name }

// Sysent emits the numbers and rows of the table.
func Sysent(in *Input) ([]File, error) {
	numbers, err := Render("kernel/sysent/znumbers.go", numbersFile(in.Table))
	if err != nil {
		return nil, err
	}
	rows, err := Render("kernel/sysent/zrows.go", rowsFile(in.Table))
	return []File{numbers, rows}, err
}

func numbersFile(t *master.Table) *jen.File {
	f := NewFile(SysentPath, "sysent", "")
	f.Comment("The numbers of the calls.")
	f.Const().DefsFunc(func(g *jen.Group) {
		for i := range t.Entries {
			if e := &t.Entries[i]; e.HasCall() {
				g.Id(NumberName(e)).Op("=").Lit(e.Number).Comment(e.Handler)
			}
		}
	})
	f.Comment("SYS_MAXSYSCALL is the number of rows, SYS_NSYSENT the size of NetBSD's table, filler included.")
	f.Const().Defs(
		jen.Id("SYS_MAXSYSCALL").Op("=").Lit(len(t.Entries)),
		jen.Id("SYS_NSYSENT").Op("=").Lit(nsysent),
	)
	return f
}

func rowsFile(t *master.Table) *jen.File {
	f := NewFile(SysentPath, "sysent", "")
	f.Comment("Rows are the rows of the table, by number. They never change.")
	f.Var().Id("Rows").Op("=").Index(jen.Lit(len(t.Entries))).Id("Row").CustomFunc(block, func(g *jen.Group) {
		for i := range t.Entries {
			g.Add(rowCode(&t.Entries[i]))
		}
	})
	return f
}

// block is a composite literal with one element on each line.
var block = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

func rowCode(e *master.Entry) jen.Code {
	return jen.Lit(e.Number).Op(":").ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(e.TableName())
		if e.NArg != 0 {
			g.Id("NArg").Op(":").Lit(e.NArg)
		}
		if e.Module != "" {
			g.Id("Modular").Op(":").True()
		}
	})
}
