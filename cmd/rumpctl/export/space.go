// Room in files: reserved, given back, looked for, and copied from one file to
// another.
package export

import (
	"bytes"
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.NodeAllocater      = (*node)(nil)
	_ fs.NodeLseeker        = (*node)(nil)
	_ fs.NodeCopyFileRanger = (*node)(nil)
)

// Allocate reserves room, makes a hole, or makes bytes zero. The kernel reserves
// none for a file that keeps its size, and moves no bytes: EOPNOTSUPP.
func (n *node) Allocate(ctx context.Context, fh fs.FileHandle, off, size uint64, mode uint32) syscall.Errno {
	if off+size > 1<<63-1 {
		return syscall.EFBIG
	}
	return errno(n.onFile(fh, true, func(fd int) error {
		if err := n.dropPrivileges(ctx, fd); err != nil {
			return err
		}
		return n.x.allocate(fd, int64(off), int64(size), mode)
	}))
}

// allocate is fallocate on a descriptor of the kernel.
func (x *export) allocate(fd int, off, size int64, mode uint32) error {
	switch mode {
	case 0:
		return x.c.PosixFallocate(fd, off, size)
	case unix.FALLOC_FL_PUNCH_HOLE | unix.FALLOC_FL_KEEP_SIZE:
		return x.c.Fdiscard(fd, off, size)
	case unix.FALLOC_FL_ZERO_RANGE:
		if err := x.c.Fdiscard(fd, off, size); err != nil {
			return err
		}
		return x.c.PosixFallocate(fd, off, size)
	}
	return abi.EOPNOTSUPP
}

// grain is what holes and data are told by, in bytes.
const grain = 4096

// Lseek looks for data or for a hole. The kernel does not tell where a file has
// room, only how much: in one that has less than it is long, zeros are holes.
func (n *node) Lseek(_ context.Context, fh fs.FileHandle, off uint64, whence uint32) (to uint64, e syscall.Errno) {
	if whence != unix.SEEK_DATA && whence != unix.SEEK_HOLE {
		return 0, syscall.EINVAL
	}
	err := n.onFile(fh, false, func(fd int) (err error) {
		to, err = n.seek(fd, int64(off), whence == unix.SEEK_DATA)
		return err
	})
	return to, errno(err)
}

// seek finds the first data, or the first hole, from off on: ENXIO when there is
// none before the end, which is a hole itself.
func (n *node) seek(fd int, off int64, data bool) (uint64, error) {
	var st abi.Stat
	if err := n.x.c.Fstat(fd, &st); err != nil {
		return 0, err
	}
	switch {
	case off < 0 || off >= st.Size:
		return 0, abi.ENXIO
	case st.Blocks*abi.S_BLKSIZE >= st.Size && data:
		return uint64(off), nil
	case st.Blocks*abi.S_BLKSIZE >= st.Size:
		return uint64(st.Size), nil
	}
	n.settle(off)
	to, err := n.x.scan(fd, off, data)
	switch {
	case err != nil:
		return 0, err
	case to < st.Size:
		return uint64(to), nil
	case data:
		return 0, abi.ENXIO
	}
	return uint64(st.Size), nil
}

// settle has the host write what programs have mapped and changed from off on, and
// returns when that is done: until then it may be data in a hole that only the host
// knows of. Its requests to write are answered meanwhile, by others.
func (n *node) settle(off int64) {
	if !n.x.o.ReadOnly {
		n.NotifyContent(off, 0)
	}
}

// scan reads on from off until what is wanted, or the end.
func (x *export) scan(fd int, off int64, data bool) (int64, error) {
	buf, zeros := make([]byte, 64*grain), make([]byte, grain)
	for {
		k, err := x.c.Pread(fd, buf[:len(buf)-int(off%grain)], off)
		if err != nil || k == 0 {
			return off, err
		}
		for b := buf[:k]; len(b) > 0; {
			part := b[:min(len(b), grain-int(off%grain))]
			if bytes.Equal(part, zeros[:len(part)]) != data {
				return off, nil
			}
			b, off = b[len(part):], off+int64(len(part))
		}
	}
}

// CopyFileRange copies bytes inside the kernel.
func (n *node) CopyFileRange(ctx context.Context, fhIn fs.FileHandle, offIn uint64, out *fs.Inode, fhOut fs.FileHandle, offOut, size, flags uint64) (uint32, syscall.Errno) {
	to, ok := out.Operations().(*node)
	if !ok || flags != 0 {
		return 0, syscall.EINVAL
	}
	size = min(size, maxCopy)
	done := uint64(0)
	err := n.onFile(fhIn, false, func(from int) error {
		return to.onFile(fhOut, true, func(fd int) error {
			if err := to.dropPrivileges(ctx, fd); err != nil {
				return err
			}
			return n.x.copy(from, int64(offIn), fd, int64(offOut), size, &done)
		})
	})
	if done > 0 {
		return uint32(done), 0
	}
	return 0, errno(err)
}

// maxCopy is the most that one call copies, in bytes: others wait meanwhile.
const maxCopy = 64 << 20

// copy copies size bytes, or as many as there are, and counts them in done.
func (x *export) copy(from int, offIn int64, to int, offOut int64, size uint64, done *uint64) error {
	buf := make([]byte, min(size, maxTransfer))
	for *done < size {
		k, err := x.c.Pread(from, buf[:min(size-*done, uint64(len(buf)))], offIn+int64(*done))
		if err != nil || k == 0 {
			return err
		}
		at := offOut + int64(*done)
		k, err = whole(buf[:k], func(rest []byte, moved int) (int, error) { return x.c.Pwrite(to, rest, at+int64(moved)) })
		if *done += uint64(k); err != nil || k == 0 {
			return err
		}
	}
	return nil
}
