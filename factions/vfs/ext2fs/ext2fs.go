// Package ext2fs reads and writes ext2, ext3 and ext4 as mkfs.ext4 makes them,
// and what it makes when asked to: contents in inodes (inline_data), large
// extended attributes (ea_inode), clusters (bigalloc), protection from other
// hosts (mmp), block groups, checksums and directories of all kinds.
//
// A file system is mounted read-only for features that bind only writers:
// quota, project, verity, shared_blocks and what comes after them. It
// is refused for encrypt and casefold (names and contents need tables and keys
// a kernel does not have), compression, dirdata and a journal on a device of
// its own. The console names the features.
//
// Locks. FS.mu is held for reading by everything that reads the file system
// and exclusively by everything that changes it; it comes after the locks of
// vnodes and before FS.nodesMu. No reference is given back under it.
//
// Changes are collected in a transaction of whole blocks, which is written to
// the journal, and to its places, at sync and when it is large or old.
package ext2fs

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "ext2fs: ext2, ext3 and ext4, with their journal"

// Default keeps the part out of a selection that does not name it: kernels
// that open no images are smaller without it.
const Default = false

// name is what mount(2) calls it.
const name = "ext2fs"

// Attach enters the file system's type.
func Attach(v *vfs.VFS) error {
	list := &mounts{}
	v.Base().Mem.OnPressure(list.shrink)
	t := &vnode.Type{Name: name, ArgSize: len(usermem.BytesOf(new(abi.UfsArgs)))}
	t.Mount = func(l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
		fs, err := mount(v, l, m, args)
		if err != nil {
			return nil, err
		}
		list.add(fs)
		return fs, nil
	}
	return v.AddFileSystem(t)
}

// mounts is what is mounted in one kernel.
type mounts struct {
	mu   sync.Mutex
	list []*FS
}

func (m *mounts) add(fs *FS) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(slices.DeleteFunc(m.list, func(o *FS) bool { return o.gone.Load() }), fs)
}

// shrink gives back memory of caches that nobody is using at the moment.
func (m *mounts) shrink(want int64) (done int64) {
	m.mu.Lock()
	list := slices.Clone(m.list)
	m.mu.Unlock()
	for _, fs := range list {
		if done < want && fs.mu.TryLock() {
			done += fs.files.Shrink(want - done)
			if done < want {
				done += fs.cache.Shrink(want - done)
			}
			fs.mu.Unlock()
		}
	}
	return done
}

// mount mounts the device that args name: EINVAL when there is no ext file
// system on it, or one with features that are not known.
func mount(v *vfs.VFS, l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (*FS, error) {
	if args.IsNil() {
		return nil, abi.EINVAL
	}
	path, err := deviceName(args)
	if err != nil {
		return nil, err
	}
	dev, err := openDevice(v, l, path, !m.ReadOnly())
	if err != nil {
		return nil, err
	}
	b := v.Base()
	fs := &FS{v: v, mount: m, path: path, dev: dev, mem: b.Mem, now: b.Now, say: b.Printf, ro: m.ReadOnly()}
	fs.flusher.Host, fs.flusher.Go, fs.flusher.Work = b.Host, b.Go, fs.background
	fs.mmp.beat.Host, fs.mmp.beat.Go, fs.mmp.beat.Work = b.Host, b.Go, fs.beatMMP
	if err := fs.bringUp(l); err != nil {
		fs.flusher.Stop()
		fs.mmp.beat.Stop()
		fs.shut()
		return nil, err
	}
	m.From, m.Names = path, v.Names()
	if fs.ro {
		m.SetFlags(m.Flags() | abi.MNT_RDONLY)
	}
	return fs, nil
}
