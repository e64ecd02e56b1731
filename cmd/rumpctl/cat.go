// The command cat: print files.
package main

import (
	"io"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func catCommand() *command {
	return &command{
		name: "cat", args: "FILE...", min: 1, max: -1, part: "vfs",
		doc:      "print files",
		examples: []string{"rumpctl cat /etc/motd", "rumpctl cat /dev/random | head -c 16 | xxd"},
		run: func(k *ctl, _ options, args []string) error {
			for _, a := range args {
				if err := k.cat(kernelPath(a)); err != nil {
					k.fail(at(kernelPath(a), bare(err)))
				}
			}
			return nil
		},
	}
}

// cat prints a file, what is there at once.
func (k *ctl) cat(name string) error {
	f, err := k.c.OpenFile(name, abi.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, copyBuf)
	for {
		n, err := f.Read(buf)
		if n > 0 {
			if _, err := k.out.Write(buf[:n]); err != nil {
				return err
			}
			if err := k.out.Flush(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// copyBuf is how many bytes one read or write moves.
const copyBuf = 64 << 10
