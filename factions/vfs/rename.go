// rename(2): the one call that locks more than a directory and what is in it.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// renaming is one rename: walk from has reached the directory of the old name,
// walk to that of the new one.
type renaming struct {
	from, to         walk
	fromName, toName last
	// posix leaves both names when they are links to one file.
	posix bool
}

// rename renames fromPath, from fromFd, to toPath, from toFd.
func (v *VFS) rename(l *proc.LWP, fromFd int32, fromPath string, toFd int32, toPath string, posix bool) error {
	r := renaming{posix: posix}
	var err error
	if r.from, err = v.start(l, fromFd, fromPath); err != nil {
		return err
	}
	defer r.from.done()
	if r.to, err = v.start(l, toFd, toPath); err != nil {
		return err
	}
	defer r.to.done()
	if r.fromName, err = r.from.parent(); err != nil {
		return err
	}
	if r.toName, err = r.to.parent(); err != nil {
		return err
	}
	return r.run()
}

// run checks what needs no lock and renames with the mount's tree locked.
func (r *renaming) run() error {
	fdir, tdir := r.from.dir, r.to.dir
	switch {
	case r.fromName.isDot() || r.toName.isDot():
		return abi.EINVAL
	case fdir.Mount != tdir.Mount:
		return abi.EXDEV
	}
	if _, err := fdir.Dir(); err != nil {
		return err
	}
	if _, err := tdir.Dir(); err != nil {
		return err
	}
	fdir.Mount.LockTree()
	defer fdir.Mount.UnlockTree()
	unlock, above, err := lockDirs(fdir, tdir)
	if err != nil {
		return err
	}
	vp, over, err := r.locked(above)
	unlock()
	if err == nil {
		r.note(vp, over)
	}
	vp.Unref()
	over.Unref()
	above.Unref()
	return err
}

// note tells of a rename.
func (r *renaming) note(vp, over *vnode.Vnode) {
	fdir, tdir := r.from.dir, r.to.dir
	vp.Note(abi.NOTE_RENAME)
	if over != nil && over != vp {
		over.Note(abi.NOTE_DELETE)
	}
	if fdir == tdir {
		fdir.Note(abi.NOTE_WRITE)
		return
	}
	fdir.Note(noteEntry(vp))
	tdir.Note(noteEntry(vp))
}

// lockDirs locks two directories, the outer one first. above is the entry of
// one through which the other is reached, with a reference: what is on the way to
// tdir below fdir, or the reverse; nil if neither is in the other.
//
// Preconditions: the mount's tree is locked, so that no directory moves.
func lockDirs(fdir, tdir *vnode.Vnode) (unlock func(), above *vnode.Vnode, err error) {
	if fdir == tdir {
		fdir.Lock()
		return fdir.Unlock, nil, nil
	}
	first, second := fdir, tdir
	if above, err = below(fdir, tdir); err != nil {
		return nil, nil, err
	}
	if above == nil {
		if above, err = below(tdir, fdir); err != nil {
			return nil, nil, err
		}
		if above != nil {
			first, second = tdir, fdir
		}
	}
	first.Lock()
	second.Lock()
	return func() { second.Unlock(); first.Unlock() }, above, nil
}

// below returns the child of outer on the way to inner, with a reference, so
// that it stays the one vnode of that directory; nil when inner is not in outer.
func below(outer, inner *vnode.Vnode) (*vnode.Vnode, error) {
	at := inner.Ref()
	for !at.IsRoot() {
		d, err := at.Dir()
		if err != nil {
			at.Unref()
			return nil, err
		}
		at.RLock()
		up, err := d.Lookup("..")
		at.RUnlock()
		if err != nil {
			at.Unref()
			return nil, err
		}
		switch up {
		case outer:
			up.Unref()
			return at, nil
		case at: // the root of a mount that was forced off
			up.Unref()
			at.Unref()
			return nil, abi.EIO
		}
		at.Unref()
		at = up
	}
	at.Unref()
	return nil, nil
}

// locked renames, both directories locked. It returns what the names stood
// for, with references.
func (r *renaming) locked(above *vnode.Vnode) (vp, over *vnode.Vnode, err error) {
	if vp, err = r.from.look(r.fromName.name); err != nil {
		return nil, nil, err
	}
	if over, err = r.to.look(r.toName.name); err != nil && err != abi.ENOENT {
		return vp, nil, err
	}
	if err := r.check(vp, over, above); err != nil {
		return vp, over, err
	}
	ed, err := r.from.dir.Editor()
	if err != nil {
		return vp, over, err
	}
	if vp == over {
		return vp, over, r.sameFile(ed, vp)
	}
	vp.Lock()
	defer vp.Unlock()
	if over != nil {
		over.Lock()
		defer over.Unlock()
	}
	if err := r.permitted(r.from.cred, vp, over); err != nil {
		return vp, over, err
	}
	return vp, over, ed.Rename(r.fromName.name, vp, r.to.dir, r.toName.name, over)
}

// check refuses what no permission allows: a directory into itself, over
// something of another kind, a mount point.
func (r *renaming) check(vp, over, above *vnode.Vnode) error {
	fdir, tdir := r.from.dir, r.to.dir
	isDir := vp.IsDir()
	switch _, host := vp.Node.(etfsNode); {
	case host:
		return abi.EOPNOTSUPP
	case vp == tdir || above != nil && vp == above:
		return abi.EINVAL
	case over != nil && (over == fdir || over == above):
		return abi.ENOTEMPTY
	case !isDir && (r.fromName.slash || r.toName.slash):
		return abi.ENOTDIR
	case vp.Covered() != nil || over != nil && over.Covered() != nil:
		return abi.EBUSY
	}
	if over == nil {
		return nil
	}
	if _, host := over.Node.(etfsNode); host {
		return abi.EOPNOTSUPP
	}
	switch {
	case isDir && !over.IsDir():
		return abi.ENOTDIR
	case !isDir && over.IsDir():
		return abi.EISDIR
	}
	return nil
}

// sameFile renames one link of vp to another one of it: rename(2) takes the
// old name out, the POSIX form leaves both. Where a file has one name only, both
// are that one, and it is spelled anew.
func (r *renaming) sameFile(ed vnode.Editor, vp *vnode.Vnode) error {
	if _, ok := vp.Node.(vnode.OneName); ok {
		return r.respell(ed, vp)
	}
	if r.posix || r.from.dir == r.to.dir && r.fromName.name == r.toName.name {
		return nil
	}
	vp.Lock()
	defer vp.Unlock()
	if err := vnode.CanRemove(r.from.cred, r.from.dir, vp); err != nil {
		return err
	}
	return ed.Remove(r.fromName.name, vp)
}

// respell renames vp to another spelling of the name it has.
func (r *renaming) respell(ed vnode.Editor, vp *vnode.Vnode) error {
	if r.from.dir != r.to.dir || r.fromName.name == r.toName.name {
		return nil
	}
	vp.Lock()
	defer vp.Unlock()
	if err := vnode.CanRemove(r.from.cred, r.from.dir, vp); err != nil {
		return err
	}
	return ed.Rename(r.fromName.name, vp, r.to.dir, r.toName.name, nil)
}

// permitted checks permissions. Preconditions: everything is locked.
func (r *renaming) permitted(c *cred.Cred, vp, over *vnode.Vnode) error {
	fdir, tdir := r.from.dir, r.to.dir
	if err := vnode.CanRemove(c, fdir, vp); err != nil {
		return err
	}
	if over != nil {
		if err := vnode.CanRemove(c, tdir, over); err != nil {
			return err
		}
	} else if err := tdir.Access(c, vnode.Write|vnode.Exec); err != nil {
		return err
	}
	if vp.IsDir() && fdir != tdir {
		return vp.Access(c, vnode.Write)
	}
	return nil
}
