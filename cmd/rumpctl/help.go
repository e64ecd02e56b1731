// The command help: show all commands, or one.
package main

import (
	"strings"
)

func helpCommand() *command {
	return &command{
		name: "help", args: "[COMMAND]", max: 1, local: true,
		doc:      "show all commands, or one",
		examples: []string{"rumpctl help cp"},
		run: func(k *ctl, _ options, args []string) error {
			if len(args) == 0 {
				return k.overview()
			}
			c := find(args[0])
			if c == nil {
				return unknown(args[0])
			}
			return k.describe(c)
		},
	}
}

// overview lists all commands.
func (k *ctl) overview() error {
	k.printf("Rumpctl looks into a running rump kernel, or into a file system image.\n\nUsage: rumpctl [-s URL] COMMAND ...\n\n")
	for _, c := range commands() {
		k.printf("  %-11s %s\n", c.name, c.doc)
	}
	k.printf(`
URL says where the kernel listens, such as unix:///tmp/k.sock or
tcp://127.0.0.1:4711; without -s it is taken from RUMP_SERVER.
Names of hosts are looked up at the addresses in RUMP_NAMESERVER, or at the name
server of an uplink interface.
A kernel is started by: bin/rump-all unix:///tmp/k.sock

rumpctl help COMMAND shows options and examples.
Exit status: 0 done, 1 failed, 2 the command line makes no sense.
`)
	return nil
}

// describe shows one command.
func (k *ctl) describe(c *command) error {
	k.printf("%s: %s\n\nUsage: %s\n", c.name, c.doc, c.synopsis())
	if c.more != "" {
		k.printf("\n%s\n", strings.TrimSpace(c.more))
	}
	if len(c.opts) > 0 {
		k.printf("\nOptions:\n")
	}
	for _, o := range c.opts {
		k.printf("  -%-10s %s\n", strings.TrimSpace(string(o.letter)+" "+o.value), o.doc)
	}
	k.printf("\nExample:\n")
	for _, e := range c.examples {
		k.printf("  %s\n", e)
	}
	return nil
}
