// The command chown: set owner and group.
package main

import (
	"strconv"
	"strings"
)

func chownCommand() *command {
	return &command{
		name: "chown", args: "[USER][:GROUP] FILE...", min: 2, max: -1, part: "vfs",
		doc: "set owner and group",
		more: `
USER and GROUP are numbers, or root and wheel: a kernel knows no other names.
One that is left out stays as it is.`,
		opts: []option{
			{'R', "", "all files below, too; symbolic links are not followed"},
			{'P', "", "symbolic links themselves, not what they lead to"},
		},
		examples: []string{"rumpctl chown 1000:100 /f", "rumpctl chown -R :100 /d"},
		run: func(k *ctl, o options, args []string) error {
			uid, gid, err := parseOwner(args[0])
			if err != nil {
				return err
			}
			chown := k.c.Chown
			if o.has('P') || o.has('R') {
				chown = k.c.Lchown
			}
			for _, a := range args[1:] {
				name := kernelPath(a)
				if !o.has('R') {
					if err := chown(name, uid, gid); err != nil {
						k.fail(at(name, err))
					}
					continue
				}
				k.walk(name, false, func(e *entry) {
					if err := chown(e.path, uid, gid); err != nil {
						k.fail(at(e.path, err))
					}
				})
			}
			return nil
		},
	}
}

// parseOwner takes USER, USER:GROUP or :GROUP; -1 is one left out.
func parseOwner(text string) (uid, gid int, err error) {
	user, group, _ := strings.Cut(text, ":")
	if uid, err = parseID(user, "root"); err != nil {
		return 0, 0, err
	}
	if gid, err = parseID(group, "wheel"); err != nil {
		return 0, 0, err
	}
	if uid < 0 && gid < 0 {
		return 0, 0, usagef("%q names neither user nor group", text)
	}
	return uid, gid, nil
}

// parseID is a user's or group's number: -1 for "", 0 for the name.
func parseID(text, zero string) (int, error) {
	switch text {
	case "":
		return -1, nil
	case zero:
		return 0, nil
	}
	v, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, usagef("%q is neither a number nor %s", text, zero)
	}
	return int(v), nil
}
