// The command write: standard input into a file.
package main

import (
	"io"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func writeCommand() *command {
	return &command{
		name: "write", args: "FILE", min: 1, max: 1, part: "vfs",
		doc:      "write standard input into a file",
		more:     "The file is made if it is not there, and emptied if it is.",
		opts:     []option{{'a', "", "append to what the file holds"}},
		examples: []string{"echo hello | rumpctl write /tmp/f", "date | rumpctl write -a /tmp/log"},
		run: func(k *ctl, o options, args []string) error {
			flags := abi.O_WRONLY | abi.O_CREAT | abi.O_TRUNC
			if o.has('a') {
				flags = abi.O_WRONLY | abi.O_CREAT | abi.O_APPEND
			}
			name := kernelPath(args[0])
			f, err := k.c.OpenFile(name, flags, 0o666)
			if err != nil {
				return at(name, bare(err))
			}
			return at(name, bare(stream(struct{ io.WriteCloser }{f}, k.in)))
		},
	}
}
