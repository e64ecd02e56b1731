// Walking a tree of the kernel's files: for find and du, and -R.
package main

import (
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// walkDepth bounds how deep a walk goes: a path can be no longer.
const walkDepth = abi.MAXPATHLEN / 2

// walk calls visit for name and, if it is a directory, for all below it, in
// the order of names; a directory comes before what is in it, or after if post
// is set. Symbolic links are not followed. What cannot be looked at is reported.
func (k *ctl) walk(name string, post bool, visit func(e *entry)) {
	k.walkBelow(name, post, visit, 0)
}

func (k *ctl) walkBelow(name string, post bool, visit func(e *entry), depth int) {
	e := &entry{name: path.Base(name), path: name}
	if err := k.c.Lstat(name, &e.st); err != nil {
		k.fail(at(name, err))
		return
	}
	if !post {
		visit(e)
	}
	if e.st.Mode&abi.S_IFMT == abi.S_IFDIR && depth < walkDepth {
		names, err := readDir(k.c, name)
		if err != nil {
			k.fail(at(name, err))
		}
		for _, n := range names {
			k.walkBelow(path.Join(name, n), post, visit, depth+1)
		}
	}
	if post {
		visit(e)
	}
}
