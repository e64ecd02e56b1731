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
type etfsTable struct {
	files map[string]*vnode.Vnode
	dirs  []string // the keys of directories
}

// trimKey returns a path as keys are compared: no slashes around it.
func trimKey(path string) string { return strings.Trim(path, "/") }

// match returns the key that a path, without leading slashes, is or, for a
// directory's, begins with; "" if there is none.
func (t *etfsTable) match(path string) string {
	if len(t.files) == 0 {
		return ""
	}
	if key := trimKey(path); t.files[key] != nil {
		return key
	}
	for _, key := range t.dirs {
		if strings.HasPrefix(path, key) && path[len(key)] == '/' {
			return key
		}
	}
	return ""
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
// second one with the same key.
func (v *VFS) attachEtfs(list []kernel.Etfs) error {
	for i, e := range list {
		key := trimKey(e.Key)
		switch {
		case key == "" || e.Key[0] != '/':
			return abi.EINVAL
		case v.etfs.files[key] != nil:
			return abi.EEXIST
		}
		vp, err := v.etfsVnode(e, uint64(i))
		if err != nil {
			return err
		}
		if v.etfs.files == nil {
			v.etfs.files = map[string]*vnode.Vnode{}
		}
		v.etfs.files[key] = vp
		if vp.IsDir() {
			v.etfs.dirs = append(v.etfs.dirs, key)
		}
	}
	return nil
}

// etfsVnode returns the vnode that shows what an entry names.
func (v *VFS) etfsVnode(e kernel.Etfs, i uint64) (*vnode.Vnode, error) {
	if e.Type == kernel.EtfsDir || e.Type == kernel.EtfsDirSubdirs {
		return v.hostDir(e, i)
	}
	w := window{begin: e.Begin, size: e.Size}
	if err := w.check(v.b.Host, e.HostPath); err != nil {
		return nil, err
	}
	return v.hostNode(e, w, i)
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

// detachEtfs forgets the host files.
func (v *VFS) detachEtfs() {
	v.etfs = etfsTable{}
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
