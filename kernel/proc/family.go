// Parents and children.
package proc

// adopt enters child among the kids of parent.
func (t *Table) adopt(parent, child *Proc) {
	t.tree.Lock()
	defer t.tree.Unlock()
	parent.addKid(child)
}

// reparent gives the kids of p, which has ended, to pid 1, and takes p from
// its own parent.
func (t *Table) reparent(p *Proc) {
	initproc := t.Find(1)
	t.tree.Lock()
	defer t.tree.Unlock()
	for _, k := range p.kids {
		k.parent.Store(initproc)
		if initproc != nil && initproc != p {
			initproc.addKid(k)
		}
	}
	p.kids = nil
	if parent := p.parent.Load(); parent != nil {
		delete(parent.kids, p.key)
	}
}

// addKid enters a child. Preconditions: the table's tree is locked.
func (p *Proc) addKid(k *Proc) {
	if p.kids == nil {
		p.kids = map[int32]*Proc{}
	}
	p.kids[k.key] = k
}

// Kids returns the number of children.
func (p *Proc) Kids() int {
	p.table.tree.Lock()
	defer p.table.tree.Unlock()
	return len(p.kids)
}
