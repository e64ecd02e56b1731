// The command ln: give a file another name, or make a symbolic link.
package main

func lnCommand() *command {
	return &command{
		name: "ln", args: "TARGET NAME", min: 2, max: 2, part: "vfs",
		doc: "give a file another name, or make a symbolic link",
		opts: []option{
			{'s', "", "symbolic link: NAME holds the text TARGET"},
			{'f', "", "NAME is removed first if it is there"},
		},
		examples: []string{"rumpctl ln /f /g", "rumpctl ln -s ../f /d/link"},
		run: func(k *ctl, o options, args []string) error {
			target, name := args[0], into(k.c, kernelPath(args[1]), args[0])
			if o.has('f') {
				_ = k.c.Unlink(name) // what is in the way is told by the call below
			}
			if o.has('s') {
				return at(name, k.c.Symlink(target, name))
			}
			return at(name+" to "+kernelPath(target), k.c.Link(kernelPath(target), name))
		},
	}
}
