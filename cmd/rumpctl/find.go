// The command find: list files below a directory that match.
package main

import (
	"path"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func findCommand() *command {
	return &command{
		name: "find", args: "[DIR...] [-name PATTERN] [-type LETTER]", max: -1, part: "vfs", raw: true,
		doc: "list files below directories, by name and type",
		more: `
PATTERN has *, ? and [a-z], and is held against the last part of a path. LETTER is
f file, d directory, l symbolic link, b or c device, p fifo, s socket.`,
		examples: []string{"rumpctl find / -name '*.log' -type f"},
		run: func(k *ctl, _ options, args []string) error {
			f, dirs, err := parseFind(args)
			if err != nil {
				return err
			}
			for _, d := range dirs {
				k.walk(path.Clean(kernelPath(d)), false, func(e *entry) {
					if f.matches(e) {
						k.printf("%s\n", k.printable(e.path))
					}
				})
			}
			return nil
		},
	}
}

// filter is what find is to list.
type filter struct {
	names []string
	// kind is the type of a mode, 0 for any.
	kind uint32
}

// findTypes are the letters of -type.
var findTypes = map[string]uint32{
	"f": abi.S_IFREG, "d": abi.S_IFDIR, "l": abi.S_IFLNK, "b": abi.S_IFBLK, "c": abi.S_IFCHR, "p": abi.S_IFIFO, "s": abi.S_IFSOCK,
}

// parseFind splits operands into directories and what stands behind them.
func parseFind(args []string) (f filter, dirs []string, err error) {
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		dirs, args = append(dirs, args[0]), args[1:]
	}
	if dirs == nil {
		dirs = []string{"/"}
	}
	for ; len(args) > 0; args = args[2:] {
		if args[0] != "-name" && args[0] != "-type" {
			return f, nil, usagef("what is %q for? It takes -name and -type, behind the directories", args[0])
		}
		if len(args) == 1 {
			return f, nil, usagef("%s needs a value", args[0])
		}
		if err := f.add(args[0], args[1]); err != nil {
			return f, nil, err
		}
	}
	return f, dirs, nil
}

func (f *filter) add(word, value string) error {
	if word == "-name" {
		if _, err := path.Match(value, ""); err != nil {
			return usagef("%q is no pattern: a [ without its ]", value)
		}
		f.names = append(f.names, value)
		return nil
	}
	if f.kind = findTypes[value]; f.kind == 0 {
		return usagef("%q is no type: it is one of f, d, l, b, c, p, s", value)
	}
	return nil
}

func (f *filter) matches(e *entry) bool {
	if f.kind != 0 && e.st.Mode&abi.S_IFMT != f.kind {
		return false
	}
	for _, n := range f.names {
		if ok, _ := path.Match(n, e.name); !ok {
			return false
		}
	}
	return true
}
