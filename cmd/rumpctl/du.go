// The command du: show the space that files and directories take.
package main

import (
	"path"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func duCommand() *command {
	return &command{
		name: "du", args: "[FILE...]", max: -1, part: "vfs",
		doc:  "show the space that directories take, in KiB",
		more: "A file with several names is counted once.",
		opts: []option{
			{'a', "", "files, too"},
			{'s', "", "only the sum of each operand"},
			{'h', "", "sizes in units a person reads"},
		},
		examples: []string{"rumpctl du -sh /tmp"},
		run: func(k *ctl, o options, args []string) error {
			if len(args) == 0 {
				args = []string{"/"}
			}
			d := &counter{ctl: k, o: o, seen: map[[2]uint64]bool{}}
			for _, a := range args {
				d.operand(path.Clean(kernelPath(a)))
			}
			return nil
		},
	}
}

// counter is one run of du.
type counter struct {
	*ctl
	o options
	// seen are the files with several names that were counted.
	seen map[[2]uint64]bool
	// sums are of directories that are not finished, by depth.
	sums []uint64
}

// operand shows what a file takes. The directories on the way have a sum each:
// those deeper than a visited one are its own.
func (d *counter) operand(name string) {
	d.sums = nil
	top := depth(name)
	d.walk(name, true, func(e *entry) {
		level := max(depth(e.path)-top, 0)
		for len(d.sums) <= level+1 {
			d.sums = append(d.sums, 0)
		}
		n := d.own(e) + d.sums[level+1]
		d.sums[level+1] = 0
		d.sums[level] += n
		dir := e.st.Mode&abi.S_IFMT == abi.S_IFDIR
		if level == 0 || !d.o.has('s') && (dir || d.o.has('a')) {
			d.printf("%s\t%s\n", d.space(n), d.printable(e.path))
		}
	})
}

// own is what the file itself takes, in bytes; 0 if it was counted already.
func (d *counter) own(e *entry) uint64 {
	id := [2]uint64{e.st.Dev, e.st.Ino}
	if e.st.Nlink > 1 && e.st.Mode&abi.S_IFMT != abi.S_IFDIR {
		if d.seen[id] {
			return 0
		}
		d.seen[id] = true
	}
	return uint64(max(e.st.Blocks, 0)) * 512
}

func (d *counter) space(n uint64) string {
	if d.o.has('h') {
		return human(n)
	}
	return strconv.FormatUint((n+1023)/1024, 10)
}

// depth is how many names a clean path has.
func depth(name string) int {
	name = strings.Trim(name, "/")
	if name == "" || name == "." {
		return 0
	}
	return strings.Count(name, "/") + 1
}
