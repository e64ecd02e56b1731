// Descriptor tables.
package file

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Table is the descriptors of a process, or of several that share it. Looking
// a descriptor up takes no lock.
type Table struct {
	fresh func(*Table) // fills a fresh table: the console on 0 to 2
	refs  atomic.Int32
	all   *count

	mu    sync.Mutex
	slots atomic.Pointer[[]slot]
	used  fdset // reserved or in use
	open  int   // how many are in used
	freed bool  // the process has ended: nothing can be opened any more
	// watch is who is told when a descriptor stops to stand for its file.
	watch map[int32][]*Watch

	scratch sync.Pool // of *[]byte, for vectors
}

// slot is one descriptor. Only file is read without the lock.
type slot struct {
	file    *atomic.Pointer[File]
	cloexec bool
}

// MaxFiles bounds the descriptors of all processes of a kernel; a kernel may
// be given a lower bound (kern.maxfiles).
const MaxFiles = 1 << 18

// count is the descriptors of all tables of a kernel, their bound, and where
// the memory of large tables is counted.
type count struct {
	open, most atomic.Int64
	mem        *memlimit.Account
}

// NewTable returns an empty table, the first of a kernel; fresh fills the
// tables of processes that do not inherit one, and may be nil. Tables with many
// descriptors count against mem, if there is one.
func NewTable(fresh func(*Table), mem *memlimit.Account) *Table {
	if mem == nil {
		mem = new(memlimit.Account)
	}
	all := &count{mem: mem}
	all.most.Store(MaxFiles)
	return newTable(fresh, all)
}

func newTable(fresh func(*Table), all *count) *Table {
	t := &Table{fresh: fresh, all: all, used: newFdset()}
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
