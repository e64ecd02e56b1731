// Options of commands: single letters that may stand together (-la), with or
// without a value (-m 755, -m755).
package main

import (
	"fmt"
	"strings"
)

// options are those that were given, by letter, with their values.
type options map[byte]string

func (o options) has(letter byte) bool { _, ok := o[letter]; return ok }

// usageError is a command line that makes no sense; its exit status is 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, a ...any) error { return usageError{fmt.Sprintf(format, a...)} }

// helpWanted is returned for -h and --help.
type helpWanted struct{}

func (helpWanted) Error() string { return "help wanted" }

// parse splits a command's words into options and operands. Options end at
// the first operand, or at --.
func (c *command) parse(words []string) (options, []string, error) {
	o := options{}
	for len(words) > 0 {
		w := words[0]
		switch {
		case w == "--":
			return o, words[1:], c.count(words[1:])
		case w == "--help":
			return nil, nil, helpWanted{}
		case len(w) < 2 || w[0] != '-' || c.raw && w != "-h":
			return o, words, c.count(words)
		}
		used, err := c.letters(o, w[1:], words[1:])
		if err != nil {
			return nil, nil, err
		}
		words = words[1+used:]
	}
	return o, nil, c.count(nil)
}

// letters takes the letters of one word; rest are the words behind it, of
// which used belong to the last letter.
func (c *command) letters(o options, w string, rest []string) (used int, err error) {
	for i := range len(w) {
		opt := c.option(w[i])
		switch {
		case opt == nil && w[i] == 'h':
			return 0, helpWanted{}
		case opt == nil:
			return 0, usagef("unknown option -%c", w[i])
		case opt.value == "":
			o[w[i]] = ""
			continue
		case i+1 < len(w):
			o.set(opt, w[i+1:])
			return 0, nil
		case len(rest) == 0:
			return 0, usagef("option -%c needs a value: -%c %s", w[i], w[i], opt.value)
		}
		o.set(opt, rest[0])
		return 1, nil
	}
	return 0, nil
}

// set stores a value; those of an option given twice are joined by a comma.
func (o options) set(opt *option, value string) {
	if old := o[opt.letter]; old != "" {
		value = old + "," + value
	}
	o[opt.letter] = value
}

func (c *command) option(letter byte) *option {
	for i := range c.opts {
		if c.opts[i].letter == letter {
			return &c.opts[i]
		}
	}
	return nil
}

// count checks the number of operands.
func (c *command) count(args []string) error {
	switch {
	case len(args) < c.min && c.max == 0:
		return usagef("takes no operands")
	case len(args) < c.min:
		return usagef("needs %s", c.args)
	case c.max >= 0 && len(args) > c.max:
		return usagef("what is %q for? It takes %s", args[c.max], c.operands())
	}
	return nil
}

func (c *command) operands() string {
	if c.max == 0 {
		return "no operands"
	}
	return strings.NewReplacer("[", "", "]", "").Replace(c.args)
}
