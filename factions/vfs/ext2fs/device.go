// The device a file system is on, opened through the vfs like any other.
package ext2fs

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// device is an open block or character device.
type device struct {
	l    *proc.LWP // in whose name it is used
	f    *file.File
	at   file.Positioned
	size int64
}

// openDevice opens the device at path: ENOTBLK for what is none. EACCES or
// EROFS when it can only be read and write is set.
func openDevice(v *vfs.VFS, l *proc.LWP, path string, write bool) (*device, error) {
	vp, err := v.Lookup(l, path)
	if err != nil {
		return nil, err
	}
	isDevice := vp.IsDevice()
	vp.Unref()
	if !isDevice {
		return nil, abi.ENOTBLK
	}
	flags := int32(abi.O_RDONLY)
	if write {
		flags = abi.O_RDWR
	}
	return newDevice(v, func() (*file.File, error) { return v.Open(l, path, flags, 0) })
}

// newDevice returns the device that open opens.
func newDevice(v *vfs.VFS, open func() (*file.File, error)) (*device, error) {
	own, err := v.Base().Procs.Find(0).NewLWP(true)
	if err != nil {
		return nil, err
	}
	d := &device{l: own}
	if d.f, err = open(); err != nil {
		own.Release()
		return nil, err
	}
	if err := d.measure(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// again opens the device of d, for writing too.
func (d *device) again(v *vfs.VFS, l *proc.LWP) (*device, error) {
	return newDevice(v, func() (*file.File, error) { return v.OpenAgain(l, d.f, abi.O_RDWR) })
}

// measure fills in what a device can do and how large it is.
func (d *device) measure() (err error) {
	var ok bool
	if d.at, ok = d.f.Ops.(file.Positioned); !ok {
		return abi.ENOTBLK
	}
	if d.size, err = d.at.Seek(d.l, d.f, 0, abi.SEEK_END); err == nil && d.size > 0 {
		return nil
	}
	arg := file.Arg{Data: usermem.BytesOf(&d.size)}
	return d.f.Ops.Ioctl(d.l, d.f, abi.DIOCGMEDIASIZE, &arg)
}

func (d *device) close() {
	_ = d.f.Drop(d.l)
	d.l.Release()
}

// read fills p from byte off on: EIO when the device ends before.
func (d *device) read(p []byte, off int64) error {
	if off < 0 || off > d.size-int64(len(p)) {
		return abi.EIO
	}
	n, err := d.at.ReadAt(d.l, d.f, p, off)
	if err == nil && n < len(p) {
		err = abi.EIO
	}
	return err
}

// write writes p at byte off.
func (d *device) write(p []byte, off int64) error {
	if off < 0 || off > d.size-int64(len(p)) {
		return abi.EIO
	}
	n, err := d.at.WriteAt(d.l, d.f, p, off)
	if err == nil && n < len(p) {
		err = abi.EIO
	}
	return err
}

// flush returns when what was written is on stable storage. A device that has
// no such command writes through.
func (d *device) flush() error {
	var force int32
	arg := file.Arg{Data: usermem.BytesOf(&force)}
	err := d.f.Ops.Ioctl(d.l, d.f, abi.DIOCCACHESYNC, &arg)
	if err == abi.ENOTTY || err == abi.ENODEV {
		return nil
	}
	return err
}

// deviceName copies the path of the device in.
func deviceName(args usermem.InOutBuf) (string, error) {
	var a abi.UfsArgs
	if err := args.CopyIn(usermem.BytesOf(&a)); err != nil {
		return "", err
	}
	m := args.Follow(a.Fspec, -1)
	if m.IsLocal() {
		m = m.Slice(0, abi.MAXPATHLEN-1)
	}
	s, err := usermem.String{Mem: m}.Get(abi.MAXPATHLEN)
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return strings.Clone(s), err
}
