// The command rm: remove files and directories.
package main

import (
	"errors"
	"io/fs"
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func rmCommand() *command {
	return &command{
		name: "rm", args: "FILE...", min: 1, max: -1, part: "vfs",
		doc: "remove files and directories",
		opts: []option{
			{'r', "", "directories too, with all that is in them"},
			{'f', "", "files that do not exist are no error"},
		},
		examples: []string{"rumpctl rm /tmp/f", "rumpctl rm -rf /tmp/d"},
		run: func(k *ctl, o options, args []string) error {
			for _, a := range args {
				name := kernelPath(a)
				if path.Clean(name) == "/" {
					k.fail(at(name, abi.EBUSY))
					continue
				}
				err := k.remove(name, o.has('r'))
				if err == nil || o.has('f') && isErrno(err, abi.ENOENT) {
					continue
				}
				k.fail(err)
			}
			return nil
		},
	}
}

// remove removes a file, or with all a directory and what is in it.
func (k *ctl) remove(name string, all bool) error {
	var st abi.Stat
	if err := k.c.Lstat(name, &st); err != nil {
		return at(name, err)
	}
	switch {
	case st.Mode&abi.S_IFMT != abi.S_IFDIR:
		return at(name, k.c.Unlink(name))
	case !all:
		return at(name, errIsDir)
	}
	err := k.c.RemoveAll(name)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return at(pe.Path, pe.Err) // it may be of a file further down
	}
	return at(name, err)
}
