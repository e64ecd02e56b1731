// The command mv: rename files, or move them into a directory.
package main

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func mvCommand() *command {
	return &command{
		name: "mv", args: "FILE... TO", min: 2, max: -1, part: "vfs",
		doc:      "rename files, or move them into a directory",
		more:     "Between mounted file systems files are copied and then removed.",
		examples: []string{"rumpctl mv /old /new", "rumpctl mv /a /b /dir"},
		run: func(k *ctl, _ options, args []string) error {
			to := kernelPath(args[len(args)-1])
			from := args[:len(args)-1]
			if len(from) > 1 && !isDir(k.c, to) {
				return at(to, abi.ENOTDIR)
			}
			for _, f := range from {
				if err := k.move(kernelPath(f), into(k.c, to, f)); err != nil {
					k.fail(err)
				}
			}
			return nil
		},
	}
}

// move renames a file; to another file system it copies it and removes it.
func (k *ctl) move(from, to string) error {
	err := k.c.Rename(from, to)
	if err != abi.EXDEV {
		return at(from+" to "+to, err)
	}
	tree := &kernelTree{k.c}
	defer k.guard()()
	c := copier{from: tree, to: tree, all: true, report: k.fail, partial: &k.partial}
	if !c.copy(from, to) {
		return at(from, errKept)
	}
	return k.remove(from, true)
}
