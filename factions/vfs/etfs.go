// Host files in the root file system (etfs): what the configuration names is
// found in / without being listed there.
package vfs

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// etfsTable is the host files shown, by key without the leading slashes. It
// does not change once the kernel runs.
type etfsTable struct{ files map[string]*vnode.Vnode }

// trimKey returns a path as keys are compared: no slashes around it.
func trimKey(path string) string { return strings.Trim(path, "/") }

// has reports whether what is left of a path is a key, and all of it.
func (t *etfsTable) has(path string) bool {
	return len(t.files) > 0 && t.files[trimKey(path)] != nil
}

// find returns the vnode of a key, with a reference; nil if there is none.
func (t *etfsTable) find(key string) *vnode.Vnode {
	if len(t.files) == 0 {
		return nil
	}
	if vp := t.files[trimKey(key)]; vp != nil {
		return vp.Ref()
	}
	return nil
}

// attachEtfs enters the host files of the configuration: EINVAL for a key that
// does not begin with a slash or a window outside the file, EEXIST for a
// second one with the same key, EOPNOTSUPP for directories.
func (v *VFS) attachEtfs(list []kernel.Etfs) error {
	for i, e := range list {
		key := trimKey(e.Key)
		switch {
		case key == "" || e.Key[0] != '/':
			return abi.EINVAL
		case v.etfs.files[key] != nil:
			return abi.EEXIST
		}
		w := window{begin: e.Begin, size: e.Size}
		if err := w.check(v.b.Host, e.HostPath); err != nil {
			return err
		}
		vp, err := v.hostNode(e, w, uint64(i))
		if err != nil {
			return err
		}
		if v.etfs.files == nil {
			v.etfs.files = map[string]*vnode.Vnode{}
		}
		v.etfs.files[key] = vp
	}
	return nil
}

// hostNode returns the vnode that shows a host file.
func (v *VFS) hostNode(e kernel.Etfs, w window, i uint64) (*vnode.Vnode, error) {
	n := &hostNode{host: v.b.Host, path: e.HostPath, win: w, ino: etfsIno + i, made: v.now()}
	switch e.Type {
	case kernel.EtfsReg:
		n.vp.Init(v.root.Mount, abi.S_IFREG, 0, &hostFile{hostNode: n})
	case kernel.EtfsBlk, kernel.EtfsChr:
		dev, err := v.blk.register(v, e.HostPath, w)
		if err != nil {
			return nil, err
		}
		typ := uint32(abi.S_IFBLK)
		if e.Type == kernel.EtfsChr {
			typ = abi.S_IFCHR
		}
		n.vp.Init(v.root.Mount, typ, dev, n)
	default:
		return nil, abi.EOPNOTSUPP
	}
	return &n.vp, nil
}

// etfsIno is where the numbers of these files begin.
const etfsIno = 1 << 48

// detachEtfs closes the host files.
func (v *VFS) detachEtfs() {
	for _, vp := range v.etfs.files {
		if f, ok := vp.Node.(*hostFile); ok {
			f.close()
		}
	}
	v.etfs.files = nil
	v.blk.detach(v)
}

// window is the part of a host file that is shown.
type window struct{ begin, size int64 }

// check fills in the size when it is to the end.
func (w *window) check(h hypercall.Host, path string) error {
	size, kind, err := h.FileInfo(path)
	if err != nil {
		return err
	}
	switch kind {
	case hypercall.KindRegular, hypercall.KindBlock, hypercall.KindChar:
	case hypercall.KindDir:
		return abi.EISDIR
	default:
		return abi.EINVAL
	}
	if w.size == 0 {
		w.size = size - w.begin
	}
	if w.begin < 0 || w.size < 0 || w.begin > size || w.size > size-w.begin {
		return abi.EINVAL
	}
	return nil
}
