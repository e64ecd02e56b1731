// The command image: one command on a file system image, by a kernel that is
// booted for it in this process.
package main

import (
	"errors"
	"fmt"
	"os/signal"
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func imageCommand() *command {
	return &command{
		name: "image", args: "FILE[:PARTITION] [COMMAND [ARG...]]", min: 1, max: -1, local: true,
		doc: "run a command on a file system image, without root",
		more: `
FILE is an image of ext2, ext3, ext4 or FAT, or of a disk with partitions (MBR or
GPT), or a disk of the host that you may read. COMMAND is one of those for files:
ls, cat, cp, mv, ln, mkdir, rm, stat, df, du, find, chmod, chown, touch, write,
diff. Its paths begin at the root of the image. Without COMMAND it is told what FILE holds.`,
		opts: []option{
			{'w', "", "the command may change the image"},
			{'t', "TYPE", "the file system is ext2fs or msdos, whatever it looks like"},
		},
		examples: []string{
			"rumpctl image disk.img",
			"rumpctl image disk.img:1 ls -l /",
			"rumpctl image disk.img:1 cp -r :/etc ./etc",
			"rumpctl image -w stick.img cp README.md :/",
		},
		run: func(k *ctl, o options, args []string) error {
			if len(args) == 1 {
				return k.describeImage(args[0])
			}
			c := find(args[1])
			if c == nil {
				return unknown(args[1])
			}
			if !slices.Contains(imageCommands, c.name) {
				return usagef("%s is no command for files of an image", c.name)
			}
			return k.onImage(o, args[0], c, args[2:])
		},
	}
}

// imageCommands are the commands that work on an image.
var imageCommands = []string{
	"ls", "cat", "cp", "mv", "ln", "mkdir", "rm", "stat", "df", "du", "find", "chmod", "chown", "touch", "write", "diff",
}

// onImage runs a command on an image. The image is whole again when it returns,
// whatever became of the command.
func (k *ctl) onImage(o options, operand string, c *command, words []string) (err error) {
	k.cmd = c
	cmdOpts, args, err := c.parse(words)
	if errors.Is(err, helpWanted{}) {
		return k.describe(c)
	}
	if err != nil {
		return err
	}
	signals := catchSignals()
	defer signal.Stop(signals)
	m, err := openImage(operand, o)
	if err != nil {
		return at(operand, err)
	}
	k.url, k.readOnly = operand, !m.writable
	if k.c, err = m.enter(); err != nil {
		return errors.Join(at(operand, err), m.leave())
	}
	k.guarded = true
	stop := m.leaveOnSignal(signals, k.abandon)
	if c.name == "df" && len(args) == 0 {
		args = []string{"/"} // what else is mounted is the tool's own
	}
	defer func() {
		k.c = nil
		if e := m.leave(); e != nil {
			err = errors.Join(err, fmt.Errorf("%s is perhaps not whole: %w", operand, e))
		}
		stop()
	}()
	return c.run(k, cmdOpts, args)
}

// readOnlyHint is what to say of an error on an image that was not to change.
func (k *ctl) readOnlyHint(err error) string {
	if k.readOnly && errors.Is(err, abi.EROFS) {
		return " (image -w lets a command change it)"
	}
	return ""
}
