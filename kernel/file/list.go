// What is known of descriptors.
package file

import "github.com/rumpkit/rumpkit/kernel/abi"

// Cloexec returns whether fd is closed at exec. EBADF when it is not open.
func (t *Table) Cloexec(fd int32) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slots := *t.slots.Load()
	if fd < 0 || int(fd) >= len(slots) || slots[fd].file.Load() == nil {
		return false, abi.EBADF
	}
	return slots[fd].cloexec, nil
}

// SetCloexec says whether an open descriptor is closed at exec.
func (t *Table) SetCloexec(fd int32, on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used.has(int(fd)) {
		(*t.slots.Load())[fd].cloexec = on
	}
}

// Open returns the open descriptors in ascending order.
func (t *Table) Open() []int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	fds := make([]int32, 0, t.open)
	for i, s := range *t.slots.Load() {
		if i > t.used.last {
			break
		}
		if s.file.Load() != nil {
			fds = append(fds, int32(i))
		}
	}
	return fds
}

// Last returns the highest open descriptor, -1 when there is none.
func (t *Table) Last() int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	slots := *t.slots.Load()
	fd := min(t.used.last, len(slots)-1)
	for fd >= 0 && slots[fd].file.Load() == nil {
		fd--
	}
	return int32(fd)
}

// Total returns how many descriptors all processes of the kernel have.
func (t *Table) Total() int { return int(t.all.open.Load()) }

// Most returns how many they may have.
func (t *Table) Most() int { return int(t.all.most.Load()) }

// SetMost changes that, for all processes: EINVAL unless it is from 0 to
// MaxFiles.
func (t *Table) SetMost(n int) error {
	if n < 0 || n > MaxFiles {
		return abi.EINVAL
	}
	t.all.most.Store(int64(n))
	return nil
}

// Each calls fn with each open descriptor and its file, which it may only look
// at: others may close it meanwhile.
func (t *Table) Each(fn func(fd int32, f *File)) {
	for i, s := range *t.slots.Load() {
		if s.file == nil {
			continue
		}
		if f := s.file.Load(); f != nil {
			fn(int32(i), f)
		}
	}
}
