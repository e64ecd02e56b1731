// Host files in the root file system (etfs): what the configuration names, and
// what is registered later, is found in / without being listed there.
package vfs

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// etfsTable is the host files shown. Lookups read the list without a lock.
type etfsTable struct {
	list atomic.Pointer[etfsList] // nil: none

	mu   sync.Mutex // held by who replaces the list
	last uint64     // the highest number given to an entry
}

// etfsList is host files by key without the leading slashes. It is replaced as
// a whole, never changed.
type etfsList struct {
	files map[string]*vnode.Vnode
	dirs  []string // the keys of directories
}

// trimKey returns a path as keys are compared: no slashes around it.
func trimKey(path string) string { return strings.Trim(path, "/") }

// match returns the key that a path, without leading slashes, is or, for a
// directory's, begins with; "" if there is none.
func (t *etfsTable) match(path string) string {
	list := t.list.Load()
	if list == nil {
		return ""
	}
	if key := trimKey(path); list.files[key] != nil {
		return key
	}
	return list.below(path)
}

// below returns the key of a directory that path lies in, "" if there is none.
func (t *etfsList) below(path string) string {
	for _, key := range t.dirs {
		if strings.HasPrefix(path, key) && len(path) > len(key) && path[len(key)] == '/' {
			return key
		}
	}
	return ""
}

// find returns the vnode of a key, with a reference; nil if there is none.
func (t *etfsTable) find(key string) *vnode.Vnode {
	list := t.list.Load()
	if list == nil {
		return nil
	}
	if vp := list.files[trimKey(key)]; vp != nil {
		return vp.Ref()
	}
	return nil
}

// EtfsRegister shows a host file or directory: EINVAL for a key that does not
// begin with a slash or a window outside the file, EEXIST for a key that is
// there already or lies in the directory of one, ENOTDIR and EISDIR for a type
// that is not the host's, EBUSY when there are too many devices, and what the
// host says.
func (v *VFS) EtfsRegister(e kernel.Etfs) error {
	t := &v.etfs
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list.Load()
	if list == nil {
		list = &etfsList{}
	}
	key := trimKey(e.Key)
	switch {
	case key == "" || e.Key[0] != '/':
		return abi.EINVAL
	case list.files[key] != nil || list.below(key) != "":
		return abi.EEXIST
	}
	vp, err := v.etfsVnode(e, t.last+1)
	if err != nil {
		return err
	}
	t.last++
	files := maps.Clone(list.files)
	if files == nil {
		files = map[string]*vnode.Vnode{}
	}
	files[key] = vp
	t.replace(files)
	return nil
}

// EtfsRegisterWithSize is EtfsRegister for a window of the host file: size
// bytes from begin on, ^0 (or 0) for all that follow.
func (v *VFS) EtfsRegisterWithSize(key, hostPath string, typ kernel.EtfsType, begin, size uint64) error {
	if size == ^uint64(0) {
		size = 0
	}
	if int64(begin) < 0 || int64(size) < 0 {
		return abi.EINVAL
	}
	return v.EtfsRegister(kernel.Etfs{Key: key, HostPath: hostPath, Type: typ, Begin: int64(begin), Size: int64(size)})
}

// EtfsRemove hides what is shown as key: ENOENT when there is no such key. Who
// has it open keeps it so.
func (v *VFS) EtfsRemove(key string) error {
	t := &v.etfs
	t.mu.Lock()
	defer t.mu.Unlock()
	list, name := t.list.Load(), trimKey(key)
	if list == nil || list.files[name] == nil {
		return abi.ENOENT
	}
	files := maps.Clone(list.files)
	vp := files[name]
	delete(files, name)
	t.replace(files)
	if u := v.blk.unit(abi.Minor(vp.Rdev)); vp.IsDevice() && u != nil {
		v.blk.release(u)
	}
	return nil
}

// replace makes files the list. Preconditions: t.mu is held.
func (t *etfsTable) replace(files map[string]*vnode.Vnode) {
	list := &etfsList{files: files}
	for key, vp := range files {
		if vp.IsDir() {
			i, _ := slices.BinarySearch(list.dirs, key)
			list.dirs = slices.Insert(list.dirs, i, key)
		}
	}
	t.list.Store(list)
}

// attachEtfs shows the host files of the configuration.
func (v *VFS) attachEtfs(list []kernel.Etfs) error {
	for _, e := range list {
		if err := v.EtfsRegister(e); err != nil {
			return &kernel.EtfsError{Etfs: e, Err: err, Mend: etfsMend(err)}
		}
	}
	return nil
}

// etfsMend says what would help against an error of EtfsRegister.
func etfsMend(err error) string {
	switch err {
	case abi.EINVAL:
		return "a key begins with / and names a file, and a window lies within the host's file"
	case abi.EEXIST:
		return "the key is taken: use another one"
	case abi.EISDIR:
		return "the host has a directory there: show it as one, without offset and size"
	case abi.ENOTDIR:
		return "the host has no directory there: show it as a file or a device"
	case abi.EBUSY:
		return "there are 16 devices for host files: show some as regular files"
	case abi.EOPNOTSUPP:
		return "the type is none of reg, blk, chr, dir and dirs"
	}
	return "check the host's path, which begins where the program was started, and its permissions"
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
	n := &hostNode{host: v.host(), path: e.HostPath, win: w, ino: etfsIno + i, made: v.now()}
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
	v.etfs.list.Store(nil)
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
