// The command dmesg: print the kernel's messages.
package main

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func dmesgCommand() *command {
	return &command{
		name:     "dmesg",
		doc:      "print the kernel's messages",
		examples: []string{"rumpctl dmesg"},
		run: func(k *ctl, _ options, _ []string) error {
			b, err := k.sysctlRead([]int32{abi.CTL_KERN, abi.KERN_MSGBUF})
			if err != nil {
				return err
			}
			b = bytes.Trim(b, "\x00")
			_, err = k.out.Write(bytes.ReplaceAll(b, []byte{0}, nil))
			if n := len(b); n > 0 && b[n-1] != '\n' {
				k.printf("\n")
			}
			return err
		},
	}
}
