// Jobs: starting one, doing it, telling its caller.
package aio

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// start enters an operation that the control block at describes: EINVAL for one
// that makes no sense or is waiting already, EAGAIN past the limits.
func (a *AIO) start(l *proc.LWP, op int, at usermem.Mem, of *list) error {
	if a.jobs.Load()+1 > a.max.Load() {
		return abi.EAGAIN
	}
	j := &job{op: op, at: at.Slice(0, cbSize).Lasting(), list: of}
	if err := at.CopyIn(usermem.BytesOf(&j.cb)); err != nil {
		return err
	}
	if err := checkSigevent(&j.cb.Sigevent); err != nil {
		return err
	}
	if op != opSync && (j.cb.Buf == 0 || j.cb.Nbytes > maxBytes) {
		return abi.EINVAL
	}
	if op == opList {
		switch j.cb.LioOpcode {
		case abi.LIO_NOP:
			return nil
		case abi.LIO_READ:
			j.op = opRead
		case abi.LIO_WRITE:
			j.op = opWrite
		default:
			return abi.EINVAL
		}
	}
	j.q = a.needQueue(l)
	return j.enqueue(at)
}

const (
	cbSize   = 88
	maxBytes = 1<<63 - 1
)

// checkSigevent is EINVAL for what is no notification.
func checkSigevent(s *abi.Sigevent) error {
	if s.Signo < 0 || s.Signo >= abi.NSIG || s.Notify < abi.SIGEV_NONE || s.Notify > abi.SIGEV_SA {
		return abi.EINVAL
	}
	return nil
}

// enqueue says in the control block that the operation is under way and enters
// it.
func (j *job) enqueue(at usermem.Mem) error {
	j.q.mu.Lock()
	again := j.q.find(at) != nil
	j.q.mu.Unlock()
	if again {
		return abi.EINVAL
	}
	if err := j.takeBuf(at); err != nil {
		return err
	}
	j.cb.State, j.cb.Errno, j.cb.Retval = jobUnderWay, int32(abi.EINPROGRESS), -1
	err := j.store()
	if err == nil {
		err = j.q.add(j)
	}
	if err != nil {
		j.free()
	}
	return err
}

// takeBuf finds the buffer. What a caller behind a socket writes is fetched
// now, since its memory can be read only while it waits; more than one
// transfer is cut to that.
func (j *job) takeBuf(at usermem.Mem) error {
	if j.op == opSync {
		return nil
	}
	n := int(min(j.cb.Nbytes, maxBytes))
	j.buf = at.Follow(j.cb.Buf, n)
	if j.buf.IsLocal() {
		return nil
	}
	j.buf = j.buf.Slice(0, min(n, usermem.MaxTransfer))
	if j.op == opRead {
		j.buf = j.buf.Lasting()
		return nil
	}
	n = j.buf.Len()
	if err := j.q.a.b.Mem.Reserve(int64(n)); err != nil {
		return abi.EAGAIN
	}
	j.data = make([]byte, n)
	err := j.buf.CopyIn(j.data)
	if err != nil {
		j.free()
	}
	return err
}

// free gives back what takeBuf took.
func (j *job) free() {
	j.q.a.b.Mem.Release(int64(len(j.data)))
	j.data = nil
}

// store writes the control block back. Of one in this process only what the
// kernel answers is written: the rest is the caller's to look at.
func (j *job) store() error {
	all := usermem.BytesOf(&j.cb)
	if !j.at.IsLocal() {
		return j.at.CopyOut(all)
	}
	j.q.mu.Lock()
	defer j.q.mu.Unlock()
	return j.at.CopyOutAt(stateAt, all[stateAt:])
}

// stateAt is where in a control block the kernel's answer begins.
const stateAt = 72

// run does the operation.
func (j *job) run(l *proc.LWP) {
	n, err := 0, error(nil)
	if j.op == opSync {
		err = j.q.a.v.SysFdatasync(l, j.cb.Fildes)
	} else {
		n, err = j.move(l)
		j.cb.Offset += int64(n)
		j.cb.Nbytes = uint64(n)
	}
	j.cb.State, j.cb.Errno, j.cb.Retval = jobDone, 0, int64(n)
	if err != nil {
		e, ok := err.(abi.Errno)
		if !ok {
			e = abi.EIO
		}
		j.cb.Errno, j.cb.Retval = int32(e), -1
	}
}

// move reads or writes.
func (j *job) move(l *proc.LWP) (int, error) {
	f, err := file.Get(l, j.cb.Fildes)
	if err != nil {
		return 0, err
	}
	defer f.Return(l)
	if j.op == opWrite {
		src := j.buf
		if !src.IsLocal() {
			src = usermem.Local(j.data, nil)
		}
		n, err := file.WriteAt(l, f, usermem.InBuf{Mem: src}, j.cb.Offset)
		if err == abi.ESPIPE {
			n, err = file.Write(l, f, usermem.InBuf{Mem: src})
		}
		return n, err
	}
	if j.buf.IsLocal() {
		return readAt(l, f, j.buf, j.cb.Offset)
	}
	return j.readRemote(l, f)
}

// readAt reads at off, or at the position of a file without others.
func readAt(l *proc.LWP, f *file.File, dst usermem.Mem, off int64) (int, error) {
	n, err := file.ReadAt(l, f, usermem.OutBuf{Mem: dst}, off)
	if err == abi.ESPIPE {
		n, err = file.Read(l, f, usermem.OutBuf{Mem: dst})
	}
	return n, err
}

// readRemote reads for a caller behind a socket.
func (j *job) readRemote(l *proc.LWP, f *file.File) (int, error) {
	mem := j.q.a.b.Mem
	size := int64(j.buf.Len())
	if err := mem.Reserve(size); err != nil {
		return 0, err
	}
	defer mem.Release(size)
	p := make([]byte, size)
	n, err := readAt(l, f, usermem.Local(p, nil), j.cb.Offset)
	if err == nil {
		err = j.buf.CopyOut(p[:n])
	}
	return n, err
}
