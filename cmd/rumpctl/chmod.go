// The command chmod: set permissions.
package main

import (
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func chmodCommand() *command {
	return &command{
		name: "chmod", args: "MODE FILE...", min: 2, max: -1, part: "vfs",
		doc: "set permissions",
		more: `
MODE is octal, such as 644, or changes with commas between them: of u (user),
g (group), o (others) or a (all), one of + - =, and of r w x s t. X is x for
directories and for files somebody may execute. Symbolic links are followed,
but not those that -R finds.`,
		opts:     []option{{'R', "", "all files below, too"}},
		examples: []string{"rumpctl chmod 640 /f", "rumpctl chmod -R go-w,u+rwX /d"},
		run: func(k *ctl, o options, args []string) error {
			change, err := parseMode(args[0])
			if err != nil {
				return err
			}
			for _, a := range args[1:] {
				k.chmod(kernelPath(a), change, o.has('R'))
			}
			return nil
		},
	}
}

// chmod changes a file, and with all those below it.
func (k *ctl) chmod(name string, change func(mode uint32) uint32, all bool) {
	var st abi.Stat
	err := k.c.Stat(name, &st)
	if err == nil {
		err = k.c.Chmod(name, change(st.Mode))
	}
	if err != nil {
		k.fail(at(name, err))
		return
	}
	if !all || isLink(k, name) {
		return
	}
	k.walk(name, false, func(e *entry) {
		if e.path == name || e.st.Mode&abi.S_IFMT == abi.S_IFLNK {
			return
		}
		if err := k.c.Chmod(e.path, change(e.st.Mode)); err != nil {
			k.fail(at(e.path, err))
		}
	})
}

func isLink(k *ctl, name string) bool {
	var st abi.Stat
	return k.c.Lstat(name, &st) == nil && st.Mode&abi.S_IFMT == abi.S_IFLNK
}

// parseMode returns what a MODE makes of the mode of a file. What it returns
// has the permission bits only.
func parseMode(text string) (func(mode uint32) uint32, error) {
	if v, err := strconv.ParseUint(text, 8, 32); err == nil && v <= abi.ALLPERMS {
		return func(uint32) uint32 { return uint32(v) }, nil
	}
	var changes []func(uint32) uint32
	for clause := range strings.SplitSeq(text, ",") {
		c, ok := parseClause(clause)
		if !ok {
			return nil, usagef("%q is no mode: use octal digits, such as 755, or changes, such as u+x", text)
		}
		changes = append(changes, c)
	}
	return func(mode uint32) uint32 {
		for _, c := range changes {
			mode = c(mode)
		}
		return mode & abi.ALLPERMS
	}, nil
}

// parseClause takes one change: who, how, what.
func parseClause(clause string) (func(uint32) uint32, bool) {
	i := strings.IndexAny(clause, "+-=")
	if i < 0 {
		return nil, false
	}
	who := uint32(0)
	for _, w := range clause[:i] {
		bits, ok := map[rune]uint32{'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': 0o7777}[w]
		if !ok {
			return nil, false
		}
		who |= bits
	}
	if i == 0 {
		who = abi.ALLPERMS
	}
	what, ifExec := uint32(0), false
	for _, p := range clause[i+1:] {
		bits, ok := map[rune]uint32{'r': 0o444, 'w': 0o222, 'x': 0o111, 's': 0o6000, 't': 0o1000, 'X': 0}[p]
		if !ok {
			return nil, false
		}
		what |= bits
		ifExec = ifExec || p == 'X'
	}
	return func(mode uint32) uint32 { return applyMode(mode, clause[i], who, what, ifExec) }, true
}

// applyMode does one change to a mode.
func applyMode(mode uint32, how byte, who, what uint32, ifExec bool) uint32 {
	if ifExec && (mode&abi.S_IFMT == abi.S_IFDIR || mode&0o111 != 0) {
		what |= 0o111
	}
	switch how {
	case '+':
		return mode | what&who
	case '-':
		return mode &^ (what & who)
	}
	gone := who & abi.ACCESSPERMS
	if mode&abi.S_IFMT != abi.S_IFDIR {
		gone = who & (abi.ACCESSPERMS | 0o6000)
	}
	return mode&^gone | what&who
}
