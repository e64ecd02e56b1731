// Package msdos is the FAT file system: FAT12, FAT16 and FAT32 with long names
// (VFAT), read and written.
package msdos

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the component's line in listings.
const Doc = "msdos, FAT volumes with long names"

// Default keeps the part out of a selection that does not name it: kernels
// that open no images are smaller without it.
const Default = false

// driver is the file system in one kernel.
type driver struct {
	v       *vfs.VFS
	mu      sync.Mutex
	mounted map[*volume]bool
}

// Attach enters the file system's type.
func Attach(v *vfs.VFS) error {
	d := &driver{v: v, mounted: map[*volume]bool{}}
	v.MemConfig().Mem.OnPressure(d.shrink)
	return v.AddFileSystem(&vnode.Type{
		Name: "msdos", ArgSize: len(usermem.BytesOf(new(abi.MsdosfsArgs))), Mount: d.mount,
	})
}

// shrink gives memory of the caches back.
func (d *driver) shrink(want int64) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	done := int64(0)
	for vol := range d.mounted {
		if done < want {
			done += vol.dev.Shrink(want - done)
		}
	}
	return done
}

// volume is one mount.
type volume struct {
	*FS
	d    *driver
	disk *vfs.Disk
	args abi.MsdosfsArgs
}

// mount mounts the block device that the arguments name (mount_msdos(8)).
func (d *driver) mount(l *proc.LWP, m *vnode.Mount, args usermem.InOutBuf) (vnode.FileSystem, error) {
	a, err := load(args)
	if err != nil {
		return nil, err
	}
	path, err := usermem.String{Mem: args.Follow(a.Fspec, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return nil, err
	}
	m.From = string(append([]byte(nil), path...))
	disk, err := d.v.OpenDisk(l, path, m.ReadOnly())
	if err != nil {
		return nil, err
	}
	c := d.v.MemConfig()
	fs, err := open(disk, m, optionsOf(&a), c.Now, c.Mem)
	if err != nil {
		disk.Close()
		return nil, err
	}
	b := d.v.Base()
	fs.flusher.Host, fs.flusher.Go, fs.flusher.Work = b.Host, b.Go, fs.background
	vol := &volume{FS: fs, d: d, disk: disk, args: a}
	d.mu.Lock()
	d.mounted[vol] = true
	d.mu.Unlock()
	return vol, nil
}

// load copies the arguments in: EINVAL when there are none. What older callers
// do not have is filled in.
func load(args usermem.InOutBuf) (a abi.MsdosfsArgs, err error) {
	if args.IsNil() {
		return a, abi.EINVAL
	}
	if err := args.CopyIn(usermem.BytesOf(&a)); err != nil {
		return a, err
	}
	if a.Flags&abi.MSDOSFSMNT_VERSIONED == 0 {
		a.Version, a.Dirmask = 1, a.Mask
		a.Flags |= abi.MSDOSFSMNT_VERSIONED
	}
	if a.Version < 3 {
		a.Gmtoff = 0
	}
	return a, nil
}

func optionsOf(a *abi.MsdosfsArgs) options {
	return options{uid: a.Uid, gid: a.Gid, east: a.Gmtoff,
		mask: a.Mask & abi.ACCESSPERMS, dirmask: a.Dirmask & abi.ACCESSPERMS}
}

// Update changes flags and arguments (MNT_UPDATE). EBUSY for making it
// read-only while files that have no name any more are in use.
func (v *volume) Update(l *proc.LWP, flags uint64, args usermem.InOutBuf) error {
	var a abi.MsdosfsArgs
	if !args.IsNil() { // nothing is locked while a caller's memory is read
		var err error
		if a, err = load(args); err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch readOnly := flags&abi.MNT_RDONLY != 0; {
	case readOnly && !v.mount.ReadOnly():
		if len(v.orphans) > 0 {
			return abi.EBUSY
		}
		if err := v.markClean(); err != nil {
			return err
		}
	case !readOnly && v.mount.ReadOnly():
		if err := v.disk.Reopen(l, false); err != nil {
			return err
		}
	}
	if args.IsNil() {
		return nil
	}
	a.Fspec = v.args.Fspec
	v.options, v.args = optionsOf(&a), a
	return nil
}

// Args returns the arguments (MNT_GETARGS).
func (v *volume) Args() []byte {
	v.mu.Lock()
	a := v.args
	v.mu.Unlock()
	a.Fspec = 0
	return usermem.BytesOf(&a)
}

// Unmount closes the volume.
func (v *volume) Unmount(force bool) error {
	if err := v.FS.Unmount(force); err != nil {
		return err
	}
	v.d.mu.Lock()
	delete(v.d.mounted, v)
	v.d.mu.Unlock()
	return nil
}
