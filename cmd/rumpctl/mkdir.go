// The command mkdir: make directories.
package main

import (
	"path"
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func mkdirCommand() *command {
	return &command{
		name: "mkdir", args: "DIR...", min: 1, max: -1, part: "vfs",
		doc: "make directories",
		opts: []option{
			{'p', "", "make those above it too, and accept one that is there"},
			{'m', "MODE", "permissions in octal, as for chmod"},
		},
		examples: []string{"rumpctl mkdir -p /a/b/c", "rumpctl mkdir -m 700 /secret"},
		run: func(k *ctl, o options, args []string) error {
			mode := uint64(0o777)
			if m, ok := o['m']; ok {
				var err error
				if mode, err = strconv.ParseUint(m, 8, 32); err != nil || mode > abi.ALLPERMS {
					return usagef("%q is no mode: use octal digits, such as 755", m)
				}
			}
			for _, a := range args {
				if err := k.mkdir(kernelPath(a), uint32(mode), o.has('p'), o.has('m')); err != nil {
					k.fail(err)
				}
			}
			return nil
		},
	}
}

// mkdir makes one directory; exact says that the mode is to be as given,
// whatever the umask.
func (k *ctl) mkdir(dir string, mode uint32, parents, exact bool) error {
	if parents {
		if isDir(k.c, dir) {
			return nil
		}
		if err := k.c.MkdirAll(path.Dir(path.Clean(dir)), 0o777); err != nil {
			return at(dir, bare(err))
		}
	}
	err := k.c.Mkdir(dir, mode)
	if err == nil && exact {
		err = k.c.Chmod(dir, mode)
	}
	return at(dir, err)
}
