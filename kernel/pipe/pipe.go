// Package pipe is pipes: a ring of bytes between a reading and a writing file.
package pipe

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Sizes in bytes: what a ring begins with, and what a pipe holds.
const (
	firstSize = 4 << 10
	Capacity  = 64 << 10
)

// Config is what a pipe needs to know.
type Config struct {
	// Mem is charged for the ring.
	Mem *memlimit.Account
	// Now returns the wall clock in nanoseconds.
	Now func() int64
	// UID and GID are its maker's.
	UID, GID uint32
	// Flags are the O_ flags of both files.
	Flags uint32
}

// Pipe is a pipe. It also serves named ones (fifo.go).
type Pipe struct {
	conf  Config
	named bool

	mu      sync.Mutex
	ring    []byte
	r, n    int // where the oldest byte is, and how many there are
	readers int
	writers int
	ropens  int // how often the ends of a named pipe were opened
	wopens  int
	owait   proc.Cond // for the other end to come
	rwait   proc.Cond
	wwait   proc.Cond
	rq, wq  event.Queue
	made    int64 // nanoseconds
	used    int64 // when data last moved
}

// New makes a pipe and returns its reading and its writing file.
func New(c Config) (r, w *file.File) {
	p := &Pipe{conf: c, readers: 1, writers: 1}
	p.made = c.Now()
	p.used = p.made
	r = file.New((*reader)(p), file.KindPipe, nil, file.FREAD|c.Flags)
	w = file.New((*writer)(p), file.KindPipe, nil, file.FWRITE|c.Flags)
	r.Unheld, w.Unheld = true, true
	return r, w
}

// put appends at most what there is room for and returns how much that was.
// Preconditions: p.mu is held; the ring is large enough.
func (p *Pipe) put(b []byte) int {
	b = b[:min(len(b), len(p.ring)-p.n)]
	at := (p.r + p.n) & (len(p.ring) - 1)
	m := copy(p.ring[at:], b)
	copy(p.ring, b[m:])
	p.n += len(b)
	return len(b)
}

// get takes the oldest bytes out. Preconditions: p.mu is held.
func (p *Pipe) get(b []byte) int {
	b = b[:min(len(b), p.n)]
	m := copy(b, p.ring[p.r:])
	copy(b[m:], p.ring)
	p.n -= len(b)
	if p.n == 0 {
		p.r = 0
	} else {
		p.r = (p.r + len(b)) & (len(p.ring) - 1)
	}
	return len(b)
}

// grow makes the ring large enough for want bytes in all, as far as memory and
// the capacity allow. ENOMEM when there is no ring at all. Preconditions: p.mu
// is held.
func (p *Pipe) grow(want int) error {
	size := max(len(p.ring), firstSize)
	for size < want && size < Capacity {
		size *= 2
	}
	if size == len(p.ring) {
		return nil
	}
	if err := p.conf.Mem.Reserve(int64(size - len(p.ring))); err != nil {
		if len(p.ring) > 0 {
			return nil
		}
		return err
	}
	ring := make([]byte, size)
	m := copy(ring, p.ring[p.r:min(p.r+p.n, len(p.ring))])
	copy(ring[m:], p.ring[:p.n-m])
	p.ring, p.r = ring, 0
	return nil
}

// free gives the ring back once nobody can read it. Preconditions: p.mu is
// held.
func (p *Pipe) free() {
	p.conf.Mem.Release(int64(len(p.ring)))
	p.ring, p.r, p.n = nil, 0, 0
}

// stat fills st as fstat(2) shows a pipe.
func (p *Pipe) stat(st *abi.Stat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*st = abi.Stat{
		Mode: abi.S_IFIFO | abi.S_IRUSR | abi.S_IWUSR,
		Uid:  p.conf.UID, Gid: p.conf.GID, Nlink: 1,
		Size: int64(p.n), Blksize: Capacity, Blocks: int64((p.n + 511) / 512),
	}
	st.Birthtim = timespec(p.made)
	st.Atim, st.Mtim, st.Ctim = timespec(p.used), timespec(p.used), st.Birthtim
}

func timespec(ns int64) abi.Timespec { return abi.Timespec{Sec: ns / 1e9, Nsec: ns % 1e9} }
