package master

// One entry: its type, its words, its signature.

import "strings"

// callTypes are the types of entries with a signature, stubTypes those without.
var (
	callTypes = [...]string{"STD", "NOERR", "NODEF", "NOARGS", "INDIR", "EXTERN"}
	stubTypes = [...]string{"OBSOL", "UNIMPL", "EXCL", "IGNORED"}
)

// entryTypes maps each type a table may use to whether it has a signature.
func entryTypes(opt Options) map[string]bool {
	types := make(map[string]bool)
	for _, t := range callTypes {
		types[t] = true
	}
	for _, t := range opt.CompatOpts {
		types[strings.ToUpper(t)] = true
	}
	for _, t := range stubTypes {
		types[t] = false
	}
	return types
}

// cursor walks the words of one line.
type cursor struct {
	words []word
	end   Pos
}

// peek is the next word's text, "" at the end of the line.
func (c *cursor) peek() string {
	if len(c.words) == 0 {
		return ""
	}
	return c.words[0].text
}

// pos is the next word's position.
func (c *cursor) pos() Pos {
	if len(c.words) == 0 {
		return c.end
	}
	return c.words[0].pos
}

// next takes the next word.
func (c *cursor) next() word {
	if len(c.words) == 0 {
		return word{"", c.end}
	}
	w := c.words[0]
	c.words = c.words[1:]
	return w
}

// accept takes the next word if it is s.
func (c *cursor) accept(s string) bool {
	if c.peek() != s {
		return false
	}
	c.next()
	return true
}

// want takes the next word, which must be s.
func (c *cursor) want(s string) error {
	if !c.accept(s) {
		return c.fail("%s", quote(s))
	}
	return nil
}

// fail reports the next word.
func (c *cursor) fail(format string, args ...any) error {
	if len(c.words) == 0 {
		e := errorAt(c.end, "", format, args...).(*Error)
		e.Found = "the end of the line"
		return e
	}
	return errorAt(c.words[0].pos, c.words[0].text, format, args...)
}

// entry parses an entry line; its number has been checked.
func (p *parser) entry(ws []word, l line) (Entry, error) {
	c := &cursor{words: ws, end: l.end(p.file)}
	e := Entry{Pos: c.pos()}
	c.next() // the number
	hasCall, known := p.types[c.peek()]
	if !known {
		return e, c.fail("an entry type: %s", p.typeList())
	}
	e.Type = c.next().text
	if !hasCall {
		e.Comment = freeText(l.text)
		return e, nil
	}
	if err := e.modifiers(c); err != nil {
		return e, err
	}
	namePos, err := p.signature(&e, c)
	if err != nil {
		return e, err
	}
	if err := p.derive(&e, namePos); err != nil {
		return e, err
	}
	return e, nil
}

// freeText is what stands behind number and type, blanks made single.
func freeText(text string) string {
	return strings.Join(strings.Fields(text)[2:], " ")
}

// typeList names the types this table may use.
func (p *parser) typeList() string {
	list := append(append([]string{}, callTypes[:]...), stubTypes[:]...)
	for _, t := range p.opt.CompatOpts {
		list = append(list, strings.ToUpper(t))
	}
	return strings.Join(list, " ")
}

// modifiers takes [INDIR] [MODULAR mod] [RUMP] [alias].
func (e *Entry) modifiers(c *cursor) error {
	e.Indirect = e.Type == "INDIR"
	if c.accept("INDIR") {
		e.Indirect = true
	}
	if c.accept("MODULAR") {
		if !isNameLike(c.peek()) {
			return c.fail("the name of a module behind MODULAR")
		}
		e.Module = c.next().text
	}
	e.Rump = c.accept("RUMP")
	if isLowerName(c.peek()) {
		e.Alias = c.next().text
	}
	return nil
}

// signature takes { RET | PREFIX | [COMPAT] | BASE ( ARGS ) ; } [alias] and
// returns where BASE stood.
func (p *parser) signature(e *Entry, c *cursor) (Pos, error) {
	if err := c.want("{"); err != nil {
		return Pos{}, err
	}
	if err := e.ret(c); err != nil {
		return Pos{}, err
	}
	pos, err := e.name(c)
	if err != nil {
		return Pos{}, err
	}
	if err := p.args(e, c); err != nil {
		return Pos{}, err
	}
	for _, s := range []string{")", ";", "}"} {
		if err := c.want(s); err != nil {
			return Pos{}, err
		}
	}
	return pos, e.lastAlias(c)
}

// name takes PREFIX | [COMPAT] | BASE, and returns where BASE stood.
func (e *Entry) name(c *cursor) (Pos, error) {
	var err error
	if e.prefix, err = c.name("the handler's prefix"); err != nil {
		return Pos{}, err
	}
	if err := c.want("|"); err != nil {
		return Pos{}, err
	}
	if c.peek() != "|" {
		if e.Compat, err = c.name(`a version or "|"`); err != nil {
			return Pos{}, err
		}
	}
	if err := c.want("|"); err != nil {
		return Pos{}, err
	}
	pos := c.pos()
	e.Base, err = c.name("the call's name")
	return pos, err
}

// name takes a word made of the bytes of names.
func (c *cursor) name(what string) (string, error) {
	if !isNameLike(c.peek()) {
		return "", c.fail("%s", what)
	}
	return c.next().text, nil
}

// lastAlias takes the alias behind the brace, which gives way to one in front.
func (e *Entry) lastAlias(c *cursor) error {
	if c.peek() == "" {
		return nil
	}
	if !isNameLike(c.peek()) {
		return c.fail("an alias of letters, digits and underscores, or the end of the line")
	}
	alias := c.next().text
	if e.Alias == "" {
		e.Alias = alias
	}
	if c.peek() != "" {
		return c.fail("the end of the line")
	}
	return nil
}
