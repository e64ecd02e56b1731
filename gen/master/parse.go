package master

// The outer loop: which kind each line is, and the running number.

import (
	"os"
	"strconv"
	"strings"
)

// parser holds what is carried from line to line.
type parser struct {
	file  string
	opt   Options
	table *Table
	conds []cond
	// around are the texts of conds.
	around []string
	// number is the next entry's number, in whichever branch.
	number  int
	inTable bool
	rows    int
	types   map[string]bool
}

// Parse reads a master file. file is the name that errors use; an error is an
// *Error and says what stood where.
func Parse(file string, src []byte, opt Options) (*Table, error) {
	p := &parser{file: file, opt: opt, table: &Table{File: file}, types: entryTypes(opt)}
	if len(src) > maxFile {
		return nil, errorAt(Pos{file, 1, 1}, strconv.Itoa(len(src))+" bytes", "a table of at most %d bytes", maxFile)
	}
	for i, l := range logicalLines(string(src)) {
		if i == 0 {
			p.table.ID = l.text
			continue
		}
		if err := p.line(l); err != nil {
			return nil, err
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return p.table, nil
}

// ParseFile reads the master file at path.
func ParseFile(path string, opt Options) (*Table, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, src, opt)
}

// line handles one logical line behind the first.
func (p *parser) line(l line) error {
	first, off := l.firstField()
	switch {
	case first == "" || first[0] == ';':
		return nil
	case l.text == "%%":
		p.inTable = true
		return nil
	case strings.HasPrefix(first, "#"):
		if !p.inTable {
			return nil // text for the head of the generated files
		}
		return p.directive(l, off)
	}
	return p.entryLine(l)
}

// entryLine handles a line that must be an entry, and counts it.
func (p *parser) entryLine(l line) error {
	if err := p.checkNumber(l); err != nil {
		return err
	}
	ws := l.words(p.file)
	e, err := p.entry(ws, l)
	if err != nil {
		return err
	}
	e.Number = p.number
	p.number++
	if p.opt.AllBranches || p.active() {
		e.Cond = p.around
		p.table.Entries = append(p.table.Entries, e)
	}
	return nil
}

// checkNumber checks that a line begins with the running number, which is
// below the size of the table.
func (p *parser) checkNumber(l line) error {
	first, off := l.firstField()
	pos := l.pos(p.file, off)
	if p.rows++; p.rows > maxRows {
		return errorAt(pos, first, "at most %d entries", maxRows)
	}
	if n, err := strconv.Atoi(first); err != nil || n != p.number || first[0] == '+' || first[0] == '-' {
		return errorAt(pos, first, "system call number %d (numbers are out of sync)", p.number)
	}
	if p.opt.NSysent > 0 && p.number >= p.opt.NSysent {
		return errorAt(pos, first, "a number below %d, the size of the switch table", p.opt.NSysent)
	}
	return nil
}

// finish checks what only the whole file can show.
func (p *parser) finish() error {
	if n := len(p.conds); n > 0 {
		c := p.conds[n-1]
		return errorAt(c.pos, c.text(), "an #endif for it before the end of the file (unbalanced)")
	}
	if !p.opt.AllBranches {
		if err := checkSequence(p.table); err != nil {
			return err
		}
	}
	return checkNames(p.table)
}
