// The command diff: how two files, or two trees, differ.
package main

import (
	"path"
	"slices"
	"strings"
)

func diffCommand() *command {
	return &command{
		name: "diff", args: "A B", min: 2, max: 2, part: "vfs", failed: diffTrouble,
		doc: "show how files differ, those of the kernel from the host's",
		more: `
A path in the kernel has a colon in front: :/tmp/f. A path without one is the
host's. Texts are compared by lines; of other files it is said that they differ.
Symbolic links below A and B are compared as such. Exit status: 0 the same,
1 different, 2 something could not be compared.`,
		opts: []option{{'r', "", "directories too, with all that is in them"}, {'q', "", "say only which files differ"}},
		examples: []string{
			"rumpctl diff :/etc/hosts hosts",
			"rumpctl diff -r :/srv ./srv",
			"rumpctl image disk.img diff -r :/etc ./etc",
		},
		run: func(k *ctl, o options, args []string) error {
			if !strings.HasPrefix(args[0], ":") && !strings.HasPrefix(args[1], ":") {
				return usagef("%s and %s are both paths of the host; write :PATH for one in the kernel", args[0], args[1])
			}
			d := &differ{k: k, deep: o.has('r'), brief: o.has('q')}
			d.operands(k.side(args[0]), k.side(args[1]))
			k.status = d.status
			return nil
		},
	}
}

// Exit statuses of diff.
const (
	diffSame = iota
	diffOther
	diffTrouble
)

// side is a path of the kernel or the host.
type side struct {
	tree
	path, prefix string
}

func (k *ctl) side(operand string) side {
	t, name := k.tree(operand)
	prefix := ""
	if strings.HasPrefix(operand, ":") {
		prefix = ":"
	}
	return side{t, name, prefix}
}

func (s side) String() string { return s.prefix + s.path }

// below is a name in a directory.
func (s side) below(name string) side { return side{s.tree, path.Join(s.path, name), s.prefix} }

// differ is one run of diff.
type differ struct {
	k           *ctl
	deep, brief bool
	status      int
}

// trouble reports what could not be compared.
func (d *differ) trouble(s side, err error) {
	d.k.fail(at(s.String(), err))
	d.status = diffTrouble
}

// differs tells a difference.
func (d *differ) differs(format string, a ...any) {
	d.k.printf(format, a...)
	d.status = max(d.status, diffOther)
}

// operands compares what the command line names, links followed; of a file and
// a directory, the file with the one of that name in the directory.
func (d *differ) operands(a, b side) {
	ia, errA := a.stat(a.path, true)
	ib, errB := b.stat(b.path, true)
	if errA == nil && errB == nil && (ia.kind == kindDir) != (ib.kind == kindDir) {
		if ia.kind == kindDir {
			a = a.below(path.Base(b.path))
			ia, errA = a.stat(a.path, true)
		} else {
			b = b.below(path.Base(a.path))
			ib, errB = b.stat(b.path, true)
		}
	}
	if errA != nil {
		d.trouble(a, errA)
	}
	if errB != nil {
		d.trouble(b, errB)
	}
	if errA == nil && errB == nil {
		d.compare(a, b, ia, ib, true)
	}
}

// compare compares two files of any kind; top are those of the command line.
func (d *differ) compare(a, b side, ia, ib info, top bool) {
	switch {
	case ia.kind != ib.kind:
		d.differs("File %s is %s while file %s is %s\n", a, kindWords[ia.kind], b, kindWords[ib.kind])
	case ia.kind == kindDir && (top || d.deep):
		d.dirs(a, b)
	case ia.kind == kindDir:
		d.k.printf("Common subdirectories: %s and %s\n", a, b)
	case ia.kind == kindLink:
		d.links(a, b)
	case ia.kind == kindFile:
		d.files(a, b, !top)
	}
}

var kindWords = map[kind]string{
	kindFile: "a regular file", kindDir: "a directory", kindLink: "a symbolic link", kindOther: "a special file",
}

// dirs compares two directories.
func (d *differ) dirs(a, b side) {
	namesA, err := a.names(a.path)
	if err != nil {
		d.trouble(a, err)
		return
	}
	namesB, err := b.names(b.path)
	if err != nil {
		d.trouble(b, err)
		return
	}
	all := slices.Concat(namesA, namesB)
	slices.Sort(all)
	for _, n := range slices.Compact(all) {
		_, inA := slices.BinarySearch(namesA, n)
		_, inB := slices.BinarySearch(namesB, n)
		switch {
		case !inB:
			d.differs("Only in %s: %s\n", a, n)
		case !inA:
			d.differs("Only in %s: %s\n", b, n)
		default:
			d.entry(a.below(n), b.below(n))
		}
	}
}

// entry compares what has one name in two directories.
func (d *differ) entry(a, b side) {
	ia, err := a.stat(a.path, false)
	if err != nil {
		d.trouble(a, err)
		return
	}
	ib, err := b.stat(b.path, false)
	if err != nil {
		d.trouble(b, err)
		return
	}
	d.compare(a, b, ia, ib, false)
}

// links compares what two symbolic links point to.
func (d *differ) links(a, b side) {
	ta, errA := a.readlink(a.path)
	tb, errB := b.readlink(b.path)
	switch {
	case errA != nil:
		d.trouble(a, bare(errA))
	case errB != nil:
		d.trouble(b, bare(errB))
	case ta != tb:
		d.differs("Symbolic links %s and %s differ\n", a, b)
	}
}
