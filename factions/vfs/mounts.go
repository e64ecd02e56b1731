// Mounting and unmounting.
package vfs

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/memfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// AddFileSystem enters a type of file system under its name: EEXIST when the
// name is taken. The module of that name can be unloaded while nothing of the
// type is mounted.
func (v *VFS) AddFileSystem(t *vnode.Type) error {
	add := func() error { return v.addType(t) }
	if err := add(); err != nil {
		return err
	}
	v.b.PartModule(t.Name, add, func() error { return v.removeType(t) })
	return nil
}

func (v *VFS) addType(t *vnode.Type) error {
	v.lock()
	defer v.mu.Unlock()
	if v.findType(t.Name) != nil {
		return abi.EEXIST
	}
	v.types = append(v.types, t)
	return nil
}

// removeType takes a type out: EBUSY while a file system of it is mounted.
func (v *VFS) removeType(t *vnode.Type) error {
	v.lock()
	defer v.mu.Unlock()
	for _, m := range v.mounts {
		if m.Type == t {
			return abi.EBUSY
		}
	}
	v.types = lists.Without(v.types, t)
	return nil
}

// FileSystems returns the names of the types, in the order they came.
func (v *VFS) FileSystems() []string {
	v.lock()
	defer v.mu.Unlock()
	var names []string
	for _, t := range v.types {
		names = append(names, t.Name)
	}
	return names
}

// findType returns the type of that name. Preconditions: v.mu is held.
func (v *VFS) findType(name string) *vnode.Type {
	for _, t := range v.types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// MemConfig returns the configuration of a file system in memory of this
// kernel, without bounds.
func (v *VFS) MemConfig() memfs.Config {
	return memfs.Config{Now: v.now, Mem: v.b.Mem}
}

// mountRoot makes rumpfs the root.
func (v *VFS) mountRoot() error {
	t := &vnode.Type{Name: "rumpfs", Mount: v.mountRumpfs}
	v.types = append(v.types, t)
	m, err := v.newMount(v.b.BootLWP(), t, nil, abi.MNT_LOCAL|abi.MNT_ROOTFS, usermem.InOutBuf{})
	if err != nil {
		return err
	}
	m.On = "/"
	m.Root.Pin()
	v.root = m.Root
	v.mounts = append(v.mounts, m)
	return nil
}

// mountRumpfs makes a fresh empty rumpfs; it takes no arguments.
func (v *VFS) mountRumpfs(_ *proc.LWP, m *vnode.Mount, _ usermem.InOutBuf) (vnode.FileSystem, error) {
	return memfs.New(m, v.MemConfig())
}

// newMount makes a file system of type t that is to be mounted on dir, nil for
// the root, and is not yet.
func (v *VFS) newMount(l *proc.LWP, t *vnode.Type, dir *vnode.Vnode, flags uint64, args usermem.InOutBuf) (*vnode.Mount, error) {
	m := &vnode.Mount{Type: t, Covered: dir, Owner: l.Cred().Euid, From: t.Name, Fixed: flags&abi.MNT_ROOTFS != 0}
	if v.b.Procs.Bounded() {
		m.Lend = v.b.Procs.Lend
	}
	m.SetFlags(flags)
	v.lock()
	v.nextID++
	id := v.nextID
	v.mu.Unlock()
	m.Dev = abi.Makedev(fsMajor, id)
	m.ID = abi.Fsid{Val: [2]int32{int32(m.Dev), typeHash(t.Name)}}
	fs, err := t.Mount(l, m, args)
	if err != nil {
		return nil, err
	}
	m.FS = fs
	if m.Root, err = fs.Root(); err != nil {
		_ = fs.Unmount(true)
		return nil, err
	}
	return m, nil
}

// fsMajor is the major number in st_dev of files: none that a driver has.
const fsMajor = 0xff0

// typeHash is the second half of a file system's id: the same for one type.
func typeHash(name string) int32 {
	h := uint32(0)
	for i := range len(name) {
		h = h<<2 ^ uint32(name[i])
	}
	return int32(h)
}

// settableFlags are the flags mount(2) sets from its caller's.
const settableFlags = abi.MNT_BASIC_FLAGS

// mount mounts type t on dir, whose path is on: ENOTDIR, EBUSY when something
// lies there already.
func (v *VFS) mount(l *proc.LWP, t *vnode.Type, dir *vnode.Vnode, on string, flags uint64, args usermem.InOutBuf) error {
	if !dir.IsDir() {
		return abi.ENOTDIR
	}
	m, err := v.newMount(l, t, dir, flags&settableFlags|abi.MNT_LOCAL, args)
	if err != nil {
		return err
	}
	m.On = on
	v.lock()
	if dir.Covered() != nil || dir.Mount.Dead() {
		v.mu.Unlock()
		m.Root.Unref()
		_ = m.FS.Unmount(true)
		return abi.EBUSY
	}
	m.Covered = dir.Ref()
	v.mounts = append(v.mounts, m)
	dir.SetCovered(m)
	v.mu.Unlock()
	v.moveProcesses(dir, m.Root)
	return nil
}

// moveProcesses moves processes whose directory or root is from to to.
func (v *VFS) moveProcesses(from, to *vnode.Vnode) {
	for _, p := range v.b.Procs.All() {
		if c := cwdOf(p); c != nil {
			c.replace(from, to)
		}
	}
}

// update changes the flags and arguments of a mount (MNT_UPDATE): EBUSY for
// making it read-only while files are open for writing is the file system's
// to say.
func (v *VFS) update(l *proc.LWP, m *vnode.Mount, flags uint64, args usermem.InOutBuf) error {
	nf := m.Flags()&^settableFlags | flags&settableFlags
	if u, ok := m.FS.(vnode.Updater); ok {
		if err := u.Update(l, nf, args); err != nil {
			return err
		}
	}
	m.SetFlags(nf)
	return nil
}

// unmount takes a mount off: EBUSY when it is in use, unless force is set,
// which takes what is mounted in it off too; EINVAL for the root or one that is
// gone already.
func (v *VFS) unmount(m *vnode.Mount, force bool) error {
	v.lock()
	defer v.mu.Unlock()
	if m.Fixed || !slices.Contains(v.mounts, m) {
		return abi.EINVAL
	}
	if force {
		v.unmountForced(m, true)
		return nil
	}
	_ = m.FS.Sync()
	if err := m.Close(); err != nil {
		return err
	}
	if err := m.FS.Unmount(false); err != nil {
		m.Reopen()
		return err
	}
	v.forget(m)
	return nil
}

// unmountForced takes a mount off whoever uses it, after those in it. Without
// sync, nothing is written back. Preconditions: v.mu is held.
func (v *VFS) unmountForced(m *vnode.Mount, sync bool) {
	for _, in := range slices.Backward(slices.Clone(v.mounts)) {
		if in.Covered != nil && in.Covered.Mount == m {
			v.unmountForced(in, sync)
		}
	}
	if sync {
		_ = m.FS.Sync()
	}
	if m.Close() != nil {
		m.Kill()
	}
	if !sync || m.Dead() || m.FS.Unmount(false) != nil {
		_ = m.FS.Unmount(true)
	}
	v.forget(m)
}

// forget takes a mount, closed or killed, from where it lies and off the list.
// Preconditions: v.mu is held.
func (v *VFS) forget(m *vnode.Mount) {
	m.Covered.SetCovered(nil)
	v.names.Purge(m)
	m.Gone()
	v.mounts = lists.Without(v.mounts, m)
	m.Covered.Unref()
	m.Root.Unref()
}

// syncAll writes back every file system.
func (v *VFS) syncAll() {
	for _, m := range v.Mounts() {
		_ = m.FS.Sync()
	}
}

// Mounts returns what is mounted, in order.
func (v *VFS) Mounts() []*vnode.Mount {
	v.lock()
	defer v.mu.Unlock()
	return slices.Clone(v.mounts)
}

// statvfs fills st for a mount.
func statvfs(m *vnode.Mount, st *abi.Statvfs) error {
	*st = abi.Statvfs{}
	if err := m.FS.Statvfs(st); err != nil {
		return err
	}
	st.Flag = m.Flags() & abi.MNT_VISFLAGMASK
	st.Fsidx, st.Fsid, st.Owner = m.ID, m.Dev, m.Owner
	copyName(st.Fstypename[:], m.Type.Name)
	copyName(st.Mntonname[:], m.On)
	copyName(st.Mntfromname[:], m.From)
	return nil
}

// copyName copies a name and leaves room for the NUL.
func copyName(dst []byte, s string) { copy(dst[:len(dst)-1], s) }
