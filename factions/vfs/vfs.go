// Package vfs is the file-system faction: name lookup, open files, mounts, the
// root rumpfs, and the calls on files. File systems are components that enter
// themselves with AddFileSystem.
package vfs

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/lockf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Doc is the faction's line in listings.
const Doc = "files: vnodes, name lookup, mounts, the root rumpfs, /dev/null and /dev/zero"

// VFS is the faction in one kernel.
type VFS struct {
	b     *kernel.Base
	root  *vnode.Vnode // of rumpfs
	files vnodeOps
	specs specOps
	fifos fifoOps
	etfs  etfsTable
	blk   rumpBlk
	locks lockf.Table
	disks diskTable
	names *vnode.NameCache
	// magicLinks is vfs.generic.magiclinks.
	magicLinks atomic.Int32
	// maxVnodes is RUMP_NVNODES.
	maxVnodes int

	mu     sync.Mutex // protects the lists; held while mounts change
	mounts []*vnode.Mount
	types  []*vnode.Type
	nextID uint32
}

// Attach brings the faction up: rumpfs on /, /dev and /tmp, null and zero, the
// directories of pid 0, the host files of the configuration.
func Attach(b *kernel.Base) (*VFS, error) {
	v := &VFS{b: b}
	v.files.v, v.specs.v, v.fifos.v = v, v, v
	if err := v.namesSetup(); err != nil {
		return nil, err
	}
	if err := v.mountRoot(); err != nil {
		return nil, err
	}
	b.Procs.Find(0).SetData(proc.SlotCwd, newCwd(v.root))
	if err := v.bringUp(); err != nil {
		Detach(v)
		return nil, err
	}
	v.sysctlSetup()
	b.OnShutdown(v.shutdown)
	b.OnReport(v.report)
	return v, nil
}

// bringUp fills the root file system.
func (v *VFS) bringUp() error {
	l := v.b.BootLWP()
	if err := v.Mkdir(l, "/dev", 0o755); err != nil {
		return err
	}
	if err := v.Mkdir(l, "/tmp", 0o1777); err != nil {
		return err
	}
	if err := attachMemDevices(v.b.Devsw); err != nil {
		return err
	}
	if err := v.blk.params.load(v.b); err != nil {
		return err
	}
	if err := v.attachEtfs(v.b.TakeEtfs()); err != nil {
		return err
	}
	v.b.Devsw.Watch(v.deviceNode)
	return nil
}

// Detach takes the faction down: everything is unmounted, whoever uses it.
func Detach(v *VFS) {
	v.b.Devsw.Watch(nil)
	v.shutdown(abi.RB_NOSYNC)
	v.detachEtfs()
	v.b.Devsw.Detach(memName)
	if cwd := cwdOf(v.b.Procs.Find(0)); cwd != nil {
		cwd.Free(v.b.BootLWP())
	}
	_ = v.root.Mount.FS.Unmount(true)
}

// shutdown unmounts everything but /, the last mounted first. With RB_NOSYNC
// nothing is written back.
func (v *VFS) shutdown(howto int32) {
	sync := howto&abi.RB_NOSYNC == 0
	if sync {
		v.syncAll()
	}
	for _, m := range slices.Backward(v.Mounts()) {
		if m.Fixed || sync && v.unmount(m, false) == nil {
			continue
		}
		v.lock()
		if slices.Contains(v.mounts, m) {
			v.unmountForced(m, sync)
		}
		v.mu.Unlock()
	}
}

// lock locks v.mu, which others hold while file systems are written back.
func (v *VFS) lock() {
	if !v.mu.TryLock() {
		v.b.Procs.Lend(v.mu.Lock)
	}
}

// Root returns the root directory of the kernel, without a reference.
func (v *VFS) Root() *vnode.Vnode { return v.root }

// now returns the wall clock in nanoseconds since 1970.
func (v *VFS) now() int64 { return v.b.Now() }
