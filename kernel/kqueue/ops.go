// A kqueue as a file.
package kqueue

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Read is not possible: ENXIO.
func (q *Queue) Read(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.ENXIO }

// Write is not possible: ENXIO.
func (q *Queue) Write(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.ENXIO }

// Ioctl tells the names and numbers of filters.
func (q *Queue) Ioctl(_ *proc.LWP, _ *file.File, cmd uint32, arg *file.Arg) error {
	if cmd != abi.KFILTER_BYFILTER && cmd != abi.KFILTER_BYNAME {
		return abi.ENOTTY
	}
	return filterIoctl(cmd, arg)
}

// Poll tells whether a note may have something to tell.
func (q *Queue) Poll(_ *file.File, events event.Mask) event.Mask {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.active == 0 {
		return 0
	}
	return events & (abi.POLLIN | abi.POLLRDNORM)
}

// pending returns the number of active notes.
func (q *Queue) pending() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(q.active)
}

// Events is notified when a note becomes active.
func (q *Queue) Events(*file.File) *event.Queue { return &q.events }

// Stat shows a queue as a fifo of as many bytes as there are active notes.
func (q *Queue) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	*st = abi.Stat{Mode: abi.S_IFIFO, Size: int64(q.active), Blksize: 40}
	return nil
}

// Close forgets all notes.
func (q *Queue) Close(*proc.LWP, *file.File) error {
	q.mu.Lock()
	q.closed = true
	var all []*knote
	for _, n := range q.notes {
		all = append(all, n)
	}
	q.mu.Unlock()
	for _, n := range all {
		q.drop(n)
	}
	return nil
}
