// Open files and directories: what read, write and the rest do with them.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// vnodeOps is the operations of open regular files and directories. Data of
// the file is the vnode, with a reference.
type vnodeOps struct{ v *VFS }

// vnodeOf returns the vnode behind an open file, nil when it has none.
func vnodeOf(f *file.File) *vnode.Vnode {
	switch d := f.Data.(type) {
	case *vnode.Vnode:
		return d
	case *specFile:
		return d.vp
	case *fifoFile:
		return d.vp
	}
	return nil
}

// lockPosition locks the position of an open file.
func lockPosition(f *file.File, vp *vnode.Vnode) {
	if !f.OffMu.TryLock() {
		vp.Mount.Wait(f.OffMu.Lock)
	}
}

// Read reads at the file's position.
func (o *vnodeOps) Read(l *proc.LWP, f *file.File, p []byte) (int, error) {
	lockPosition(f, f.Data.(*vnode.Vnode))
	defer f.OffMu.Unlock()
	n, err := o.ReadAt(l, f, p, f.Off)
	f.Off += int64(n)
	return n, err
}

// ReadAt reads at byte off: EISDIR for a directory, EINVAL for a negative off.
func (o *vnodeOps) ReadAt(_ *proc.LWP, f *file.File, p []byte, off int64) (int, error) {
	vp := f.Data.(*vnode.Vnode)
	fl, err := vp.File()
	if err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, abi.EINVAL
	}
	if vp.Mount.Dead() {
		return 0, abi.EIO
	}
	vp.RLock()
	defer vp.RUnlock()
	n, err := fl.ReadAt(p, off)
	if err == nil {
		err = uncache(f, vp, off, n)
	}
	return n, err
}

// uncache lets go, in an open file with O_DIRECT, of n bytes at off that were
// read or written: the file system's cache keeps them no longer than the call.
// What lies in memory anyway is as it was. Preconditions: vp is
// locked for reading.
func uncache(f *file.File, vp *vnode.Vnode, off int64, n int) error {
	if f.Flags()&abi.O_DIRECT == 0 || n <= 0 {
		return nil
	}
	if u, ok := vp.Node.(vnode.Uncacher); ok {
		return u.Uncache(off, int64(n))
	}
	return nil
}

// Write writes at the file's position, or at its end with O_APPEND.
func (o *vnodeOps) Write(l *proc.LWP, f *file.File, p []byte) (int, error) {
	lockPosition(f, f.Data.(*vnode.Vnode))
	defer f.OffMu.Unlock()
	n, end, err := o.write(l, f, p, f.Off, f.Flags()&abi.O_APPEND != 0)
	if n > 0 {
		f.Off = end
	}
	return n, err
}

// WriteAt writes at byte off, or, as NetBSD does, at the end with O_APPEND.
func (o *vnodeOps) WriteAt(l *proc.LWP, f *file.File, p []byte, off int64) (int, error) {
	n, _, err := o.write(l, f, p, off, f.Flags()&abi.O_APPEND != 0)
	return n, err
}

// write writes at off, or at the end. It returns where it ended.
func (o *vnodeOps) write(l *proc.LWP, f *file.File, p []byte, off int64, atEnd bool) (int, int64, error) {
	vp := f.Data.(*vnode.Vnode)
	fl, err := vp.File()
	if err != nil {
		return 0, 0, err
	}
	if off < 0 {
		return 0, 0, abi.EINVAL
	}
	if vp.Mount.Dead() {
		return 0, 0, abi.EIO
	}
	vp.Lock()
	size := fl.Size()
	if atEnd {
		off = size
	}
	n, err := writeLocked(l, f, vp, fl, p, off)
	vp.Unlock()
	end := off + int64(n)
	if n > 0 {
		noteWrite(vp, size, end)
	}
	return n, end, err
}

// writeLocked writes at off, if the resource limit allows all of it.
// Preconditions: vp is locked.
func writeLocked(l *proc.LWP, f *file.File, vp *vnode.Vnode, fl vnode.File, p []byte, off int64) (int, error) {
	if vp.Mount.ReadOnly() {
		return 0, abi.EROFS
	}
	if err := sizeLimit(l, uint64(off)+uint64(len(p))); err != nil {
		return 0, err
	}
	n, err := fl.WriteAt(p, off)
	if err != nil || n == 0 {
		return n, err
	}
	if err = clearSuid(l.Cred(), vp); err == nil && f.Flags()&(abi.O_SYNC|abi.O_DSYNC) != 0 {
		err = syncLocked(vp)
	}
	if err == nil {
		err = uncache(f, vp, off, n)
	}
	return n, err
}

// noteWrite tells of a write that ended at end, in a file of size before it.
func noteWrite(vp *vnode.Vnode, size, end int64) {
	if end > size {
		vp.Note(abi.NOTE_WRITE | abi.NOTE_EXTEND)
		return
	}
	vp.Note(abi.NOTE_WRITE)
}

// Seek sets the position.
func (o *vnodeOps) Seek(_ *proc.LWP, f *file.File, off int64, whence int32) (int64, error) {
	vp := f.Data.(*vnode.Vnode)
	lockPosition(f, vp)
	defer f.OffMu.Unlock()
	base := int64(0)
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		base = f.Off
	case abi.SEEK_END:
		st, err := statVnode(vp)
		if err != nil {
			return 0, err
		}
		base = st.Size
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

// Ioctl knows FIONREAD and its like on files; ENOTTY for all else.
func (o *vnodeOps) Ioctl(_ *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	vp := f.Data.(*vnode.Vnode)
	var n int64
	switch cmd {
	case abi.FIONREAD:
		st, err := statVnode(vp)
		if err != nil {
			return err
		}
		lockPosition(f, vp)
		n = st.Size - f.Off
		f.OffMu.Unlock()
	case abi.FIONWRITE, abi.FIONSPACE:
	case abi.FIONBIO, abi.FIOASYNC:
		return nil
	default:
		return abi.ENOTTY
	}
	if len(arg.Data) < 4 {
		return abi.EFAULT
	}
	n = min(max(n, 0), 1<<31-1)
	arg.Data[0], arg.Data[1], arg.Data[2], arg.Data[3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24)
	return nil
}

// Poll: a file is always ready.
func (o *vnodeOps) Poll(_ *file.File, events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLOUT | abi.POLLRDNORM | abi.POLLWRNORM)
}

// Events returns the queue that is told of new contents: kqueue(2) waits at the
// end of a file.
func (o *vnodeOps) Events(f *file.File) *event.Queue {
	return &f.Data.(*vnode.Vnode).Extra().Ready
}

// Notes returns the queue that is told of changes.
func (o *vnodeOps) Notes(f *file.File) *event.Queue {
	return &f.Data.(*vnode.Vnode).Extra().Notes
}

// Stat fills st.
func (o *vnodeOps) Stat(_ *proc.LWP, f *file.File, st *abi.Stat) error {
	return statInto(f.Data.(*vnode.Vnode), st)
}

// Close gives the vnode up, its locks with it.
func (o *vnodeOps) Close(_ *proc.LWP, f *file.File) error {
	vp := f.Data.(*vnode.Vnode)
	o.v.unlockFile(f, vp)
	if c, ok := vp.Node.(vnode.Closer); ok {
		c.Closed()
	}
	vp.Unref()
	return nil
}

// statVnode describes a file.
func statVnode(vp *vnode.Vnode) (abi.Stat, error) {
	if vp.Mount.Dead() {
		return abi.Stat{}, abi.EIO
	}
	vp.RLock()
	defer vp.RUnlock()
	return vp.Stat()
}

// statInto fills st.
func statInto(vp *vnode.Vnode, st *abi.Stat) (err error) {
	*st, err = statVnode(vp)
	return err
}

// syncLocked writes a file back. Preconditions: locked.
func syncLocked(vp *vnode.Vnode) error {
	if s, ok := vp.Node.(vnode.Syncer); ok {
		return s.Sync()
	}
	return nil
}
