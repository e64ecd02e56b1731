package master

// SAL words: which way an argument's memory moves, and how much of it there is.

import (
	"slices"
	"strings"
)

// salWord is what a SAL word says.
type salWord struct {
	dir    Direction
	shape  Shape
	null   bool
	length bool // followed by (n)
}

// lookupSAL takes a SAL word apart: _In_, _Out_ or _Inout_, then the shape.
// For a word that only begins like one, ok is false and the direction is set.
func lookupSAL(s string) (w salWord, ok bool) {
	verb, shape := "", ""
	switch {
	case strings.HasPrefix(s, "_In_"):
		w.dir, verb, shape = In, "reads_", s[len("_In_"):]
	case strings.HasPrefix(s, "_Out_"):
		w.dir, verb, shape = Out, "writes_", s[len("_Out_"):]
	case strings.HasPrefix(s, "_Inout_"):
		w.dir, verb, shape = InOut, "updates_", s[len("_Inout_"):]
	default:
		return w, false
	}
	w.null = strings.Contains(shape, "opt_")
	switch shape {
	case "", "opt_":
		w.shape = One
	case "z_", "opt_z_":
		w.shape = String
	case verb, verb + "opt_":
		w.shape = Array
	case verb + "bytes_", verb + "bytes_opt_":
		w.shape = Bytes
	}
	w.length = w.shape == Array || w.shape == Bytes
	return w, w.shape != None && (w.shape != String || w.dir == In)
}

// sal takes an argument's SAL word, if it has one, and returns where its length
// stood.
func (arg *Arg) sal(c *cursor) (Pos, error) {
	text := c.peek()
	w, ok := lookupSAL(text)
	if !ok {
		if w.dir != "" || strings.HasPrefix(text, "_Ret_") {
			return Pos{}, c.fail("a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_")
		}
		return Pos{}, nil
	}
	c.next()
	arg.Direction, arg.Shape, arg.Null = w.dir, w.shape, w.null
	if !w.length {
		return Pos{}, nil
	}
	return arg.length(c)
}

// length takes (n), (*name) or (name).
func (arg *Arg) length(c *cursor) (Pos, error) {
	if err := c.want("("); err != nil {
		return Pos{}, err
	}
	pos := c.pos()
	if c.accept("*") {
		arg.Len = "*"
	}
	if !isIdent(c.peek()) && (arg.Len != "" || !isDecimal(c.peek())) {
		return pos, c.fail("a length: an argument's name, *name, or a number")
	}
	arg.Len += c.next().text
	return pos, c.want(")")
}

// checkSAL checks that the SAL word fits the type. Without one, a pointer's
// direction is unknown.
func (arg *Arg) checkSAL(pos Pos) error {
	pointee, isPointer := arg.pointee()
	if arg.Shape == None {
		if isPointer {
			arg.Direction = Unknown
		}
		return nil
	}
	switch {
	case !isPointer:
		return errorAt(pos, arg.String(), "a pointer behind the SAL word")
	case arg.Pad:
		return errorAt(pos, arg.Name, "no SAL word on padding")
	case arg.Direction != In && isConst(pointee):
		return errorAt(pos, arg.String(), "memory that is not const, as it is written to")
	case arg.Shape == String && bare(pointee) != "char":
		return errorAt(pos, arg.String(), "char * behind _In_z_")
	case (arg.Shape == One || arg.Shape == Array) && bare(pointee) == "void":
		return errorAt(pos, arg.String(), "a _bytes_ form, as void has no size")
	}
	return nil
}

// pointee is what a pointer argument points at.
func (arg *Arg) pointee() (string, bool) {
	i := strings.LastIndexByte(arg.Type, '*')
	if i < 0 {
		return "", false
	}
	return strings.TrimSpace(arg.Type[:i]), true
}

// isConst tells whether an object of the type cannot be written.
func isConst(typ string) bool {
	i := strings.LastIndexByte(typ, '*')
	return contains(strings.Fields(typ[i+1:]), "const")
}

// bare is a type without const and volatile.
func bare(typ string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(typ), func(w string) bool {
		return w == "const" || w == "volatile"
	}), " ")
}

// checkLengths checks that each length names an argument that can hold one.
func (a *argList) checkLengths() error {
	for i := range a.entry.Args {
		arg := &a.entry.Args[i]
		if arg.Len == "" {
			continue
		}
		if want := a.badLength(arg); want != "" {
			return errorAt(a.lenPos[i], arg.Len, "%s", want)
		}
	}
	return nil
}

// badLength says what an argument's length should have been, or "".
func (a *argList) badLength(arg *Arg) string {
	if isDecimal(arg.Len) {
		if strings.Trim(arg.Len, "0") == "" || len(arg.Len) > 9 {
			return "a length from 1 to 999999999"
		}
		return ""
	}
	name, indirect := strings.CutPrefix(arg.Len, "*")
	i := slices.IndexFunc(a.entry.Args, func(x Arg) bool { return x.Name == name && !x.Pad })
	if i < 0 {
		return "the name of an argument of this call"
	}
	holder := &a.entry.Args[i]
	_, isPointer := holder.pointee()
	switch {
	case !indirect && isPointer:
		return "an argument that is a number; the length behind a pointer is written *" + name
	case indirect && (holder.Shape != One || holder.Direction == Out):
		return "an _In_ or _Inout_ pointer to the length"
	}
	return ""
}
