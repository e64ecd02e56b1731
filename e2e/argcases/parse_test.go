package argcases

import (
	"fmt"
	"strconv"
	"strings"
)

// kind is what an argument, a field or a result is.
type kind int

const (
	number kind = iota // text is an expression
	text               // a string
	zeros              // text is how many bytes
	packed             // items are fields, one behind the other
	typed              // text is a structure of package abi, items its fields
	null               // NULL
	bad                // an address of nothing
	any_               // whatever it is
)

// node is an argument, a field of memory, or a result.
type node struct {
	kind  kind
	text  string
	items []item
	after *node // what the memory holds after the call; nil: not looked at
}

// item is a field of memory: its name or width, if given, and its value.
type item struct {
	name string
	node
}

// step is one call.
type step struct {
	call string
	args []node
	want []node // nil: it succeeds
	// asserted is set for steps whose result the table gives.
	asserted bool
}

// testCase is one line of a table: calls, the last of which it is about.
type testCase struct {
	file  string
	line  int
	src   string
	steps []step
	// netbsd is what NetBSD answers to the last call on purpose, or nil; skip
	// is set when NetBSD is not asked; reason says why.
	netbsd []node
	skip   bool
	reason string
}

func (c *testCase) String() string { return fmt.Sprintf("%s:%d: %s", c.file, c.line, c.src) }

// scanner reads a line from left to right.
type scanner struct {
	s   string
	pos int
}

func (sc *scanner) space() {
	for sc.pos < len(sc.s) && sc.s[sc.pos] == ' ' {
		sc.pos++
	}
}

// peek says that what comes next begins with p.
func (sc *scanner) peek(p string) bool {
	sc.space()
	return strings.HasPrefix(sc.s[sc.pos:], p)
}

// take is peek, and goes past it.
func (sc *scanner) take(p string) bool {
	if !sc.peek(p) {
		return false
	}
	sc.pos += len(p)
	return true
}

func (sc *scanner) end() bool { sc.space(); return sc.pos >= len(sc.s) }

// word reads up to what cannot belong to a name or an expression.
func (sc *scanner) word() string {
	sc.space()
	start := sc.pos
	for sc.pos < len(sc.s) && !strings.ContainsRune(" ;={}[]~\"", rune(sc.s[sc.pos])) {
		sc.pos++
	}
	return sc.s[start:sc.pos]
}

// parseCase reads a line whose macros are expanded.
func parseCase(src string) (c testCase, err error) {
	body, note, _ := strings.Cut(src, " -- ")
	sc := &scanner{s: body}
	for !sc.end() {
		st, err := sc.step()
		if err != nil {
			return c, err
		}
		c.steps = append(c.steps, st)
		if !sc.take(";") && !sc.end() {
			return c, fmt.Errorf("%q is too much", sc.s[sc.pos:])
		}
	}
	if note != "" {
		err = c.note(note)
	}
	return c, err
}

// note reads what NetBSD answers on purpose: "netbsd EISDIR: why", or
// "netbsd: why" for a case that only we answer.
func (c *testCase) note(s string) error {
	rest, ok := strings.CutPrefix(s, "netbsd")
	result, reason, colon := strings.Cut(rest, ": ")
	if !ok || !colon || reason == "" {
		return fmt.Errorf("a note is \"netbsd RESULT: reason\", not %q", s)
	}
	c.reason = reason
	sc := &scanner{s: result}
	for !sc.end() {
		n, err := sc.node()
		if err != nil {
			return err
		}
		c.netbsd = append(c.netbsd, n)
	}
	c.skip = c.netbsd == nil
	return nil
}

func (sc *scanner) step() (st step, err error) {
	st.call = sc.word()
	list := &st.args
	for !sc.end() && !sc.peek(";") {
		if sc.take("=") {
			st.asserted = true
			list = &st.want
		}
		n, err := sc.node()
		if err != nil {
			return st, err
		}
		*list = append(*list, n)
	}
	return st, nil
}

// node reads an argument and, behind ~, what it holds after the call.
func (sc *scanner) node() (n node, err error) {
	if n, err = sc.value(); err != nil || !sc.take("~") {
		return n, err
	}
	after, err := sc.value()
	n.after = &after
	return n, err
}

func (sc *scanner) value() (n node, err error) {
	switch {
	case sc.peek(`"`):
		quoted, err := strconv.QuotedPrefix(sc.s[sc.pos:])
		if err != nil {
			return n, fmt.Errorf("no string: %s", sc.s[sc.pos:])
		}
		sc.pos += len(quoted)
		n.kind = text
		n.text, err = strconv.Unquote(quoted)
		return n, err
	case sc.take("["):
		n.kind, n.text = zeros, sc.word()
		if !sc.take("]") {
			return n, fmt.Errorf("no ] at %q", sc.s[sc.pos:])
		}
		return n, nil
	case sc.take("{"):
		n.kind = packed
		n.items, err = sc.items()
		return n, err
	}
	switch n.text = sc.word(); n.text {
	case "":
		return n, fmt.Errorf("nothing to read at %q", sc.s[sc.pos:])
	case "NULL":
		n.kind = null
	case "BAD":
		n.kind = bad
	case "_":
		n.kind = any_
	default:
		if strings.HasPrefix(sc.s[sc.pos:], "{") {
			sc.pos++
			n.kind = typed
			n.items, err = sc.items()
		}
	}
	return n, err
}

// items reads fields up to the brace. A field is a value, "Name:value" in a
// structure, or "width:value" in packed memory.
func (sc *scanner) items() (list []item, err error) {
	for !sc.take("}") {
		if sc.end() {
			return nil, fmt.Errorf("no } in %q", sc.s)
		}
		var it item
		if i := strings.IndexAny(sc.s[sc.pos:], ": {}[]\"~$"); i > 0 && sc.s[sc.pos+i] == ':' {
			it.name = sc.s[sc.pos : sc.pos+i]
			sc.pos += i + 1
		}
		if it.node, err = sc.node(); err != nil {
			return nil, err
		}
		list = append(list, it)
	}
	return list, nil
}
