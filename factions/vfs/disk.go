// Disks under file systems: what a component that mounts a block device reads
// and writes it through.
package vfs

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// diskTable is the devices that file systems have open, by number.
type diskTable struct {
	mu   sync.Mutex
	used map[uint64]bool
}

// take enters a device: EBUSY when a file system has it already.
func (t *diskTable) take(dev uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used[dev] {
		return abi.EBUSY
	}
	if t.used == nil {
		t.used = map[uint64]bool{}
	}
	t.used[dev] = true
	return nil
}

func (t *diskTable) drop(dev uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.used, dev)
}

// Disk is a block device that a file system has open, and nobody else mounts.
// Offsets and lengths are whole sectors of 512 bytes. Many may use it at once.
type Disk struct {
	v    *VFS
	vp   *vnode.Vnode // with a reference
	dev  devsw.Device
	size int64
}

// OpenDisk opens the block device path for a file system: ENOTBLK for what is
// none, ENXIO for one without a driver or on a mount with MNT_NODEV, EBUSY when
// it is mounted already, and what the driver says: EACCES for writing one that
// can only be read.
func (v *VFS) OpenDisk(l *proc.LWP, path string, readOnly bool) (*Disk, error) {
	vp, err := v.lookup(l, abi.AT_FDCWD, path, true)
	if err != nil {
		return nil, err
	}
	d, err := v.openDisk(l, vp, readOnly)
	if err != nil {
		vp.Unref()
	}
	return d, err
}

func (v *VFS) openDisk(l *proc.LWP, vp *vnode.Vnode, readOnly bool) (*Disk, error) {
	if vp.Type != abi.S_IFBLK {
		return nil, abi.ENOTBLK
	}
	if vp.Mount.Flags()&abi.MNT_NODEV != 0 {
		return nil, abi.ENXIO
	}
	if err := v.disks.take(vp.Rdev); err != nil {
		return nil, err
	}
	d := &Disk{v: v, vp: vp}
	if err := d.open(l, readOnly); err != nil {
		v.disks.drop(vp.Rdev)
		return nil, err
	}
	return d, nil
}

// open opens the driver.
func (d *Disk) open(l *proc.LWP, readOnly bool) error {
	flags := uint32(file.FREAD | file.FWRITE)
	if readOnly {
		flags = file.FREAD
	}
	dev, err := d.v.b.Devsw.Open(l, d.vp.Rdev, true, flags)
	if err != nil {
		return err
	}
	s, ok := dev.(devsw.Sized)
	if !ok {
		_ = dev.Close(l)
		return abi.ENXIO
	}
	d.dev, d.size = dev, s.Size()
	return nil
}

// Reopen opens the device again for reading or for both, when a mount changes.
// On an error it stays as it was. Preconditions: nobody else uses it.
func (d *Disk) Reopen(l *proc.LWP, readOnly bool) error {
	old := d.dev
	if err := d.open(l, readOnly); err != nil {
		return err
	}
	_ = old.Close(l)
	return nil
}

// Size returns the size in bytes.
func (d *Disk) Size() int64 { return d.size }

// ReadAt fills p from byte off on: EIO when the device ends before.
func (d *Disk) ReadAt(p []byte, off int64) (int, error) {
	return whole(p, off, func(p []byte, off int64) (int, error) {
		return d.dev.Read(d.v.b.BootLWP(), p, off, false)
	})
}

// WriteAt writes p at byte off: EIO when the device ends before.
func (d *Disk) WriteAt(p []byte, off int64) (int, error) {
	return whole(p, off, func(p []byte, off int64) (int, error) {
		return d.dev.Write(d.v.b.BootLWP(), p, off, false)
	})
}

// whole calls fn until p is done.
func whole(p []byte, off int64, fn func([]byte, int64) (int, error)) (int, error) {
	done := 0
	for done < len(p) {
		n, err := fn(p[done:], off+int64(done))
		if n <= 0 && err == nil {
			err = abi.EIO
		}
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// Sync returns when the device has stored what was written. A driver that does
// not know of caches has none.
func (d *Disk) Sync() error {
	var arg file.Arg
	err := d.dev.Ioctl(d.v.b.BootLWP(), abi.DIOCCACHESYNC, &arg)
	if err == abi.ENOTTY || err == abi.ENODEV {
		return nil
	}
	return err
}

// Close closes the device.
func (d *Disk) Close() {
	_ = d.dev.Close(d.v.b.BootLWP())
	d.v.disks.drop(d.vp.Rdev)
	d.vp.Unref()
}
