// The command version: show the versions of rumpctl and of the kernel.
package main

import (
	"runtime/debug"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func versionCommand() *command {
	return &command{
		name: "version", local: true,
		doc:      "show the versions of rumpctl and of the kernel",
		examples: []string{"rumpctl version"},
		run: func(k *ctl, _ options, _ []string) error {
			k.printf("rumpctl %s\n", ownVersion())
			if k.url == "" {
				return nil
			}
			if err := k.connect(); err != nil {
				return err
			}
			b, err := k.sysctlRead([]int32{abi.CTL_KERN, abi.KERN_VERSION})
			if err != nil {
				return err
			}
			k.printf("kernel %s\n", strings.TrimRight(cstring(b), "\n"))
			return nil
		},
	}
}

// ownVersion is the version this program was built from.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
