// The command umount: take file systems out of the tree again.
package main

import (
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func umountCommand() *command {
	return &command{
		name: "umount", args: "DIR...", min: 1, max: -1, part: "vfs",
		doc:      "take file systems out of the tree again",
		opts:     []option{{'f', "", "by force: files that are open die"}},
		examples: []string{"rumpctl umount /mnt"},
		run: func(k *ctl, o options, args []string) error {
			flags := 0
			if o.has('f') {
				flags = abi.MNT_FORCE
			}
			for _, a := range args {
				switch err := k.c.Unmount(kernelPath(a), flags); {
				case err == abi.EINVAL && path.Clean(kernelPath(a)) == "/":
					k.fail(at("/", errRootStays))
				case err == abi.EINVAL:
					k.fail(at(kernelPath(a), errNotMounted))
				case err != nil:
					k.fail(at(kernelPath(a), err))
				}
			}
			return nil
		},
	}
}
