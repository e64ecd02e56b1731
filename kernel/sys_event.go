// kqueue(2) and kevent(2).
package kernel

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/kqueue"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysKqueue is kqueue(2), row 344.
func (b *Base) SysKqueue(l *proc.LWP) (int32, error) { return b.SysKqueue1(l, 0) }

// SysKqueue1 is kqueue1(2), row 455. Flags that it does not know do nothing.
func (b *Base) SysKqueue1(l *proc.LWP, flags int32) (int32, error) {
	const lasting = abi.O_NONBLOCK | abi.O_NOSIGPIPE
	f := kqueue.New(b.Host, b.kqprocs, uint32(flags)&lasting)
	fd, err := file.Alloc(l, f, flags&abi.O_CLOEXEC != 0)
	if err != nil {
		_ = f.Drop(l)
		return 0, err
	}
	return fd, nil
}

// SysKevent50 is kevent(2), row 435.
func (b *Base) SysKevent50(l *proc.LWP, fd int32, changelist usermem.InSlice[abi.Kevent], eventlist usermem.OutSlice[abi.Kevent], timeout usermem.In[abi.Timespec]) (int32, error) {
	d := proc.Forever
	if !timeout.IsNil() {
		ts, err := timeout.Get()
		if err != nil {
			return 0, err
		}
		if d, err = duration(ts); err != nil {
			return 0, err
		}
	}
	return kevent(l, fd, changelist, eventlist, d)
}

func kevent(l *proc.LWP, fd int32, changes usermem.InSlice[abi.Kevent], events usermem.OutSlice[abi.Kevent], d time.Duration) (int32, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	q, ok := f.Ops.(*kqueue.Queue)
	if !ok {
		return 0, abi.EBADF
	}
	n, err := keventChange(l, q, changes, events)
	if n > 0 || err != nil || events.N == 0 {
		return n, err
	}
	evs := make([]abi.Kevent, min(events.N, maxEvents))
	got, err := q.Wait(l, evs, d)
	if err != nil {
		return 0, err
	}
	return int32(got), events.Store(0, evs[:got])
}

// How many changes are copied in at once, and how many events one call returns
// at most.
const (
	changeChunk = 32
	maxEvents   = 256
)

// keventChange performs the changes. Errors, and the receipts that EV_RECEIPT
// asks for, are events as long as there is room for them.
func keventChange(l *proc.LWP, q *kqueue.Queue, changes usermem.InSlice[abi.Kevent], events usermem.OutSlice[abi.Kevent]) (n int32, err error) {
	if changes.N == 0 {
		return 0, nil
	}
	chunk := make([]abi.Kevent, min(changes.N, changeChunk))
	for done := uint64(0); done < changes.N; {
		part := chunk[:min(changes.N-done, changeChunk)]
		rest := usermem.InSlice[abi.Kevent]{Mem: changes.Slice(int(done)*keventSize, -1)}
		if err := rest.CopyIn(part); err != nil {
			return n, err
		}
		for _, c := range part {
			err := q.Change(l, c)
			if err == nil && c.Flags&abi.EV_RECEIPT == 0 {
				continue
			}
			if uint64(n) >= events.N {
				if err != nil {
					return 0, err
				}
				continue
			}
			c.Flags, c.Data = abi.EV_ERROR, int64(errnoOf(err))
			if err := events.Store(int(n), []abi.Kevent{c}); err != nil {
				return n, err
			}
			n++
		}
		done += uint64(len(part))
	}
	return n, nil
}

const keventSize = 40 // of struct kevent

func errnoOf(err error) abi.Errno {
	if err == nil {
		return 0
	}
	return Errno(err).(abi.Errno)
}
