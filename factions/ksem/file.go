// Semaphores as open files.
package ksem

import (
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Read reads the name and its NUL, from the start each time.
func (s *sem) Read(_ *proc.LWP, _ *file.File, p []byte) (int, error) {
	if s.name == "" {
		return 0, nil
	}
	return copy(p, s.name+"\x00"), nil
}

// Write is EOPNOTSUPP.
func (s *sem) Write(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.EOPNOTSUPP }

// Ioctl is EOPNOTSUPP.
func (s *sem) Ioctl(*proc.LWP, *file.File, uint32, *file.Arg) error { return abi.EOPNOTSUPP }

// Poll finds nothing ready, ever.
func (s *sem) Poll(*file.File, event.Mask) event.Mask { return 0 }

// Events returns a queue that is never told of anything.
func (s *sem) Events(*file.File) *event.Queue { return &s.never }

// Stat tells the value as the size.
func (s *sem) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	*st = abi.Stat{
		Mode: s.mode | abi.S_IFREG, Uid: s.uid, Gid: s.gid,
		Size: int64(s.value), Nlink: uint32(s.refs), Blksize: 4096,
	}
	if s.name != "" {
		st.Mode = s.mode | abi.S_IFLNK
	}
	if s.value > 0 {
		st.Blocks = 1
	}
	now := kernel.Timespec(s.k.b.Now())
	st.Atim, st.Mtim, st.Ctim, st.Birthtim = now, now, now, now
	return nil
}

// Close ends the semaphore, unless it has a name or is open elsewhere.
func (s *sem) Close(*proc.LWP, *file.File) error {
	s.unref()
	return nil
}

// get returns the semaphore behind descriptor id, and its file, which the
// caller drops: EINVAL when it is none.
func get(l *proc.LWP, id int64) (*sem, *file.File, error) {
	f, err := file.Get(l, int32(id))
	if err != nil {
		return nil, nil, abi.EINVAL
	}
	s, ok := f.Ops.(*sem)
	if !ok {
		_ = f.Drop(l)
		return nil, nil, abi.EINVAL
	}
	return s, f, nil
}
