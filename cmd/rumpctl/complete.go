// What can stand next on a command line: the work behind the shells'
// completion scripts.
package main

import (
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// completeWord is the hidden command that the scripts call, with the line so
// far as its operand.
const completeWord = "__complete"

// complete prints what the last word of a line can become.
func (k *ctl) complete(args []string) error {
	if len(args) != 1 {
		return nil
	}
	for _, w := range k.candidates(args[0]) {
		k.printf("%s\n", w)
	}
	return nil
}

// candidates returns the possible last words of a line. A kernel that does
// not answer has none to offer.
func (k *ctl) candidates(line string) []string {
	words := strings.Fields(line)
	last := ""
	if n := len(words); n > 0 && !strings.HasSuffix(line, " ") {
		words, last = words[:n-1], words[n-1]
	}
	words = words[min(1, len(words)):]
	for len(words) > 1 && words[0] == "-s" {
		k.url, words = words[1], words[2:]
	}
	if len(words) == 0 {
		return starting(last, commandNames())
	}
	c := find(words[0])
	if c != nil && c.name == "image" {
		return k.imageCandidates(c, words[1:], last)
	}
	return k.following(c, words[1:], last)
}

// following returns what can stand behind a command and the words before.
func (k *ctl) following(c *command, before []string, last string) []string {
	switch {
	case c == nil:
		return nil
	case c.next != nil:
		return starting(last, append(c.letterList(), c.next(k, before)...))
	case strings.HasPrefix(last, "-"):
		return starting(last, c.letterList())
	case c.name == "help":
		return starting(last, commandNames())
	case c.name == "completion":
		return starting(last, []string{"bash", "fish", "zsh"})
	case c.name == "sysctl":
		return k.variables(last)
	case (c.name == "cp" || c.name == "diff") && !strings.HasPrefix(last, ":"):
		return nil
	case c.part == "vfs":
		return k.paths(last)
	}
	return nil
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func (c *command) letterList() []string {
	var list []string
	for _, o := range c.opts {
		list = append(list, "-"+string(o.letter))
	}
	return list
}

func starting(with string, words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, with) })
}

// paths completes the path of a file in the kernel.
func (k *ctl) paths(word string) []string {
	if k.connect() != nil {
		return nil
	}
	slash := strings.LastIndexByte(word, '/') + 1
	head, tail := word[:slash], word[slash:]
	dir := kernelPath(head)
	if dir == "" {
		dir = "/"
	}
	names, err := readDir(k.c, dir)
	if err != nil {
		return nil
	}
	if slash == 0 && strings.HasPrefix(word, ":") {
		head, tail = ":/", word[1:]
	}
	names = starting(tail, names)
	for i, n := range names {
		var st abi.Stat
		names[i] = head + n
		if k.c.Stat(dir+"/"+n, &st) == nil && st.Mode&abi.S_IFMT == abi.S_IFDIR {
			names[i] += "/"
		}
	}
	return names
}

// variables completes the name of a variable, one level at a time.
func (k *ctl) variables(word string) []string {
	if k.connect() != nil {
		return nil
	}
	n := &node{}
	if dot := strings.LastIndexByte(word, '.'); dot >= 0 {
		var err error
		if n, err = k.node(word[:dot]); err != nil {
			return nil
		}
	}
	kids, err := k.children(n)
	if err != nil {
		return nil
	}
	var names []string
	for _, kid := range kids {
		name := kid.name
		if kid.isDir() {
			name += "."
		}
		names = append(names, name)
	}
	return starting(word, names)
}
