// Handler signatures: what the parameters and results of the Go method that
// serves a row are.
package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/gen/master"
)

// Sig is what a handler takes behind its *proc.LWP, and returns in front of
// its error.
type Sig struct {
	Params  []Param
	Results []Type
}

// Param is one parameter of a handler. It may stand for two arguments: memory
// and the length of it.
type Param struct {
	// Name is the Go name.
	Name string
	Type Type
	// Arg is the argument, Slot its index.
	Arg  *master.Arg
	Slot int
	// LenSlot is the slot of the argument that says how long the memory is,
	// or -1. LenArg is that argument. With LenBehind the slot is a pointer to
	// the length.
	LenSlot   int
	LenArg    *master.Arg
	LenBehind bool
	// Count is the length when the table says it as a number, else 0.
	Count uint64
}

// Signature returns the signature of the handler that serves an entry. It
// fails for entries without a call, for indirect ones, and for types that
// have no Go type; an error has a position in the table.
func Signature(e *master.Entry) (Sig, error) {
	if !e.HasCall() {
		return Sig{}, fmt.Errorf("%s: row %d (%s) is no call", e.Pos, e.Number, e.TableName())
	}
	if e.Indirect {
		return Sig{}, fmt.Errorf("%s: row %d (%s) is indirect: clients make the call it stands for", e.Pos, e.Number, e.Name)
	}
	var s Sig
	lengths := lengthArgs(e)
	for i := range e.Args {
		arg := &e.Args[i]
		if arg.Pad || lengths[arg.Name] {
			continue
		}
		p, err := param(e, i)
		if err != nil {
			return Sig{}, err
		}
		s.Params = append(s.Params, p)
	}
	r, err := Result(e)
	if err != nil {
		return Sig{}, err
	}
	for range e.RetValues {
		s.Results = append(s.Results, r)
	}
	return s, nil
}

// Result returns the type of the values an entry returns, whichever number of
// them there is. Pointers are addresses.
func Result(e *master.Entry) (Type, error) {
	if strings.HasSuffix(e.Ret, "*") {
		return Type{Name: "uint64"}, nil
	}
	t, err := Scalar(e.Ret)
	if err != nil {
		return Type{}, fmt.Errorf("%s: %w", e.Pos, err)
	}
	return t, nil
}

// lengthArgs names the arguments that are the length of another one's memory,
// and so come with it.
func lengthArgs(e *master.Entry) map[string]bool {
	names := make(map[string]bool)
	for i := range e.Args {
		n := strings.TrimPrefix(e.Args[i].Len, "*")
		if n != "" && (n[0] < '0' || n[0] > '9') {
			names[n] = true
		}
	}
	return names
}

// param makes the parameter for argument i.
func param(e *master.Entry, i int) (Param, error) {
	arg := &e.Args[i]
	p := Param{Name: ArgName(arg.Name), Arg: arg, Slot: slot(e, i), LenSlot: -1}
	p.length(e)
	var err error
	switch {
	case arg.Slots > 1:
		err = fmt.Errorf("%s: argument %s: an array in slots has no Go type", arg.Pos, arg.Name)
	case arg.Shape == master.None && isPointer(arg):
		p.Type = usermem("Addr")
	case arg.Shape == master.None:
		if p.Type, err = Scalar(bare(arg.Type)); err != nil {
			err = fmt.Errorf("%s: argument %s: %w", arg.Pos, arg.Name, err)
		}
		if p.Type.Name == "int" {
			p.Type.Name = "int64"
		}
	case arg.Shape == master.String:
		p.Type = usermem("String")
	case arg.Shape == master.Bytes && p.LenBehind:
		p.Type, err = p.sized()
	case arg.Shape == master.Bytes:
		p.Type = usermem(dirName(arg) + "Buf")
	default:
		p.Type, err = p.object()
	}
	return p, err
}

// length fills in where the length of the parameter's memory stands.
func (p *Param) length(e *master.Entry) {
	name, behind := strings.CutPrefix(p.Arg.Len, "*")
	if n, err := strconv.ParseUint(name, 10, 32); err == nil {
		p.Count = n
		return
	}
	p.LenBehind = behind
	i := slices.IndexFunc(e.Args, func(a master.Arg) bool { return a.Name == name && !a.Pad })
	if name != "" && i >= 0 {
		p.LenSlot, p.LenArg = slot(e, i), &e.Args[i]
	}
}

// sized is the type of a buffer to fill whose length lies behind a pointer.
func (p *Param) sized() (Type, error) {
	t, err := Element(p.LenArg)
	if err != nil {
		return Type{}, err
	}
	switch {
	case p.Arg.Direction != master.Out:
	case t.Name == "uint64":
		return usermem("OutSized64"), nil
	case t.Name == "uint32", t.Name == "int32":
		return usermem("OutSized32"), nil
	}
	return Type{}, fmt.Errorf("%s: argument %s: only a buffer to fill can have its length behind a pointer to an int, socklen_t or size_t", p.Arg.Pos, p.Arg.Name)
}

// object is the type of one object or an array of them.
func (p *Param) object() (Type, error) {
	elem, err := Element(p.Arg)
	if err != nil {
		return Type{}, err
	}
	t := usermem(dirName(p.Arg))
	if p.Arg.Shape == master.Array {
		t.Name += "Slice"
	}
	t.Of = &elem
	return t, nil
}

// slot is the first slot of argument i.
func slot(e *master.Entry, i int) int {
	n := 0
	for _, a := range e.Args[:i] {
		n += a.Slots
	}
	return n
}

// dirName is how the types of usermem spell a direction.
func dirName(a *master.Arg) string {
	switch a.Direction {
	case master.In:
		return "In"
	case master.Out:
		return "Out"
	}
	return "InOut"
}

func isPointer(a *master.Arg) bool { return strings.Contains(a.Type, "*") }

func usermem(name string) Type { return Type{Pkg: UsermemPath, Name: name} }

// String is the signature as a declaration spells it, behind the method's
// name: "(l *proc.LWP, fd int32) (int32, error)".
func (s Sig) String() string {
	var b strings.Builder
	b.WriteString("(l *proc.LWP")
	for _, p := range s.Params {
		b.WriteString(", " + p.Name + " " + p.Type.String())
	}
	if len(s.Results) == 0 {
		return b.String() + ") error"
	}
	b.WriteString(") (")
	for _, r := range s.Results {
		b.WriteString(r.String() + ", ")
	}
	return b.String() + "error)"
}
