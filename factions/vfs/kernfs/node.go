// The directory and the files in it.
package kernfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node is what the directory and the files share. Nothing of it changes.
type node struct {
	vp   vnode.Vnode
	fs   *FS
	ino  uint64
	mode uint32
}

// Perm returns root's, and the mode.
func (n *node) Perm() vnode.Perm { return vnode.Perm{Mode: n.mode} }

// Attr describes the node, but for its size. The times are now, as the
// contents are.
func (n *node) Attr() (abi.Stat, error) {
	now, made := timespec(n.fs.b.Now()), timespec(n.fs.made)
	return abi.Stat{
		Ino: n.ino, Mode: n.vp.Type | n.mode, Nlink: 1, Blksize: blockSize,
		Atim: now, Mtim: now, Ctim: now, Birthtim: made,
	}, nil
}

func timespec(ns int64) abi.Timespec { return abi.Timespec{Sec: ns / 1e9, Nsec: ns % 1e9} }

// SetAttr is not for us: the values have no attributes of their own.
func (n *node) SetAttr(*vnode.SetAttr) error { return abi.EOPNOTSUPP }

// Inactive has nothing to do: the nodes stay as long as the mount.
func (n *node) Inactive() {}

// dir is the directory.
type dir struct{ node }

// Attr describes the directory.
func (d *dir) Attr() (abi.Stat, error) {
	st, err := d.node.Attr()
	st.Nlink, st.Size = 2, blockSize
	return st, err
}

// Lookup returns what name stands for.
func (d *dir) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		return d.vp.Ref(), nil
	}
	for _, f := range d.fs.files {
		if f.name == name {
			return f.vp.Ref(), nil
		}
	}
	return nil, abi.ENOENT
}

// ReadDir lists the directory; cookies count entries.
func (d *dir) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	for ; cookie < int64(len(d.fs.files))+2; cookie++ {
		e := vnode.Entry{Name: ".", Ino: rootIno, Type: abi.S_IFDIR, Next: cookie + 1}
		switch cookie {
		case 0:
		case 1:
			e.Name = ".."
		default:
			f := d.fs.files[cookie-2]
			e.Name, e.Ino, e.Type = f.name, f.ino, abi.S_IFREG
		}
		if !emit(e) {
			return nil
		}
	}
	return nil
}

// value is one file.
type value struct {
	node
	entry
}

// Attr describes the file, with the size it has now.
func (f *value) Attr() (abi.Stat, error) {
	st, err := f.node.Attr()
	st.Size = f.Size()
	st.Blocks = (st.Size + abi.S_BLKSIZE - 1) / abi.S_BLKSIZE
	return st, err
}

// Size returns the length of what is there now.
func (f *value) Size() int64 { return int64(len(f.get(f.fs.b))) }

// ReadAt reads what is there now.
func (f *value) ReadAt(p []byte, off int64) (int, error) {
	text := f.get(f.fs.b)
	if off >= int64(len(text)) {
		return 0, nil
	}
	return copy(p, text[off:]), nil
}

// WriteAt sets the value to what is written at once, without a newline at its
// end: EOPNOTSUPP for one that cannot be set, EINVAL for a part of one.
func (f *value) WriteAt(p []byte, off int64) (int, error) {
	switch {
	case f.set == nil:
		return 0, abi.EOPNOTSUPP
	case off != 0:
		return 0, abi.EINVAL
	}
	text := string(p)
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if err := f.set(f.fs.b, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Truncate does nothing: a value is as long as it is.
func (f *value) Truncate(int64) error {
	if f.set == nil {
		return abi.EOPNOTSUPP
	}
	return nil
}
