// The command ls: list files and directories.
package main

import (
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func lsCommand() *command {
	return &command{
		name: "ls", args: "[FILE...]", max: -1, part: "vfs",
		doc: "list files and directories",
		opts: []option{
			{'l', "", "long: mode, links, owner, group, size, time"},
			{'a', "", "also names that begin with a dot"},
			{'R', "", "directories below, too"},
			{'1', "", "one name a line, as when the output is no terminal"},
			{'h', "", "sizes in units a person reads"},
			{'d', "", "directories themselves, not what is in them"},
		},
		examples: []string{"rumpctl ls -l /dev", "rumpctl ls -laR /"},
		run: func(k *ctl, o options, args []string) error {
			if len(args) == 0 {
				args = []string{"/"}
			}
			(&lister{ctl: k, o: o, headed: len(args) > 1 || o.has('R')}).operands(args)
			return nil
		},
	}
}

// lister is one run of ls.
type lister struct {
	*ctl
	o options
	// headed says that each directory is shown with its name above it,
	// started that something was shown already.
	headed, started bool
}

// entry is a file to show.
type entry struct {
	name, path string
	st         abi.Stat
}

// operands shows files first, then directories.
func (l *lister) operands(args []string) {
	var files, dirs []entry
	for _, a := range args {
		e := entry{name: kernelPath(a), path: kernelPath(a)}
		if err := l.stat(&e); err != nil {
			l.fail(at(e.name, err))
			continue
		}
		if e.st.Mode&abi.S_IFMT == abi.S_IFDIR && !l.o.has('d') {
			dirs = append(dirs, e)
		} else {
			files = append(files, e)
		}
	}
	l.show(files)
	for _, d := range dirs {
		l.dir(d.path)
	}
}

// stat fills in what a file is; an operand that is a symbolic link to a
// directory stands for the directory, unless -l or -d is given.
func (l *lister) stat(e *entry) error {
	if err := l.c.Lstat(e.path, &e.st); err != nil {
		return err
	}
	var st abi.Stat
	link := e.st.Mode&abi.S_IFMT == abi.S_IFLNK
	if link && !l.o.has('l') && !l.o.has('d') && l.c.Stat(e.path, &st) == nil && st.Mode&abi.S_IFMT == abi.S_IFDIR {
		e.st = st
	}
	return nil
}

// dir shows what is in a directory, and with -R in those below.
func (l *lister) dir(dir string) {
	names, err := readDir(l.c, dir)
	if err != nil {
		l.fail(at(dir, err))
		return
	}
	if l.o.has('a') {
		names = append([]string{".", ".."}, names...)
	}
	if l.headed {
		if l.started {
			l.printf("\n")
		}
		l.printf("%s:\n", dir)
	}
	entries := l.entries(dir, names)
	l.show(entries)
	l.started = true
	if !l.o.has('R') {
		return
	}
	for _, e := range entries {
		if e.st.Mode&abi.S_IFMT == abi.S_IFDIR && e.name != "." && e.name != ".." {
			l.dir(e.path)
		}
	}
}

// entries looks at each name; a file that has gone meanwhile is left out.
func (l *lister) entries(dir string, names []string) []entry {
	var list []entry
	for _, name := range names {
		if name[0] == '.' && !l.o.has('a') {
			continue
		}
		e := entry{name: name, path: path.Join(dir, name)}
		if l.o.has('l') || l.o.has('R') {
			switch err := l.c.Lstat(e.path, &e.st); {
			case err == abi.ENOENT:
				continue
			case err != nil:
				l.fail(at(e.path, err))
				continue
			}
		}
		list = append(list, e)
	}
	return list
}
