// Messages to the host that it did not ask for.
package device

import (
	"encoding/binary"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// invalInode is FUSE_NOTIFY_INVAL_INODE of the protocol.
const invalInode = 2

// notify sends a message of some numbers.
func (s *Server) notify(code uint32, numbers ...uint64) fuse.Status {
	b := make([]byte, outHeader, outHeader+8*len(numbers))
	for _, n := range numbers {
		b = binary.NativeEndian.AppendUint64(b, n)
	}
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint32(b[4:], code)
	// It may wait for pages to be written, which others answer.
	if _, err := unix.Write(s.fd, b); err != nil {
		return fuse.ToStatus(err)
	}
	return fuse.OK
}

// The host is told of nothing else.

// EntryNotify is ENOSYS.
func (s *Server) EntryNotify(uint64, string) fuse.Status { return fuse.ENOSYS }

// DeleteNotify is ENOSYS.
func (s *Server) DeleteNotify(uint64, uint64, string) fuse.Status { return fuse.ENOSYS }

// InodeRetrieveCache is ENOSYS.
func (s *Server) InodeRetrieveCache(uint64, int64, []byte) (int, fuse.Status) { return 0, fuse.ENOSYS }

// InodeNotifyStoreCache is ENOSYS.
func (s *Server) InodeNotifyStoreCache(uint64, int64, []byte) fuse.Status { return fuse.ENOSYS }
