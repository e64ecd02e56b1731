// Pages: the contents of files in memory, by file and offset.
package buf

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// PageSize is how much of a file one page holds in bytes at most, and so how
// much is read ahead and written at once.
const PageSize = 64 << 10

// Pages is the pages of the files of one file system.
//
// The file system has a lock. It reads while that is shared (Read, Clean), and
// changes what is in files, and where that lies, while it is exclusive (Write,
// Drop, Flush). The pages lock themselves against other readers.
type Pages struct {
	unit int // bytes of a block: what valid and dirty count
	size int // bytes of a page, of 64 blocks at most
	max  int64
	mem  *memlimit.Account

	mu   sync.Mutex
	ring page  // the longest unused first
	held int64 // bytes
	// spare is the buffers of pages thrown out.
	spare [][]byte
	// dirty is the pages with something to write, those that have had it
	// longest first, dirtyBytes how much they hold.
	dirty      page
	dirtyBytes int64
}

// File is the pages of one file. The zero value has none, but needs IO.
type File struct {
	// IO is how the file's blocks are moved.
	IO IO

	// Under Pages.mu:
	pages map[int64]*page // by number
	next  int64           // where a reader that goes on would read
	dirty int             // pages with something to write
}

// IO moves whole blocks of a file, under the file system's lock.
type IO interface {
	// ReadBlocks fills p from byte off of the file on; holes, and what is
	// beyond the end, are zeros.
	ReadBlocks(p []byte, off int64) error
	// WriteBlocks writes p to byte off of the file, which has blocks there.
	WriteBlocks(p []byte, off int64) error
}

// page is one page. A bit of valid and dirty stands for a block.
type page struct {
	mu    sync.Mutex // taken before Pages.mu
	f     *File      // nil when it is none's; also under Pages.mu
	index int64
	data  []byte // may be shorter than a page
	valid uint64
	dirty uint64

	charged      int64 // bytes
	prev, next   *page // in ring
	dprev, dnext *page // in dirty
}

// NewPages returns no pages, for files with blocks of unit bytes: of max bytes
// at most unless more is dirty. A nil mem charges nobody.
func NewPages(unit int, max int64, mem *memlimit.Account) *Pages {
	ps := &Pages{unit: unit, size: PageSize, max: max, mem: mem}
	for ps.size < unit {
		ps.size *= 2
	}
	for ps.size > 64*unit {
		ps.size /= 2
	}
	ps.ring.prev, ps.ring.next = &ps.ring, &ps.ring
	ps.dirty.dprev, ps.dirty.dnext = &ps.dirty, &ps.dirty
	return ps
}

// Dirty returns how many bytes the pages hold that have something to write.
func (ps *Pages) Dirty() int64 {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.dirtyBytes
}

// DirtyFile reports whether something of f is to be written.
func (ps *Pages) DirtyFile(f *File) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return f.dirty > 0
}

// mask returns the bits of the blocks that bytes from to end of a page touch.
func (ps *Pages) mask(from, end int) uint64 {
	lo, hi := uint(from/ps.unit), uint((end+ps.unit-1)/ps.unit)
	return (uint64(1)<<(hi-lo) - 1) << lo
}

// page returns page number index of f, locked, with room for need bytes at
// least: ENOMEM, unless must is set, when there is no memory for it.
func (ps *Pages) page(f *File, index int64, need int, must bool) (*page, error) {
	for {
		pg := ps.find(f, index)
		if pg == nil {
			var err error
			if pg, err = ps.add(f, index, need, must); err != nil {
				return nil, err
			}
		}
		pg.mu.Lock()
		if pg.f == f && pg.index == index {
			if err := ps.grow(pg, need, must); err != nil {
				pg.mu.Unlock()
				return nil, err
			}
			return pg, nil
		}
		pg.mu.Unlock() // it was thrown out meanwhile
	}
}

// find returns a page that is there, used just now.
func (ps *Pages) find(f *File, index int64) *page {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	pg := f.pages[index]
	if pg != nil {
		pg.unlink()
		pg.link(&ps.ring)
	}
	return pg
}
