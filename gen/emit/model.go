// The model of kernels: what package resolve found, and emitters write.
package emit

import (
	"go/token"

	"github.com/rumpkit/rumpkit/gen/master"
)

// Part is a part of a kernel as its source declares it: the base, a faction, a
// component, or a part of another module.
type Part struct {
	// Path is the import path, Package the package's name.
	Path, Package string
	// Name is how selections name the part: base, vfs, vfs/tmpfs, or Path for
	// one of another module.
	Name string
	// Doc is its line in listings, "" when it has none.
	Doc string
	// Default is false for a part that is only chosen when it is named.
	Default bool
	// Excludes names the parts that it takes the place of.
	Excludes []string
	// Pos is where Attach is declared.
	Pos token.Position
	// Needs are the parameters of Attach.
	Needs []Need
	// Result is what Attach returns besides the error, its Name "" when that
	// is nothing; it is a pointer when Pointer is set.
	Result  Type
	Pointer bool
	// Detach is set when the package exports a function Detach.
	Detach bool
	// Handlers are the rows it serves, by number.
	Handlers []Handler
}

// Need is a parameter of Attach: something another part's Attach returns.
type Need struct {
	// Param is the parameter's name, Type its type as source spells it.
	Param, Type string
	// Part is the import path of the part that gives it, "" when no part that
	// is known does.
	Part string
}

// Handler is a method that serves a row.
type Handler struct {
	Entry  *master.Entry
	Method string
	Sig    Sig
	Pos    token.Position
}

// IsBase reports the part that every kernel has.
func (p *Part) IsBase() bool { return p.Name == BaseName }

// BaseName is how selections name the base.
const BaseName = "base"

// RumpRows is how many of the part's rows clients may call by a stub.
func (p *Part) RumpRows() int {
	n := 0
	for _, h := range p.Handlers {
		if h.Entry.Rump {
			n++
		}
	}
	return n
}

// Kernel is a selection, resolved.
type Kernel struct {
	// Selection is what was asked for.
	Selection string
	// ImportPath and Package name the package that holds the kernel, Program
	// the folder below it that holds its main package.
	ImportPath, Package, Program string
	// Dir is where the package goes, with slashes, from the module's root.
	Dir string
	// Parts are the chosen parts in the order in which they attach, the base
	// first.
	Parts []*Part
	// Table is the table it was resolved against.
	Table *master.Table
	// Providers names, by number, the part that would serve a row that no
	// chosen part serves, "" when none does.
	Providers []string
}

// RumpRows is how many of the rows that clients may call are served.
func (k *Kernel) RumpRows() int {
	n := 0
	for _, p := range k.Parts {
		n += p.RumpRows()
	}
	return n
}

// Served is one handler, and the part it belongs to.
type Served struct {
	Handler
	Part *Part
}

// Served lists what is served, by number: nil where nothing does.
func (k *Kernel) Served() []*Served {
	rows := make([]*Served, len(k.Table.Entries))
	for _, p := range k.Parts {
		for _, h := range p.Handlers {
			rows[h.Entry.Number] = &Served{Handler: h, Part: p}
		}
	}
	return rows
}
