package master

// The expressions of #if: what the C preprocessor allows, less arithmetic.

import (
	"strconv"
	"strings"
)

// expr evaluates one expression. pos is where the expression begins; all its
// errors are reported there.
type expr struct {
	toks    []string
	defines map[string]int64
	text    string
	pos     Pos
	depth   int
}

// eval tells whether the expression of a conditional holds.
func (p *parser) eval(text string, pos Pos) (bool, error) {
	x := &expr{toks: exprTokens(text), defines: p.opt.Defines, text: text, pos: pos}
	v, err := x.binary(0)
	if err != nil {
		return false, err
	}
	if len(x.toks) > 0 {
		return false, x.fail("the end of the condition")
	}
	return v != 0, nil
}

// operators by rising precedence.
var operators = [...][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}}

// binary evaluates operators of at least the given precedence.
func (x *expr) binary(level int) (int64, error) {
	if level == len(operators) {
		return x.unary()
	}
	left, err := x.binary(level + 1)
	for err == nil && len(x.toks) > 0 && contains(operators[level], x.toks[0]) {
		op := x.next()
		var right int64
		if right, err = x.binary(level + 1); err == nil {
			left = apply(op, left, right)
		}
	}
	return left, err
}

// unary evaluates !, parentheses, defined, numbers and symbols.
func (x *expr) unary() (int64, error) {
	if x.depth++; x.depth > maxDepth {
		return 0, x.fail("a simpler condition")
	}
	defer func() { x.depth-- }()
	tok := x.next()
	switch {
	case tok == "!":
		v, err := x.unary()
		return truth(v == 0), err
	case tok == "(":
		v, err := x.binary(0)
		if err == nil && x.next() != ")" {
			err = x.fail(`")"`)
		}
		return v, err
	case tok == "defined":
		return x.defined()
	case isIdent(tok):
		return x.defines[tok], nil
	}
	v, err := strconv.ParseInt(strings.TrimRight(tok, "uUlL"), 0, 64)
	if err != nil {
		return 0, x.fail("a symbol, a number, \"defined\", \"!\" or \"(\"")
	}
	return v, nil
}

// defined evaluates the operand of defined, in parentheses or bare.
func (x *expr) defined() (int64, error) {
	name := x.next()
	paren := name == "("
	if paren {
		name = x.next()
	}
	if !isIdent(name) || paren && x.next() != ")" {
		return 0, x.fail("one symbol behind defined")
	}
	_, ok := x.defines[name]
	return truth(ok), nil
}

// next takes the next token, "" at the end.
func (x *expr) next() string {
	if len(x.toks) == 0 {
		return ""
	}
	tok := x.toks[0]
	x.toks = x.toks[1:]
	return tok
}

// fail reports the whole condition.
func (x *expr) fail(expected string) error {
	return errorAt(x.pos, x.text, "a condition with %s", expected)
}

func apply(op string, a, b int64) int64 {
	switch op {
	case "||":
		return truth(a != 0 || b != 0)
	case "&&":
		return truth(a != 0 && b != 0)
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case "<":
		return truth(a < b)
	case "<=":
		return truth(a <= b)
	case ">":
		return truth(a > b)
	}
	return truth(a >= b)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// exprTokens splits a condition into operators, names and numbers; a byte that
// belongs to none is a token of its own.
func exprTokens(s string) []string {
	var toks []string
	for i := 0; i < len(s); {
		n := 1
		switch {
		case isBlank(s[i]):
			i++
			continue
		case isWordByte(s[i]):
			for i+n < len(s) && isWordByte(s[i+n]) {
				n++
			}
		case i+1 < len(s) && contains([]string{"||", "&&", "==", "!=", "<=", ">="}, s[i:i+2]):
			n = 2
		}
		toks = append(toks, s[i:i+n])
		i += n
	}
	return toks
}

// stripComments replaces C comments by blanks.
func stripComments(s string) string {
	for {
		start := strings.Index(s, "/*")
		if start < 0 {
			return s
		}
		end := strings.Index(s[start+2:], "*/")
		if end < 0 {
			return s[:start]
		}
		s = s[:start] + " " + s[start+2+end+2:]
	}
}
