// The calls, rows 399 to 406 and 438.
package aio

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysAioRead starts to read, row 402.
func (a *AIO) SysAioRead(l *proc.LWP, cb usermem.InOut[abi.Aiocb]) error {
	return a.start(l, opRead, cb.Mem, nil)
}

// SysAioWrite starts to write, row 405.
func (a *AIO) SysAioWrite(l *proc.LWP, cb usermem.InOut[abi.Aiocb]) error {
	return a.start(l, opWrite, cb.Mem, nil)
}

// SysAioFsync has a file synchronised after what waits before it, row 401: op
// is O_SYNC or O_DSYNC, which are the same here.
func (a *AIO) SysAioFsync(l *proc.LWP, op int32, cb usermem.InOut[abi.Aiocb]) error {
	if op != abi.O_DSYNC && op != abi.O_SYNC {
		return abi.EINVAL
	}
	return a.start(l, opSync, cb.Mem, nil)
}

// get copies a control block in: EINVAL for a process that never started an
// operation.
func (a *AIO) get(l *proc.LWP, at usermem.Mem) (q *queue, cb abi.Aiocb, err error) {
	if q = a.queueOf(l); q == nil {
		return nil, cb, abi.EINVAL
	}
	if at.IsLocal() {
		q.mu.Lock() // the server stores into it
		defer q.mu.Unlock()
	}
	err = at.CopyIn(usermem.BytesOf(&cb))
	return q, cb, err
}

// SysAioError returns the errno of an operation, row 400: EINPROGRESS while it
// is under way.
func (a *AIO) SysAioError(l *proc.LWP, at usermem.In[abi.Aiocb]) (int32, error) {
	_, cb, err := a.get(l, at.Mem)
	if err == nil && cb.State == jobNone {
		err = abi.EINVAL
	}
	return cb.Errno, err
}

// SysAioReturn returns the result of an operation that is done, once, row 403.
func (a *AIO) SysAioReturn(l *proc.LWP, at usermem.InOut[abi.Aiocb]) (int32, error) {
	q, cb, err := a.get(l, at.Mem)
	if err == nil && (cb.Errno == int32(abi.EINPROGRESS) || cb.State != jobDone) {
		err = abi.EINVAL
	}
	if err != nil {
		return 0, err
	}
	n := cb.Retval
	cb.State, cb.Errno, cb.Retval = jobNone, 0, -1
	j := job{q: q, cb: cb, at: at.Mem}
	return int32(n), j.store()
}

// SysAioCancel cancels what waits on a descriptor, or one operation, row 399.
func (a *AIO) SysAioCancel(l *proc.LWP, fd int32, at usermem.InOut[abi.Aiocb]) (int32, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	f.Return(l)
	q := a.queueOf(l)
	if q == nil {
		return abi.AIO_NOTCANCELED, nil
	}
	out, busy, err := q.cancel(fd, at.Mem)
	if err != nil {
		return 0, err
	}
	for _, j := range out {
		j.cb.State, j.cb.Errno = jobDone, int32(abi.ECANCELED)
		if e := j.store(); e != nil {
			err = abi.EFAULT
		}
		q.cancelled(j)
	}
	switch {
	case err != nil:
		return 0, err
	case busy:
		return abi.AIO_NOTCANCELED, nil
	case len(out) > 0:
		return abi.AIO_CANCELED, nil
	}
	return abi.AIO_ALLDONE, nil
}

// cancelled tells of a job that was cancelled.
func (q *queue) cancelled(j *job) {
	q.mu.Lock()
	last := j.list != nil && j.list.drop()
	q.done.Broadcast()
	q.mu.Unlock()
	j.free()
	q.notify(&j.cb.Sigevent)
	if last {
		q.notify(&j.list.sig)
	}
}

// SysAioSuspend50 waits until one of the operations is done, row 438: EAGAIN
// when the time is over, EINTR.
func (a *AIO) SysAioSuspend50(l *proc.LWP, blocks usermem.InSlice[uint64], timeout usermem.In[abi.Timespec]) error {
	d := proc.Forever
	if int32(blocks.N) <= 0 || int32(blocks.N) > a.listMax.Load() {
		return abi.EAGAIN
	}
	if !timeout.IsNil() {
		ts, err := timeout.Get()
		if err != nil {
			return err
		}
		if d = time.Duration(min(ts.Sec, 1<<33)*1e9 + ts.Nsec); d <= 0 {
			return abi.EAGAIN
		}
	}
	at, err := a.follow(blocks)
	if err != nil {
		return err
	}
	q := a.queueOf(l)
	if q == nil {
		return abi.EAGAIN
	}
	return q.suspend(l, at, d)
}

// follow returns the control blocks of a list; NULL pointers are NULL.
func (a *AIO) follow(blocks usermem.InSlice[uint64]) ([]usermem.Mem, error) {
	ptrs, err := blocks.Load(int(a.listMax.Load()), abi.EINVAL)
	if err != nil {
		return nil, err
	}
	at := make([]usermem.Mem, len(ptrs))
	for i, p := range ptrs {
		if p != 0 {
			at[i] = blocks.Follow(p, cbSize)
		}
	}
	return at, nil
}

// suspend waits for one of the control blocks, for at most d.
func (q *queue) suspend(l *proc.LWP, at []usermem.Mem, d time.Duration) error {
	end := q.a.b.Host.Mono() + int64(d)
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if done, err := q.oneDone(at); done || err != nil {
			return err
		}
		left := d
		if d != proc.Forever {
			left = max(time.Duration(end-q.a.b.Host.Mono()), 0)
		}
		if err := q.done.Wait(l, &q.mu, left); err == abi.EWOULDBLOCK {
			return abi.EAGAIN
		} else if err != nil {
			return err
		}
	}
}

// oneDone looks for a control block whose operation is done. Preconditions:
// q.mu is held; it is not while memory behind a socket is read.
func (q *queue) oneDone(at []usermem.Mem) (bool, error) {
	for _, m := range at {
		if m.IsNil() || q.cur != nil && q.cur.at.Same(m) || q.find(m) != nil {
			continue
		}
		var cb abi.Aiocb
		if !m.IsLocal() {
			q.mu.Unlock()
		}
		err := m.CopyIn(usermem.BytesOf(&cb))
		if !m.IsLocal() {
			q.mu.Lock()
		}
		if err != nil || cb.State == jobDone {
			return true, err
		}
	}
	return false, nil
}
