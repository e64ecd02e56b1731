// Changes of directories whose names are cached.
package vnode

// nameEditor is an Editor that keeps the cache of names right.
type nameEditor struct {
	Editor
	dir *Vnode
	c   *NameCache
}

// Create remembers the new name.
func (e nameEditor) Create(name string, n NewNode) (*Vnode, error) {
	e.c.purge(e.dir, name)
	vp, err := e.Editor.Create(name, n)
	if err == nil {
		e.c.enter(e.dir, name, vp)
	}
	return vp, err
}

// Link forgets that the name was not there.
func (e nameEditor) Link(name string, vp *Vnode) error {
	e.c.purge(e.dir, name)
	return e.Editor.Link(name, vp)
}

// Remove forgets the name, and what is said of names in a directory that goes.
func (e nameEditor) Remove(name string, vp *Vnode) error {
	e.c.purge(e.dir, name)
	if vp.IsDir() {
		e.c.purgeDir(vp)
	}
	return e.Editor.Remove(name, vp)
}

// Rename forgets both names.
func (e nameEditor) Rename(name string, vp, to *Vnode, toName string, over *Vnode) error {
	e.c.purge(e.dir, name)
	e.c.purge(to, toName)
	if over != nil && over.IsDir() {
		e.c.purgeDir(over)
	}
	return e.Editor.Rename(name, vp, to, toName, over)
}
