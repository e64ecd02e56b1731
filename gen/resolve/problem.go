// What can be wrong: where, what, and the mend.
package resolve

import (
	"errors"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Problem is one reason why a kernel cannot be built.
type Problem struct {
	// Pos is file:line:column.
	Pos string
	// What is wrong, Mend what to do about it.
	What, Mend string
}

func (p *Problem) Error() string { return p.Pos + ": " + p.What + "\n\tmend: " + p.Mend }

// Problems lists the problems that an error is made of.
func Problems(err error) []*Problem {
	if p := (*Problem)(nil); errors.As(err, &p) && error(p) == err {
		return []*Problem{p}
	}
	var list []*Problem
	switch err := err.(type) {
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			list = append(list, Problems(e)...)
		}
	case interface{ Unwrap() error }:
		return Problems(err.Unwrap())
	}
	return list
}

// pkgErrors is what the compiler or the go command says of a package that
// cannot be used: the first complaint that has a position, if one does.
func pkgErrors(pkg *packages.Package) []error {
	if len(pkg.Errors) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(pkg.Errors, func(e packages.Error) bool { return e.Pos != "" && e.Pos != "-" }))
	e := pkg.Errors[i]
	pos := pkg.PkgPath
	if file, rest, ok := strings.Cut(e.Pos, ":"); ok {
		pos = shorten(file) + ":" + rest
	}
	if e.Kind == packages.ListError && len(pkg.GoFiles) == 0 {
		return []error{&Problem{Pos: pos, What: "no module here has package " + pkg.PkgPath, Mend: "mend the import path, or go get " + pkg.PkgPath}}
	}
	return []error{&Problem{
		Pos:  pos,
		What: "package " + pkg.PkgPath + " does not compile: " + e.Msg,
		Mend: "make go build " + pkg.PkgPath + " succeed",
	}}
}

// position finds where an object is declared. Export data knows the line and,
// made with -trimpath, the name of the file; the column is looked up.
func (t *Tree) position(obj types.Object) token.Position {
	pkg := t.pkgs[obj.Pkg().Path()]
	if pkg == nil {
		return token.Position{Filename: obj.Pkg().Path()}
	}
	pos := pkg.Fset.Position(obj.Pos())
	for _, file := range pkg.GoFiles {
		if filepath.Base(file) == filepath.Base(pos.Filename) {
			pos.Filename = file
		}
	}
	if pos.Column <= 1 {
		pos.Column = column(pos, obj.Name())
	}
	return pos
}

// column finds a name in the line of pos: column 1 when it is not there.
func column(pos token.Position, name string) int {
	src, err := os.ReadFile(pos.Filename)
	if err != nil {
		return 1
	}
	lines := strings.SplitN(string(src), "\n", pos.Line+1)
	if pos.Line < 1 || pos.Line > len(lines) {
		return 1
	}
	loc := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(lines[pos.Line-1])
	if loc == nil {
		return 1
	}
	return loc[0] + 1
}

// show is a position as messages show it.
func show(pos token.Position) string {
	pos.Filename = shorten(pos.Filename)
	return pos.String()
}
