package master

// Conditionals between entries: #if, #else and #endif keep the running number
// as makesyscalls.sh does, and the defines choose a branch.

import "strings"

// cond is one open conditional.
type cond struct {
	pos Pos
	// number is the running number at the #if; #else goes back to it.
	number int
	// past are the conditions of the branches before this one, now is this
	// one's, "" in an #else.
	past []string
	now  string
	// taken is set once a branch was chosen, active while in that branch.
	taken, active bool
	inElse        bool
}

// directive handles a preprocessor line inside the table; off is where its
// first field begins. A blank behind the # makes it none of ours: makesyscalls.sh
// copies such a line and does not look at it.
func (p *parser) directive(l line, off int) error {
	name, rest := cutName(l.text[off+1:])
	at := off + 1 + len(l.text[off+1:]) - len(rest)
	pos := l.pos(p.file, off)
	text := strings.TrimSpace(stripComments(rest))
	var err error
	switch {
	case strings.HasPrefix(name, "if"):
		err = p.openCond(pos, name, text, l.pos(p.file, at))
	case name == "elif":
		err = p.elifCond(pos, text, l.pos(p.file, at))
	case name == "else":
		err = p.elseCond(pos)
	case name == "endif":
		err = p.closeCond(pos)
	}
	p.noteConds()
	return err
}

// noteConds notes the conditions around the lines that follow, outermost first.
func (p *parser) noteConds() {
	p.around = nil
	for i := range p.conds {
		p.around = append(p.around, p.conds[i].text())
	}
}

// cutName cuts the leading letters off a directive.
func cutName(s string) (name, rest string) {
	i := 0
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] == '_') {
		i++
	}
	return s[:i], s[i:]
}

// openCond handles #if, #ifdef and #ifndef; textPos is where the condition stands.
func (p *parser) openCond(pos Pos, name, text string, textPos Pos) error {
	if len(p.conds) >= maxDepth {
		return errorAt(pos, "#"+name, "conditionals nested at most %d deep", maxDepth)
	}
	switch name {
	case "if":
	case "ifdef", "ifndef":
		if !isIdent(text) {
			return errorAt(textPos, text, "one symbol behind #%s", name)
		}
		text = "defined(" + text + ")"
		if name == "ifndef" {
			text = "!" + text
		}
	default:
		return errorAt(pos, "#"+name, "#if, #ifdef or #ifndef")
	}
	value, err := p.eval(text, textPos)
	if err != nil {
		return err
	}
	p.conds = append(p.conds, cond{pos: pos, number: p.number, now: text, taken: value, active: value})
	return nil
}

// top is the innermost open conditional, or nil.
func (p *parser) top() *cond {
	if len(p.conds) == 0 {
		return nil
	}
	return &p.conds[len(p.conds)-1]
}

// elifCond handles #elif, which chooses a branch but leaves the number alone.
func (p *parser) elifCond(pos Pos, text string, textPos Pos) error {
	c := p.top()
	if c == nil || c.inElse {
		return errorAt(pos, "#elif", "an open #if before it (unbalanced)")
	}
	if len(c.past) >= maxDepth {
		return errorAt(pos, "#elif", "at most %d branches", maxDepth)
	}
	value, err := p.eval(text, textPos)
	if err != nil {
		return err
	}
	c.past, c.now = append(c.past, c.now), text
	c.active = value && !c.taken
	c.taken = c.taken || value
	return nil
}

// elseCond handles #else: the number goes back to the one at the #if.
func (p *parser) elseCond(pos Pos) error {
	c := p.top()
	if c == nil || c.inElse {
		return errorAt(pos, "#else", "an open #if before it (unbalanced)")
	}
	p.number = c.number
	c.past, c.now = append(c.past, c.now), ""
	c.inElse, c.active, c.taken = true, !c.taken, true
	return nil
}

// closeCond handles #endif.
func (p *parser) closeCond(pos Pos) error {
	if p.top() == nil {
		return errorAt(pos, "#endif", "an open #if before it (unbalanced)")
	}
	p.conds = p.conds[:len(p.conds)-1]
	return nil
}

// active tells whether every enclosing branch was chosen.
func (p *parser) active() bool {
	for i := range p.conds {
		if !p.conds[i].active {
			return false
		}
	}
	return true
}

// text is the condition of the branch the parser stands in.
func (c *cond) text() string {
	var parts []string
	for _, t := range c.past {
		parts = append(parts, "!("+t+")")
	}
	if c.now != "" {
		parts = append(parts, c.now)
	}
	return strings.Join(parts, " && ")
}
