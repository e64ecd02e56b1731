package master

// Return types and arguments.

import (
	"strconv"
	"strings"
)

// ret takes [_Ret_|_Ret_pair_] TYPE |.
func (e *Entry) ret(c *cursor) error {
	pos, mark := c.pos(), c.peek()
	if mark == "_Ret_" || mark == "_Ret_pair_" {
		c.next()
	} else {
		mark = ""
	}
	typ, err := c.ctype("|", "the return type")
	if err != nil {
		return err
	}
	e.Ret = typ
	switch {
	case mark != "" && typ == "void":
		return errorAt(pos, mark, "no return annotation on void")
	case mark == "_Ret_" && typ != "int":
		return errorAt(pos, mark, "no _Ret_ on %s, which always carries a value", typ)
	case mark == "_Ret_pair_":
		e.RetValues = 2
	case mark == "_Ret_" || typ != "int" && typ != "void":
		e.RetValues = 1
	}
	return c.want("|")
}

// ctype takes words up to end, and joins them to a C type.
func (c *cursor) ctype(end, what string) (string, error) {
	var ws []string
	for c.peek() != end {
		if c.peek() != "*" && !isIdent(c.peek()) {
			return "", c.fail("%s", what)
		}
		ws = append(ws, c.next().text)
	}
	if len(ws) == 0 || ws[0] == "*" {
		return "", c.fail("%s", what)
	}
	return joinType(ws), nil
}

// joinType joins words by single blanks, with none behind a star.
func joinType(ws []string) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 && ws[i-1] != "*" {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// args takes ( ARGS, up to the closing parenthesis.
func (p *parser) args(e *Entry, c *cursor) error {
	if err := c.want("("); err != nil {
		return err
	}
	if c.peek() == ")" {
		return nil
	}
	if c.peek() == "void" && len(c.words) > 1 && c.words[1].text == ")" {
		c.next()
		return nil
	}
	a := argList{parser: p, entry: e}
	for {
		if err := a.one(c); err != nil {
			return err
		}
		if !c.accept(",") {
			break
		}
	}
	if c.peek() != ")" {
		return c.fail(`"," or ")"`)
	}
	return a.checkLengths()
}

// argList is an argument list being read.
type argList struct {
	*parser
	entry    *Entry
	slots    int
	optional bool
	// narrow counts the arguments so far that are not 64 bits wide by type.
	narrow int
	// lenPos is where each argument's SAL length stood.
	lenPos []Pos
}

// one takes [...] [SAL] TYPE NAME.
func (a *argList) one(c *cursor) error {
	if c.accept("...") {
		a.optional = true
	}
	arg := Arg{Pos: c.pos(), Optional: a.optional, Direction: Value, Slots: 1}
	salPos := c.pos()
	lenPos, err := arg.sal(c)
	if err != nil {
		return err
	}
	if err := arg.typeAndName(c, a.opt.maxSysArgs()); err != nil {
		return err
	}
	if err := arg.checkSAL(salPos); err != nil {
		return err
	}
	if err := a.checkSlots(&arg); err != nil {
		return err
	}
	a.entry.Args = append(a.entry.Args, arg)
	a.lenPos = append(a.lenPos, lenPos)
	return nil
}

// typeAndName takes TYPE NAME: the last word is the name.
func (arg *Arg) typeAndName(c *cursor, most int) error {
	var ws []word
	for t := c.peek(); t != "," && t != ")"; t = c.peek() {
		if t == "" || isDelim(t[0]) && t != "*" && t != "(" {
			return c.fail(`"," or ")" behind the argument`)
		}
		ws = append(ws, c.next())
	}
	if len(ws) < 2 {
		return c.fail("an argument: its type and its name")
	}
	last := ws[len(ws)-1]
	if err := arg.setName(last, most); err != nil {
		return err
	}
	typ := cursor{words: ws[:len(ws)-1], end: last.pos}
	var err error
	arg.Type, err = typ.ctype("", "the type of argument "+arg.Name)
	return err
}

// setName takes the name apart: PAD, or a C name, perhaps with [DIM].
func (arg *Arg) setName(w word, most int) error {
	name, dim, isArray := strings.Cut(w.text, "[")
	if !isIdent(name) {
		return errorAt(w.pos, w.text, "the name of an argument")
	}
	arg.Name, arg.Pad = name, w.text == "PAD"
	if !isArray {
		return nil
	}
	dim, closed := strings.CutSuffix(dim, "]")
	n, err := strconv.Atoi(dim)
	if strings.HasSuffix(dim, "SYS_MAXSYSARGS") && isIdent(dim) {
		n, err = most, nil
	}
	if !closed || err != nil || n < 1 || n > most {
		return errorAt(w.pos, w.text, "an array of 1 to %d slots, or of SYS_MAXSYSARGS", most)
	}
	arg.Slots, arg.Dim = n, dim
	return nil
}

// checkSlots counts an argument's slots, and checks its alignment and name.
func (a *argList) checkSlots(arg *Arg) error {
	for i := range a.entry.Args {
		if prev := &a.entry.Args[i]; prev.Name == arg.Name && !arg.Pad {
			return errorAt(arg.Pos, arg.Name, "a name other than that of argument %d", i+1)
		}
	}
	switch {
	case a.opt.SysAlign && isAligned(arg.Type) && a.narrow%2 != 0:
		return errorAt(arg.Pos, arg.String(), "a padding argument (such as int PAD) in front of it")
	case !isAligned(arg.Type):
		a.narrow++
	}
	a.slots += arg.Slots
	most := a.opt.maxSysArgs()
	if a.entry.Indirect {
		most *= 2 // a number, and the arguments of the call it stands for
	}
	if a.slots > most {
		return errorAt(arg.Pos, arg.String(), "at most %d argument slots", most)
	}
	return nil
}

// String declares the argument as C does.
func (arg *Arg) String() string {
	if strings.HasSuffix(arg.Type, "*") {
		return arg.Type + arg.Name
	}
	return arg.Type + " " + arg.Name
}

// isAligned are the types that sysalign makes begin at an even slot.
func isAligned(typ string) bool {
	return typ == "off_t" || typ == "dev_t" || typ == "time_t"
}
