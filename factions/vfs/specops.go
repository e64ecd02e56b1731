// Open devices: the file behind a device node is the driver's (specfs in
// NetBSD's terms).
package vfs

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// specOps is the operations of open devices.
type specOps struct {
	v     *VFS
	table specTable
}

// specFile is one open device: Data of its file.
type specFile struct {
	vp     *vnode.Vnode // with a reference
	dev    devsw.Device
	uses   atomic.Int32 // calls in the driver, and gone
	closed atomic.Bool  // dev was told
}

// openDevice opens the device of a node, whose reference it takes over: ENXIO
// when there is no driver or the mount has MNT_NODEV.
func (v *VFS) openDevice(l *proc.LWP, vp *vnode.Vnode, fflags uint32) (*file.File, error) {
	if vp.Mount.Flags()&abi.MNT_NODEV != 0 || vp.Mount.Dead() {
		vp.Unref()
		return nil, abi.ENXIO
	}
	dev, err := v.b.Devsw.Open(l, vp.Rdev, vp.Type == abi.S_IFBLK, fflags)
	if err != nil {
		vp.Unref()
		return nil, err
	}
	s := &specFile{vp: vp, dev: dev}
	v.specs.table.add(s)
	return file.New(&v.specs, file.KindVnode, s, fflags), nil
}

func spec(f *file.File) *specFile { return f.Data.(*specFile) }

// Read reads at the file's position. The position is not locked while the
// driver blocks.
func (o *specOps) Read(l *proc.LWP, f *file.File, p []byte) (int, error) {
	f.OffMu.Lock()
	off := f.Off
	f.OffMu.Unlock()
	n, err := o.ReadAt(l, f, p, off)
	o.advance(f, n)
	return n, err
}

func (o *specOps) advance(f *file.File, n int) {
	if n > 0 {
		f.OffMu.Lock()
		f.Off += int64(n)
		f.OffMu.Unlock()
	}
}

// ReadAt reads at byte off: EIO when the device was revoked.
func (o *specOps) ReadAt(l *proc.LWP, f *file.File, p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, abi.EINVAL
	}
	s := spec(f)
	if !s.begin() {
		return 0, abi.EIO
	}
	defer s.finish(l)
	return s.dev.Read(l, p, off, f.Nonblock())
}

// Write writes at the file's position.
func (o *specOps) Write(l *proc.LWP, f *file.File, p []byte) (int, error) {
	f.OffMu.Lock()
	off := f.Off
	f.OffMu.Unlock()
	n, err := o.WriteAt(l, f, p, off)
	o.advance(f, n)
	return n, err
}

// WriteAt writes at byte off.
func (o *specOps) WriteAt(l *proc.LWP, f *file.File, p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, abi.EINVAL
	}
	s := spec(f)
	if !s.begin() {
		return 0, abi.EIO
	}
	defer s.finish(l)
	return s.dev.Write(l, p, off, f.Nonblock())
}

// Seek sets the position; the end is that of a block device.
func (o *specOps) Seek(_ *proc.LWP, f *file.File, off int64, whence int32) (int64, error) {
	f.OffMu.Lock()
	defer f.OffMu.Unlock()
	base := int64(0)
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		base = f.Off
	case abi.SEEK_END:
		if s, ok := spec(f).dev.(devsw.Sized); ok {
			base = s.Size()
		}
	default:
		return 0, abi.EINVAL
	}
	to := base + off
	if to < 0 || off > 0 && to < base {
		return 0, abi.EINVAL
	}
	f.Off = to
	return to, nil
}

// Ioctl is the driver's: EBADF when the device was revoked.
func (o *specOps) Ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	s := spec(f)
	if !s.begin() {
		return abi.EBADF
	}
	defer s.finish(l)
	return s.dev.Ioctl(l, cmd, arg)
}

// Poll is the driver's; a device that was revoked is ready for its caller to
// find out.
func (o *specOps) Poll(f *file.File, events event.Mask) event.Mask {
	s := spec(f)
	if !s.begin() {
		return events | abi.POLLHUP
	}
	defer s.finish(o.v.b.BootLWP())
	return s.dev.Poll(events)
}

// Events is the driver's.
func (o *specOps) Events(f *file.File) *event.Queue { return spec(f).dev.Events() }

// Stat fills st from the node.
func (o *specOps) Stat(_ *proc.LWP, f *file.File, st *abi.Stat) error {
	return statInto(spec(f).vp, st)
}

// Close ends this open.
func (o *specOps) Close(l *proc.LWP, f *file.File) error {
	s := spec(f)
	o.v.unlockFile(f, s.vp)
	o.v.specs.table.remove(s)
	err := s.close(l)
	s.vp.Unref()
	return err
}
