// Buffers for results: lent by the server, bounded over all clients.
package sysproxy

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// lendLimit bounds the buffers in use, in bytes.
const lendLimit = 128 << 20

// The sizes of buffers: the headers around the data have room too.
var bufferSizes = [...]int{8 << 10, 68 << 10, usermem.MaxTransfer + 4<<10}

// buffers lends buffers.
type buffers struct {
	used  atomic.Int64
	pools [len(bufferSizes)]sync.Pool // of *[]byte
}

// lend returns an empty buffer for n bytes, nil when too much is in use or n
// is more than any holds.
func (s *buffers) lend(n int) *[]byte {
	for i, size := range bufferSizes {
		if n > size {
			continue
		}
		if s.used.Add(int64(size)) > lendLimit {
			s.used.Add(-int64(size))
			return nil
		}
		if b, ok := s.pools[i].Get().(*[]byte); ok {
			return b
		}
		b := make([]byte, 0, size)
		return &b
	}
	return nil
}

// giveBack takes a buffer back.
func (s *buffers) giveBack(b *[]byte) {
	for i, size := range bufferSizes {
		if cap(*b) == size {
			s.used.Add(-int64(size))
			s.pools[i].Put(b)
		}
	}
}

// reserve makes room for n more bytes behind what w has gathered.
func (w *worker) reserve(n int) bool {
	need := len(w.out) + n
	if need <= cap(w.out) {
		return true
	}
	b := w.c.s.buffers.lend(need)
	if b == nil {
		return false
	}
	out := append((*b)[:0], w.out...)
	w.shrink()
	w.lent, w.out = b, out
	return true
}

// shrink gives the buffer back. What was gathered in it is gone.
func (w *worker) shrink() {
	if w.lent != nil {
		w.c.s.buffers.giveBack(w.lent)
		w.lent = nil
	}
	w.out = w.small[:0]
}
