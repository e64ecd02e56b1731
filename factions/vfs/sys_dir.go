// Reading directories: getdents(2).
package vfs

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxDirRead bounds what one getdents returns, in bytes.
const maxDirRead = 64 << 10

// SysGetdents30 fills buf with directory entries from the file's position on:
// EINVAL for what is no directory or a buffer too small for the next entry. 0
// is the end.
func (v *VFS) SysGetdents30(l *proc.LWP, fd int32, buf usermem.OutBuf) (int32, error) {
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	if !f.Readable() {
		return 0, abi.EBADF
	}
	if !vp.IsDir() {
		return 0, abi.EINVAL
	}
	win, err := buf.Window(min(buf.Len(), maxDirRead))
	if err != nil {
		return 0, err
	}
	lockPosition(f, vp)
	n, next, err := readDir(l, vp, f.Off, win)
	f.Off = next
	f.OffMu.Unlock()
	if cerr := buf.Commit(win, n); err == nil {
		err = cerr
	}
	return int32(n), err
}

// readDir puts the entries from cookie on into buf. It returns the bytes used
// and the cookie that follows.
func readDir(l *proc.LWP, vp *vnode.Vnode, cookie int64, buf []byte) (n int, next int64, err error) {
	d, err := vp.Dir()
	if err != nil {
		return 0, cookie, err
	}
	if vp.Mount.Dead() {
		return 0, cookie, abi.EIO
	}
	next, full := cookie, false
	vp.RLock()
	err = list(l, d, cookie, func(e vnode.Entry) bool {
		used := putEntry(buf[n:], e)
		if used == 0 {
			full = true
			return false
		}
		n, next = n+used, e.Next
		return true
	})
	vp.RUnlock()
	if err == nil && full && n == 0 {
		err = abi.EINVAL
	}
	return n, next, err
}

// list is d.ReadDir for l.
func list(l *proc.LWP, d vnode.Dir, cookie int64, emit func(vnode.Entry) bool) error {
	if pd, ok := d.(vnode.ProcDir); ok {
		return pd.ReadDirFor(l, cookie, emit)
	}
	return d.ReadDir(cookie, emit)
}

// putEntry writes a record and returns its length, 0 when there is no room.
func putEntry(buf []byte, e vnode.Entry) int {
	n := abi.DirentReclen(len(e.Name))
	if n > len(buf) {
		return 0
	}
	binary.LittleEndian.PutUint64(buf, e.Ino)
	binary.LittleEndian.PutUint16(buf[8:], uint16(n))
	binary.LittleEndian.PutUint16(buf[10:], uint16(len(e.Name)))
	buf[12] = byte(e.Type >> 12)
	clear(buf[abi.DirentNameOffset+copy(buf[abi.DirentNameOffset:n], e.Name) : n])
	return n
}
