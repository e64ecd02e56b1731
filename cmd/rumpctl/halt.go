// The command halt: halt the kernel; its program ends.
package main

import (
	"errors"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func haltCommand() *command {
	return &command{
		name: "halt",
		doc:  "halt the kernel; its program ends",
		opts: []option{
			{'n', "", "at once: file systems are not synced"},
			{'d', "", "at once, and with a dump: a file in the working directory of its program"},
		},
		examples: []string{"rumpctl halt"},
		run: func(k *ctl, o options, _ []string) error {
			howto := abi.RB_AUTOBOOT // RB_HALT would leave the program standing
			switch {
			case o.has('d'):
				howto = abi.RB_DUMP
			case o.has('n'):
				howto = abi.RB_NOSYNC
			}
			var refused abi.Errno
			err := k.c.Reboot(howto, "")
			// A kernel that goes down may take the connection along before it
			// has answered.
			if errors.As(err, &refused) && refused != abi.EIO && refused != abi.EINTR && refused != abi.ESRCH && refused != abi.ENXIO {
				return err
			}
			return nil
		},
	}
}
