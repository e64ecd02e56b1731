// The command cp: copy files into, out of or within the kernel.
package main

import (
	"path"
	"strings"
)

func cpCommand() *command {
	return &command{
		name: "cp", args: "FROM... TO", min: 2, max: -1, part: "vfs",
		doc: "copy files into, out of or within the kernel",
		more: `
A path in the kernel has a colon in front: :/tmp/f. A path without one is the
host's. - as FROM is standard input, as TO standard output.
Permissions and times of change are kept. Symbolic links are followed, with -r
those below FROM are copied as links. Set-user-id bits stay in the kernel.
On a terminal it is shown how far the copy is. A signal or an error leaves no half
file that was not there before.`,
		opts: []option{{'r', "", "directories too, with all that is in them"}, {'q', "", "show nothing on a terminal"}},
		examples: []string{
			"rumpctl cp README.md :/tmp/",
			"rumpctl cp -r :/etc ./etc",
			"tar c . | rumpctl cp - :/tmp/x.tar",
		},
		run: func(k *ctl, o options, args []string) error {
			from, to := args[:len(args)-1], args[len(args)-1]
			if to == "-" {
				return k.copyOut(from)
			}
			for _, f := range from {
				if !strings.HasPrefix(f, ":") && !strings.HasPrefix(to, ":") {
					return usagef("%s and %s are both paths of the host; write :PATH for one in the kernel", f, to)
				}
			}
			dst, dir := k.tree(to)
			if len(from) > 1 && !treeDir(dst, dir) {
				return at(to, errNoDir)
			}
			defer k.guard()()
			if !o.has('q') {
				k.progress = newProgress(k.errw, k.errTerm)
				defer k.progress.stop()
			}
			for _, f := range from {
				k.copyOne(f, dst, dir, o.has('r'))
			}
			return nil
		},
	}
}

// tree returns the side an operand is on, and its path there.
func (k *ctl) tree(operand string) (tree, string) {
	if strings.HasPrefix(operand, ":") {
		return &kernelTree{k.c}, kernelPath(operand)
	}
	return hostTree{}, operand
}

func treeDir(t tree, name string) bool {
	info, err := t.stat(name, true)
	return err == nil && info.kind == kindDir
}

func (k *ctl) copyOne(operand string, dst tree, to string, all bool) {
	if operand == "-" {
		if err := k.copyIn(dst, to); err != nil {
			k.fail(at(to, bare(err)))
		}
		return
	}
	src, from := k.tree(operand)
	if treeDir(dst, to) {
		base := path.Base(from)
		if base == "." || base == "/" || base == ".." {
			base = ""
		}
		to = path.Join(to, base)
	}
	c := copier{from: src, to: dst, all: all, report: k.fail, partial: &k.partial, progress: k.progress}
	c.operand(from, to)
}

// copyIn makes a file of standard input.
func (k *ctl) copyIn(dst tree, to string) error {
	_, statErr := dst.stat(to, true)
	k.partial.begin(dst, to, statErr == nil)
	f, err := dst.create(to, 0o666)
	if err != nil {
		k.partial.end(false)
		return err
	}
	k.progress.file(to)
	err = stream(f, k.progress.counted(k.in))
	k.partial.end(err != nil)
	return err
}

// copyOut prints files of the kernel.
func (k *ctl) copyOut(from []string) error {
	for _, f := range from {
		if !strings.HasPrefix(f, ":") {
			return usagef("%s is a path of the host; write :PATH for one in the kernel", f)
		}
		if err := k.cat(kernelPath(f)); err != nil {
			k.fail(at(f, bare(err)))
		}
	}
	return nil
}
