// What came and is not read: records, each with what travels beside its data.
package local

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// record is a message, or the part of a stream from one control message to
// the next.
type record struct {
	from    []byte // who sent a datagram
	control []byte // control messages other than descriptors
	rights  []*file.File
	data    []byte
	eor     bool // MSG_EOR came with it
}

// size is what a record counts in a buffer, in bytes.
func (r *record) size() int {
	n := len(r.from) + len(r.control) + len(r.data)
	if r.rights != nil {
		n += abi.CmsgSpace(len(r.rights) * 8)
	}
	return n
}

// beside reports that something else than data is at the start of the record.
func (r *record) beside() bool { return r.control != nil || r.rights != nil || r.from != nil }

// inbox is an end's receive queue.
type inbox struct {
	mu    sync.Mutex
	queue []record
	// held is the bytes in queue; limit is SO_RCVBUF.
	held, limit int
	// shut says that nothing is taken any more.
	shut bool
	// overflowed counts datagrams for which there was no room.
	overflowed int32
	// rights counts the descriptors in queue; flight.mu is held to change it.
	rights int
}

// put appends a record; a stream's data joins the last one when nothing lies
// between them. Preconditions: mu is held.
func (q *inbox) put(r record, stream bool) {
	q.held += r.size()
	if n := len(q.queue); stream && n > 0 && !r.beside() && !q.queue[n-1].eor {
		last := &q.queue[n-1]
		last.data = append(last.data, r.data...)
		last.eor = r.eor
		return
	}
	r.data = append([]byte(nil), r.data...)
	q.queue = append(q.queue, r)
}

// drop takes the first record off. Preconditions: mu is held.
func (q *inbox) drop() {
	q.held -= q.queue[0].size()
	q.queue[0] = record{}
	q.queue = q.queue[1:]
	if len(q.queue) == 0 {
		q.queue = nil
	}
}

// bytes returns what is held.
func (q *inbox) bytes() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// whole reports that reading a stream ends before what is held does, so that
// waiting for more is in vain. Preconditions: mu is held.
func (q *inbox) whole() bool {
	return len(q.queue) > 1 || len(q.queue) == 1 && (q.queue[0].eor || q.queue[0].beside() && len(q.queue[0].data) == 0)
}
