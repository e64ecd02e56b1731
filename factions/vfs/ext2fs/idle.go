// Nodes that nobody uses, kept for who may ask for them again.
package ext2fs

// idleList is nodes, the one that came first first: one that was used since
// goes round again when its turn comes, so that a use of a node touches no
// other. Everything in it is under FS.nodesMu.
type idleList struct {
	first, last *node
	count       int
}

// add puts a node at the end, wherever it was.
func (l *idleList) add(n *node) {
	l.remove(n)
	n.idle, n.again, n.idlePrev = true, false, l.last
	if l.last != nil {
		l.last.idleNext = n
	} else {
		l.first = n
	}
	l.last = n
	l.count++
}

// remove takes a node out, if it is there.
func (l *idleList) remove(n *node) {
	if !n.idle {
		return
	}
	if n.idlePrev != nil {
		n.idlePrev.idleNext = n.idleNext
	} else {
		l.first = n.idleNext
	}
	if n.idleNext != nil {
		n.idleNext.idlePrev = n.idlePrev
	} else {
		l.last = n.idlePrev
	}
	n.idle, n.idlePrev, n.idleNext = false, nil, nil
	l.count--
}

// trimIdle lets go what has been idle longest, when there are too many nodes.
// One in use leaves the list until it is idle again; one with pages to write
// stays, for it knows where they go. Preconditions: nodesMu is held.
func (fs *FS) trimIdle() {
	for range trimSteps {
		n := fs.idle.first
		switch {
		case fs.idle.count <= fs.v.MaxVnodes():
			return
		case n.vp.Refs() <= 0 && (n.again || fs.files.DirtyFile(&n.pages)):
			fs.idle.add(n)
		case n.vp.Refs() <= 0 && n.links.Load() > 0:
			fs.drop(n)
			fs.files.DropAll(&n.pages)
		default:
			fs.idle.remove(n)
		}
	}
}

// trimSteps is how many nodes trimIdle looks at.
const trimSteps = 8

// drop forgets a node. Preconditions: nodesMu is held.
func (fs *FS) drop(n *node) {
	fs.idle.remove(n)
	if n.known {
		n.known = false
		delete(fs.nodes, n.ino)
	}
}
