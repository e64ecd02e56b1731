// Descriptor tables.
package file

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Table is the descriptors of a process, or of several that share it. Looking
// a descriptor up takes no lock.
type Table struct {
	fresh func(*Table) // fills a fresh table: the console on 0 to 2
	refs  atomic.Int32
	// all counts the descriptors of all tables of the kernel.
	all *atomic.Int64

	mu     sync.Mutex
	slots  atomic.Pointer[[]slot]
	lowest int // no free descriptor below this one
	open   int
	freed  bool // the process has ended: nothing can be opened any more
	// watch is who is told when a descriptor stops to stand for its file.
	watch map[int32][]*Watch
}

// slot is one descriptor. Only file is read without the lock.
type slot struct {
	file    *atomic.Pointer[File]
	cloexec bool
	taken   bool // reserved or in use
}

// MaxFiles bounds the descriptors of all processes of a kernel (kern.maxfiles).
const MaxFiles = 1 << 18

// NewTable returns an empty table, the first of a kernel; fresh fills the
// tables of processes that do not inherit one, and may be nil.
func NewTable(fresh func(*Table)) *Table { return newTable(fresh, new(atomic.Int64)) }

func newTable(fresh func(*Table), all *atomic.Int64) *Table {
	t := &Table{fresh: fresh, all: all}
	t.refs.Store(1)
	t.slots.Store(new([]slot))
	return t
}

// Of returns the table of l's process.
func Of(l *proc.LWP) *Table { return l.Proc().Files().(*Table) }

// Get returns the open file behind descriptor fd of l's process, with a
// reference that the caller drops. EBADF when there is none.
func Get(l *proc.LWP, fd int32) (*File, error) { return Of(l).Get(fd) }

// Get returns the open file behind fd with a reference that the caller drops.
func (t *Table) Get(fd int32) (*File, error) {
	slots := *t.slots.Load()
	if fd < 0 || int(fd) >= len(slots) {
		return nil, abi.EBADF
	}
	for {
		f := slots[fd].file.Load()
		if f == nil {
			return nil, abi.EBADF
		}
		if f.hold() {
			return f, nil
		}
	}
}

// Borrow returns the open file behind fd, to be read or written once: the
// caller gives it back with File.Return. It costs less than Get where it can.
func (t *Table) Borrow(fd int32) (*File, error) {
	slots := *t.slots.Load()
	if uint(fd) < uint(len(slots)) {
		if f := slots[fd].file.Load(); f != nil && f.Unheld {
			return f, nil
		}
	}
	return t.Get(fd)
}

// Alloc gives f the lowest free descriptor from min on, consuming the
// caller's reference when it succeeds: EMFILE when the process has as many as
// its limit allows, ENFILE when all processes together do.
func (t *Table) Alloc(l *proc.LWP, f *File, min int, cloexec bool) (int32, error) {
	fd, err := t.Reserve(l, min)
	if err != nil {
		return -1, err
	}
	t.Install(l, fd, f, cloexec)
	return fd, nil
}

// Alloc gives f the lowest free descriptor of l's process, see Table.Alloc.
func Alloc(l *proc.LWP, f *File, cloexec bool) (int32, error) {
	return Of(l).Alloc(l, f, 0, cloexec)
}

// Reserve takes the lowest free descriptor from min on, to be given to
// Install or Unreserve.
func (t *Table) Reserve(l *proc.LWP, min int) (int32, error) {
	limit := int(l.Proc().Limit(abi.RLIMIT_NOFILE).Cur)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.freed {
		return -1, abi.ESRCH
	}
	fd := max(min, t.lowest)
	slots := *t.slots.Load()
	for fd < len(slots) && slots[fd].taken {
		fd++
	}
	if fd >= limit {
		return -1, abi.EMFILE
	}
	if !t.another() {
		return -1, abi.ENFILE
	}
	if min <= t.lowest {
		t.lowest = fd + 1
	}
	t.grow(fd)
	(*t.slots.Load())[fd].taken = true
	return int32(fd), nil
}

// another counts one more descriptor, unless the kernel has as many as it may.
// Preconditions: t.mu is held.
func (t *Table) another() bool {
	if t.all.Add(1) > MaxFiles {
		t.all.Add(-1)
		return false
	}
	t.open++
	return true
}

// grow makes room for descriptor fd. Preconditions: t.mu is held.
func (t *Table) grow(fd int) {
	old := *t.slots.Load()
	if fd < len(old) {
		return
	}
	n := make([]slot, max(8, len(old)*2, fd+1))
	copy(n, old)
	cells := make([]atomic.Pointer[File], len(n)-len(old))
	for i := range cells {
		n[len(old)+i].file = &cells[i]
	}
	t.slots.Store(&n)
}

// Install puts f, a reference of which it takes over, behind a reserved
// descriptor.
func (t *Table) Install(l *proc.LWP, fd int32, f *File, cloexec bool) {
	t.mu.Lock()
	if t.freed {
		t.mu.Unlock()
		_ = f.Drop(l)
		return
	}
	defer t.mu.Unlock()
	s := &(*t.slots.Load())[fd]
	s.cloexec = cloexec
	s.file.Store(f)
}

// Unreserve frees a reserved descriptor that was not installed.
func (t *Table) Unreserve(fd int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.release(int(fd))
}

// release frees descriptor fd. Preconditions: t.mu is held.
func (t *Table) release(fd int) {
	s := &(*t.slots.Load())[fd]
	s.taken, s.cloexec = false, false
	t.lowest = min(t.lowest, fd)
	t.open--
	t.all.Add(-1)
}

// Close closes descriptor fd.
func (t *Table) Close(l *proc.LWP, fd int32) error {
	f, watch, err := t.take(fd)
	if err != nil {
		return err
	}
	return closeFile(l, f, watch)
}

// take empties descriptor fd and returns its file, whose reference is now the
// caller's, and who watches the descriptor.
func (t *Table) take(fd int32) (*File, []*Watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slots := *t.slots.Load()
	if fd < 0 || int(fd) >= len(slots) {
		return nil, nil, abi.EBADF
	}
	f := slots[fd].file.Swap(nil)
	if f == nil {
		return nil, nil, abi.EBADF
	}
	t.release(int(fd))
	return f, t.unwatch(fd), nil
}

func closeFile(l *proc.LWP, f *File, watch []*Watch) error {
	for _, w := range watch {
		w.gone()
	}
	if c, ok := f.Ops.(Closer); ok {
		c.CloseDescriptor(l, f)
	}
	return f.Drop(l)
}

// Dup2 makes descriptor to another name of the file behind from, closing what
// to was. The two being equal changes nothing but cloexec.
func (t *Table) Dup2(l *proc.LWP, from, to int32, cloexec bool) error {
	f, err := t.Get(from)
	if err != nil {
		return err
	}
	if to < 0 || uint64(to) >= l.Proc().Limit(abi.RLIMIT_NOFILE).Cur {
		_ = f.Drop(l)
		return abi.EBADF
	}
	if from == to {
		t.SetCloexec(to, cloexec)
		return f.Drop(l)
	}
	t.mu.Lock()
	if t.freed {
		t.mu.Unlock()
		_ = f.Drop(l)
		return abi.ESRCH
	}
	t.grow(int(to))
	s := &(*t.slots.Load())[to]
	if s.taken && s.file.Load() == nil {
		t.mu.Unlock()
		_ = f.Drop(l)
		return abi.EBUSY // another lwp is just opening it
	}
	if !s.taken {
		if !t.another() {
			t.mu.Unlock()
			_ = f.Drop(l)
			return abi.ENFILE
		}
		s.taken = true
	}
	s.cloexec = cloexec
	old := s.file.Swap(f)
	watch := t.unwatch(to)
	t.mu.Unlock()
	if old != nil {
		return closeFile(l, old, watch)
	}
	return nil
}

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
	if slots := *t.slots.Load(); int(fd) < len(slots) && slots[fd].taken {
		slots[fd].cloexec = on
	}
}

// Open returns the open descriptors in ascending order.
func (t *Table) Open() []int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var fds []int32
	for i, s := range *t.slots.Load() {
		if s.taken && s.file.Load() != nil {
			fds = append(fds, int32(i))
		}
	}
	return fds
}

// Last returns the highest open descriptor, -1 when there is none.
func (t *Table) Last() int32 {
	open := t.Open()
	if len(open) == 0 {
		return -1
	}
	return open[len(open)-1]
}

// CloseFrom closes all descriptors from fd on (fcntl F_CLOSEM).
func (t *Table) CloseFrom(l *proc.LWP, fd int32) error {
	for _, n := range t.Open() {
		if n >= fd {
			_ = t.Close(l, n)
		}
	}
	return nil
}
